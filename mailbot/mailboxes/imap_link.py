"""The link to an IMAP server: opens a connection when somebody needs it, and lets it go."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from mailbot.domain.errors import MailboxUnavailable
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_connection import ImapConnection

Connection = TypeVar("Connection", bound=ImapConnection)
Result = TypeVar("Result")


class LinkClosed(MailboxUnavailable):
    """Somebody closed the link while it was used; what was under way must not connect again."""


class ImapLink(Generic[Connection]):
    """Opens the connection when somebody needs it, and again when it went stale.

    Several threads may use it; each piece of work has the connection for itself.
    """

    def __init__(self, account: ImapAccount, kind: type[Connection]) -> None:
        self._account = account
        self._kind = kind
        self._lock = threading.RLock()
        self._connection: Connection | None = None
        # Counts the calls of `close`, so that a piece of work cut short by one does not connect again.
        self._closings = 0

    def run(self, work: Callable[[Connection], Result], *, again: bool = True) -> Result:
        """Do a piece of work; once more on a fresh connection when an old one turned out dead."""
        with self._lock:
            was_open, closings = self._connection is not None, self._closings
            try:
                return work(self._opened())
            except MailboxUnavailable as error:
                self._drop()
                if closings != self._closings:
                    raise LinkClosed(f"Buzón «{self._account.name}»: la conexión se cerró.") from error
                if not (was_open and again):
                    raise
            try:
                return work(self._opened())
            except MailboxUnavailable:
                self._drop()
                raise

    def close(self) -> None:
        """Let the connection go, also while another thread waits on it."""
        self._closings += 1
        connection = self._connection
        if not self._lock.acquire(blocking=False):
            if connection is not None:
                connection.abort()
            self._lock.acquire()
        try:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
        finally:
            self._lock.release()

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = self._kind.open(self._account)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()
        self._connection = None
