"""The office file, one table a sheet, and the keys under which dispatches are found."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _staff()
    _clients()
    _contacts()
    _agreements()
    _programmes()
    _holidays()
    _dispatches()
    _dispatch_keys()


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("chief", sa.String(), nullable=True),
        sa.Column("deputy", sa.String(), nullable=True),
        sa.Column("absent_from", sa.Date(), nullable=True),
        sa.Column("absent_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('ESC', 'ASC', 'SUPERVISOR', 'JEFE', 'GERENCIA', 'ADMINISTRACION', 'ARCHIVO', "
            "'LIQUIDACION', 'ALERTAS')",
            name="ck_staff_role",
        ),
        sa.PrimaryKeyConstraint("code", name="pk_staff"),
    )


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("ruc", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("esc", sa.String(), nullable=False),
        sa.Column("asc", sa.String(), nullable=True),
        sa.Column("has_credit", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.CheckConstraint("language IN ('es', 'en')", name="ck_clients_language"),
        sa.PrimaryKeyConstraint("ruc", name="pk_clients"),
    )


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ruc", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("charge", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ruc"], ["clients.ruc"], name="fk_contacts_ruc_clients"),
        sa.PrimaryKeyConstraint("position", name="pk_contacts"),
    )


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ruc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("limit", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ruc"], ["clients.ruc"], name="fk_agreements_ruc_clients"),
        sa.PrimaryKeyConstraint("position", name="pk_agreements"),
    )


def _programmes() -> None:
    op.create_table(
        "programmes",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ruc", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("only_changes", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.CheckConstraint("language IN ('es', 'en')", name="ck_programmes_language"),
        sa.ForeignKeyConstraint(["ruc"], ["clients.ruc"], name="fk_programmes_ruc_clients"),
        sa.PrimaryKeyConstraint("position", name="pk_programmes"),
    )


def _holidays() -> None:
    op.create_table(
        "holidays",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=True),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.CheckConstraint("calendar IN ('empresa', 'sunat')", name="ck_holidays_calendar"),
        sa.PrimaryKeyConstraint("position", name="pk_holidays"),
    )


def _dispatches() -> None:
    op.create_table(
        "dispatches",
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("ruc", sa.String(), nullable=False),
        sa.Column("regime", sa.String(), nullable=False),
        sa.Column("modality", sa.String(), nullable=True),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("customs_office", sa.String(), nullable=False),
        sa.Column("dam", sa.String(), nullable=True),
        sa.Column("bls", sa.JSON(), nullable=False),
        sa.Column("awbs", sa.JSON(), nullable=False),
        sa.Column("containers", sa.JSON(), nullable=False),
        sa.Column("invoices", sa.JSON(), nullable=False),
        sa.Column("purchase_orders", sa.JSON(), nullable=False),
        sa.Column("vessel", sa.String(), nullable=False),
        sa.Column("voyage", sa.String(), nullable=False),
        sa.Column("eta", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discharge_ended_on", sa.Date(), nullable=True),
        sa.Column("loading_ended_on", sa.Date(), nullable=True),
        sa.Column("numbered_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("regularized_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("regime_expires_on", sa.Date(), nullable=True),
        sa.Column("needs_regularization", sa.Boolean(), nullable=False),
        sa.Column("free_days", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_note", sa.String(), nullable=False),
        sa.Column("status_noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint("modality IN ('anticipado', 'diferido', 'urgente')", name="ck_dispatches_modality"),
        sa.CheckConstraint("transport IN ('maritima', 'aerea', 'terrestre')", name="ck_dispatches_transport"),
        sa.PrimaryKeyConstraint("order", name="pk_dispatches"),
    )
    op.create_index(
        "ix_dispatches_open",
        "dispatches",
        ["ruc", "order"],
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_dispatches_ruc", "dispatches", ["ruc"])


def _dispatch_keys() -> None:
    op.create_table(
        "dispatch_keys",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order"], ["dispatches.order"], name="fk_dispatch_keys_order_dispatches"),
        sa.PrimaryKeyConstraint("kind", "key", "order", name="pk_dispatch_keys"),
    )
    op.create_index("ix_dispatch_keys_order", "dispatch_keys", ["order"])
