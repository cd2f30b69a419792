"""The office file in the memory store, and the look-ups over it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Dispatch, Office
from mailbot.store.dispatch_keys import keys_for, keys_of
from mailbot.store.memory_tables import HashIndex, Journal, Table
from mailbot.store.office_book import OfficeBook

_Orders = HashIndex[str, Dispatch]
_BOOK = "book"


class MemoryDispatches:
    """Dispatches by order and by every identifier they carry."""

    def __init__(self, journal: Journal) -> None:
        self._by_key = _Orders(keys_of)
        self._open_by_client = _Orders(lambda dispatch: [] if dispatch.is_closed else [dispatch.ruc])
        self._by_openness = _Orders(lambda dispatch: [not dispatch.is_closed])
        self._rows: Table[str, Dispatch] = Table(journal, self._by_key, self._open_by_client, self._by_openness)

    def put(self, dispatches: Iterable[Dispatch]) -> None:
        """Insert or update by order."""
        for dispatch in dispatches:
            self._rows.put(dispatch.order, dispatch)

    def all(self) -> Sequence[Dispatch]:
        """Open and closed ones, by order."""
        return _by_order(self._rows.values())

    def dispatch(self, order: str) -> Dispatch | None:
        """The dispatch of that order."""
        return self._rows.get(order)

    def dispatches_by_reference(self, kind: ReferenceKind, canonical: str) -> Sequence[Dispatch]:
        """Those that carry the identifier, by order."""
        orders = {order for key in keys_for(kind, canonical) for order in self._by_key.find(key)}
        return _by_order(self._rows.pick(orders))

    def open_dispatches(self, ruc: str) -> Sequence[Dispatch]:
        """One client's, newest order first."""
        return _by_order(self._rows.pick(self._open_by_client.find(ruc)))[::-1]

    def all_open_dispatches(self) -> Sequence[Dispatch]:
        """Everybody's, by order."""
        return _by_order(self._rows.pick(self._by_openness.find(True)))


class MemoryOffice:
    """The sheets as they were saved."""

    def __init__(self, journal: Journal) -> None:
        self.dispatches = MemoryDispatches(journal)
        self._books: Table[str, OfficeBook] = Table(journal)

    @property
    def book(self) -> OfficeBook:
        """The small sheets, ready to be looked up."""
        return self._books.get(_BOOK) or OfficeBook(Office())

    def load(self) -> Office:
        """All of it, dispatches by order."""
        return replace(self.book.office, dispatches=tuple(self.dispatches.all()))

    def save(self, office: Office) -> None:
        """Replace the small sheets, update the dispatches."""
        self._books.put(_BOOK, OfficeBook(replace(office, dispatches=())))
        self.save_dispatches(office.dispatches)

    def save_dispatches(self, dispatches: Sequence[Dispatch]) -> None:
        """Insert or update by order."""
        self.dispatches.put(dispatches)


def _by_order(dispatches: Iterable[Dispatch]) -> tuple[Dispatch, ...]:
    return tuple(sorted(dispatches, key=lambda dispatch: dispatch.order))
