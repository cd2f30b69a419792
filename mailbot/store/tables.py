"""The tables of mail and work. Rows are read and written through `mapping`, and never leave the store.

Values are checked in the domain before they come here; the database holds keys, references, presence
and the members of each enum.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from mailbot.domain.mail import MailPurpose, MailState
from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.obligation import Clock, EventName, ObligationKind, ObligationState, Step
from mailbot.ports.stored import SightingState
from mailbot.store.columns import Row, json_column, key_column, one_of, text_column, word_column


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index over some rows only, so that its size follows the work left and not the history."""
    return Index(name, *columns, sqlite_where=sql(where), postgresql_where=sql(where))


class RawMailRow(Row, table=True):
    """The bytes of a mail, compressed, once per digest."""

    __tablename__ = "raw_mails"
    sha256: str = key_column(primary_key=True)
    content: bytes
    size: int


class MessageRow(Row, table=True):
    """What is kept of a message."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("message_id", "content_digest"),
        one_of("kind", MessageKind),
        one_of("direction", Direction),
        Index(None, "subject_key", "received_at"),
        Index(None, "client", "received_at"),
        Index(None, "received_at", "id"),
    )
    id: str = key_column(primary_key=True)
    message_id: str = key_column()
    sha256: str = key_column(foreign_key="raw_mails.sha256", index=True)
    content_digest: str = key_column()
    received_at: datetime
    date: datetime | None
    subject: str = text_column()
    subject_key: str = key_column()
    sender: str = key_column(index=True)
    sender_name: str = text_column()
    recipients: list[Any] = json_column()
    in_reply_to: str | None = text_column()
    reference_ids: list[Any] = json_column()
    kind: str = word_column()
    direction: str = word_column()
    conversation: str = key_column(index=True)
    client: str | None = key_column()
    orders: list[Any] = json_column()
    new_text: str = text_column()
    verdict: dict[str, Any] | None = json_column()
    linkage: dict[str, Any] = json_column()
    references: list[Any] = json_column()
    attachments: list[Any] = json_column()
    language: str


class MessageLinkRow(Row, table=True):
    """A Message-ID that a message refers to; joins siblings whose ancestor nobody saw."""

    __tablename__ = "message_links"
    message_id: str = key_column(primary_key=True)
    message: str = key_column(primary_key=True, foreign_key="messages.id", index=True)


class MessageOrderRow(Row, table=True):
    """A dispatch that a message is linked to."""

    __tablename__ = "message_orders"
    order: str = key_column(primary_key=True)
    message: str = key_column(primary_key=True, foreign_key="messages.id", index=True)


class SightingRow(Row, table=True):
    """One mail on one server."""

    __tablename__ = "sightings"
    __table_args__ = (one_of("state", SightingState), Index(None, "mailbox", "folder", "received_at"))
    mailbox: str = key_column(primary_key=True)
    folder: str = key_column(primary_key=True)
    validity: int = Field(primary_key=True, sa_type=BigInteger)
    uid: int = Field(primary_key=True, sa_type=BigInteger)
    state: str = word_column()
    message: str | None = key_column(foreign_key="messages.id", index=True)
    reason: str = text_column()
    received_at: datetime
    seen_at: datetime


class ObligationRow(Row, table=True):
    """One thing owed."""

    __tablename__ = "obligations"
    __table_args__ = (
        one_of("kind", ObligationKind),
        one_of("clock", Clock),
        one_of("state", ObligationState),
        _partial("ix_obligations_due_for_step", "next_step_at", "id", where="is_open"),
        _partial("ix_obligations_open", "due_at", "id", where="is_open"),
        Index(None, "owner", "due_at"),
        Index(None, "client", "due_at"),
        Index(None, "order", "due_at"),
        Index(None, "due_at", "id"),
    )
    id: str = key_column(primary_key=True)
    kind: str = word_column()
    owner: str = key_column()
    client: str | None = key_column()
    order: str | None = key_column()
    conversation: str | None = key_column(index=True)
    message: str | None = key_column(foreign_key="messages.id", index=True)
    message_id: str | None = key_column()
    received_at: datetime | None
    asker: str | None = text_column()
    starts_at: datetime
    due_at: datetime
    limit: str = text_column()
    source: str = text_column()
    clock: str = word_column()
    reckoning: list[Any] = json_column()
    state: str = word_column()
    # Follows from `state`; kept because the partial indexes need one plain word.
    is_open: bool
    breached_at: datetime | None
    ended_at: datetime | None
    evidence: str = text_column()
    next_step_at: datetime | None
    seen_until: datetime | None
    occurrence: int
    # Goes up with every change, so that two writers cannot overwrite each other unseen.
    version: int


class ObligationEventRow(Row, table=True):
    """One line of an obligation's history; only ever appended."""

    __tablename__ = "obligation_events"
    __table_args__ = (one_of("name", EventName),)
    seq: int | None = Field(default=None, primary_key=True)
    obligation: str = key_column(foreign_key="obligations.id", index=True)
    at: datetime
    name: str = word_column()
    who: str = text_column()
    evidence: str = text_column()
    message: str | None = text_column()


