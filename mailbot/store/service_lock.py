"""One service on an SQLite file, and one scheduler among many services on PostgreSQL."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import IO, Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from mailbot.domain.errors import StoreRefused
from mailbot.store.engine import file_of, is_sqlite, make_engine


class ServiceLock(Protocol):
    """What a service holds while it runs."""

    def is_held(self) -> bool:
        """Whether this service may run the schedule now; asked before every tick, never raises.

        On PostgreSQL it becomes True when the service that held the lock is gone, and False at once
        when the connection that holds it breaks.
        """
        ...


@contextmanager
def hold_service_lock(url: str) -> Iterator[ServiceLock]:
    """Hold the database for this service until the block ends.

    Raises `StoreRefused` when another service works on the same SQLite file; PostgreSQL takes any
    number of services, of which one at a time `is_held`.
    """
    if not is_sqlite(url):
        leader = _Leadership(url)
        try:
            yield leader
        finally:
            leader.let_go()
        return
    with _locked_file(file_of(url)):
        yield _Alone()


class _Alone:
    """The lock on a file: held from beginning to end."""

    def is_held(self) -> bool:
        return True


@contextmanager
def _locked_file(database: Path) -> Iterator[None]:
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    except OSError as error:
        raise StoreRefused(f"no se puede abrir el archivo {path}: {error.strerror}") from error
    with file:
        _lock(file, path)
        # The file stays: who deleted it could hold a lock that nobody else sees.
        yield
        file.truncate(0)


def _lock(file: IO[str], path: Path) -> None:
    try:
        # The system lets go of it when the process ends, however it ends.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "otro proceso"
        raise StoreRefused(
            f"otro servicio de mailbot ya trabaja con esta base de datos ({holder}): deténgalo primero, "
            f"o use PostgreSQL para tener varios. Archivo de bloqueo: {path}"
        ) from error
    file.truncate(0)
    file.write(f"pid {os.getpid()} en {socket.gethostname()}")
    file.flush()


class _Leadership:
    """A session lock on a connection of its own, so that it ends with that connection."""

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._connection: Connection | None = None
        self._turn = Lock()

    def is_held(self) -> bool:
        """Ask over the very connection that holds the lock: a broken one means it is lost."""
        with self._turn:
            try:
                if self._connection is None:
                    self._connection = _take(self._engine)
                else:
                    self._connection.execute(text("SELECT 1"))
            except SQLAlchemyError:
                self._drop()
            return self._connection is not None

    def let_go(self) -> None:
        """End the connection, and the lock with it."""
        with self._turn:
            self._drop()
            self._engine.dispose()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                # Not back to the pool: the session itself must end.
                connection.invalidate()
                connection.close()


def _take(engine: Engine) -> Connection | None:
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if connection.execute(text("SELECT pg_try_advisory_lock(7246003)")).scalar():
        return connection
    connection.close()
    return None
