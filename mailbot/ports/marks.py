"""What a mail bears on its server. The contract every adapter that may mark keeps (`tests/contract/test_marks.py`).

Nothing here touches subject, body or read state, and no category but the ones that are named.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from mailbot.domain.marks import NO_FLAG, Colour, Flag, Switch
from mailbot.domain.message import MailKey


class Ability(StrEnum):
    """What a server can keep of a mail."""

    # Any number of named categories.
    CATEGORIES = "categories"
    # A flag that somebody is to come back.
    FLAGS = "flags"
    # A flag may have dates.
    DUE_DATES = "due_dates"
    # A flag that is complete differs from none.
    COMPLETION = "completion"
    # A property of our own that people do not see.
    STAMPS = "stamps"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A mail that is looked for."""

    message_id: str
    # Where it was read.
    key: MailKey
    # What it was called when it was found last; empty when it never was.
    item: str = ""
    # When it arrived, by which two mails under one Message-ID are told apart.
    received_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MarkedMail:
    """One mail as it lies on the server now, with everything that it bears."""

    # Names the mail for its adapter; may change when it is moved.
    item: str
    # The folder's path as people see it, `INBOX` for the inbox.
    folder: str
    # With angle brackets; empty where the server does not tell it along with the marks.
    message_id: str = ""
    # Changes with every change of the mail, where the server has such a thing (change key, ETag, MODSEQ).
    version: str = ""
    # All of them, people's own too, in the server's order and spelling.
    categories: tuple[str, ...] = ()
    flag: Flag = NO_FLAG
    # The orders in our own property.
    stamp: tuple[str, ...] = ()
    # When it arrived, to the second.
    received_at: datetime | None = field(default=None, compare=False)
    # When the mail was changed last, where the server says; not before a person's last change.
    changed_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class MarkChange:
    """What to change; everything that is not named stays as people have it."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    # None leaves the flag alone.
    flag: Flag | None = None
    # None leaves the property alone; empty takes it away.
    stamp: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """The mails that may have been changed since the last look, and where the next one goes on."""

    mails: Sequence[MarkedMail]
    token: str


class MailMarks(Protocol):
    """The marks of the mails of one mailbox.

    Every method may raise `MailboxUnavailable` (try again) or `MailboxRefused` (a person has to act).
    """

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        ...

    def abilities(self) -> frozenset[Ability]:
        """What this server can keep; asks it once where it has to."""
        ...

    def prepare(self, colours: Mapping[str, Colour]) -> None:
        """Let the mailbox know these categories with their colours; one it has stays as people coloured it.

        Nothing where the server has no such list.
        """
        ...

    def find(self, wanted: Wanted) -> MarkedMail | None:
        """The mail as it is now: where it was last, else by its Message-ID in any folder people may move it to.

        None when it is not there any more. Of several under that Message-ID, which may be different mails, the
        one that arrived when it did; of its copies the one in the folder where it was read.
        """
        ...

    def set(self, mail: MarkedMail, change: MarkChange) -> MarkedMail | None:
        """Change what is named, and give back the mail as it is now; None when it is not there any more.

        What is so already stays so without a word to the server. Repeating is harmless. Raises
        `MailChanged` when somebody changed the mail after `mail` was read, and then nothing was
        changed: find it again. What the abilities do not hold is left out; a flag that is complete
        becomes none there. Raises `MarkRefused` when the server kept less of this mail's marks than it
        can keep elsewhere; the rest of the change was made.
        """
        ...

    def move(self, mail: MarkedMail, folder: str) -> MarkedMail | None:
        """Into the folder of that path, else one of that name anywhere, ignoring case; the mail as it lies there.

        None when the mail or such a folder is not there.
        """
        ...

    def look(self, folders: Collection[str], *, named: Collection[str], token: str, since: datetime) -> Look:
        """What people may have changed since the look that gave the token.

        Covers these folders, and folders anywhere whose own name is in `named`, ignoring case. Without a
        token every mail that arrived since. May give mails that nobody changed; leaves out none that
        somebody did, nor one that was moved into a folder of `named`.
        """
        ...

    def check(self, switches: Collection[Switch]) -> Sequence[str]:
        """Try for real what the office switched on; one line in Spanish each, changing nothing.

        Raises `MailboxRefused` that names the permission that is missing.
        """
        ...

    def close(self) -> None:
        """Let the connection go; the next call opens a new one. Never raises."""
        ...
