"""The tables of what mailbot did to mails in their mailboxes, and of the answers it prepared."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy import text as sql
from sqlmodel import Field

from mailbot.domain.drafting import OURS, DraftKind, DraftState
from mailbot.store.columns import Row, json_column, key_column, one_of, text_column, word_column

_IS_OPEN = sql("is_due OR is_waiting")
IS_OURS = sql(f"state IN ({', '.join(repr(state.value) for state in OURS)})")


class MarkRow(Row, table=True):
    """What one message bears in one mailbox."""

    __tablename__ = "marks"
    __table_args__ = (
        Index(None, "mailbox", "item"),
        Index("ix_marks_open", "mailbox", "received_at", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )
    mailbox: str = key_column(primary_key=True)
    message: str = key_column(primary_key=True, foreign_key="messages.id", index=True)
    message_id: str = key_column()
    # Where it was read.
    read_in: str = key_column()
    validity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    received_at: datetime
    item: str = key_column()
    folder: str = text_column()
    marks: dict[str, Any] = json_column()
    asked: dict[str, Any] = json_column()
    pending: dict[str, Any] | None = json_column()
    moving_to: str = text_column()
    theirs: list[Any] = json_column()
    refused: list[Any] = json_column()
    obligation: str = text_column()
    is_flag_left: bool
    is_due: bool
    # Follows from the rest; kept because the partial index needs plain words.
    is_waiting: bool
    is_filed: bool
    is_gone: bool


class DraftRow(Row, table=True):
    """One prepared answer."""

    __tablename__ = "drafts"
    __table_args__ = (
        one_of("kind", DraftKind),
        one_of("state", DraftState),
        Index("ix_drafts_ours", "stamp", sqlite_where=IS_OURS, postgresql_where=IS_OURS),
    )
    stamp: str = key_column(primary_key=True)
    mailbox: str = key_column()
    message: str = key_column(foreign_key="messages.id", index=True)
    obligation: str = key_column(foreign_key="obligations.id", index=True)
    kind: str = word_column()
    state: str = word_column()
    item: str = text_column()
    version: str = text_column()
    fingerprint: str = text_column()
    basis: str = text_column()
    text: str = text_column()
    hints: list[Any] = json_column()
    changed_at: datetime
