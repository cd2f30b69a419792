"""What is kept of messages, obligations and mails: the values that the store takes and gives back."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.domain.linkage import Linkage, Reference
from mailbot.domain.message import Direction, MailKey, MessageKind
from mailbot.domain.obligation import ObligationKind, Step
from mailbot.domain.verdict import Verdict


class SightingState(StrEnum):
    """What became of a mail that was seen on a server."""

    STORED = "stored"
    # Same Message-ID and same content as a stored one (another mailbox, a copy in Sent).
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One mail on one server: stored + duplicate + quarantined + ignored = all that was there."""

    key: MailKey
    state: SightingState
    message: str | None
    reason: str
    received_at: datetime
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredMessage:
    """What is kept of a message. `id` is stable: the same mail always gets the same one."""

    id: str
    message_id: str
    sha256: str
    content_digest: str
    received_at: datetime
    date: datetime | None
    subject: str
    # The subject without RE:/RV: prefixes, accents, case and white space, for joining.
    subject_key: str
    sender: str
    sender_name: str
    # Addresses of To and Cc, in lower case.
    recipients: tuple[str, ...]
    in_reply_to: str | None
    reference_ids: tuple[str, ...]
    kind: MessageKind
    direction: Direction
    conversation: str
    client: str | None
    orders: tuple[str, ...]
    new_text: str
    verdict: Verdict | None
    linkage: Linkage
    references: tuple[Reference, ...] = ()
    attachments: tuple[str, ...] = ()
    language: str = "es"


@dataclass(frozen=True, kw_only=True)
class QuarantinedMail:
    """A mail that could not be read, with its bytes and why. Its clock runs from `received_at`."""

    id: str
    key: MailKey
    raw: bytes = field(repr=False)
    received_at: datetime
    reason: str
    attempts: int = 1
    quarantined_at: datetime


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One step of an obligation for one recipient: there is only ever one.

    `occurrence` is 0, and one more for each time a person postponed or reassigned.
    """

    obligation: str
    step: Step
    recipient: str
    occurrence: int = 0
    # Role of the recipient in the mail: True when only in copy.
    is_copy: bool = False
    due_at: datetime
    is_urgent: bool = False
    # When a person's word took it back; from then on it leaves no more, and before it may have been due to.
    taken_back_at: datetime | None = None
    # Key of the outgoing mail that carried it; None while it waits to be bundled.
    mail: str | None = None
    # A mark that tells dated steps apart ("T-30"); empty for the ladder's own.
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """Who did what and when; kept for ever, never changed."""

    at: datetime
    who: str
    action: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageFilter:
    """Which stored messages to list; None means any. `since` counts, `until` does not; no `limit` means all."""

    client: str | None = None
    order: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class ObligationFilter:
    """Which obligations to list; None means any. `since` is about the start and counts."""

    client: str | None = None
    order: str | None = None
    owner: str | None = None
    kind: ObligationKind | None = None
    # True: open or waiting; False: ended.
    is_open: bool | None = None
    conversation: str | None = None
    since: datetime | None = None
    limit: int | None = None
