"""Small facts, and the audit log, which takes new lines but no changes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_MESSAGE = "the audit log takes new lines only"
# A guard against slips and against whoever has the program's own rights; the digests show the rest.
_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_is_not_{name} BEFORE {act} ON audit BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        for act, name in (("UPDATE", "changed"), ("DELETE", "cut"))
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$",
        "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])

    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
