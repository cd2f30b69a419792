"""Mails that go out, in the database: queued with the work that made them, claimed row by row."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select, update

from mailbot.domain.errors import UnknownName
from mailbot.domain.mail import Departure, MailFile, MailState, OutgoingMail
from mailbot.store.mapping import Found, from_files, from_mail, to_departure, to_mail
from mailbot.store.schema import table_of
from mailbot.store.tables import MailFileRow, OutboxRow
from mailbot.store.transaction import Transaction

_OUTBOX = table_of(OutboxRow)
_FILES = table_of(MailFileRow)
_READY = (MailState.QUEUED, MailState.DEFERRED)
_DEPARTURE = [_OUTBOX.c[field.name] for field in fields(Departure)]


class SqlOutbox:
    """The outbox."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._added: set[str] = set()

    def forget(self) -> None:
        """Start anew: the transaction ended."""
        self._added.clear()

    def add(self, mail: OutgoingMail) -> bool:
        """Queue a mail."""
        if {mail.key, mail.message_id} & self._added or self._is_queued(mail):
            return False
        self._added.update((mail.key, mail.message_id))
        self._transaction.gather(OutboxRow, from_mail(mail))
        self._transaction.gather(MailFileRow, *from_files(mail))
        return True

    def get(self, key: str) -> OutgoingMail | None:
        """The mail with that key."""
        return next(iter(self.ask(select(_OUTBOX).where(_OUTBOX.c.key == key))), None)

    def by_message_id(self, message_id: str) -> OutgoingMail | None:
        """The mail of that Message-ID."""
        return next(iter(self.ask(select(_OUTBOX).where(_OUTBOX.c.message_id == message_id))), None)

    def claim(self, now: datetime, *, worker: str, lease: timedelta, limit: int = 20) -> Sequence[OutgoingMail]:
        """Take what is ready, the longest waiting first; rows that another worker is taking are left to it."""
        self._transaction.flush()
        ready = select(_OUTBOX.c.key).where(_OUTBOX.c.state.in_(_READY), _OUTBOX.c.not_before <= now)
        keys = self._lock(ready.order_by(_OUTBOX.c.not_before, _OUTBOX.c.key).limit(limit))
        taken = {"state": MailState.SENDING, "claimed_by": worker, "claimed_until": now + lease}
        return self._turn(keys, taken)

    def settle(
        self, key: str, state: MailState, *, at: datetime, error: str = "", not_before: datetime | None = None
    ) -> None:
        """Record how it went."""
        outcome = {
            "state": state,
            "attempts": _OUTBOX.c.attempts + 1,
            "last_error": error,
            "not_before": not_before or _OUTBOX.c.not_before,
            "sent_at": at if state is MailState.SENT else None,
            "claimed_by": None,
            "claimed_until": None,
        }
        unsent = update(_OUTBOX).where(_OUTBOX.c.key == key, _OUTBOX.c.state != MailState.SENT)
        if not self._transaction.change(unsent.values(outcome)) and self.get(key) is None:
            raise UnknownName(f"no hay ningún correo de salida {key}")

    def release_stale(self, now: datetime) -> Sequence[OutgoingMail]:
        """Turn what a dead worker held into UNCERTAIN."""
        self._transaction.flush()
        stale = select(_OUTBOX.c.key).where(_OUTBOX.c.claimed_until.is_not(None), _OUTBOX.c.claimed_until <= now)
        keys = self._lock(stale.order_by(_OUTBOX.c.claimed_until, _OUTBOX.c.key))
        return self._turn(keys, {"state": MailState.UNCERTAIN, "claimed_by": None, "claimed_until": None})

    def list(self, *, states: Collection[MailState] = (), since: datetime | None = None) -> Sequence[OutgoingMail]:
        """By creation."""
        query = select(_OUTBOX).order_by(_OUTBOX.c.created_at, _OUTBOX.c.key)
        if states:
            query = query.where(_OUTBOX.c.state.in_(states))
        if since is not None:
            query = query.where(_OUTBOX.c.created_at >= since)
        return self.ask(query)

    def departures(self, *, since: datetime) -> Sequence[Departure]:
        """By creation."""
        self._transaction.flush()
        sent = select(*_DEPARTURE).where(_OUTBOX.c.state == MailState.SENT, _OUTBOX.c.created_at >= since)
        rows = self._transaction.rows(sent.order_by(_OUTBOX.c.created_at, _OUTBOX.c.key))
        return [to_departure(row) for row in rows]

    def _is_queued(self, mail: OutgoingMail) -> bool:
        same = or_(_OUTBOX.c.key == mail.key, _OUTBOX.c.message_id == mail.message_id)
        return bool(self._transaction.rows(select(_OUTBOX.c.key).where(same)))

    def _lock(self, query: Select[Any]) -> Sequence[str]:
        # An empty queue is looked at every few seconds: that must not take the write lock.
        if not self._transaction.rows(query):
            return ()
        self._transaction.begin_writing()
        return [row["key"] for row in self._transaction.rows(query.with_for_update(skip_locked=True))]

    def _turn(self, keys: Sequence[str], values: dict[str, Any]) -> Sequence[OutgoingMail]:
        if not keys:
            return ()
        self._transaction.change(update(_OUTBOX).where(_OUTBOX.c.key.in_(keys)).values(values))
        turned = {mail.key: mail for mail in self.ask(select(_OUTBOX).where(_OUTBOX.c.key.in_(keys)))}
        return [turned[key] for key in keys]

    def ask(self, query: Select[Any]) -> Sequence[OutgoingMail]:
        """The mails that a query over the outbox finds, with their files."""
        self._transaction.flush()
        rows = self._transaction.rows(query)
        files = _files_of(self._transaction, [row["key"] for row in rows])
        return [to_mail(row, files[row["key"]]) for row in rows]


def _files_of(transaction: Transaction, keys: Sequence[str]) -> dict[str, list[MailFile]]:
    files: dict[str, list[MailFile]] = {key: [] for key in keys}
    query = select(_FILES).where(_FILES.c.mail.in_(keys)).order_by(_FILES.c.mail, _FILES.c.position)
    for row in transaction.rows(query) if keys else ():
        files[row["mail"]].append(_to_file(row))
    return files


def _to_file(row: Found) -> MailFile:
    return MailFile(name=row["name"], type=row["type"], content=row["content"], content_id=row["content_id"])
