"""Where everything is kept. One unit of work is one transaction: all of it or none.

A unit of work is used as a context manager; leaving the block without `commit` rolls back. Adding
something that is already there (same unique key) is no error and changes nothing: `add` returns
False. Every method may raise `StoreUnavailable`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self
from zoneinfo import ZoneInfo

from mailbot.domain.linkage import Linkage, Reference
from mailbot.domain.mail import MailState, OutgoingMail
from mailbot.domain.message import Direction as Direction
from mailbot.domain.message import MailKey, Message, MessageKind
from mailbot.domain.obligation import Obligation, ObligationEvent, ObligationKind, Step
from mailbot.domain.office import Dispatch, Office
from mailbot.domain.verdict import Verdict
from mailbot.ports.mailbox import Cursor
from mailbot.ports.records import Records
from mailbot.ports.tally import LedgerLine, Tally

if TYPE_CHECKING:
    # It speaks of stored messages itself.
    from mailbot.ports.retention import Retention


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


class Messages(Protocol):
    """Messages, the raw bytes behind them, and where they were seen."""

    def prefetch(self, messages: Collection[Message]) -> None:
        """A hint: these will be looked up and added next. Saves statements, changes no answer."""
        ...

    def add(self, message: StoredMessage, *, raw: bytes) -> bool:
        """Keep a message and its raw bytes (compressed, once per digest)."""
        ...

    def update(self, message: StoredMessage) -> None:
        """Replace what is said of a stored message: a person corrected its labels or its link."""
        ...

    def get(self, id: str) -> StoredMessage | None:
        """The message with that id."""
        ...

    def raw(self, id: str) -> bytes | None:
        """The raw bytes of a stored message."""
        ...

    def duplicate_of(self, message: Message) -> StoredMessage | None:
        """The stored message with the same Message-ID and the same content digest."""
        ...

    def by_message_ids(self, message_ids: Collection[str]) -> Sequence[StoredMessage]:
        """Stored messages whose Message-ID is among these, or that refer to one of them.

        The second half joins siblings that share only an ancestor nobody saw.
        """
        ...

    def by_subject(self, subject_key: str, *, since: datetime) -> Sequence[StoredMessage]:
        """Messages with that subject key received since, newest first, at most 50."""
        ...

    def in_conversation(self, conversation: str) -> Sequence[StoredMessage]:
        """All messages of a conversation in order of arrival."""
        ...

    def move_conversation(self, old: str, new: str) -> None:
        """Join two conversations (messages and obligations): a missing link arrived."""
        ...

    def list(self, query: MessageFilter) -> Sequence[StoredMessage]:
        """Messages in order of arrival."""
        ...

    def see(self, sighting: Sighting) -> bool:
        """Record where a mail was seen; False when that key is already recorded."""
        ...

    def known(self, keys: Collection[MailKey]) -> frozenset[MailKey]:
        """Which of these keys are already recorded."""
        ...

    def sightings(self, message: str) -> Sequence[Sighting]:
        """Every place where a stored message was seen."""
        ...

    def seen_as(self, state: SightingState, *, since: datetime | None = None) -> Sequence[Sighting]:
        """Every sighting with that outcome, of mail received since, in order of arrival."""
        ...

    def ledger(self, *, since: datetime, zone: ZoneInfo) -> Sequence[LedgerLine]:
        """What became of every mail received since, by mailbox, folder and day in that zone."""
        ...


class Obligations(Protocol):
    """Obligations, their events and their notices."""

    def add(self, obligation: Obligation, event: ObligationEvent) -> bool:
        """Keep a new obligation with the event that opened it."""
        ...

    def update(self, obligation: Obligation, event: ObligationEvent) -> None:
        """Replace an obligation and append why.

        Raises `UnknownName` when there is none, and `StoreUnavailable`, at the latest at the commit, when
        somebody else changed it since this unit of work read it.
        """
        ...

    def schedule(self, id: str, next_step_at: datetime | None) -> None:
        """Say when to look at it next; this is no event."""
        ...

    def get(self, id: str) -> Obligation | None:
        """The obligation with that id."""
        ...

    def list(self, query: ObligationFilter) -> Sequence[Obligation]:
        """Obligations by due instant, then id."""
        ...

    def due_for_step(self, now: datetime, *, limit: int = 1000) -> Sequence[Obligation]:
        """Open obligations with `next_step_at <= now`, oldest first; cost grows with those alone."""
        ...

    def append(self, event: ObligationEvent) -> None:
        """Append an event that changes no field."""
        ...

    def events(self, id: str) -> Sequence[ObligationEvent]:
        """The history of an obligation in order."""
        ...

    def add_notice(self, notice: Notice) -> bool:
        """Queue a step for a recipient; False when it was queued before."""
        ...

    def waiting_notices(self) -> Sequence[Notice]:
        """Notices not yet carried by a mail, by `due_at`."""
        ...

    def carry(self, notices: Collection[Notice], *, mail: str) -> None:
        """Mark notices as carried by the mail with that key.

        Raises `StoreUnavailable`, at the latest at the commit, when another mail carries one already.
        """
        ...

    def withdraw(self, notices: Collection[Notice]) -> None:
        """Take back notices that no mail carries: a step taken back may be queued again."""
        ...

    def notices(self, id: str) -> Sequence[Notice]:
        """Every notice of an obligation by `due_at`."""
        ...


class Outbox(Protocol):
    """Mails that go out."""

    def add(self, mail: OutgoingMail) -> bool:
        """Queue a mail; False when its key or its Message-ID was queued before."""
        ...

    def get(self, key: str) -> OutgoingMail | None:
        """The mail with that key."""
        ...

    def by_message_id(self, message_id: str) -> OutgoingMail | None:
        """The mail that was sent under that Message-ID."""
        ...

    def claim(self, now: datetime, *, worker: str, lease: timedelta, limit: int = 20) -> Sequence[OutgoingMail]:
        """Queued or deferred mails whose moment has come, now SENDING and held until now + lease."""
        ...

    def settle(
        self, key: str, state: MailState, *, at: datetime, error: str = "", not_before: datetime | None = None
    ) -> None:
        """Record the outcome of a mail and let the claim on it go; counts one attempt.

        A mail that was SENT stays so, whatever a worker that wakes up late has to say. Raises
        `UnknownName` when there is no such mail.
        """
        ...

    def release_stale(self, now: datetime) -> Sequence[OutgoingMail]:
        """Turn mails whose claim ran out into UNCERTAIN and give them back: a worker died."""
        ...

    def list(self, *, states: Collection[MailState] = (), since: datetime | None = None) -> Sequence[OutgoingMail]:
        """Mails by creation; no states means all."""
        ...


class Cursors(Protocol):
    """How far each folder was read."""

    def get(self, mailbox: str, folder: str) -> Cursor | None:
        """The cursor of a folder."""
        ...

    def set(self, cursor: Cursor) -> None:
        """Move it."""
        ...


class Quarantine(Protocol):
    """Mail that could not be read."""

    def add(self, mail: QuarantinedMail) -> bool:
        """Keep a mail with its bytes."""
        ...

    def get(self, id: str) -> QuarantinedMail | None:
        """One of them."""
        ...

    def list(self) -> Sequence[QuarantinedMail]:
        """All of them by arrival."""
        ...

    def remove(self, id: str) -> None:
        """It could be read after all."""
        ...


class OfficeBooks(Protocol):
    """The office file as it was imported."""

    def load(self) -> Office:
        """All of it."""
        ...

    def save(self, office: Office) -> None:
        """Replace every sheet except dispatches, which are matched by order and updated."""
        ...

    def save_dispatches(self, dispatches: Sequence[Dispatch]) -> None:
        """Match by order; insert or update."""
        ...


class Facts(Protocol):
    """Small named values: last heartbeat, last digest of a client, learnt senders."""

    def get(self, name: str) -> str | None:
        """The value, if there is one."""
        ...

    def set(self, name: str, value: str) -> None:
        """Keep or replace it."""
        ...


class UnitOfWork(Protocol):
    """One transaction over all of it."""

    messages: Messages
    obligations: Obligations
    outbox: Outbox
    cursors: Cursors
    quarantine: Quarantine
    office: OfficeBooks
    records: Records
    facts: Facts
    retention: "Retention"

    def audit(self, line: AuditLine) -> None:
        """Append to the audit log."""
        ...

    def audit_lines(self, *, subject: str | None = None) -> Sequence[AuditLine]:
        """The audit log in order, or what it says of one subject."""
        ...

    def tally(self, now: datetime) -> Tally:
        """How much of everything is stored; counted where it lies, so it costs little at any size."""
        ...

    def commit(self) -> None:
        """Keep everything done in this block so far.

        Raises `StoreRefused` when something names a message, obligation or mail that is not stored, and
        `StoreUnavailable` when somebody else stored or changed the same meanwhile: do the block again.
        """
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back what was not committed."""
        ...


class Store(Protocol):
    """Makes units of work; one for the life of the process, safe to use from several threads."""

    def begin(self) -> UnitOfWork:
        """A new unit of work, to be used in a `with` block."""
        ...

    def close(self) -> None:
        """Let all connections go."""
        ...
