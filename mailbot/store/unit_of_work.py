"""One transaction over the database, with a repository for each thing that is kept."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from mailbot.ports.markings import Answers, Markings
from mailbot.ports.obligations import Obligations
from mailbot.ports.records import Records
from mailbot.ports.retention import Retention
from mailbot.ports.store import Cursors, Facts, Messages, OfficeBooks, Outbox, Quarantine, UnitOfWork
from mailbot.ports.stored import AuditLine
from mailbot.ports.tally import Tally
from mailbot.store.audit import AuditLog
from mailbot.store.office_records import OfficeRecords
from mailbot.store.sql_drafts import SqlAnswers
from mailbot.store.sql_facts import SqlCursors, SqlFacts, SqlQuarantine
from mailbot.store.sql_marks import SqlMarkings
from mailbot.store.sql_messages import SqlMessages
from mailbot.store.sql_notices import SqlObligations
from mailbot.store.sql_office import OfficeCache, SqlOffice
from mailbot.store.sql_outbox import SqlOutbox
from mailbot.store.sql_retention import SqlRetention
from mailbot.store.sql_tally import tally
from mailbot.store.transaction import Transaction


class SqlUnitOfWork:
    """One transaction; nothing is asked of the database before the first look-up or change."""

    def __init__(self, engine: Engine, *, cache: OfficeCache) -> None:
        self._transaction = Transaction(engine)
        self._audit = AuditLog(self._transaction)
        facts = SqlFacts(self._transaction)
        office = SqlOffice(self._transaction, facts=facts, cache=cache)
        obligations = SqlObligations(self._transaction)
        messages = SqlMessages(self._transaction, obligations=obligations)
        outbox = SqlOutbox(self._transaction)
        self._forgetful = (self._audit, office, obligations, messages, outbox)
        self.messages: Messages = messages
        self.obligations: Obligations = obligations
        self.outbox: Outbox = outbox
        self.cursors: Cursors = SqlCursors(self._transaction)
        self.quarantine: Quarantine = SqlQuarantine(self._transaction)
        self.office: OfficeBooks = office
        self.records: Records = OfficeRecords(lambda: office.shelf, book=lambda: office.book)
        self.facts: Facts = facts
        self.marks: Markings = SqlMarkings(self._transaction)
        self.answers: Answers = SqlAnswers(self._transaction)
        self.retention: Retention = SqlRetention(self._transaction, outbox=outbox)

    def audit(self, line: AuditLine) -> None:
        """Append to the audit log."""
        self._audit.append(line)

    def audit_lines(self, *, subject: str | None = None) -> Sequence[AuditLine]:
        """The log in order, or what it says of one subject."""
        return self._audit.lines(subject=subject)

    def tally(self, now: datetime) -> Tally:
        """How much of everything is stored."""
        return tally(self._transaction, now)

    def commit(self) -> None:
        """Keep everything done so far."""
        self._transaction.flush()
        # Last, because on PostgreSQL the chain is locked from here to the end.
        self._audit.write()
        self._transaction.commit()
        self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.roll_back()
        self._forget()

    def _forget(self) -> None:
        for part in self._forgetful:
            part.forget()


class SqlStore:
    """Units of work over one database; safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cache = OfficeCache()

    def begin(self) -> UnitOfWork:
        """A new unit of work, to be used in a `with` block."""
        return SqlUnitOfWork(self._engine, cache=self._cache)

    def close(self) -> None:
        """Let all connections go."""
        self._engine.dispose()
