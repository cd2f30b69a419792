"""Mail as it comes in: messages, their bytes, where they were seen, and what could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _raw_mails()
    _messages()
    _message_links()
    _message_orders()
    _sightings()
    _quarantine()
    _cursors()


def _raw_mails() -> None:
    op.create_table(
        "raw_mails",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_raw_mails"),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("reference_ids", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=True),
        sa.Column("orders", sa.JSON(), nullable=False),
        sa.Column("new_text", sa.String(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.Column("linkage", sa.JSON(), nullable=False),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.CheckConstraint("direction IN ('incoming', 'outgoing', 'internal', 'own')", name="ck_messages_direction"),
        sa.CheckConstraint("kind IN ('person', 'auto_reply', 'bounce', 'list', 'calendar')", name="ck_messages_kind"),
        sa.ForeignKeyConstraint(["sha256"], ["raw_mails.sha256"], name="fk_messages_sha256_raw_mails"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("message_id", "content_digest", name="uq_messages_message_id_content_digest"),
    )
    op.create_index("ix_messages_client_received_at", "messages", ["client", "received_at"])
    op.create_index("ix_messages_conversation", "messages", ["conversation"])
    op.create_index("ix_messages_received_at_id", "messages", ["received_at", "id"])
    op.create_index("ix_messages_sender", "messages", ["sender"])
    op.create_index("ix_messages_sha256", "messages", ["sha256"])
    op.create_index("ix_messages_subject_key_received_at", "messages", ["subject_key", "received_at"])


def _message_links() -> None:
    op.create_table(
        "message_links",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name="fk_message_links_message_messages"),
        sa.PrimaryKeyConstraint("message_id", "message", name="pk_message_links"),
    )
    op.create_index("ix_message_links_message", "message_links", ["message"])


def _message_orders() -> None:
    op.create_table(
        "message_orders",
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name="fk_message_orders_message_messages"),
        sa.PrimaryKeyConstraint("order", "message", name="pk_message_orders"),
    )
    op.create_index("ix_message_orders_message", "message_orders", ["message"])


def _sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('stored', 'duplicate', 'quarantined', 'ignored')", name="ck_sightings_state"),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name="fk_sightings_message_messages"),
        sa.PrimaryKeyConstraint("mailbox", "folder", "validity", "uid", name="pk_sightings"),
    )
    op.create_index("ix_sightings_mailbox_folder_received_at", "sightings", ["mailbox", "folder", "received_at"])
    op.create_index("ix_sightings_message", "sightings", ["message"])


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_received_at", "quarantine", ["received_at"])


def _cursors() -> None:
    op.create_table(
        "cursors",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder", name="pk_cursors"),
    )
