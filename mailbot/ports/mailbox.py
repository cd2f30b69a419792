"""Where mail comes from. The contract every mailbox adapter keeps (`tests/contract`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from mailbot.domain.message import MailKey


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far one folder was read: all uids up to `uid` under `validity` are done."""

    mailbox: str
    folder: str
    validity: int
    uid: int
    # What only the adapter that made it can read, for servers that do not number their mails.
    token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class FetchedMail:
    """One mail as the server handed it out; `raw` is None when only this mail could not be fetched."""

    key: MailKey
    raw: bytes | None
    # Server arrival (IMAP INTERNALDATE); aware.
    received_at: datetime
    # Why `raw` is missing.
    fault: str = ""
    # The cursor's token once this mail and all before it are done.
    token: str = field(default="", repr=False)


class MailSource(Protocol):
    """One mailbox, read without a trace: no flag is set or changed by anything here.

    Every method may raise `MailboxUnavailable` (try again: connection, server) or
    `MailboxRefused` (a person has to act: login, permission, unknown folder).
    """

    @property
    def name(self) -> str:
        """The mailbox's name in settings and in `MailKey.mailbox`."""
        ...

    @property
    def folders(self) -> Sequence[str]:
        """The folders to read, the inbox first; the Sent folder is among them."""
        ...

    @property
    def sent_folder(self) -> str | None:
        """The folder that holds what people of the office sent, if known."""
        ...

    def fetch(
        self, folder: str, cursor: Cursor | None, *, since: datetime | None = None
    ) -> Iterator[Sequence[FetchedMail]]:
        """Batches of mails after the cursor, uid ascending; nothing twice within a call.

        Without a cursor, or when the server's UIDVALIDITY differs from the cursor's, the folder
        is listed again from `since` on (bounded); who calls recognises what it already has.
        A mail that cannot be fetched comes with `raw=None` and its fault, and the rest goes on.
        """
        ...

    def wait(self, timeout: timedelta) -> bool:
        """Return True as soon as the server hints at new mail, False after `timeout` (IDLE).

        Where the server cannot push it only waits. `wake` from another thread ends it at once.
        """
        ...

    def wake(self) -> None:
        """End a `wait` in another thread at once, without error."""
        ...

    def find(self, message_id: str, *, folder: str) -> bool:
        """Whether a mail with that Message-ID lies in the folder."""
        ...

    def file_sent(self, raw: bytes, *, at: datetime) -> None:
        """Put a copy of a mail that was sent into the Sent folder, marked as read."""
        ...

    def check(self) -> Sequence[str]:
        """Connect, log in and look at every folder for real; one line in Spanish each."""
        ...

    def close(self) -> None:
        """Let the connection go; the next call opens a new one. Never raises."""
        ...


@runtime_checkable
class ListsKeys(Protocol):
    """A mailbox that can cheaply say what lies in it, so that it can be compared with what was read."""

    def list_keys(self, folder: str, *, since: datetime) -> Sequence[MailKey]:
        """The key of every mail in the folder that arrived since, uid ascending; no content is fetched.

        Raises `MailboxUnavailable` or `MailboxRefused`, as everything of a `MailSource` may.
        """
        ...
