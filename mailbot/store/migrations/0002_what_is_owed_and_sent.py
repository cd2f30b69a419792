"""What is owed, the notices about it, the mails that go out, and what mails bear in their mailboxes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_IS_OPEN = sa.text("is_due OR is_waiting")
_IS_OURS = sa.text("state IN ('planned', 'offered', 'listed')")
_MESSAGE = "the history of an obligation takes new lines only"
# A guard against slips and against whoever has the program's own rights.
_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER obligation_events_are_not_{name} BEFORE {act} ON obligation_events "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        for act, name in (("UPDATE", "changed"), ("DELETE", "cut"))
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$",
        "CREATE TRIGGER obligation_events_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON obligation_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()",
    ],
}


def upgrade() -> None:
    _outbox()
    _mail_files()
    _obligations()
    _obligation_indexes()
    _obligation_events()
    _notices()
    _marks()
    _drafts()
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sender", sa.JSON(), nullable=False),
        sa.Column("to", sa.JSON(), nullable=False),
        sa.Column("cc", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=True),
        sa.Column("obligations", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('reminder', 'notice', 'agenda', 'digest', 'ask', 'confirmation', 'summary')",
            name="ck_outbox_purpose",
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'uncertain', 'deferred', 'refused', 'withheld')",
            name="ck_outbox_state",
        ),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
    )
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["claimed_until"],
        sqlite_where=sa.text("claimed_until IS NOT NULL"),
        postgresql_where=sa.text("claimed_until IS NOT NULL"),
    )
    op.create_index("ix_outbox_state_created_at", "outbox", ["state", "created_at"])
    op.create_index("ix_outbox_state_not_before", "outbox", ["state", "not_before"])


def _mail_files() -> None:
    op.create_table(
        "mail_files",
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("content_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["mail"], ["outbox.key"], name="fk_mail_files_mail_outbox"),
        sa.PrimaryKeyConstraint("mail", "position", name="pk_mail_files"),
    )


def _obligations() -> None:
    op.create_table(
        "obligations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=True),
        sa.Column("order", sa.String(), nullable=True),
        sa.Column("conversation", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asker", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("reckoning", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("clock IN ('elapsed', 'working')", name="ck_obligations_clock"),
        sa.CheckConstraint(
            "kind IN ('reply', 'document_review', 'management_report', 'proforma', 'payment_report', "
            "'archive_observation', 'alert_action', 'written_agreement', 'status_programming', "
            "'status_update', 'milestone_notice', 'system_entry', 'promise', 'funds_check', "
            "'regularization', 'regime_expiry')",
            name="ck_obligations_kind",
        ),
        sa.CheckConstraint("state IN ('open', 'waiting', 'met', 'cancelled')", name="ck_obligations_state"),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name="fk_obligations_message_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_obligations"),
    )


def _obligation_indexes() -> None:
    op.create_index("ix_obligations_client_due_at", "obligations", ["client", "due_at"])
    op.create_index("ix_obligations_conversation", "obligations", ["conversation"])
    op.create_index("ix_obligations_due_at_id", "obligations", ["due_at", "id"])
    op.create_index(
        "ix_obligations_due_for_step",
        "obligations",
        ["next_step_at", "id"],
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_obligations_message", "obligations", ["message"])
    op.create_index(
        "ix_obligations_open",
        "obligations",
        ["due_at", "id"],
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_obligations_order_due_at", "obligations", ["order", "due_at"])
    op.create_index("ix_obligations_owner_due_at", "obligations", ["owner", "due_at"])


def _obligation_events() -> None:
    op.create_table(
        "obligation_events",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("obligation", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.CheckConstraint(
            "name IN ('opened', 'joined', 'reminded', 'breached', 'notified', 'met', 'cancelled', "
            "'reopened', 'paused', 'resumed', 'reckoned_again', 'seen', 'postponed', 'reassigned')",
            name="ck_obligation_events_name",
        ),
        sa.ForeignKeyConstraint(["obligation"], ["obligations.id"], name="fk_obligation_events_obligation_obligations"),
        sa.PrimaryKeyConstraint("seq", name="pk_obligation_events"),
    )
    op.create_index("ix_obligation_events_obligation", "obligation_events", ["obligation"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("obligation", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail", sa.String(), nullable=True),
        sa.CheckConstraint("step IN ('owner', 'supervisor', 'head')", name="ck_notices_step"),
        sa.ForeignKeyConstraint(["mail"], ["outbox.key"], name="fk_notices_mail_outbox"),
        sa.ForeignKeyConstraint(["obligation"], ["obligations.id"], name="fk_notices_obligation_obligations"),
        sa.PrimaryKeyConstraint("seq", name="pk_notices"),
        sa.UniqueConstraint(
            "obligation",
            "step",
            "recipient",
            "occurrence",
            "mark",
            name="uq_notices_obligation_step_recipient_occurrence_mark",
        ),
    )
    op.create_index("ix_notices_mail", "notices", ["mail"])


def _marks() -> None:
    op.create_table(
        "marks",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("read_in", sa.String(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("pending", sa.JSON(), nullable=True),
        sa.Column("moving_to", sa.String(), nullable=False),
        sa.Column("theirs", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("obligation", sa.String(), nullable=False),
        sa.Column("is_flag_left", sa.Boolean(), nullable=False),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("is_filed", sa.Boolean(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name="fk_marks_message_messages"),
        sa.PrimaryKeyConstraint("mailbox", "message", name="pk_marks"),
    )
    op.create_index("ix_marks_mailbox_item", "marks", ["mailbox", "item"])
    op.create_index("ix_marks_message", "marks", ["message"])
    op.create_index(
        "ix_marks_open", "marks", ["mailbox", "received_at"], sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN
    )


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("obligation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("hints", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('documents', 'status', 'acknowledgement')", name="ck_drafts_kind"),
        sa.CheckConstraint(
            "state IN ('planned', 'offered', 'listed', 'taken', 'gone', 'withdrawn')", name="ck_drafts_state"
        ),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name="fk_drafts_message_messages"),
        sa.ForeignKeyConstraint(["obligation"], ["obligations.id"], name="fk_drafts_obligation_obligations"),
        sa.PrimaryKeyConstraint("stamp", name="pk_drafts"),
    )
    op.create_index("ix_drafts_message", "drafts", ["message"])
    op.create_index("ix_drafts_obligation", "drafts", ["obligation"])
    op.create_index("ix_drafts_ours", "drafts", ["stamp"], sqlite_where=_IS_OURS, postgresql_where=_IS_OURS)
