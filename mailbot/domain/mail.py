"""A mail that goes out: fixed when queued, then carried through the states of the outbox."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.domain.message import Address

# How the keys of mails begin that pass a payment notice on to Administración.
HANDOVER = "handover:"


class MailPurpose(StrEnum):
    """Why a mail goes out."""

    # 80 % of a limit has passed: to the owner.
    REMINDER = "reminder"
    # A limit passed, or a complaint or contingency came in: to supervisor or head.
    NOTICE = "notice"
    # The ESC's morning mail.
    AGENDA = "agenda"
    # A client's status digest.
    DIGEST = "digest"
    # A question to a person: a doubtful label or link.
    ASK = "ask"
    # An answer to a person's command.
    CONFIRMATION = "confirmation"
    # The summary of the day for supervisor and head.
    SUMMARY = "summary"


class MailState(StrEnum):
    """Where an outgoing mail stands."""

    # Waiting for its moment.
    QUEUED = "queued"
    # Claimed by a worker until `claimed_until`.
    SENDING = "sending"
    # The server accepted it.
    SENT = "sent"
    # The connection broke after the content went over; settled by looking into Sent.
    UNCERTAIN = "uncertain"
    # The server asked to try later.
    DEFERRED = "deferred"
    # The server refused it for good.
    REFUSED = "refused"
    # Sending is off, in shadow mode, or a cap was hit: a person decides.
    WITHHELD = "withheld"


@dataclass(frozen=True, kw_only=True)
class MailFile:
    """A file that goes with a mail."""

    name: str
    type: str
    content: bytes = field(repr=False)
    # A picture that the HTML shows has one, without angle brackets (RFC 2392); a file of its own has none.
    content_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Departure:
    """That a mail was sent, when and to whom, without its words."""

    message_id: str
    to: tuple[Address, ...]
    in_reply_to: str | None
    references: tuple[str, ...]
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class OutgoingMail:
    """One rendered mail. `key` is unique per purpose, subject matter and recipient, for ever."""

    key: str
    purpose: MailPurpose
    # With angle brackets; fixed when queued, so that a retry can be recognised.
    message_id: str
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    subject: str
    text: str
    html: str
    files: tuple[MailFile, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    # Which mailbox sends it; None is the sender's default.
    mailbox: str | None = None
    # The obligations it speaks of.
    obligations: tuple[str, ...] = ()
    created_at: datetime
    # The moment that it speaks of and was to leave at; None: the one at which it was made.
    planned_at: datetime | None = None
    not_before: datetime
    state: MailState = MailState.QUEUED
    attempts: int = 0
    last_error: str = ""
    sent_at: datetime | None = None

    @property
    def speaks_of(self) -> datetime:
        """The moment as of which it tells what it tells."""
        return self.planned_at or self.created_at


def departure_of(mail: OutgoingMail, *, at: datetime) -> Departure:
    """What is to be known of a mail that was sent at that moment."""
    return Departure(
        message_id=mail.message_id,
        to=mail.to,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        sent_at=at,
    )
