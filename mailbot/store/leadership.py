"""A session of PostgreSQL that holds advisory locks and notices when it is lost.

A thread keeps the session alive. When the whole process is frozen, the thread is too, and the server
ends the session after `_IDLE`: another service takes over, and the frozen one finds its session gone
before it does anything.

What is shared out goes to the least loaded: who holds two more than another that wishes for the same gives
one back, so that among n sessions with the same wishes nobody keeps more than their n-th part, rounded up.
"""

from contextlib import suppress
from threading import Event, Lock, Thread

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from mailbot.store.engine import make_engine

_IDLE_SECONDS = 20
_KEEP_ALIVE_SECONDS = 4
# Our own rooms among the locks of the database: what one alone does, what is shared out, who wishes for it.
_ROOM, _LEASES, _WISHES = 7246, 7247, 7248
_TAKE = text("SELECT pg_try_advisory_lock(:room, :number)")
_WISH = text("SELECT pg_try_advisory_lock_shared(:room, :number)")
_GIVE_BACK = text("SELECT pg_advisory_unlock(:room, :number)")
_WISH_NO_MORE = text("SELECT pg_advisory_unlock_shared(:room, :number)")
_LET_GO = text("SELECT pg_advisory_unlock_all()")
_ALIVE = text("SELECT 1")
# Known since PostgreSQL 14; an older server keeps a frozen service's locks until its connection breaks.
_GIVE_UP = text(f"SET idle_session_timeout = '{_IDLE_SECONDS}s'")

# What this session holds, the least that another one holds which wishes for the same, and what nobody holds.
_LOADS = text("""
WITH locks AS (
    SELECT pid, classid::bigint AS room, objid::bigint AS number FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), leases AS (SELECT * FROM locks WHERE room = :leases), wishes AS (SELECT * FROM locks WHERE room = :wishes),
loads AS (
    SELECT wishes.pid, (SELECT count(*) FROM leases WHERE leases.pid = wishes.pid) AS load
    FROM wishes WHERE number = :number
)
SELECT (SELECT count(*) FROM leases WHERE pid = pg_backend_pid()),
(SELECT min(load) FROM loads WHERE pid <> pg_backend_pid()),
(SELECT count(DISTINCT number) FROM wishes WHERE number NOT IN (SELECT number FROM leases))
""")


class Session:
    """One session with the locks that it got."""

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._connection: Connection | None = None
        self._held: set[tuple[int, int]] = set()
        self._turn = Lock()
        self._ended = Event()
        self._keeper = Thread(target=self._keep_alive, name="keep-alive", daemon=True)

    def holds(self, number: int) -> bool:
        """Whether the lock is this session's, taking it when nobody has it."""
        with self._turn:
            try:
                return self._still_holds(number) or self._take(_ROOM, number)
            except SQLAlchemyError:
                self._drop()
                return False

    def shares(self, number: int) -> bool:
        """Whether the lock is part of this session's fair share of all that are shared; if not, it is let go."""
        with self._turn:
            try:
                return self._shares(number)
            except SQLAlchemyError:
                self._drop()
                return False

    def leave(self, number: int) -> None:
        """Wish for a shared lock no more, and let go of it."""
        with self._turn:
            try:
                self._release(_GIVE_BACK, _LEASES, number)
                self._release(_WISH_NO_MORE, _WISHES, number)
            except SQLAlchemyError:
                self._drop()

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
        if self._connection is None or (_ROOM, number) not in self._held:
            return False
        self._connection.execute(_ALIVE)
        return True

    def _shares(self, number: int) -> bool:
        connection = self._connected()
        if (_WISHES, number) not in self._held:
            self._take(_WISHES, number, how=_WISH)
        names = {"leases": _LEASES, "wishes": _WISHES, "number": number % 2**32}
        mine, least, free = connection.execute(_LOADS, names).one()
        if (_LEASES, number) not in self._held:
            return (least is None or mine <= least) and self._take(_LEASES, number)
        # What is free already goes to the others: without it each newcomer would be left too much.
        if least is None or mine - least - free < 2:
            return True
        self._release(_GIVE_BACK, _LEASES, number)
        return False

    def _take(self, room: int, number: int, *, how: TextClause = _TAKE) -> bool:
        if self._connected().execute(how, {"room": room, "number": number}).scalar():
            self._held.add((room, number))
        return (room, number) in self._held

    def _release(self, how: TextClause, room: int, number: int) -> None:
        if self._connection is not None and (room, number) in self._held:
            self._connection.execute(how, {"room": room, "number": number})
            self._held.discard((room, number))

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
