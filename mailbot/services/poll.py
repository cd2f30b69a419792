"""Read what is new in one mailbox, folder by folder, and take it in."""

from datetime import datetime, timedelta

from mailbot.ahead import one_ahead
from mailbot.ports.mailbox import Cursor, MailSource
from mailbot.ports.store import UnitOfWork
from mailbot.services.desk import Box, Desk
from mailbot.services.ingest import Ingested, prepare, take_prepared

# How far back a folder is listed again when its server numbered it anew (RFC 3501, UIDVALIDITY).
RELIST = timedelta(days=14)
# How exactly it is known when a mailbox was last read: each time costs a write.
_REMEMBERED_EVERY = timedelta(minutes=5)


def poll(desk: Desk, source: MailSource, box: Box, *, now: datetime, since: datetime) -> Ingested:
    """Take in everything after each folder's cursor; `since` bounds a folder never read before.

    Sent mail is read first, so that answers are known when their questions are worked.
    Raises what the source raises; what was taken until then stays taken.
    """
    result = Ingested()
    for folder in _sent_first(source):
        cursor = _cursor(desk, source.name, folder)
        bound = since if cursor is None else min(since, now - RELIST)
        if cursor is None:
            remember_start(desk, source.name, folder, since=bound)
        batches = source.fetch(folder, cursor, since=bound)
        # While a batch is stored, the next is fetched and read.
        for batch in one_ahead(prepare(desk, mails, box=box, now=now) for mails in batches):
            result = result.plus(take_prepared(desk, batch, now=now))
    remember_read(desk, source.name, now=now)
    return result


def last_read(mailbox: str, uow: UnitOfWork) -> datetime | None:
    """When every folder of a mailbox was last read without fault, to some minutes."""
    told = uow.facts.get(_read_fact(mailbox))
    return datetime.fromisoformat(told) if told else None


def remember_read(desk: Desk, mailbox: str, *, now: datetime) -> None:
    """Keep that a mailbox was read; not more often than anybody needs to know."""
    with desk.store.begin() as uow:
        before = last_read(mailbox, uow)
        if before is None or not before <= now < before + _REMEMBERED_EVERY:
            uow.facts.set(_read_fact(mailbox), now.isoformat())
            uow.commit()


def _read_fact(mailbox: str) -> str:
    return f"poll:last:{mailbox}"


def started_at(mailbox: str, folder: str, uow: UnitOfWork) -> datetime | None:
    """From which arrival on every mail of a folder was to be read."""
    told = uow.facts.get(_start(mailbox, folder))
    return datetime.fromisoformat(told) if told else None


def remember_start(desk: Desk, mailbox: str, folder: str, *, since: datetime) -> None:
    """Keep from which arrival on a folder is read; the first word stands."""
    with desk.store.begin() as uow:
        if started_at(mailbox, folder, uow) is None:
            uow.facts.set(_start(mailbox, folder), since.isoformat())
            uow.commit()


def _start(mailbox: str, folder: str) -> str:
    return f"ledger:start:{mailbox}:{folder}"


def _cursor(desk: Desk, mailbox: str, folder: str) -> Cursor | None:
    with desk.store.begin() as uow:
        return uow.cursors.get(mailbox, folder)


def _sent_first(source: MailSource) -> list[str]:
    return sorted(source.folders, key=lambda folder: folder != source.sent_folder)


def preview(desk: Desk, source: MailSource, *, now: datetime, since: datetime) -> int:
    """How many mails a poll would take in; takes none."""
    count = 0
    for folder in source.folders:
        cursor = _cursor(desk, source.name, folder)
        bound = since if cursor is None else min(since, now - RELIST)
        for batch in source.fetch(folder, cursor, since=bound):
            with desk.store.begin() as uow:
                count += len(batch) - len(uow.messages.known([mail.key for mail in batch]))
    return count
