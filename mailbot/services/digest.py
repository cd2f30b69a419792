"""Queue the status digests that are due: one a client and period, ever.

What is due follows from the programme, the clock and what is kept of the last digest, so a missed
call loses nothing and a doubled one sends nothing twice.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from mailbot.domain.errors import TemplateBroken, UnknownName
from mailbot.domain.mail import MailFile, MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.office import Client, StatusProgramme
from mailbot.domain.outgoing import message_id_for
from mailbot.domain.programmes import Frequency, LastSent, Period, due_period, parse_frequency, told_at
from mailbot.ports.store import UnitOfWork
from mailbot.services.carry_out import note
from mailbot.services.client_table import Audience, ClientTable, Memory, Seen, baseline, gather, recall, remember
from mailbot.services.desk import Desk

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class DueDigest:
    """A programme whose period has come."""

    programme: StatusProgramme
    client: Client
    period: Period

    @property
    def audience(self) -> Audience:
        """Who is told."""
        return Audience(client=self.client, programme=self.programme)

    @property
    def ruc(self) -> str:
        """Whose it is."""
        return self.client.ruc

    @property
    def name(self) -> str:
        """The client's name."""
        return self.client.name

    def told_at(self, now: datetime) -> datetime:
        """The moment it speaks of when it is written at `now`."""
        return told_at(self.period.planned_at, now)

    @property
    def key(self) -> str:
        """The key of its mail: there is one for a client and period, ever."""
        return f"digest:{self.client.ruc}:{self.period.name}"


def queue_digests(desk: Desk, *, now: datetime) -> int:
    """Queue every digest that is due at `now`; returns how many mails were queued.

    What cannot be written is noted and stands in nobody's way.
    """
    queued = 0
    for due in due_digests(desk, now=now):
        with desk.store.begin() as uow:
            queued += queue_one(due, uow, desk=desk, now=now)
            uow.commit()
    return queued


def planned_digests(desk: Desk, *, now: datetime) -> tuple[OutgoingMail, ...]:
    """The mails that `queue_digests` would queue; nothing is kept."""
    mails = []
    for due in due_digests(desk, now=now):
        with desk.store.begin() as uow:
            seen = baseline(recall(due.client.ruc, uow), uow)
            table = gather(due.audience, uow, desk=desk, seen=seen, now=due.told_at(now))
            to = _recipients(due.audience, uow)
        if not _is_silent(due.programme, table, seen):
            mails.append(_mail(table, desk, key=due.key, to=to, now=now))
    return tuple(mails)


def preview(desk: Desk, ruc: str, *, now: datetime) -> OutgoingMail:
    """The digest a client would get at `now`, whatever its programme says; nothing is kept.

    Raises `UnknownName` for a RUC nobody has, and `TemplateBroken`.
    """
    with desk.store.begin() as uow:
        client = _client(ruc, uow)
        programme = next((one for one in uow.records.programmes() if one.ruc == client.ruc), None)
        seen = baseline(recall(client.ruc, uow), uow)
        audience = Audience(client=client, programme=programme)
        table = gather(audience, uow, desk=desk, seen=seen, now=now)
        to = _recipients(audience, uow)
    return _mail(table, desk, key=f"preview:{client.ruc}", to=to, now=now)


def _client(ruc: str, uow: UnitOfWork) -> Client:
    client = uow.records.client(ruc.strip())
    if client is None:
        known = [one.ruc for one in uow.records.clients()]
        nearest = difflib.get_close_matches(ruc, known, n=3, cutoff=0.5)
        raise UnknownName(f"no hay un cliente con el RUC «{ruc}».", nearest=nearest)
    return client


def due_digests(desk: Desk, *, now: datetime) -> tuple[DueDigest, ...]:
    """The programmes whose period has come and was not dealt with, by RUC."""
    with desk.store.begin() as uow:
        return tuple(_due(uow, desk=desk, now=now))


def _due(uow: UnitOfWork, *, desk: Desk, now: datetime) -> Iterator[DueDigest]:
    calendar = desk.rules(uow.records).calendar
    for programme in uow.records.programmes():
        frequency = _frequency(programme.frequency)
        client = uow.records.client(programme.ruc)
        if frequency is None or client is None:
            continue
        memory = recall(programme.ruc, uow)
        period = due_period(frequency, now, last=memory.last if memory else None, calendar=calendar)
        if period is not None:
            yield DueDigest(programme=programme, client=client, period=period)


@lru_cache(maxsize=1024)
def _frequency(text: str) -> Frequency | None:
    """The frequency; None for one that cannot be read, which the import of the office file refuses."""
    try:
        return parse_frequency(text)
    except ValueError:
        return None


def queue_one(due: DueDigest, uow: UnitOfWork, *, desk: Desk, now: datetime) -> bool:
    """Queue one digest unless its period was dealt with or there is nothing to tell."""
    memory = recall(due.client.ruc, uow)
    if memory is not None and memory.last.planned_at >= due.period.planned_at:
        # Another worker dealt with it since the list of what is due was made.
        return False
    seen = baseline(memory, uow)
    table = gather(due.audience, uow, desk=desk, seen=seen, now=due.told_at(now))
    last = LastSent(planned_at=due.period.planned_at, at=now)
    if _is_silent(due.programme, table, seen):
        remember(due.client.ruc, _nothing_told(memory, last, seen), uow)
        return False
    try:
        mail = _mail(table, desk, key=due.key, to=_recipients(due.audience, uow), now=now)
    except TemplateBroken as fault:
        if not uow.audit_lines(subject=due.key):
            note(uow, at=now, action="digest_failed", subject=due.key, detail=str(fault))
        return False
    remember(due.client.ruc, Memory(last=last, key=due.key, shown=table.shows, before=seen), uow)
    return uow.outbox.add(mail)


def _is_silent(programme: StatusProgramme, table: ClientTable, seen: Seen) -> bool:
    """Nothing to tell: no dispatch at all, nobody to tell, or no change where only changes are wanted."""
    if not table.context.table.rows or not programme.recipients:
        return True
    return programme.only_changes and seen.snapshot is not None and not table.is_changed


def _nothing_told(memory: Memory | None, last: LastSent, seen: Seen) -> Memory:
    """The period counts as dealt with; what the client saw stays what it was."""
    return Memory(last=last, key=memory.key if memory else "", shown=seen, before=seen)


def _recipients(audience: Audience, uow: UnitOfWork) -> tuple[Address, ...]:
    """The programme's recipients, by name where the client's contacts have one."""
    found = []
    for address in audience.programme.recipients if audience.programme else ():
        contacts = (one for one in uow.records.contacts_by_address(address) if one.ruc == audience.client.ruc)
        contact = next(contacts, None)
        found.append(Address(address=address, name=contact.name if contact else ""))
    return tuple(found)


def _mail(table: ClientTable, desk: Desk, *, key: str, to: tuple[Address, ...], now: datetime) -> OutgoingMail:
    context = table.context
    rendered = desk.renderer.render(context, language=context.table.language)
    workbook = MailFile(name=f"status-{context.day:%Y-%m-%d}.xlsx", type=XLSX, content=desk.renderer.workbook(context))
    return OutgoingMail(
        key=key,
        purpose=MailPurpose.DIGEST,
        message_id=message_id_for(key, domain=desk.domain, secret=desk.secret),
        sender=desk.sender,
        to=to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        files=(workbook,),
        obligations=table.milestones,
        created_at=now,
        planned_at=context.now,
        not_before=now,
    )
