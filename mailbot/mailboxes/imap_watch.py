"""Waits for new mail with IDLE (RFC 2177) on a connection of its own.

IDLE is only a hint to look; what is new is always found by uid. So a hint too many costs one look,
and one that is lost between two connections is made up for by comparing UIDNEXT.
"""

import selectors
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailbot.domain.errors import MailboxUnavailable
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_connection import ImapConnection
from mailbot.mailboxes.imap_errors import translated
from mailbot.mailboxes.wakeup import Wakeup

# The first stretch of a wait is short: what a server says in one breath with its go-ahead is read along with
# that, and shows only when the stretch ends.
_FIRST_STRETCH = 0.5
# After so many cuts with no whole stretch of waiting between them it is for the caller to back off.
_CUTS = 2


class ImapWatch:
    """Watches one folder of one account; used by one thread at a time, woken from any."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._bell = Wakeup()
        self._connection: ImapConnection | None = None
        self._can_idle = True
        self._cuts = 0
        self._is_settled = False

    def wait(self, folder: str, timeout: timedelta, *, seen_next: int | None) -> bool:
        """True on a hint of new mail, False after `timeout` or when the bell rang.

        `seen_next` is the UIDNEXT of the folder when it was last listed.
        """
        until = time.monotonic() + timeout.total_seconds()
        self._is_settled = False
        while not self._bell.take() and (left := until - time.monotonic()) > 0:
            if not self._can_idle:
                self._bell.wait(left)
            elif self._is_armed():
                if self._has_news(left):
                    return True
            elif self._arm(folder, seen_next):
                return True
        return False

    def wake(self) -> None:
        """End the wait in progress, or the next one."""
        self._bell.ring()

    def close(self) -> None:
        """Let the connection go, once no thread waits on it."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._bell.close()

    def _is_armed(self) -> bool:
        return self._connection is not None

    def _arm(self, folder: str, seen_next: int | None) -> bool:
        """Connect and open the folder; True when it is not as it was when last listed."""
        connection = ImapConnection.open(self._account)
        try:
            if not connection.can("IDLE"):
                self._can_idle = False
                connection.close()
                return False
            state = connection.examine(folder)
        except BaseException:
            connection.drop()
            raise
        self._connection, self._is_settled = connection, False
        return seen_next is not None and state.next_uid is not None and state.next_uid != seen_next

    def _has_news(self, left: float) -> bool:
        try:
            has_news = self._idle(min(left, self._stretch))
        except MailboxUnavailable:
            self._drop()
            self._cuts += 1
            if self._cuts >= _CUTS:
                self._cuts = 0
                raise
            return False
        self._cuts, self._is_settled = 0, True
        return has_news

    @property
    def _stretch(self) -> float:
        whole = self._account.idle_renewal.total_seconds()
        return whole if self._is_settled else min(whole, _FIRST_STRETCH)

    def _idle(self, seconds: float) -> bool:
        """One stretch of IDLE; True when the server spoke of a new mail."""
        client = self._connected.client
        with translated(self._account, "esperar correo nuevo"):
            # What came between two stretches is told here, before the waiting starts.
            if _tells_of_mail(client.noop()[1]):
                return True
            _begin(client)
            self._sit_still(seconds)
            # The lines are read after DONE, by blocking reads: `idle_check` reads what has come so far, and
            # a line that has come in half breaks it. A connection that was cut shows here as well.
            lines = client.idle_done()[1]
        return _tells_of_mail(lines)

    def _sit_still(self, seconds: float) -> None:
        """Until the server says something, the bell rings, or the time is over."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._connected.client.socket(), selectors.EVENT_READ)
            selector.register(self._bell.socket(), selectors.EVENT_READ)
            selector.select(seconds)

    @property
    def _connected(self) -> ImapConnection:
        if self._connection is None:
            raise MailboxUnavailable(f"Buzón «{self._account.name}»: la conexión de espera está cerrada.")
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()
        self._connection = None


def _begin(client: Any) -> None:
    try:
        client.idle()
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        # Something came instead of the server's go-ahead; a fresh connection sorts it out.
        raise IMAPClientAbortError(str(error)) from error


def _tells_of_mail(lines: Iterable[Any]) -> bool:
    return any(len(line) > 1 and line[1] in (b"EXISTS", b"RECENT") for line in lines)
