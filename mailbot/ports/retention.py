"""What a store forgets: words after their time, and a person who asks for it (Ley 29733, arts. 18-22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailbot.domain.mail import OutgoingMail
from mailbot.ports.stored import StoredMessage

# Stands where an address was erased; the domain is reserved (RFC 2606), so nothing is ever sent to it.
ERASED = "borrado@borrado.invalid"


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """How much was forgotten, and how many messages had to stay as evidence."""

    messages: int
    mails: int
    kept: int = 0


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """Everything that is stored about an address."""

    messages: Sequence[StoredMessage]
    mails: Sequence[OutgoingMail]


class Retention(Protocol):
    """Forgetting, in the unit of work that notes it in the audit log."""

    def expire(self, before: datetime) -> Forgotten:
        """Forget words, bytes and files of what is older; the facts stay.

        Received messages lose their bytes, their text and the words quoted as reasons; mails that are
        through lose text and files. What opened or ended an obligation is evidence and stays whole.
        Doing it again forgets nothing more.
        """
        ...

    def of(self, address: str) -> PersonalData:
        """Every message and mail that names the address, in order of time."""
        ...

    def erase(self, address: str) -> Forgotten:
        """Put `ERASED` in the place of an address, and forget the words of its messages and mails.

        Messages that something still owed rests on stay as they are until it ends, and are counted.
        The audit log is not touched: it holds ids, and is kept by law.
        """
        ...
