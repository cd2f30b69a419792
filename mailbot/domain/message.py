"""A mail that came in, as a reader sees it. Values only; `mailbot.reading` makes them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """What sort of sender wrote a message."""

    # A person wrote it, or nothing says otherwise.
    PERSON = "person"
    # An out-of-office or another automatic answer or notice (RFC 3834).
    AUTO_REPLY = "auto_reply"
    # A delivery report about a mail that did not arrive (RFC 3464 or free-form).
    BOUNCE = "bounce"
    # A newsletter or mailing list (RFC 2919, RFC 2369).
    LIST = "list"
    # A calendar invitation or an answer to one (RFC 5546).
    CALENDAR = "calendar"


class Direction(StrEnum):
    """Which way a message went."""

    # From outside to the office, or from Archivo and Alertas to an ESC.
    INCOMING = "incoming"
    # From a person of the office to somebody outside.
    OUTGOING = "outgoing"
    # Between people of the office.
    INTERNAL = "internal"
    # Written by mailbot itself.
    OWN = "own"


@dataclass(frozen=True, kw_only=True)
class Address:
    """A mailbox as named in a header; `address` is as written, `key` is for comparing."""

    address: str
    name: str = ""

    @property
    def key(self) -> str:
        """The address in lower case, the form under which addresses are compared."""
        return self.address.strip().lower()

    @property
    def domain(self) -> str:
        """The part after the last @ in lower case; empty when there is none."""
        return self.key.rpartition("@")[2] if "@" in self.address else ""


def _no_content() -> bytes:
    return b""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that came with a message; `path` tells where it lay ("2", "2.1", "3/dentro.zip")."""

    name: str
    type: str
    size: int
    sha256: str
    path: str
    inline: bool = False
    content_id: str | None = None
    # Decoding waits until somebody asks; calling it twice gives the same bytes.
    read: Callable[[], bytes] = field(default=_no_content, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a delivery report says about the mail that failed."""

    recipients: tuple[str, ...] = ()
    status: str | None = None
    original_message_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Forwarded:
    """A mail that was sent on inside another one."""

    sender: str
    subject: str
    date: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """One incoming mail, read. Text fields are never None; missing headers are empty or None."""

    # With angle brackets. Derived from the content when the header is missing or unusable.
    message_id: str
    # SHA-256 of the raw bytes, and of the content without what transport adds (trace headers).
    sha256: str
    content_digest: str
    # Server arrival where known, else the first trusted Received header, else `date`; UTC.
    received_at: datetime | None
    # The sender's own Date header; UTC.
    date: datetime | None
    subject: str
    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    thread_index: str | None = None
    text: str = ""
    new_text: str = ""
    signature: str = ""
    quoted: str = ""
    html: str | None = None
    language: str = "es"
    attachments: tuple[Attachment, ...] = ()
    kind: MessageKind = MessageKind.PERSON
    kind_reason: str = ""
    bounce: Bounce | None = None
    forwarded: tuple[Forwarded, ...] = ()
    defects: tuple[str, ...] = ()
    # Decoded header lines in order, bounded in number and length, for rules that need others.
    headers: tuple[tuple[str, str], ...] = ()
    size: int = 0

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody in To and Cc."""
        return self.to + self.cc

    def header(self, name: str) -> str | None:
        """The first header of that name, ignoring case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, kw_only=True, order=True)
class MailKey:
    """Where a mail lies on a server (RFC 3501 section 2.3.1.1): stable until moved."""

    mailbox: str
    folder: str
    validity: int
    uid: int
