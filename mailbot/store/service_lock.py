"""One service on an SQLite file; on PostgreSQL any number, of which one runs the schedule.

The many share the work by locks of a session of its own: the lock ends when the session does, whether
the process was killed, cut off, or frozen for so long that the server let it go. None of this is what
makes an effect happen once; that is the unique keys' office. It keeps the many from working in vain.
"""

import fcntl
import os
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from mailbot.domain.errors import StoreRefused
from mailbot.store.engine import file_of, is_sqlite
from mailbot.store.leadership import Session

_SCHEDULE = "schedule"


class ServiceLock(Protocol):
    """What a service holds while it runs; nothing here ever raises."""

    def is_held(self) -> bool:
        """Whether this service may run the schedule now; to be asked before every tick.

        On PostgreSQL it becomes True when the service that held the lock is gone, and False as soon as
        the connection that holds it breaks.
        """
        ...

    def takes(self, mailbox: str) -> bool:
        """Whether this service is the one that reads that mailbox; to be asked before every poll.

        Several services share the mailboxes evenly: one that has too many gives this one back by False.
        """
        ...

    def leave(self, mailbox: str) -> None:
        """This service watches that mailbox no more: others need not wait for it."""
        ...


@contextmanager
def hold_service_lock(url: str) -> Iterator[ServiceLock]:
    """Hold the database for this service until the block ends.

    Raises `StoreRefused` when another service works on the same SQLite file; PostgreSQL takes any
    number of services, of which one at a time `is_held`.
    """
    if is_sqlite(url):
        with _locked_file(file_of(url)):
            yield _Alone()
        return
    session = Session(url)
    try:
        yield _OneOfMany(session)
    finally:
        session.close()


class _Alone:
    """The lock on a file: held from beginning to end."""

    def is_held(self) -> bool:
        return True

    def takes(self, mailbox: str) -> bool:
        return True

    def leave(self, mailbox: str) -> None:
        pass


class _OneOfMany:
    """Locks by name on one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def is_held(self) -> bool:
        return self._session.holds(_number(_SCHEDULE))

    def takes(self, mailbox: str) -> bool:
        return self._session.shares(_number(f"mailbox {mailbox}"))

    def leave(self, mailbox: str) -> None:
        self._session.leave(_number(f"mailbox {mailbox}"))


def _number(name: str) -> int:
    """A lock is known to PostgreSQL by a signed number of 32 bits."""
    return zlib.crc32(name.encode()) - 2**31


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
