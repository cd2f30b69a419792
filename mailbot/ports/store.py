"""Where everything is kept. One unit of work is one transaction: all of it or none.

A unit of work is used as a context manager; leaving the block without `commit` rolls back. Adding
something that is already there (same unique key) is no error and changes nothing: `add` returns
False. Every method may raise `StoreUnavailable`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self
from zoneinfo import ZoneInfo

from mailbot.domain.mail import Departure, MailState, OutgoingMail
from mailbot.domain.message import MailKey, Message
from mailbot.domain.office import Dispatch, Office
from mailbot.ports.mailbox import Cursor
from mailbot.ports.markings import Answers, Markings
from mailbot.ports.obligations import Obligations
from mailbot.ports.records import Records
from mailbot.ports.stored import (
    AuditLine,
    MessageFilter,
    QuarantinedMail,
    Sighting,
    SightingState,
    StoredMessage,
)
from mailbot.ports.tally import LedgerLine, Tally

if TYPE_CHECKING:
    # It speaks of stored messages itself.
    from mailbot.ports.retention import Retention


class Messages(Protocol):
    """Messages, the raw bytes behind them, and where they were seen."""

    def prefetch(
        self, messages: Collection[Message], *, since: datetime | None = None, conversations: Collection[str] = ()
    ) -> None:
        """A hint: these will be looked up and added next. Saves statements, changes no answer.

        Their subjects will be asked about from `since` on, and these conversations may be asked about too.
        """
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

    def departures(self, *, since: datetime) -> Sequence[Departure]:
        """What was sent of the mails made since, by creation: many thousands cost no words of theirs."""
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
    marks: Markings
    answers: Answers
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
