"""Facts, cursors and the quarantine in the database."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from mailbot.ports.mailbox import Cursor
from mailbot.ports.stored import QuarantinedMail
from mailbot.store.mapping import Found, from_quarantined, to_quarantined
from mailbot.store.packing import pack, unpack
from mailbot.store.schema import table_of
from mailbot.store.tables import CursorRow, FactRow, QuarantineRow
from mailbot.store.transaction import Transaction

_FACTS = table_of(FactRow)
_CURSORS = table_of(CursorRow)
_QUARANTINE = table_of(QuarantineRow)


class SqlFacts:
    """Small named values."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, name: str) -> str | None:
        """The value, if there is one."""
        rows = self._transaction.rows(select(_FACTS.c.value).where(_FACTS.c.name == name))
        return str(rows[0]["value"]) if rows else None

    def set(self, name: str, value: str) -> None:
        """Keep or replace it."""
        self._transaction.upsert(FactRow, [{"name": name, "value": value}])


class SqlCursors:
    """How far each folder was read."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, mailbox: str, folder: str) -> Cursor | None:
        """The cursor of a folder."""
        place = (_CURSORS.c.mailbox == mailbox, _CURSORS.c.folder == folder)
        rows = self._transaction.rows(select(_CURSORS).where(*place))
        return Cursor(**rows[0]) if rows else None

    def set(self, cursor: Cursor) -> None:
        """Move it."""
        self._transaction.upsert(CursorRow, [dict(vars(cursor))])


class SqlQuarantine:
    """Mail that could not be read."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, mail: QuarantinedMail) -> bool:
        """Keep one."""
        if self.get(mail.id) is not None:
            return False
        self._transaction.gather(QuarantineRow, from_quarantined(mail, packed=pack(mail.raw)))
        return True

    def get(self, id: str) -> QuarantinedMail | None:
        """One of them."""
        self._transaction.flush()
        rows = self._transaction.rows(select(_QUARANTINE).where(_QUARANTINE.c.id == id))
        return _unpacked(rows[0]) if rows else None

    def list(self) -> Sequence[QuarantinedMail]:
        """By arrival."""
        self._transaction.flush()
        query = select(_QUARANTINE).order_by(_QUARANTINE.c.received_at, _QUARANTINE.c.id)
        return [_unpacked(row) for row in self._transaction.rows(query)]

    def remove(self, id: str) -> None:
        """Let one go."""
        self._transaction.change(delete(_QUARANTINE).where(_QUARANTINE.c.id == id))


def _unpacked(row: Found) -> QuarantinedMail:
    return to_quarantined(row, raw=unpack(row["raw"]))
