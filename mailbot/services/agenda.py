"""Queue the morning's agendas: one a day for every ESC who owes or has to answer something."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from mailbot.domain.clock import to_utc
from mailbot.domain.contexts import AgendaContext, DatedMatter, Item, Question, StaleNote, SuggestedGlosa
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationKind, ObligationState, is_overdue
from mailbot.domain.office import Staff
from mailbot.domain.programmes import told_at
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter
from mailbot.services.desk import Desk
from mailbot.services.glosas import glosas_of
from mailbot.services.history import owed_at
from mailbot.services.lines import item_of
from mailbot.services.outgoing import compose
from mailbot.services.people import agenda_readers
from mailbot.services.questions import open_questions
from mailbot.services.ready import ready_answers

_LAST_AGENDA = "agenda:last"
# How many days ahead dated matters are shown (Annex 01 rows 6 and 11).
_HORIZON = {ObligationKind.REGULARIZATION: 30, ObligationKind.REGIME_EXPIRY: 90}
# In the order in which the mail shows and numbers them.
_DATED, _STALE = "dated", "stale"
_SECTIONS = ("overdue", "today", "agreements", "documents", _DATED, "later", "waiting", _STALE)


@dataclass(frozen=True, kw_only=True)
class _Morning:
    """The day an agenda speaks of, and the questions of everybody."""

    # The moment it speaks of, and the one at which it is made.
    now: datetime
    made_at: datetime
    day: date
    # Everything that was owed then, whoever owed it.
    owed: Sequence[Obligation]
    questions: dict[str, tuple[Question, ...]]


def queue_agendas(desk: Desk, *, now: datetime, at: time = time(8)) -> int:
    """Queue the agendas of a working day from `at` on, once; returns how many mails were queued."""
    with desk.store.begin() as uow:
        day = _due_day(uow, desk=desk, now=now, at=at)
        if day is None:
            return 0
        told = told_at(_planned(day, at, desk), now)
        owed, questions = owed_at(uow, at=told, policy=desk.policy), open_questions(uow, now=told)
        morning = _Morning(now=told, made_at=now, day=day, owed=owed, questions=questions)
        mails = [found for person in uow.records.staff() for found in _mails(person, uow, desk, morning)]
        queued = sum(_keep(mail, context, uow) for mail, context in mails)
        uow.facts.set(_LAST_AGENDA, day.isoformat())
        uow.commit()
    return queued


def agenda_for(desk: Desk, code: str, *, now: datetime) -> AgendaContext | None:
    """A person's agenda as it stands at `now`; None for a code that nobody has."""
    with desk.store.begin() as uow:
        person = uow.records.staff_by_code(code)
        return agenda_context(person, uow, desk=desk, now=now) if person else None


def agenda_context(person: Staff, uow: UnitOfWork, *, desk: Desk, now: datetime) -> AgendaContext:
    """A person's agenda as it stands at `now`, also when nothing is in it."""
    owed = uow.obligations.list(ObligationFilter(owner=person.code, is_open=True))
    questions = open_questions(uow, now=now)
    morning = _Morning(now=now, made_at=now, day=desk.day_of(now), owed=owed, questions=questions)
    return _context(person, uow, desk=desk, morning=morning)


def _due_day(uow: UnitOfWork, *, desk: Desk, now: datetime, at: time) -> date | None:
    """Today, when its agendas are due; never after the day's last closing."""
    day = desk.day_of(now)
    if now < _planned(day, at, desk) or uow.facts.get(_LAST_AGENDA) == day.isoformat():
        return None
    windows = desk.rules(uow.records).calendar.windows_on(day)
    return day if windows and now < windows[-1][1] else None


def _planned(day: date, at: time, desk: Desk) -> datetime:
    return to_utc(datetime.combine(day, at), zone=desk.zone)


def messages_asked(key: str, uow: UnitOfWork) -> tuple[str, ...]:
    """The messages that an agenda asked about; the first has the number after its last obligation."""
    kept = uow.facts.get(_asked(key))
    return tuple(json.loads(kept)) if kept else ()


def _asked(key: str) -> str:
    return f"asked:{key}"


def _keep(mail: OutgoingMail, context: AgendaContext, uow: UnitOfWork) -> bool:
    """Queue an agenda, and remember which questions its numbers stand for."""
    remember_questions(mail.key, context, uow)
    return uow.outbox.add(mail)


def remember_questions(key: str, context: AgendaContext, uow: UnitOfWork) -> None:
    """Keep which messages the last numbers of an agenda stand for."""
    if context.questions:
        uow.facts.set(_asked(key), json.dumps([question.message for question in context.questions]))


