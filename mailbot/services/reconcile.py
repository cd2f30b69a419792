"""Compare what lies in the folders with what was read of them, and read what is missing.

What was read adds up by itself: every sighting is stored, a duplicate, in quarantine or ignored with
a reason. Whether everything was seen only the server can tell: once a night each folder is listed
again, some days back, by keys alone.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.domain.errors import MailbotError
from mailbot.domain.message import MailKey
from mailbot.ports.mailbox import Cursor, ListsKeys, MailSource
from mailbot.ports.store import UnitOfWork
from mailbot.services.carry_out import note
from mailbot.services.desk import Box, Desk
from mailbot.services.ingest import ingest
from mailbot.services.poll import started_at

LOOK_BACK = timedelta(days=14)
# From this hour on, office time, once a day.
_HOUR = 2
LAST_RECONCILED = "ledger:last"


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """One folder, compared: how many mails lie there, how many were never read, how many are read now."""

    mailbox: str
    folder: str
    at: datetime
    on_server: int
    missing: int
    healed: int
    # Why it could not be compared, in Spanish.
    fault: str = ""

    @property
    def needs_person(self) -> bool:
        """Whether mail is missing that could not be read, or nobody could look."""
        return self.missing > self.healed or bool(self.fault)


def reconcile_nightly(desk: Desk, watched: Sequence[tuple[Box, MailSource]], *, now: datetime) -> list[Reconciled]:
    """Compare every folder once a day, in the small hours or as soon after as the service runs."""
    local = now.astimezone(desk.zone)
    with desk.store.begin() as uow:
        if local.hour < _HOUR or uow.facts.get(LAST_RECONCILED) == local.date().isoformat():
            return []
    found = [one for box, source in watched for one in reconcile(desk, source, box, now=now)]
    with desk.store.begin() as uow:
        uow.facts.set(LAST_RECONCILED, local.date().isoformat())
        uow.commit()
    return found


def reconcile(desk: Desk, source: MailSource, box: Box, *, now: datetime) -> list[Reconciled]:
    """Compare every folder of a mailbox and read what is missing; a folder out of reach is told."""
    if not isinstance(source, ListsKeys):
        return []
    try:
        return [_reconciled(desk, source, box, folder, now=now) for folder in source.folders]
    except MailbotError as error:
        return [
            _kept(
                desk,
                Reconciled(mailbox=source.name, folder="", at=now, on_server=0, missing=0, healed=0, fault=str(error)),
            )
        ]


def _reconciled(desk: Desk, source: MailSource, box: Box, folder: str, *, now: datetime) -> Reconciled:
    there = _keys_to_know(desk, source, folder, now=now)
    missing = _unknown(desk, there)
    if missing:
        _heal(desk, source, box, missing, now=now)
    left = _unknown(desk, missing)
    return _kept(
        desk,
        Reconciled(
            mailbox=source.name,
            folder=folder,
            at=now,
            on_server=len(there),
            missing=len(missing),
            healed=len(missing) - len(left),
        ),
    )


def _keys_to_know(desk: Desk, source: MailSource, folder: str, *, now: datetime) -> list[MailKey]:
    """The mails of a folder that should have been read: up to the cursor, and not before the first reading."""
    with desk.store.begin() as uow:
        cursor = uow.cursors.get(source.name, folder)
        started = started_at(source.name, folder, uow)
    if cursor is None or started is None or not isinstance(source, ListsKeys):
        return []
    keys = source.list_keys(folder, since=max(started, now - LOOK_BACK))
    # What comes after the cursor is the next poll's; a folder numbered anew is listed by it too.
    return [key for key in keys if key.validity == cursor.validity and key.uid <= cursor.uid]


def _unknown(desk: Desk, keys: Sequence[MailKey]) -> list[MailKey]:
    with desk.store.begin() as uow:
        known = uow.messages.known(keys)
    return [key for key in keys if key not in known]


def _heal(desk: Desk, source: MailSource, box: Box, missing: Sequence[MailKey], *, now: datetime) -> None:
    """Read the missing mails as if they came now; their clocks run from their true arrival."""
    first, last = missing[0], missing[-1]
    cursor = Cursor(mailbox=first.mailbox, folder=first.folder, validity=first.validity, uid=first.uid - 1)
    wanted = set(missing)
    for batch in source.fetch(first.folder, cursor):
        mails = [mail for mail in batch if mail.key in wanted]
        if mails:
            ingest(desk, mails, box=box, now=now)
        if batch and batch[-1].key.uid >= last.uid:
            return


def _kept(desk: Desk, found: Reconciled) -> Reconciled:
    told = {"at": found.at.isoformat(), **{name: getattr(found, name) for name in _COUNTS}}
    with desk.store.begin() as uow:
        uow.facts.set(_fact(found.mailbox, found.folder), json.dumps(told))
        if found.missing or found.fault:
            detail = found.fault or f"faltaban {found.missing} correos, se leyeron {found.healed}"
            subject = f"{found.mailbox}/{found.folder}"
            note(uow, at=found.at, action="ledger_gap", subject=subject, detail=detail)
        uow.commit()
    return found


_COUNTS = ("on_server", "missing", "healed", "fault")


def _fact(mailbox: str, folder: str) -> str:
    return f"ledger:{mailbox}:{folder}"


def last_reconciled(places: Sequence[tuple[str, str]], uow: UnitOfWork) -> Iterator[Reconciled]:
    """What the last comparison of each mailbox and folder found."""
    for mailbox, folder in dict.fromkeys([*places, *((mailbox, "") for mailbox, _ in places)]):
        told = uow.facts.get(_fact(mailbox, folder))
        if told is not None:
            values = json.loads(told)
            at = datetime.fromisoformat(values.pop("at"))
            yield Reconciled(mailbox=mailbox, folder=folder, at=at, **values)
