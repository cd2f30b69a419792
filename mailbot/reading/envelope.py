"""The headers of a mail as values: who, to whom, when, about what."""

from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.message import Address
from mailbot.reading.mime.addresses import parse_addresses
from mailbot.reading.mime.dates import is_believable, parse_date, received_date
from mailbot.reading.mime.tree import Part
from mailbot.reading.mime.words import decode_header

_HEADERS_KEPT = 200
_HEADER_CHARS = 2000


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The headers every reader looks at first."""

    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    # What the server that holds the mailbox wrote on top.
    received_at: datetime | None
    thread_index: str | None
    headers: tuple[tuple[str, str], ...]


def read_envelope(root: Part) -> Envelope:
    """The headers of the mail at `root`."""
    return Envelope(
        sender=_sender(root),
        to=_addresses(root, "to"),
        cc=_addresses(root, "cc"),
        reply_to=_addresses(root, "reply-to"),
        subject=_text(root, "subject"),
        date=_date(root),
        received_at=_first_received(root),
        thread_index=_text(root, "thread-index") or None,
        headers=_headers(root),
    )


def _text(root: Part, name: str) -> str:
    value = root.first(name)
    return decode_header(value, _charset(root)) if value else ""


def _charset(root: Part) -> str:
    """The character set of the body: the first stated one."""
    for part in root.walk():
        charset = part.parameters.get("charset", "")
        if charset:
            return charset
    return ""


def _addresses(root: Part, name: str) -> tuple[Address, ...]:
    return tuple(address for value in root.all(name) for address in parse_addresses(value, _charset(root)))


def _sender(root: Part) -> Address:
    """The first author; without From the Sender, else the envelope's return path."""
    for name in ("from", "sender", "reply-to", "return-path"):
        found = _addresses(root, name)
        usable = [address for address in found if address.address] or list(found)
        if usable:
            return usable[0]
    return Address(address="")


def _date(root: Part) -> datetime | None:
    for value in root.all("date"):
        instant = parse_date(decode_header(value))
        if instant is not None:
            return instant
    return None


def _first_received(root: Part) -> datetime | None:
    """The topmost Received header was written by the server that holds the mailbox."""
    for value in root.all("received")[:3]:
        instant = received_date(value.decode("latin-1"))
        if instant is not None and is_believable(instant):
            return instant
    return None


def _headers(root: Part) -> tuple[tuple[str, str], ...]:
    return tuple((name, decode_header(value[:_HEADER_CHARS])) for name, value in root.headers[:_HEADERS_KEPT])