def _mails(
    person: Staff, uow: UnitOfWork, desk: Desk, morning: _Morning
) -> Iterable[tuple[OutgoingMail, AgendaContext]]:
    own = _context(person, uow, desk=desk, morning=morning)
    if not own.obligations and not own.questions:
        return
    for reader in agenda_readers(person, records=uow.records, day=morning.day):
        is_own = reader.code == person.code
        context = own if is_own else replace(own, recipient=reader.name, stands_in_for=person.name)
        mail = compose(
            context,
            desk=desk,
            key=f"agenda:{person.code}:{morning.day}" + ("" if is_own else f":{reader.code}"),
            purpose=MailPurpose.AGENDA,
            to=(reader,),
            now=morning.made_at,
            obligations=own.obligations,
        )
        yield mail, context


def _context(person: Staff, uow: UnitOfWork, *, desk: Desk, morning: _Morning) -> AgendaContext:
    owed = [obligation for obligation in morning.owed if obligation.owner == person.code]
    lines = _numbered(owed, uow, desk=desk, morning=morning)
    return AgendaContext(
        recipient=person.name,
        now=morning.now,
        day=morning.day,
        # Every numbered line in the order of its number, so that an answer "2 atendido" finds it.
        obligations=tuple(item.obligation for section in _SECTIONS for item in lines[section]),
        overdue=lines["overdue"],
        today=lines["today"],
        agreements=lines["agreements"],
        documents=lines["documents"],
        later=lines["later"],
        waiting=lines["waiting"],
        questions=_numbered_questions(morning.questions.get(person.code, ()), after=lines),
        stale=tuple(_stale(item, uow) for item in lines[_STALE]),
        dated=tuple(_dated(item, uow, desk=desk, morning=morning) for item in lines[_DATED]),
        glosas=_numbered_glosas(glosas_of(owed, uow), lines),
        answers=ready_answers((item for section in _SECTIONS for item in lines[section]), uow),
        office=desk.office,
    )


def _numbered(
    owed: Sequence[Obligation], uow: UnitOfWork, *, desk: Desk, morning: _Morning
) -> dict[str, tuple[Item, ...]]:
    """The lines of each section, numbered through all of them in the order of the mail."""
    lines: dict[str, tuple[Item, ...]] = {}
    number = 0
    for section in _SECTIONS:
        members = [obligation for obligation in owed if _section_of(obligation, desk=desk, morning=morning) == section]
        # The reader is the owner, who need not be told so on every line.
        lines[section] = tuple(
            replace(item_of(obligation, uow, now=morning.now, number=place), owner="")
            for place, obligation in enumerate(members, start=number + 1)
        )
        number += len(members)
    return lines


def _numbered_questions(questions: Sequence[Question], *, after: dict[str, tuple[Item, ...]]) -> tuple[Question, ...]:
    """The questions, numbered on from the last line."""
    first = 1 + sum(len(members) for members in after.values())
    return tuple(replace(question, number=number) for number, question in enumerate(questions, start=first))


def _numbered_glosas(
    glosas: Sequence[SuggestedGlosa], lines: dict[str, tuple[Item, ...]]
) -> tuple[SuggestedGlosa, ...]:
    """The glosas under the numbers of the lines that they are owed as: "3 atendido" says that it was entered."""
    numbers = {item.obligation: item.number for members in lines.values() for item in members}
    return tuple(replace(glosa, number=numbers.get(glosa.obligation, 0)) for glosa in glosas)


def _section_of(obligation: Obligation, *, desk: Desk, morning: _Morning) -> str:
    """Where an obligation stands in the agenda; of status notes only those that run out today or have already."""
    if obligation.kind is ObligationKind.STATUS_UPDATE:
        return _STALE if desk.day_of(obligation.due_at) <= morning.day else ""
    if obligation.state is ObligationState.WAITING:
        return "waiting"
    if is_overdue(obligation, morning.now):
        return "overdue"
    if obligation.kind in _HORIZON:
        days_left = (desk.day_of(obligation.due_at) - morning.day).days
        return _DATED if days_left <= _HORIZON[obligation.kind] else ""
    if obligation.kind is ObligationKind.WRITTEN_AGREEMENT:
        return "agreements"
    if desk.day_of(obligation.due_at) <= morning.day:
        return "today"
    return "documents" if obligation.kind is ObligationKind.DOCUMENT_REVIEW else "later"


def _stale(item: Item, uow: UnitOfWork) -> StaleNote:
    dispatch = uow.records.dispatch(item.order) if item.order else None
    return StaleNote(
        order=item.order or "",
        client=item.client,
        status=dispatch.status if dispatch else "",
        note=dispatch.status_note if dispatch else "",
        noted_at=dispatch.status_noted_at if dispatch else None,
        number=item.number,
    )


def _dated(item: Item, uow: UnitOfWork, *, desk: Desk, morning: _Morning) -> DatedMatter:
    due_on = desk.day_of(item.due_at)
    dispatch = uow.records.dispatch(item.order) if item.order else None
    return DatedMatter(
        order=item.order or "",
        client=item.client,
        kind=item.kind,
        due_on=due_on,
        days_left=(due_on - morning.day).days,
        dam=dispatch.dam if dispatch else None,
        regime=dispatch.regime if dispatch and item.kind is ObligationKind.REGIME_EXPIRY else "",
        obligation=item.obligation,
        number=item.number,
    )
