"""A session of PostgreSQL that holds advisory locks and notices when it is lost.

A thread keeps the session alive. When the whole process is frozen, the thread is too, and the server
ends the session after `_IDLE`: another service takes over, and the frozen one finds its session gone
before it does anything.
"""

from contextlib import suppress
from threading import Event, Lock, Thread

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from mailbot.store.engine import make_engine

_IDLE_SECONDS = 20
_KEEP_ALIVE_SECONDS = 4
# Our own room among the locks of the database.
_ROOM = 7246
_TAKE = text("SELECT pg_try_advisory_lock(:room, :number)")
_LET_GO = text("SELECT pg_advisory_unlock_all()")
_ALIVE = text("SELECT 1")
# Known since PostgreSQL 14; an older server keeps a frozen service's locks until its connection breaks.
_GIVE_UP = text(f"SET idle_session_timeout = '{_IDLE_SECONDS}s'")


class Session:
    """One session with the locks that it got."""

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._connection: Connection | None = None
        self._held: set[int] = set()
        self._turn = Lock()
        self._ended = Event()
        self._keeper = Thread(target=self._keep_alive, name="keep-alive", daemon=True)

    def holds(self, number: int) -> bool:
        """Whether the lock is this session's, taking it when nobody has it."""
        with self._turn:
            try:
                return self._still_holds(number) or self._take(number)
            except SQLAlchemyError:
                self._drop()
                return False

    def close(self) -> None:
        """End the session; its locks are free at once, not when the server notices."""
        self._ended.set()
        with self._turn:
            self._let_go()
            self._drop()
            self._engine.dispose()
        if self._keeper.is_alive():
            self._keeper.join(timeout=1)

    def _let_go(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.execute(_LET_GO)

    def _still_holds(self, number: int) -> bool:
        if self._connection is None or number not in self._held:
            return False
        self._connection.execute(_ALIVE)
        return True

    def _take(self, number: int) -> bool:
        connection = self._connected()
        if connection.execute(_TAKE, {"room": _ROOM, "number": number}).scalar():
            self._held.add(number)
        return number in self._held

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            with suppress(SQLAlchemyError):
                self._connection.execute(_GIVE_UP)
            if not self._keeper.is_alive() and not self._ended.is_set():
                self._keeper.start()
        return self._connection

    def _keep_alive(self) -> None:
        while not self._ended.wait(_KEEP_ALIVE_SECONDS):
            with self._turn:
                try:
                    if self._connection is not None:
                        self._connection.execute(_ALIVE)
                except SQLAlchemyError:
                    self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._held.clear()
        if connection is not None:
            with suppress(SQLAlchemyError):
                # Not back to the pool: the session itself must end.
                connection.invalidate()
                connection.close()
