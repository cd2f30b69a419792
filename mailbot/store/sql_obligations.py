"""Obligations and their events in the database.

A unit of work keeps every obligation it read or added in a memory table and works on that; what is new
or changed is written together, at the end or before a question that only the database can answer. A
change is written only over the version that was read, so two writers never overwrite each other unseen.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy import text as sql

from mailbot.domain.obligation import Obligation, ObligationEvent
from mailbot.ports.stored import ObligationFilter
from mailbot.store.mapping import Values, from_event, from_obligation, to_event, to_obligation
from mailbot.store.memory_tables import Journal
from mailbot.store.memory_work import MemoryObligations
from mailbot.store.schema import table_of
from mailbot.store.tables import ObligationEventRow, ObligationRow
from mailbot.store.transaction import Transaction

_OBLIGATIONS = table_of(ObligationRow)
_EVENTS = table_of(ObligationEventRow)
# Written as the partial indexes have it, so that the planner recognises them.
_IS_OPEN = sql("is_open")
_WRITTEN = [column.name for column in _OBLIGATIONS.columns if column.name not in ("id", "version")]
_CHANGE = (
    update(_OBLIGATIONS)
    .where(_OBLIGATIONS.c.id == bindparam("its_id"), _OBLIGATIONS.c.version == bindparam("its_version"))
    .values({name: bindparam(f"new_{name}") for name in _WRITTEN} | {"version": _OBLIGATIONS.c.version + 1})
)
# The least that can be written: it touches one of the many indexes.
_SCHEDULE = (
    update(_OBLIGATIONS).where(_OBLIGATIONS.c.id == bindparam("its_id")).values(next_step_at=bindparam("moment"))
)
_BY_ID = select(_OBLIGATIONS).where(_OBLIGATIONS.c.id == bindparam("its_id"))
_BY_IDS = select(_OBLIGATIONS).where(_OBLIGATIONS.c.id.in_(bindparam("ids", expanding=True)))
_BY_CONVERSATIONS = select(_OBLIGATIONS).where(_OBLIGATIONS.c.conversation.in_(bindparam("names", expanding=True)))
_OVERTAKEN = "otro proceso cambió una obligación entretanto: mire de nuevo"
_CHUNK = 1000


def chunks(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    """The ids in order, each once, as many together as one statement takes."""
    missing = sorted(set(ids))
    return (missing[start : start + _CHUNK] for start in range(0, len(missing), _CHUNK))


class NearObligations(MemoryObligations):
    """The obligations and notices that one unit of work has read or made."""

    def __init__(self) -> None:
        super().__init__(Journal())
        # The version of each as it was read.
        self.versions: dict[str, int] = {}

    def keep(self, rows: Sequence[Any]) -> Sequence[Obligation]:
        """Take rows in; what this unit of work has already is newer and stays."""
        for row in rows:
            if row["id"] not in self.rows:
                self.rows.put(row["id"], to_obligation(row))
                self.versions[row["id"]] = row["version"]
        return self.rows.pick(row["id"] for row in rows)


class ObligationShelf:
    """Obligations by everything they are asked by, and their events."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._near = NearObligations()
        self._added: dict[str, None] = {}
        self._changed: dict[str, None] = {}
        self._scheduled: dict[str, None] = {}
        # Conversations whose every obligation is near.
        self._whole: set[str] = set()
        transaction.before_flush(self._write_back)

    def add(self, obligation: Obligation, event: ObligationEvent) -> bool:
        """Keep a new one with the event that opened it."""
        # Nothing can be owed yet for a message that came with this very unit of work.
        is_known = obligation.message not in self._transaction.fresh and self.get(obligation.id) is not None
        if is_known or not self._near.rows.add(obligation.id, obligation):
            return False
        self._near.versions[obligation.id] = 1
        self._added[obligation.id] = None
        self.append(event)
        return True

    def update(self, obligation: Obligation, event: ObligationEvent) -> None:
        """Replace one and append why."""
        self.put(obligation)
        self.append(event)

    def put(self, obligation: Obligation) -> None:
        """Replace one; raises `UnknownName` when there is none."""
        self.known(obligation.id)
        self._near.rows.put(obligation.id, obligation)
        if obligation.id not in self._added:
            self._changed[obligation.id] = None

    def schedule(self, id: str, next_step_at: datetime | None) -> None:
        """Say when to look next."""
        self._near.rows.put(id, replace(self.known(id), next_step_at=next_step_at))
        if id not in self._added:
            self._scheduled[id] = None

    def prefetch(self, ids: Collection[str]) -> None:
        """Bring them near together."""
        for some in chunks(set(ids) - self._near.versions.keys()):
            self._bring(self._transaction.rows(_BY_IDS, {"ids": some}))

    def get(self, id: str) -> Obligation | None:
        """The obligation with that id."""
        if id not in self._near.rows:
            self._bring(self._transaction.rows(_BY_ID, {"its_id": id}))
        return self._near.get(id)

    def known(self, id: str) -> Obligation:
        """The same; raises `UnknownName` when there is none."""
        self.get(id)
        return self._near.known(id)

    def list(self, query: ObligationFilter) -> Sequence[Obligation]:
        """By due instant, then id."""
        if query.conversation is not None:
            self.cover([query.conversation])
            return self._near.list(query)
        self._transaction.flush()
        return self._bring(self._transaction.rows(_listing(query)))

    def due_for_step(self, now: datetime, *, limit: int = 1000) -> Sequence[Obligation]:
        """Oldest first."""
        self._transaction.flush()
        due = select(_OBLIGATIONS).where(_IS_OPEN, _OBLIGATIONS.c.next_step_at <= now)
        due = due.order_by(_OBLIGATIONS.c.next_step_at, _OBLIGATIONS.c.id).limit(limit)
        return self._bring(self._transaction.rows(due))

    def append(self, event: ObligationEvent) -> None:
        """Append an event."""
        self.known(event.obligation)
        self._transaction.gather(ObligationEventRow, from_event(event))

    def events(self, id: str) -> Sequence[ObligationEvent]:
        """In the order in which they were appended."""
        self._transaction.flush()
        query = select(_EVENTS).where(_EVENTS.c.obligation == id).order_by(_EVENTS.c.seq)
        return [to_event(row) for row in self._transaction.rows(query)]

    def move(self, old: str, new: str) -> None:
        """Put the obligations of one conversation into another."""
        self.cover([old, new])
        for obligation in self._near.list(ObligationFilter(conversation=old)):
            self.put(replace(obligation, conversation=new))

    def forget(self) -> None:
        """Start anew: the transaction ended."""
        self._near = NearObligations()
        self._added.clear()
        self._changed.clear()
        self._scheduled.clear()
        self._whole.clear()

    def _bring(self, rows: Sequence[Any]) -> Sequence[Obligation]:
        found = self._near.keep(rows)
        self._transaction.expected.update(obligation.message for obligation in found if obligation.message)
        return found

    def cover(self, conversations: Iterable[str]) -> None:
        """Bring near all that is owed in these conversations."""
        missing = sorted(set(conversations) - self._whole)
        if missing:
            self._bring(self._transaction.rows(_BY_CONVERSATIONS, {"names": missing}))
            self._whole.update(missing)

    def _write_back(self) -> None:
        added, changed = list(self._added), list(self._changed)
        scheduled = [key for key in self._scheduled if key not in self._changed]
        self._added.clear()
        self._changed.clear()
        self._scheduled.clear()
        rows = (from_obligation(obligation) | {"version": 1} for obligation in self._near.rows.pick(added))
        self._transaction.gather(ObligationRow, *rows)
        self._transaction.gather_changes(_CHANGE, [self._change_of(key) for key in changed], overtaken=_OVERTAKEN)
        moments = [{"its_id": o.id, "moment": o.next_step_at} for o in self._near.rows.pick(scheduled)]
        self._transaction.gather_changes(_SCHEDULE, moments, overtaken=_OVERTAKEN)

    def _change_of(self, id: str) -> Values:
        version = self._near.versions[id]
        self._near.versions[id] = version + 1
        values = from_obligation(self._near.known(id))
        return {f"new_{name}": values[name] for name in _WRITTEN} | {"its_id": id, "its_version": version}


def _listing(query: ObligationFilter) -> Select[Any]:
    columns = _OBLIGATIONS.c
    statement = select(_OBLIGATIONS).order_by(columns.due_at, columns.id).limit(query.limit)
    for name in ("client", "order", "owner", "kind"):
        wanted = getattr(query, name)
        if wanted is not None:
            statement = statement.where(columns[name] == wanted)
    if query.is_open is not None:
        statement = statement.where(_IS_OPEN if query.is_open else sql("NOT is_open"))
    if query.since is not None:
        statement = statement.where(columns.starts_at >= query.since)
    return statement