class NoticeRow(Row, table=True):
    """One step of an obligation for one recipient."""

    __tablename__ = "notices"
    __table_args__ = (
        one_of("step", Step),
        UniqueConstraint("obligation", "step", "recipient", "occurrence", "mark"),
    )
    seq: int | None = Field(default=None, primary_key=True)
    obligation: str = key_column(foreign_key="obligations.id")
    step: str = word_column()
    recipient: str = key_column()
    occurrence: int
    mark: str = key_column()
    is_copy: bool
    due_at: datetime
    is_urgent: bool
    taken_back_at: datetime | None
    mail: str | None = key_column(foreign_key="outbox.key", index=True)


class OutboxRow(Row, table=True):
    """One mail that goes out."""

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("purpose", MailPurpose),
        one_of("state", MailState),
        _partial("ix_outbox_held", "claimed_until", where="claimed_until IS NOT NULL"),
        Index(None, "state", "not_before"),
        Index(None, "state", "created_at"),
    )
    key: str = key_column(primary_key=True)
    purpose: str = word_column()
    message_id: str = key_column(unique=True)
    sender: dict[str, Any] = json_column()
    to: list[Any] = json_column()
    cc: list[Any] = json_column()
    subject: str = text_column()
    text: str = text_column()
    html: str = text_column()
    in_reply_to: str | None = text_column()
    references: list[Any] = json_column()
    mailbox: str | None = key_column()
    obligations: list[Any] = json_column()
    created_at: datetime
    planned_at: datetime | None
    not_before: datetime
    state: str = word_column()
    attempts: int
    last_error: str = text_column()
    sent_at: datetime | None
    claimed_by: str | None = key_column()
    claimed_until: datetime | None


class MailFileRow(Row, table=True):
    """A file that goes with a mail."""

    __tablename__ = "mail_files"
    mail: str = key_column(primary_key=True, foreign_key="outbox.key")
    position: int = Field(primary_key=True)
    name: str = text_column()
    type: str = text_column()
    content_id: str = text_column()
    content: bytes


class CursorRow(Row, table=True):
    """How far a folder was read."""

    __tablename__ = "cursors"
    mailbox: str = key_column(primary_key=True)
    folder: str = key_column(primary_key=True)
    validity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    token: str


class QuarantineRow(Row, table=True):
    """A mail that could not be read, with its bytes."""

    __tablename__ = "quarantine"
    id: str = key_column(primary_key=True)
    mailbox: str = key_column()
    folder: str = key_column()
    validity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    raw: bytes
    received_at: datetime = Field(index=True)
    reason: str = text_column()
    attempts: int
    quarantined_at: datetime


class FactRow(Row, table=True):
    """A small named value."""

    __tablename__ = "facts"
    name: str = key_column(primary_key=True)
    value: str = text_column()


class AuditRow(Row, table=True):
    """Who did what and when; each line's digest covers the one before it."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime
    who: str = text_column()
    action: str = text_column()
    subject: str = key_column(index=True)
    detail: str = text_column()
    digest: str
