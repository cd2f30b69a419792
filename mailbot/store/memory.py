"""A store for one run of the process: replay, triage and tests. It keeps the port's contract whole.

Units of work take turns: one at a time holds the store, so each sees all of those before it and none
of those after it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from threading import Lock, get_ident
from types import TracebackType
from typing import Self

from mailbot.domain.errors import StoreRefused, StoreUnavailable
from mailbot.domain.mail import MailState
from mailbot.domain.obligation import is_overdue
from mailbot.ports.markings import Answers, Markings
from mailbot.ports.obligations import Obligations
from mailbot.ports.records import Records
from mailbot.ports.retention import Retention
from mailbot.ports.store import Cursors, Facts, Messages, OfficeBooks, Outbox, Quarantine, UnitOfWork
from mailbot.ports.stored import AuditLine, ObligationFilter
from mailbot.ports.tally import Tally
from mailbot.store.memory_drafts import MemoryAnswers
from mailbot.store.memory_marks import MemoryMarkings
from mailbot.store.memory_messages import MemoryCursors, MemoryFacts, MemoryMessages, MemoryQuarantine
from mailbot.store.memory_office import MemoryOffice
from mailbot.store.memory_retention import MemoryRetention
from mailbot.store.memory_tables import HashIndex, Journal, Table
from mailbot.store.memory_work import MemoryObligations, MemoryOutbox
from mailbot.store.office_records import OfficeRecords

# Longer than any unit of work of the services lasts; who waits longer is told, not hung.
_PATIENCE_SECONDS = 60.0


class _Messages(MemoryMessages):
    """Messages whose conversations are joined together with those of the obligations."""

    def __init__(self, journal: Journal, obligations: MemoryObligations) -> None:
        super().__init__(journal)
        self._obligations = obligations

    def move_conversation(self, old: str, new: str) -> None:
        """Join two conversations, messages and obligations."""
        self.move(old, new)
        self._obligations.move(old, new)


class _Contents:
    """Everything that is stored."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.obligations = MemoryObligations(self.journal)
        self.messages = _Messages(self.journal, self.obligations)
        self.outbox = MemoryOutbox(self.journal)
        self.cursors = MemoryCursors(self.journal)
        self.quarantine = MemoryQuarantine(self.journal)
        self.office = MemoryOffice(self.journal)
        self.records = OfficeRecords(lambda: self.office.dispatches, book=lambda: self.office.book)
        self.facts = MemoryFacts(self.journal)
        self.marks = MemoryMarkings(self.journal)
        self.answers = MemoryAnswers(self.journal)
        self.retention = MemoryRetention(self.messages, obligations=self.obligations, outbox=self.outbox)
        self.audit_subjects: HashIndex[int, AuditLine] = HashIndex(lambda line: [line.subject])
        self.audit: Table[int, AuditLine] = Table(self.journal, self.audit_subjects)

    def dangling(self) -> Iterator[str]:
        """What points at nothing; a database would refuse it by its foreign keys."""
        for obligation in self.obligations.rows.touched():
            if obligation.message is not None and obligation.message not in self.messages.rows:
                yield f"la obligación {obligation.id} nombra el mensaje {obligation.message}"
        for sighting in self.messages.seen.touched():
            if sighting.message is not None and sighting.message not in self.messages.rows:
                yield f"el avistamiento {sighting.key} nombra el mensaje {sighting.message}"
        for kept in self.marks.rows.touched():
            if kept.message not in self.messages.rows:
                yield f"las marcas en «{kept.mailbox}» nombran el mensaje {kept.message}"
        for answer in self.answers.rows.touched():
            if answer.message not in self.messages.rows or answer.obligation not in self.obligations.rows:
                yield f"el borrador {answer.stamp} nombra {answer.message} y {answer.obligation}"
        for notice in self.obligations.notice_rows.touched():
            if notice.mail is not None and self.outbox.get(notice.mail) is None:
                yield f"el aviso de {notice.obligation} nombra el correo {notice.mail}"


class MemoryUnitOfWork:
    """One transaction over the memory store."""

    def __init__(self, contents: _Contents, turn: "_Turn") -> None:
        self._contents = contents
        self._turn = turn
        self.messages: Messages = contents.messages
        self.obligations: Obligations = contents.obligations
        self.outbox: Outbox = contents.outbox
        self.cursors: Cursors = contents.cursors
        self.quarantine: Quarantine = contents.quarantine
        self.office: OfficeBooks = contents.office
        self.records: Records = contents.records
        self.facts: Facts = contents.facts
        self.marks: Markings = contents.marks
        self.answers: Answers = contents.answers
        self.retention: Retention = contents.retention

    def audit(self, line: AuditLine) -> None:
        """Append to the audit log."""
        self._contents.audit.put(len(self._contents.audit), line)

    def audit_lines(self, *, subject: str | None = None) -> Sequence[AuditLine]:
        """The log in order, or what it says of one subject."""
        if subject is None:
            return self._contents.audit.values()
        return self._contents.audit.pick(self._contents.audit_subjects.find(subject))

    def tally(self, now: datetime) -> Tally:
        """How much of everything is stored."""
        owed = self.obligations.list(ObligationFilter(is_open=True))
        states = Counter(mail.state for mail in self.outbox.list())
        return Tally(
            messages=len(self._contents.messages.rows),
            open=len(owed),
            overdue=sum(is_overdue(obligation, now) for obligation in owed),
            oldest_due_at=min((obligation.due_at for obligation in owed), default=None),
            mails={state: states[state] for state in MailState},
            quarantined=len(self.quarantine.list()),
        )

    def commit(self) -> None:
        """Keep everything done so far."""
        fault = next(self._contents.dangling(), None)
        if fault is not None:
            raise StoreRefused(f"{fault}, que no está guardado")
        self._contents.journal.keep()

    def __enter__(self) -> Self:
        self._turn.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._contents.journal.roll_back()
        self._turn.give_back()


class _Turn:
    """Whose turn it is to work on the store."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holder: int | None = None

    def take(self) -> None:
        """Wait for the turn; a thread that already has it would wait for itself for ever."""
        if self._holder == get_ident():
            raise StoreUnavailable("este hilo ya tiene una unidad de trabajo abierta: termínela primero")
        if not self._lock.acquire(timeout=_PATIENCE_SECONDS):
            raise StoreUnavailable("otra unidad de trabajo ocupa el almacén desde hace demasiado")
        self._holder = get_ident()

    def give_back(self) -> None:
        """Let the next one."""
        self._holder = None
        self._lock.release()


class MemoryStore:
    """Keeps everything in this process, and nothing beyond it."""

    def __init__(self) -> None:
        self._contents = _Contents()
        self._turn = _Turn()

    def begin(self) -> UnitOfWork:
        """A new unit of work, to be used in a `with` block."""
        return MemoryUnitOfWork(self._contents, self._turn)

    def close(self) -> None:
        """Nothing to let go."""
