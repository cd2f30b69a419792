"""What the demo wants of a server that holds the office's mailboxes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Protocol

from mailbot.demo.servers import AcceptedMail
from mailbot.domain.marks import Flag

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class MarkedOnServer:
    """What one mail of an inbox bears on its server at the end."""

    mailbox: str
    subject: str
    categories: tuple[str, ...]
    flag: Flag


class Place(Protocol):
    """A server with the office's mailboxes."""

    @property
    def told(self) -> str:
        """What it is and where it listens, for people."""
        ...

    @property
    def accepted(self) -> Sequence[AcceptedMail]:
        """Every mail that mailbot sent through it so far."""
        ...

    def turn(self, now: datetime) -> None:
        """Let it be that time there; what was sent reaches those of the office who have a mailbox here."""
        ...

    def settings(self, addresses: Sequence[str]) -> Mapping[str, object]:
        """What a real office would write to have these mailboxes watched and its mails sent."""
        ...

    def deliver(self, raw: bytes, mailbox: str, *, is_sent: bool, at: datetime) -> None:
        """Let a mail lie in the inbox, or in the folder of what was sent."""
        ...

    def marked(self) -> Sequence[MarkedOnServer]:
        """The mails that bear a category or a flag, by mailbox, as the server has them."""
        ...


def box_name(address: str) -> str:
    """What a mailbox is called in settings."""
    return address.partition("@")[0].replace(".", "_")


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, EmailMessage, policy=policy.default)


def subject_of(raw: bytes) -> str:
    """As people see it."""
    return str(_parsed(raw)["Subject"] or "")


def recipients_of(raw: bytes) -> tuple[str, ...]:
    """The addresses in To and Cc."""
    parsed = _parsed(raw)
    people = [address for name in ("To", "Cc") if parsed[name] for address in parsed[name].addresses]
    return tuple(dict.fromkeys(person.addr_spec.lower() for person in people))
