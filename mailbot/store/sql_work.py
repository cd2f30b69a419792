"""Obligations, their events and their notices in the database.

Obligations that a unit of work adds are kept in a memory table until they are written together, so that
the next mail of a batch sees them without a statement each.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, or_, select, update
from sqlalchemy import text as sql

from mailbot.domain.errors import StoreUnavailable, UnknownName
from mailbot.domain.obligation import Obligation, ObligationEvent
from mailbot.ports.store import Notice, ObligationFilter
from mailbot.store.mapping import from_event, from_notice, from_obligation, to_event, to_notice, to_obligation
from mailbot.store.memory_tables import Journal
from mailbot.store.memory_work import MemoryObligations, NoticeKey, notice_key
from mailbot.store.schema import table_of
from mailbot.store.tables import NoticeRow, ObligationEventRow, ObligationRow
from mailbot.store.transaction import Transaction

_OBLIGATIONS = table_of(ObligationRow)
_EVENTS = table_of(ObligationEventRow)
_NOTICES = table_of(NoticeRow)
# Written as the partial indexes have it, so that the planner recognises them.
_IS_OPEN = sql("is_open")
_KEY = ("obligation", "step", "recipient", "occurrence", "mark")
_THIS_NOTICE = tuple(_NOTICES.c[name] == bindparam(f"its_{name}") for name in _KEY)
_CARRY = (
    update(_NOTICES)
    .where(*_THIS_NOTICE, or_(_NOTICES.c.mail.is_(None), _NOTICES.c.mail == bindparam("its_mail")))
    .values(mail=bindparam("its_mail"))
)
_WITHDRAW = delete(_NOTICES).where(*_THIS_NOTICE, _NOTICES.c.mail.is_(None))


class SqlObligations:
    """Obligations by everything they are asked by."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._added = MemoryObligations(Journal())
        self._noticed: set[NoticeKey] = set()
        # The version of each obligation as this unit of work read it.
        self._versions: dict[str, int] = {}

    def forget(self) -> None:
        """Start anew: the transaction ended."""
        self._added = MemoryObligations(Journal())
        self._noticed.clear()
        self._versions.clear()

    def add(self, obligation: Obligation, event: ObligationEvent) -> bool:
        """Keep a new one with the event that opened it."""
        if self.get(obligation.id) is not None:
            return False
        self._added.rows.put(obligation.id, obligation)
        self._transaction.gather(ObligationRow, from_obligation(obligation) | {"version": 1})
        self._versions[obligation.id] = 1
        self.append(event)
        return True

    def update(self, obligation: Obligation, event: ObligationEvent) -> None:
        """Replace one and append why."""
        seen = self._versions.get(obligation.id)
        statement = update(_OBLIGATIONS).where(_OBLIGATIONS.c.id == obligation.id)
        if seen is not None:
            statement = statement.where(_OBLIGATIONS.c.version == seen)
        changed = self._transaction.change(
            statement.values(from_obligation(obligation) | {"version": _OBLIGATIONS.c.version + 1})
        )
        if not changed:
            raise self._not_changed(obligation.id, seen)
        if seen is not None:
            self._versions[obligation.id] = seen + 1
        self._remember(obligation)
        self.append(event)

    def schedule(self, id: str, next_step_at: datetime | None) -> None:
        """Say when to look next."""
        statement = update(_OBLIGATIONS).where(_OBLIGATIONS.c.id == id)
        if not self._transaction.change(statement.values(next_step_at=next_step_at)):
            raise self._not_changed(id, None)
        if id in self._added.rows:
            self._added.schedule(id, next_step_at)

    def get(self, id: str) -> Obligation | None:
        """The obligation with that id."""
        near = self._added.get(id)
        return near or next(iter(self._ask(select(_OBLIGATIONS).where(_OBLIGATIONS.c.id == id))), None)

    def list(self, query: ObligationFilter) -> Sequence[Obligation]:
        """By due instant, then id."""
        found = {obligation.id: obligation for obligation in self._ask(_listing(query))}
        found.update((obligation.id, obligation) for obligation in self._added.list(query))
        return sorted(found.values(), key=lambda o: (o.due_at, o.id))[: query.limit]

    def due_for_step(self, now: datetime, *, limit: int = 1000) -> Sequence[Obligation]:
        """Oldest first."""
        self._transaction.flush()
        due = select(_OBLIGATIONS).where(_IS_OPEN, _OBLIGATIONS.c.next_step_at <= now)
        return self._ask(due.order_by(_OBLIGATIONS.c.next_step_at, _OBLIGATIONS.c.id).limit(limit))

    def append(self, event: ObligationEvent) -> None:
        """Append an event."""
        self._transaction.gather(ObligationEventRow, from_event(event))

    def events(self, id: str) -> Sequence[ObligationEvent]:
        """In the order in which they were appended."""
        self._transaction.flush()
        query = select(_EVENTS).where(_EVENTS.c.obligation == id).order_by(_EVENTS.c.seq)
        return [to_event(row) for row in self._transaction.rows(query)]

    def add_notice(self, notice: Notice) -> bool:
        """Queue a step for a recipient."""
        key = notice_key(notice)
        if key in self._noticed or self._transaction.rows(select(_NOTICES.c.seq).where(*_THIS_NOTICE), _its(notice)):
            return False
        self._noticed.add(key)
        self._transaction.gather(NoticeRow, from_notice(notice))
        return True

    def waiting_notices(self) -> Sequence[Notice]:
        """Not yet carried."""
        return self._notices(select(_NOTICES).where(_NOTICES.c.mail.is_(None)))

    def carry(self, notices: Collection[Notice], *, mail: str) -> None:
        """Mark as carried."""
        if not notices:
            return
        marked = self._transaction.change(_CARRY, [_its(notice) | {"its_mail": mail} for notice in notices])
        if marked < len(notices):
            raise StoreUnavailable("otro correo ya lleva uno de los avisos: mire de nuevo")

    def withdraw(self, notices: Collection[Notice]) -> None:
        """Take back those that no mail carries."""
        if not notices:
            return
        self._transaction.change(_WITHDRAW, [_its(notice) for notice in notices])
        self._noticed.difference_update(notice_key(notice) for notice in notices)

    def notices(self, id: str) -> Sequence[Notice]:
        """Of one obligation."""
        return self._notices(select(_NOTICES).where(_NOTICES.c.obligation == id))

    def move(self, old: str, new: str) -> None:
        """Put the obligations of one conversation into another."""
        self._transaction.change(
            update(_OBLIGATIONS).where(_OBLIGATIONS.c.conversation == old).values(conversation=new)
        )
        self._added.move(old, new)

    def _notices(self, query: Select[Any]) -> Sequence[Notice]:
        self._transaction.flush()
        found: Iterable[Notice] = (to_notice(row) for row in self._transaction.rows(query))
        return sorted(found, key=lambda notice: (notice.due_at, notice_key(notice)))

    def _ask(self, query: Select[Any]) -> Sequence[Obligation]:
        rows = self._transaction.rows(query)
        self._versions.update((row["id"], row["version"]) for row in rows)
        return [to_obligation(row) for row in rows]

    def _remember(self, obligation: Obligation) -> None:
        if obligation.id in self._added.rows:
            self._added.rows.put(obligation.id, obligation)

    def _not_changed(self, id: str, seen: int | None) -> UnknownName | StoreUnavailable:
        if seen is None:
            return UnknownName(f"no hay ninguna obligación {id}")
        return StoreUnavailable(f"otro proceso cambió la obligación {id} entretanto: mire de nuevo")


def _its(notice: Notice) -> dict[str, Any]:
    return {f"its_{name}": value for name, value in zip(_KEY, notice_key(notice), strict=True)}


def _listing(query: ObligationFilter) -> Select[Any]:
    columns = _OBLIGATIONS.c
    statement = select(_OBLIGATIONS).order_by(columns.due_at, columns.id).limit(query.limit)
    for name in ("client", "order", "owner", "kind", "conversation"):
        wanted = getattr(query, name)
        if wanted is not None:
            statement = statement.where(columns[name] == wanted)
    if query.is_open is not None:
        statement = statement.where(_IS_OPEN if query.is_open else sql("NOT is_open"))
    if query.since is not None:
        statement = statement.where(columns.starts_at >= query.since)
    return statement
