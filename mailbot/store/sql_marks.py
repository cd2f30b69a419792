"""Marks in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy import text as sql

from mailbot.domain.errors import UnknownName
from mailbot.domain.marking import KeptMarks
from mailbot.domain.marks import Flag, FlagState, Marks
from mailbot.domain.message import MailKey
from mailbot.store.mapping import Found, Values, plain
from mailbot.store.mark_tables import MarkRow
from mailbot.store.schema import table_of
from mailbot.store.transaction import Transaction

_MARKS = table_of(MarkRow)
_AS_THEY_ARE = (
    "mailbox",
    "message",
    "message_id",
    "received_at",
    "item",
    "folder",
    "moving_to",
    "obligation",
    "is_flag_left",
    "is_due",
    "is_filed",
    "is_gone",
)
_OPEN = (
    select(_MARKS)
    .where(_MARKS.c.mailbox == bindparam("its_mailbox"), sql("(is_due OR is_waiting)"))
    .order_by(_MARKS.c.is_due.desc(), _MARKS.c.received_at, _MARKS.c.message)
)


class SqlMarkings:
    """What each message bears in each mailbox."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, kept: KeptMarks) -> bool:
        """Keep a message as one to mark."""
        if self.get(kept.mailbox, kept.message) is not None:
            return False
        self._transaction.gather(MarkRow, from_marks(kept))
        return True

    def update(self, kept: KeptMarks) -> None:
        """Replace what is kept of it."""
        place = (_MARKS.c.mailbox == kept.mailbox, _MARKS.c.message == kept.message)
        if not self._transaction.change(update(_MARKS).where(*place).values(from_marks(kept))):
            raise UnknownName(f"no hay marcas del mensaje {kept.message} en el buzón «{kept.mailbox}»")

    def get(self, mailbox: str, message: str) -> KeptMarks | None:
        """What is kept of a message in a mailbox."""
        return self._first(select(_MARKS).where(_MARKS.c.mailbox == mailbox, _MARKS.c.message == message))

    def by_item(self, mailbox: str, item: str) -> KeptMarks | None:
        """What is kept of the mail that its adapter called so last."""
        if not item:
            return None
        return self._first(select(_MARKS).where(_MARKS.c.mailbox == mailbox, _MARKS.c.item == item))

    def of_message(self, message: str) -> Sequence[KeptMarks]:
        """By mailbox."""
        self._transaction.flush()
        query = select(_MARKS).where(_MARKS.c.message == message).order_by(_MARKS.c.mailbox)
        return [to_marks(row) for row in self._transaction.rows(query)]

    def open(self, mailbox: str, *, limit: int = 500) -> Sequence[KeptMarks]:
        """Those that are due or carry a flag that waits."""
        self._transaction.flush()
        rows = self._transaction.rows(_OPEN.limit(limit), {"its_mailbox": mailbox})
        return [to_marks(row) for row in rows]

    def touch(self, message: str) -> None:
        """Due in every mailbox where it is kept."""
        there = (_MARKS.c.message == message, sql("NOT is_gone"), sql("NOT is_due"))
        if self._transaction.rows(select(_MARKS.c.mailbox).where(*there)):
            self._transaction.change(update(_MARKS).where(*there).values(is_due=True))

    def _first(self, query: Any) -> KeptMarks | None:
        self._transaction.flush()
        rows = self._transaction.rows(query)
        return to_marks(rows[0]) if rows else None


def from_marks(kept: KeptMarks) -> Values:
    """What is kept of the marks of a message, as a row."""
    return plain(kept, _AS_THEY_ARE) | {
        "read_in": kept.key.folder,
        "validity": kept.key.validity,
        "uid": kept.key.uid,
        "marks": _from(kept.marks),
        "asked": _from_flag(kept.asked),
        "pending": _from(kept.pending) if kept.pending else None,
        "theirs": list(kept.theirs),
        "refused": list(kept.refused),
        "is_waiting": kept.is_waiting,
    }


def to_marks(row: Found) -> KeptMarks:
    """What is kept of the marks of a message, from its row."""
    key = MailKey(mailbox=row["mailbox"], folder=row["read_in"], validity=row["validity"], uid=row["uid"])
    return KeptMarks(
        **{name: row[name] for name in _AS_THEY_ARE},
        key=key,
        marks=_to(row["marks"]),
        asked=_to_flag(row["asked"]),
        pending=_to(row["pending"]) if row["pending"] else None,
        theirs=tuple(row["theirs"]),
        refused=tuple(row["refused"]),
    )


def _from(marks: Marks) -> Values:
    return {"categories": list(marks.categories), "flag": _from_flag(marks.flag), "stamp": list(marks.stamp)}


def _to(value: Found) -> Marks:
    return Marks(categories=tuple(value["categories"]), flag=_to_flag(value["flag"]), stamp=tuple(value["stamp"]))


def _from_flag(flag: Flag) -> Values:
    starts_at, due_at = (moment and moment.isoformat() for moment in (flag.starts_at, flag.due_at))
    return {"state": flag.state.value, "starts_at": starts_at, "due_at": due_at}


def _to_flag(value: Found) -> Flag:
    starts_at, due_at = (moment and datetime.fromisoformat(moment) for moment in (value["starts_at"], value["due_at"]))
    return Flag(state=FlagState(value["state"]), starts_at=starts_at, due_at=due_at)
