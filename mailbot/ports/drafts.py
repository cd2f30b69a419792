"""Answers that wait in a mailbox for a person to send. The contract of `tests/contract/test_drafts.py`.

Nothing here sends anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mailbot.domain.message import Address
from mailbot.ports.marks import Wanted


@dataclass(frozen=True, kw_only=True)
class ReplyDraft:
    """An answer to a mail, as it is to be offered."""

    # The same for the same answer for ever; ASCII letters, digits and hyphens.
    stamp: str
    sender: Address
    to: tuple[Address, ...]
    # Subject and ancestors as a mail program would write them; a server that makes replies writes its own.
    subject: str
    in_reply_to: str
    references: tuple[str, ...] = ()
    text: str = field(repr=False)
    html: str = field(repr=False)
    # What is answered, with a line that says whose words they are; a server that makes replies quotes by itself.
    quoted: str = field(default="", repr=False)
    # When the mail that is answered came in; no draft is older.
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeptDraft:
    """A draft as it lies on the server."""

    item: str
    # Changes with every change of the draft, where the server has such a thing.
    version: str
    # Of what a person sees of it, as the server holds it: two that are equal say the same.
    fingerprint: str
    # Whether this very call put it there.
    is_new: bool = False
    # Whether it says nothing but what that call was given: a person has not written in it.
    is_as_given: bool = False


class MailDrafts(Protocol):
    """The drafts of one mailbox.

    Every method may raise `MailboxUnavailable` (try again) or `MailboxRefused` (a person has to act).
    """

    @property
    def name(self) -> str:
        """The mailbox's name in settings."""
        ...

    def write(self, draft: ReplyDraft, *, to: Wanted) -> KeptDraft | None:
        """Put an answer to that mail into the drafts, in its conversation.

        There is one of each stamp: one that lies there already, perhaps of a call that was cut off, is
        given back as it is with `is_new` False, and with `is_as_given` False unless it surely says the
        same. Empty remains of such a call are filled first. None when the mail is gone and only the server
        can make a reply to it.
        """
        ...

    def find(self, item: str) -> KeptDraft | None:
        """The draft as it is now; None when it was sent or deleted."""
        ...

    def update(self, kept: KeptDraft, draft: ReplyDraft) -> KeptDraft | None:
        """Let the draft say something else; None when it is no draft any more. Repeating is harmless.

        Raises `MailChanged` when it is not as it was kept, and then nothing was changed.
        """
        ...

    def discard(self, kept: KeptDraft) -> bool:
        """Take a draft away that nobody needs any more; False when it is no draft any more.

        Raises `MailChanged` when it is not as it was kept, and then it stays.
        """
        ...

    def check(self) -> Sequence[str]:
        """See for real whether drafts can be put there, changing nothing; one line in Spanish each.

        Raises `MailboxRefused` that says what is missing.
        """
        ...

    def close(self) -> None:
        """Let the connection go; the next call opens a new one. Never raises."""
        ...
