"""The steps of obligations for each recipient, in the database.

The notices of an obligation are few and are read together; a tick reads those of all that is due in
one statement.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, update

from mailbot.domain.obligation import Obligation, ObligationEvent
from mailbot.ports.stored import Notice
from mailbot.store.mapping import Values, from_notice, to_notice
from mailbot.store.memory_work import NoticeKey, notice_key
from mailbot.store.schema import table_of
from mailbot.store.sql_obligations import ObligationShelf, chunks
from mailbot.store.tables import NoticeRow, ObligationRow
from mailbot.store.transaction import Transaction

_OBLIGATIONS = table_of(ObligationRow)
_NOTICES = table_of(NoticeRow)
_KEY = ("obligation", "step", "recipient", "occurrence", "mark")
_THIS = tuple(_NOTICES.c[name] == bindparam(f"its_{name}") for name in _KEY)
_CARRY = (
    update(_NOTICES)
    .where(*_THIS, or_(_NOTICES.c.mail.is_(None), _NOTICES.c.mail == bindparam("its_mail")))
    .values(mail=bindparam("its_mail"))
)
_TAKE_BACK = (
    update(_NOTICES)
    .where(*_THIS, _NOTICES.c.mail.is_(None), _NOTICES.c.taken_back_at.is_(None))
    .values(taken_back_at=bindparam("its_end"))
)
_WITHDRAW = delete(_NOTICES).where(*_THIS, _NOTICES.c.mail.is_(None))
_WAITING = select(_NOTICES.c.obligation).where(_NOTICES.c.mail.is_(None))
_OVERTAKEN = "otro correo ya lleva uno de los avisos: mire de nuevo"


class SqlObligations(ObligationShelf):
    """Obligations, their events and their notices: all that the port asks."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction)
        # Obligations whose every notice is near.
        self._covered: set[str] = set()
        self._queued: dict[NoticeKey, None] = {}
        self._carried: dict[NoticeKey, None] = {}
        transaction.before_flush(self._write_notices)

    def add(self, obligation: Obligation, event: ObligationEvent) -> bool:
        """Keep a new one with the event that opened it."""
        is_added = super().add(obligation, event)
        if is_added:
            self._covered.add(obligation.id)
        return is_added

    def prefetch(self, ids: Collection[str]) -> None:
        """Bring them near with their notices."""
        super().prefetch(ids)
        self._cover_notices(ids)

    def due_for_step(self, now: datetime, *, limit: int = 1000) -> Sequence[Obligation]:
        """Oldest first; what was told about them comes along."""
        due = super().due_for_step(now, limit=limit)
        self._cover_notices(obligation.id for obligation in due)
        return due

    def add_notice(self, notice: Notice) -> bool:
        """Queue a step for a recipient."""
        self.known(notice.obligation)
        self._cover_notices([notice.obligation])
        if not self._near.add_notice(notice):
            return False
        self._queued[notice_key(notice)] = None
        return True

    def waiting_notices(self) -> Sequence[Notice]:
        """Not yet carried; their obligations, and what else was told about them, come along."""
        self._transaction.flush()
        owed = self._transaction.rows(select(_OBLIGATIONS).where(_OBLIGATIONS.c.id.in_(_WAITING)))
        self._bring(owed)
        self._cover_notices(row["id"] for row in owed)
        return self._near.waiting_notices()

    def carry(self, notices: Collection[Notice], *, mail: str) -> None:
        """Mark as carried."""
        self._cover_notices(notice.obligation for notice in notices)
        self._near.carry(notices, mail=mail)
        keys = (notice_key(notice) for notice in notices)
        self._carried.update(dict.fromkeys(key for key in keys if key not in self._queued))

    def withdraw(self, notices: Collection[Notice]) -> None:
        """Take back those that no mail carries."""
        if not notices:
            return
        self._transaction.change(_WITHDRAW, [_its(notice_key(notice)) for notice in notices])
        self._near.withdraw(notices)

    def take_back(self, notices: Collection[Notice], *, at: datetime) -> None:
        """Note from when on they leave no more."""
        if not notices:
            return
        self._transaction.change(_TAKE_BACK, [_its(notice_key(notice), end=at) for notice in notices])
        self._near.take_back(notices, at=at)

    def notices(self, id: str) -> Sequence[Notice]:
        """Of one obligation."""
        self._cover_notices([id])
        return self._near.notices(id)

    def forget(self) -> None:
        """Start anew: the transaction ended."""
        super().forget()
        self._covered.clear()
        self._queued.clear()
        self._carried.clear()

    def _cover_notices(self, obligations: Iterable[str]) -> None:
        missing = set(obligations) - self._covered
        for asked in chunks(missing):
            query = select(_NOTICES).where(_NOTICES.c.obligation.in_(asked)).order_by(_NOTICES.c.seq)
            for notice in map(to_notice, self._transaction.rows(query)):
                self._near.notice_rows.add(notice_key(notice), notice)
        self._covered.update(missing)

    def _write_notices(self) -> None:
        queued, carried = list(self._queued), list(self._carried)
        self._queued.clear()
        self._carried.clear()
        self._transaction.gather(NoticeRow, *map(from_notice, self._near.notice_rows.pick(queued)))
        marks = [_its(notice_key(notice), mail=notice.mail) for notice in self._near.notice_rows.pick(carried)]
        self._transaction.gather_changes(_CARRY, marks, overtaken=_OVERTAKEN)


def _its(key: NoticeKey, **more: object) -> Values:
    values = dict(zip(_KEY, key, strict=True)) | more
    return {f"its_{name}": value for name, value in values.items()}
