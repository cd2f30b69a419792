"""The office file in the database, and the look-ups over it.

Small sheets are read once per import and shared by every unit of work, recognised by the mark that an
import leaves. So are the dispatches while they are few; many are asked for by key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy import text as sql

from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Dispatch, Office
from mailbot.store import office_mapping as to_from
from mailbot.store.columns import Row
from mailbot.store.dispatch_keys import keys_for, keys_of
from mailbot.store.mapping import Found, Values
from mailbot.store.memory_office import MemoryDispatches
from mailbot.store.memory_tables import Journal
from mailbot.store.office_book import OfficeBook
from mailbot.store.office_records import DispatchShelf
from mailbot.store.office_tables import (
    AgreementRow,
    ClientRow,
    ContactRow,
    DispatchKeyRow,
    DispatchRow,
    HolidayRow,
    ProgrammeRow,
    StaffRow,
)
from mailbot.store.schema import table_of
from mailbot.store.sql_facts import SqlFacts
from mailbot.store.transaction import Transaction

_DISPATCHES = table_of(DispatchRow)
_KEYS = table_of(DispatchKeyRow)
_IS_OPEN = sql("is_open")
# The fact that changes with every import.
_MARK = "office.mark"
# Up to here all dispatches are held in memory: some 40 MB, and no statement for a look-up.
MOST_HELD = 10_000
_CHUNK = 500

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Held:
    """What was read under one mark; `shelf` is None while there are too many dispatches to hold."""

    mark: str
    book: OfficeBook
    shelf: MemoryDispatches | None


class OfficeCache:
    """The office as last read, shared by the units of work of a store."""

    def __init__(self) -> None:
        self._held: Held | None = None

    def get(self, mark: str, read: Callable[[str], Held]) -> Held:
        """What is held for the mark, read now if it is another one."""
        held = self._held
        if held is None or held.mark != mark:
            # Two threads may both read it; the one is as good as the other.
            held = self._held = read(mark)
        return held


class SqlOffice:
    """The sheets as they were saved."""

    def __init__(self, transaction: Transaction, *, facts: SqlFacts, cache: OfficeCache) -> None:
        self._transaction = transaction
        self._facts = facts
        self._cache = cache
        self._current: Held | None = None

    def forget(self) -> None:
        """Start anew: the transaction ended."""
        self._current = None

    @property
    def book(self) -> OfficeBook:
        """The small sheets."""
        return self._held.book

    @property
    def shelf(self) -> DispatchShelf:
        """The dispatches, from memory or one by one."""
        return self._held.shelf or SqlDispatches(self._transaction)

    def load(self) -> Office:
        """All of it, dispatches by order."""
        shelf = self._held.shelf
        dispatches = shelf.all() if shelf else _dispatches(self._transaction, select(_DISPATCHES))
        return replace(self.book.office, dispatches=tuple(dispatches))

    def save(self, office: Office) -> None:
        """Replace the small sheets, update the dispatches."""
        for row in (ContactRow, AgreementRow, ProgrammeRow, HolidayRow, StaffRow, ClientRow):
            self._transaction.change(delete(table_of(row)))
        self._gather(StaffRow, office.staff, to_from.from_staff)
        self._gather(ClientRow, office.clients, to_from.from_client)
        self._gather(ContactRow, office.contacts, to_from.from_contact)
        self._gather(AgreementRow, office.agreements, to_from.from_agreement)
        self._gather(ProgrammeRow, office.programmes, to_from.from_programme)
        self._gather(HolidayRow, office.holidays, to_from.from_holiday)
        self._update(office.dispatches)
        self._mark()

    def save_dispatches(self, dispatches: Sequence[Dispatch]) -> None:
        """Insert or update by order."""
        if self._update(dispatches):
            self._mark()

    @property
    def _held(self) -> Held:
        if self._current is None:
            self._current = self._cache.get(self._facts.get(_MARK) or "", self._read)
        return self._current

    def _read(self, mark: str) -> Held:
        self._transaction.flush()
        count = self._transaction.rows(select(func.count().label("count")).select_from(_DISPATCHES))[0]["count"]
        shelf = None
        if count <= MOST_HELD:
            shelf = MemoryDispatches(Journal())
            shelf.put(_dispatches(self._transaction, select(_DISPATCHES)))
        return Held(mark=mark, book=OfficeBook(self._read_sheets()), shelf=shelf)

    def _read_sheets(self) -> Office:
        return Office(
            staff=self._sheet(StaffRow, to_from.to_staff),
            clients=self._sheet(ClientRow, to_from.to_client),
            contacts=self._sheet(ContactRow, to_from.to_contact),
            agreements=self._sheet(AgreementRow, to_from.to_agreement),
            programmes=self._sheet(ProgrammeRow, to_from.to_programme),
            holidays=self._sheet(HolidayRow, to_from.to_holiday),
        )

    def _sheet(self, row: type[Row], to_value: Callable[[Found], Value]) -> tuple[Value, ...]:
        table = table_of(row)
        found = self._transaction.rows(select(table).order_by(table.c.position))
        return tuple(to_value(values) for values in found)

    def _gather(self, row: type[Row], sheet: Sequence[Value], from_value: Callable[[Value], Values]) -> None:
        rows = (from_value(value) | {"position": at} for at, value in enumerate(sheet))
        self._transaction.gather(row, *rows)

    def _update(self, dispatches: Sequence[Dispatch]) -> bool:
        latest = list({dispatch.order: dispatch for dispatch in dispatches}.values())
        chunks = (latest[start : start + _CHUNK] for start in range(0, len(latest), _CHUNK))
        outcomes = [self._update_chunk(chunk) for chunk in chunks]
        return any(outcomes)

    def _update_chunk(self, dispatches: Sequence[Dispatch]) -> bool:
        orders = [dispatch.order for dispatch in dispatches]
        kept = {d.order: d for d in _dispatches(self._transaction, select(_DISPATCHES).where(_is_among(orders)))}
        changed = [dispatch for dispatch in dispatches if kept.get(dispatch.order) != dispatch]
        self._transaction.upsert(DispatchRow, [to_from.from_dispatch(dispatch) for dispatch in changed])
        if changed:
            self._transaction.change(delete(_KEYS).where(_KEYS.c.order.in_([d.order for d in changed])))
        keys = ((*key, dispatch.order) for dispatch in changed for key in sorted(keys_of(dispatch)))
        self._transaction.gather(DispatchKeyRow, *({"kind": k, "key": v, "order": order} for k, v, order in keys))
        return bool(changed)

    def _mark(self) -> None:
        self._facts.set(_MARK, uuid4().hex)
        self._current = None


class SqlDispatches:
    """Dispatches looked up one by one, for an office that has too many to hold."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def dispatch(self, order: str) -> Dispatch | None:
        """The dispatch of that order."""
        return next(iter(_dispatches(self._transaction, select(_DISPATCHES).where(_is_among([order])))), None)

    def dispatches_by_reference(self, kind: ReferenceKind, canonical: str) -> Sequence[Dispatch]:
        """Those that carry the identifier, by order."""
        found = or_(*(and_(_KEYS.c.kind == k, _KEYS.c.key == key) for k, key in sorted(keys_for(kind, canonical))))
        orders = select(_KEYS.c.order).where(found)
        return _dispatches(self._transaction, select(_DISPATCHES).where(_DISPATCHES.c.order.in_(orders)))

    def open_dispatches(self, ruc: str) -> Sequence[Dispatch]:
        """One client's, newest order first."""
        query = select(_DISPATCHES).where(_IS_OPEN, _DISPATCHES.c.ruc == ruc)
        return _dispatches(self._transaction, query)[::-1]

    def all_open_dispatches(self) -> Sequence[Dispatch]:
        """Everybody's, by order."""
        return _dispatches(self._transaction, select(_DISPATCHES).where(_IS_OPEN))


def _is_among(orders: Sequence[str]) -> ColumnElement[bool]:
    return _DISPATCHES.c.order.in_(orders)


def _dispatches(transaction: Transaction, query: Select[Any]) -> Sequence[Dispatch]:
    transaction.flush()
    return tuple(to_from.to_dispatch(row) for row in transaction.rows(query.order_by(_DISPATCHES.c.order)))
