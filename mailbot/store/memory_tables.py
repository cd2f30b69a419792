"""Tables of the memory store: dictionaries with indexes and a journal that undoes.

A unit of work writes straight into the tables and notes how to take each change back, so beginning one
costs nothing whatever is stored.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from typing import Generic, Protocol, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
RowKey = TypeVar("RowKey", contravariant=True)
Row = TypeVar("Row", contravariant=True)


class Journal:
    """How to take back what the open unit of work did, newest last."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def note(self, undo: Callable[[], None]) -> None:
        """Remember one step back."""
        self._undo.append(undo)

    def keep(self) -> None:
        """Forget the way back."""
        self._undo.clear()

    def roll_back(self) -> None:
        """Take everything back, newest first."""
        while self._undo:
            self._undo.pop()()


class Index(Protocol[RowKey, Row]):
    """Told of every row that comes and goes."""

    def add(self, key: RowKey, row: Row) -> None:
        """A row came."""
        ...

    def remove(self, key: RowKey, row: Row) -> None:
        """A row went."""
        ...


class HashIndex(Generic[Key, Value]):
    """Rows by the values that `values_of` names; keys come back in the order in which they were added."""

    def __init__(self, values_of: Callable[[Value], Iterable[Hashable]]) -> None:
        self._values_of = values_of
        self._buckets: dict[Hashable, dict[Key, None]] = {}

    def add(self, key: Key, row: Value) -> None:
        """A row came."""
        for value in self._values_of(row):
            self._buckets.setdefault(value, {})[key] = None

    def remove(self, key: Key, row: Value) -> None:
        """A row went."""
        for value in self._values_of(row):
            bucket = self._buckets.get(value, {})
            bucket.pop(key, None)
            if not bucket:
                self._buckets.pop(value, None)

    def find(self, value: Hashable) -> tuple[Key, ...]:
        """The keys of the rows with that value."""
        return tuple(self._buckets.get(value, ()))


class TimeIndex(Generic[Value]):
    """Rows by an instant; those without one are left out."""

    def __init__(self, instant_of: Callable[[Value], datetime | None]) -> None:
        self._instant_of = instant_of
        self._entries: list[tuple[datetime, str]] = []

    def add(self, key: str, row: Value) -> None:
        """A row came."""
        instant = self._instant_of(row)
        if instant is not None:
            insort(self._entries, (instant, key))

    def remove(self, key: str, row: Value) -> None:
        """A row went."""
        instant = self._instant_of(row)
        if instant is not None:
            del self._entries[bisect_left(self._entries, (instant, key))]

    def since(self, first: datetime) -> Iterator[str]:
        """Keys of rows from that instant on, oldest first."""
        return (key for _, key in self._entries[bisect_left(self._entries, (first, "")) :])

    def until(self, now: datetime) -> Iterator[str]:
        """Keys of rows whose instant has come, oldest first."""
        for instant, key in self._entries:
            if instant > now:
                return
            yield key


class Table(Generic[Key, Value]):
    """Rows by key, with indexes kept in step and every change noted in the journal."""

    def __init__(self, journal: Journal, *indexes: Index[Key, Value]) -> None:
        self._journal = journal
        self._indexes = indexes
        self._rows: dict[Key, Value] = {}
        self._touched: dict[Key, None] = {}

    def __contains__(self, key: Key) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: Key) -> Value | None:
        """The row with that key."""
        return self._rows.get(key)

    def pick(self, keys: Iterable[Key]) -> list[Value]:
        """The rows with these keys, in their order."""
        return [self._rows[key] for key in keys]

    def values(self) -> list[Value]:
        """All rows in the order in which they came."""
        return list(self._rows.values())

    def add(self, key: Key, row: Value) -> bool:
        """Put a row where there is none; False when there is one."""
        if key in self._rows:
            return False
        self.put(key, row)
        return True

    def put(self, key: Key, row: Value) -> None:
        """Put a row, in place of another or new."""
        old = self._rows.get(key)
        self._journal.note(lambda: self._replace(key, old))
        self._touched[key] = None
        self._replace(key, row)

    def drop(self, key: Key) -> None:
        """Take a row away, if it is there."""
        old = self._rows.get(key)
        if old is not None:
            self._journal.note(lambda: self._replace(key, old))
            self._replace(key, None)

    def touched(self) -> Iterator[Value]:
        """Rows put since the last time this was asked; rows taken back meanwhile are left out."""
        keys, self._touched = self._touched, {}
        return (self._rows[key] for key in keys if key in self._rows)

    def _replace(self, key: Key, row: Value | None) -> None:
        old = self._rows.get(key)
        if old is not None:
            self._unindex(key, old)
        if row is None:
            self._rows.pop(key, None)
            return
        self._rows[key] = row
        for index in self._indexes:
            index.add(key, row)

    def _unindex(self, key: Key, old: Value) -> None:
        for index in self._indexes:
            index.remove(key, old)
