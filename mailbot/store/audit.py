"""The audit log: append-only, and chained so that a line changed, lost or put in later is noticed.

The digest of a line covers its own words and the digest of the line before; whoever keeps the last
digest elsewhere can prove that nothing before it was touched.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC

from sqlalchemy import select
from sqlalchemy import text as sql

from mailbot.ports.stored import AuditLine
from mailbot.store.mapping import Found, Values, plain, to_audit_line
from mailbot.store.schema import table_of
from mailbot.store.tables import AuditRow
from mailbot.store.transaction import Transaction

_AUDIT = table_of(AuditRow)
# The digest before the first line.
GENESIS = "0" * 64
# Held from the first line of a transaction to its end, so that lines get their numbers one after another.
_CHAIN_LOCK = sql("SELECT pg_advisory_xact_lock(7246001)")
_WORDS = ("who", "action", "subject", "detail")


def digest_of(line: AuditLine, *, seq: int, previous: str) -> str:
    """The digest of a line at its place in the chain."""
    words = [previous, seq, line.at.astimezone(UTC).isoformat(), *(getattr(line, name) for name in _WORDS)]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


class AuditLog:
    """The audit log of one unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._waiting: list[AuditLine] = []

    def append(self, line: AuditLine) -> None:
        """Append a line; it gets its place when the transaction ends."""
        self._waiting.append(line)

    def forget(self) -> None:
        """Drop lines that were not written."""
        self._waiting.clear()

    def lines(self, *, subject: str | None = None) -> Sequence[AuditLine]:
        """In order, all or those on one subject."""
        self.write()
        self._transaction.flush()
        query = select(_AUDIT).order_by(_AUDIT.c.seq)
        if subject is not None:
            query = query.where(_AUDIT.c.subject == subject)
        return [to_audit_line(row) for row in self._transaction.rows(query)]

    def write(self) -> None:
        """Give the waiting lines their places at the end of the chain."""
        if not self._waiting:
            return
        self._transaction.begin_writing()
        if self._transaction.is_postgresql:
            self._transaction.rows(_CHAIN_LOCK)
        # Lines of an earlier write of this transaction must be there to be counted on.
        self._transaction.flush()
        last = self._transaction.rows(select(_AUDIT.c.seq, _AUDIT.c.digest).order_by(_AUDIT.c.seq.desc()).limit(1))
        waiting, self._waiting = self._waiting, []
        self._transaction.gather(AuditRow, *_chained(waiting, last))


def _chained(lines: Iterable[AuditLine], last: Sequence[Found]) -> Iterable[Values]:
    seq, digest = (last[0]["seq"], last[0]["digest"]) if last else (0, GENESIS)
    for line in lines:
        seq += 1
        digest = digest_of(line, seq=seq, previous=digest)
        yield plain(line, ("at", *_WORDS)) | {"seq": seq, "digest": digest}
