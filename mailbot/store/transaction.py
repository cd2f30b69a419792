"""One database transaction: reads at once, new rows gathered and written together.

Opened by the first statement. It starts as a reader; before the first change it takes the write lock.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from sqlalchemy import Connection, Engine, Executable, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from mailbot.domain.errors import StoreUnavailable
from mailbot.store.columns import Row
from mailbot.store.engine import WRITING
from mailbot.store.faults import translated
from mailbot.store.mapping import Found, Values
from mailbot.store.schema import METADATA, WRITE_ORDER, table_of
from mailbot.store.tables import RawMailRow

# The same bytes may come with several messages, at the same time from several workers.
_SHARED = frozenset({table_of(RawMailRow).name})


class Transaction:
    """What the repositories of one unit of work have in common."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._is_writing = False
        self._gathered: defaultdict[str, list[Values]] = defaultdict(list)
        self._changes: list[tuple[Executable, Sequence[Values], str]] = []
        self._writers: list[Callable[[], None]] = []
        # Ids of the messages that this transaction added.
        self.fresh: set[str | None] = set()
        # Ids of the messages behind the obligations that were read: likely to be asked for next.
        self.expected: set[str] = set()

    @property
    def is_postgresql(self) -> bool:
        """Whether the database is PostgreSQL."""
        return self._engine.dialect.name == "postgresql"

    def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Found]:
        """Ask now; rows that are only gathered are not seen, see `flush`."""
        with translated():
            return cast("Sequence[Found]", self._connected().execute(statement, values).mappings().all())

    def before_flush(self, write: Callable[[], None]) -> None:
        """Have a repository gather what it holds back, whenever the rest is written."""
        self._writers.append(write)

    def gather(self, row: type[Row], *values: Values) -> None:
        """Keep new rows for the next flush."""
        if values:
            self._gathered[str(row.__tablename__)].extend(values)

    def gather_changes(self, statement: Executable, values: Sequence[Values], *, overtaken: str) -> None:
        """Keep changes of one row each for the next flush; a row that is not as expected fails all of it."""
        if values:
            self._changes.append((statement, values, overtaken))

    def flush(self) -> None:
        """Write what was gathered: new rows, one statement a table, then changes."""
        for write in self._writers:
            write()
        if not self._gathered and not self._changes:
            return
        self.begin_writing()
        gathered, self._gathered = self._gathered, defaultdict(list)
        changes, self._changes = self._changes, []
        with translated():
            for name in sorted(gathered, key=WRITE_ORDER.__getitem__):
                self._connected().execute(self._insertion(name), gathered[name])
            for statement, values, overtaken in changes:
                self._change(statement, values, overtaken)

    def _change(self, statement: Executable, values: Sequence[Values], overtaken: str) -> None:
        if self._connected().execute(statement, values).rowcount < len(values):
            raise StoreUnavailable(overtaken)

    def change(self, statement: Executable, values: Sequence[Values] | None = None) -> int:
        """Write now, after what was gathered, once for each of `values`; says how many rows it touched."""
        self.flush()
        self.begin_writing()
        with translated():
            return int(self._connected().execute(statement, values).rowcount)

    def upsert(self, row: type[Row], values: Sequence[Values]) -> None:
        """Insert rows, or update those with their primary keys, now."""
        if not values:
            return
        self.flush()
        self.begin_writing()
        table = table_of(row)
        keys = [column.name for column in table.primary_key]
        statement = self._dialect_insert(table)
        rest = {name: statement.excluded[name] for name in values[0] if name not in keys}
        with translated():
            self._connected().execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), values)

    def begin_writing(self) -> None:
        """Take the write lock, where the database has only one."""
        if self._is_writing:
            return
        self._is_writing = True
        if self.is_postgresql:
            return
        with translated():
            connection = self._connected()
            # What was read so far may be older than what is found under the lock; unique keys and
            # versions guard every change against that, as they must on PostgreSQL anyway.
            connection.rollback()
            connection.execution_options(**{WRITING: True})

    def commit(self) -> None:
        """Keep it all."""
        self.flush()
        if self._connection is not None:
            with translated():
                self._connection.commit()
        self._release()

    def roll_back(self) -> None:
        """Take it all back."""
        self._gathered.clear()
        self._changes.clear()
        self._release()

    def _release(self) -> None:
        self.fresh.clear()
        self.expected.clear()
        connection, self._connection, self._is_writing = self._connection, None, False
        if connection is not None:
            # Closing rolls back; on a connection that broke, the server has done so already, and what
            # broke it is on its way up.
            with suppress(SQLAlchemyError):
                connection.close()

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _insertion(self, name: str) -> Any:
        table = METADATA.tables[name]
        if name in _SHARED:
            return self._dialect_insert(table).on_conflict_do_nothing()
        return insert(table)

    def _dialect_insert(self, table: Table) -> Any:
        return postgresql.insert(table) if self.is_postgresql else sqlite.insert(table)
