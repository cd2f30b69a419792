"""One mailbox each on every kind of server whose mails can be marked, behind the same handles."""

import abc
from dataclasses import dataclass
from datetime import UTC, datetime

from mailbot.domain.errors import MailboxUnavailable
from mailbot.domain.marks import Colour, Flag
from mailbot.domain.message import MailKey
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.mailboxes.memory_marks import MemoryMarks
from mailbot.ports.marks import MailMarks, MarkedMail, Wanted

# Where people put mails: a folder below another, one named for a category.
NAMED = "Clientes/Reclamo"
OTHER = "Clientes"
MORNING = datetime(2026, 11, 3, 14, 0, 5, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What marking never touches."""

    raw: bytes
    is_read: bool
    folder: str


def letter(number: int, *, subject: str = "Consulta") -> bytes:
    """A client's mail."""
    return (
        f"From: Cliente <cliente@cliente.example>\r\nTo: ana@broker.example\r\nSubject: {subject} {number}\r\n"
        f"Date: Tue, 03 Nov 2026 14:00:00 +0000\r\nMessage-ID: {message_id(number)}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "¿Ya tenemos levante?\r\n"
    ).encode()


def at_minute(number: int, minute: int | None) -> datetime:
    """When a mail of that number arrives."""
    return MORNING.replace(minute=number if minute is None else minute)


def message_id(number: int) -> str:
    """Of a client's mail."""
    return f"<{number}@cliente.example>"


class MarkBox(abc.ABC):
    """A mailbox as its owner sees it, and what marks it. Folders besides the inbox: `NAMED`, `OTHER`."""

    marks: MailMarks

    @abc.abstractmethod
    def deliver(self, number: int, *, folder: str = "INBOX", minute: int | None = None) -> MailKey:
        """`letter(number)` arrives at that minute, or the one of its number; the key under which it would be read."""

    @abc.abstractmethod
    def person_sets(self, number: int, *, categories: tuple[str, ...] | None = None, flag: Flag | None = None) -> None:
        """The owner gives a mail other categories or another flag."""

    @abc.abstractmethod
    def person_moves(self, number: int, folder: str) -> None:
        """The owner drags a mail into a folder."""

    @abc.abstractmethod
    def person_deletes(self, number: int) -> None:
        """The owner deletes a mail for good."""

    @abc.abstractmethod
    def shape(self, number: int) -> Shape:
        """What marking never touches."""

    @abc.abstractmethod
    def colours(self) -> dict[str, str]:
        """The master list: name to the colour as the server calls it; empty where there is none."""

    @abc.abstractmethod
    def person_colours(self, name: str, colour: Colour) -> None:
        """The owner has a category of that name already."""

    @abc.abstractmethod
    def break_off(self) -> None:
        """Let the server go away."""

    def fill_up(self) -> bool:
        """Let there be no room for another category than `Reclamo`; False where there always is."""
        return False

    def close(self) -> None:
        """Clean up."""
        self.marks.close()

    def found(self, number: int, key: MailKey | None = None) -> MarkedMail:
        """The mail as the adapter sees it."""
        mail = self.marks.find(wanted(number, key))
        assert mail is not None
        return mail


def wanted(number: int, key: MailKey | None = None, *, item: str = "", minute: int | None = None) -> Wanted:
    """How a mail is asked for; without a key only its Message-ID and arrival help."""
    nowhere = MailKey(mailbox="ana", folder="INBOX", validity=999_999, uid=999_999)
    return Wanted(message_id=message_id(number), key=key or nowhere, item=item, received_at=at_minute(number, minute))


class MemoryMarkBox(MarkBox):
    """In memory."""

    def __init__(self) -> None:
        self.source = MemoryMailSource("ana", folders=("INBOX", NAMED, OTHER, "Enviados"))
        self._marks = MemoryMarks(self.source)
        self.marks = self._marks

    def deliver(self, number: int, *, folder: str = "INBOX", minute: int | None = None) -> MailKey:
        return self.source.add(letter(number), at=at_minute(number, minute), folder=folder)

    def person_sets(self, number: int, *, categories: tuple[str, ...] | None = None, flag: Flag | None = None) -> None:
        self._marks.person_sets(message_id(number), categories=categories, flag=flag)

    def person_moves(self, number: int, folder: str) -> None:
        self._marks.person_moves(message_id(number), folder)

    def person_deletes(self, number: int) -> None:
        self._marks.person_deletes(message_id(number))

    def shape(self, number: int) -> Shape:
        raw = self._marks.raw_of(message_id(number)) or b""
        return Shape(raw=raw, is_read=False, folder=self._marks.marks_of(message_id(number)).folder)

    def colours(self) -> dict[str, str]:
        return {name: colour.value for name, colour in self._marks.colours.items()}

    def person_colours(self, name: str, colour: Colour) -> None:
        self._marks.colours[name] = colour

    def fill_up(self) -> bool:
        self._marks.full_for = ("2026-004512",)
        return True

    def break_off(self) -> None:
        self.source.fail_with(MailboxUnavailable("gone"))
