"""Queue the summary of the day: one for every supervisor and head, about their own people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mailbot.domain.contexts import AlertItem, Item, Load, SummaryContext
from mailbot.domain.ladder import sendable_at, step_moments
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationKind, ObligationState, is_overdue
from mailbot.domain.office import Role, Staff
from mailbot.domain.plan import Rules, is_doubtful, wants_head
from mailbot.domain.programmes import told_at
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter
from mailbot.services.delivered import told_by_mails_underway
from mailbot.services.desk import Desk
from mailbot.services.history import as_they_stood, owed_at
from mailbot.services.lines import alert_of, item_of
from mailbot.services.outgoing import compose
from mailbot.services.people import chief_of, summary_readers
from mailbot.services.shadow import shadow_lines

_LAST_SUMMARY = "summary:last"
# The summary is made so long before the day's last closing, while something can still be done.
BEFORE_CLOSING = timedelta(minutes=30)
# How far back a summary that was missed in an outage is made up for.
_LOOK_BACK = 7
# How far back an obligation that ended today can have begun.
_LONGEST = timedelta(days=120)
# Dated kinds run for weeks and months: when their end counts as close.
_CLOSE = {ObligationKind.REGULARIZATION: timedelta(days=3), ObligationKind.REGIME_EXPIRY: timedelta(days=15)}
_CHIEFS = (Role.SUPERVISOR, Role.JEFE)


@dataclass(frozen=True, kw_only=True)
class _Day:
    """The day a summary speaks of, and everything owed or ended on it."""

    # The moment it speaks of, and the one at which it is made.
    now: datetime
    made_at: datetime
    day: date
    owed: Sequence[Obligation]
    ended: Sequence[Obligation]
    reports: Sequence[Obligation]
    rules: Rules


def queue_summaries(desk: Desk, *, now: datetime) -> int:
    """Queue the summaries of a working day shortly before it ends, once; returns how many."""
    with desk.store.begin() as uow:
        day = _due_day(uow, desk=desk, now=now)
        if day is None:
            return 0
        planned_at = desk.rules(uow.records).calendar.windows_on(day)[-1][1] - BEFORE_CLOSING
        found = replace(_day(day, uow, desk=desk, now=told_at(planned_at, now)), made_at=now)
        mails = (mail for chief in chiefs(uow) for mail in _mails(chief, uow, desk, found))
        queued = sum(uow.outbox.add(mail) for mail in mails)
        uow.facts.set(_LAST_SUMMARY, day.isoformat())
        uow.commit()
    return queued


def summary_for(desk: Desk, code: str, *, now: datetime) -> SummaryContext | None:
    """A supervisor's or head's summary as it stands at `now`; None for any other code."""
    with desk.store.begin() as uow:
        person = uow.records.staff_by_code(code)
        return summary_context(person, uow, desk=desk, now=now) if person else None


def summary_context(person: Staff, uow: UnitOfWork, *, desk: Desk, now: datetime) -> SummaryContext | None:
    """A chief's summary as it stands at `now`; None for anybody else."""
    if person.role not in _CHIEFS:
        return None
    return _context(person, uow, desk=desk, found=_day(desk.day_of(now), uow, desk=desk, now=now))


def _due_day(uow: UnitOfWork, *, desk: Desk, now: datetime) -> date | None:
    """The newest working day whose summary is due and not made; the first ever is today's."""
    calendar = desk.rules(uow.records).calendar
    today, last = desk.day_of(now), uow.facts.get(_LAST_SUMMARY)
    for back in range(_LOOK_BACK if last else 1):
        day = today - timedelta(days=back)
        windows = calendar.windows_on(day)
        if windows and now >= windows[-1][1] - BEFORE_CLOSING:
            return day if last is None or day.isoformat() > last else None
    return None


def _day(day: date, uow: UnitOfWork, *, desk: Desk, now: datetime) -> _Day:
    told = told_by_mails_underway(uow, policy=desk.policy, at=now)
    closed = uow.obligations.list(ObligationFilter(is_open=False, since=now - _LONGEST))
    ended = (*as_they_stood(closed, uow, at=now), *told.values())
    query = ObligationFilter(kind=ObligationKind.MANAGEMENT_REPORT, since=now - _LONGEST)
    reports = [told.get(one.id, one) for one in as_they_stood(uow.obligations.list(query), uow, at=now)]
    return _Day(
        now=now,
        made_at=now,
        day=day,
        owed=owed_at(uow, at=now, policy=desk.policy),
        ended=[one for one in ended if one.ended_at is not None and desk.day_of(one.ended_at) == day],
        reports=[one for one in reports if one.is_open or desk.day_of(one.received_at or one.starts_at) == day],
        rules=desk.rules(uow.records),
    )


def chiefs(uow: UnitOfWork) -> Iterable[Staff]:
    """Every supervisor and head, by code."""
    return (person for person in uow.records.staff() if person.role in _CHIEFS)


def _mails(chief: Staff, uow: UnitOfWork, desk: Desk, found: _Day) -> Iterable[OutgoingMail]:
    own = _context(chief, uow, desk=desk, found=found)
    if own is None:
        return
    for reader in summary_readers(chief, records=uow.records, day=found.day):
        is_own = reader.code == chief.code
        context = own if is_own else replace(own, recipient=reader.name, stands_in_for=chief.name)
        mail = compose(
            context,
            desk=desk,
            key=f"summary:{chief.code}:{found.day}" + ("" if is_own else f":{reader.code}"),
            purpose=MailPurpose.SUMMARY,
            to=(reader,),
            now=found.made_at,
        )
        yield replace(mail, not_before=sendable_at(found.made_at, found.rules.calendar))


def _context(chief: Staff, uow: UnitOfWork, *, desk: Desk, found: _Day) -> SummaryContext | None:
    """A chief's summary; None for somebody who has no people."""
    team = {person.code: person for person in team_of(chief, uow)}
    if not team:
        return None
    mine = [one for one in found.owed if one.owner in team]
    # A stale note is one of many alike: they are counted, not listed.
    notes = [one for one in mine if one.kind is ObligationKind.STATUS_UPDATE]
    owed = [one for one in mine if one.kind is not ObligationKind.STATUS_UPDATE]
    ended = [one for one in found.ended if one.owner in team and one.state is ObligationState.MET]
    late = sum(one.ended_at is not None and one.ended_at > one.due_at for one in ended)
    plain = [one for one in owed if one.kind is not ObligationKind.MANAGEMENT_REPORT]
    return SummaryContext(
        recipient=chief.name,
        now=found.now,
        day=found.day,
        breached=_lines((one for one in plain if is_overdue(one, found.now)), uow, found),
        at_risk=_lines((one for one in plain if _is_at_risk(one, found)), uow, found),
        alerts=_alerts((one for one in found.reports if one.owner in team), uow, found),
        shadow=shadow_lines(found.day, team, uow, desk=desk),
        loads=tuple(_load(person, owed, desk=desk, found=found) for person in team.values()),
        stale=sum(is_overdue(one, found.now) for one in notes),
        met=len(ended) - late,
        late=late,
        office=desk.office,
    )


def team_of(chief: Staff, uow: UnitOfWork) -> Iterable[Staff]:
    """The ESCs whose way up leads to this chief."""
    for person in uow.records.staff():
        above = chief_of(person, chief.role, uow.records) if person.role is Role.ESC else None
        if above is not None and above.code == chief.code:
            yield person


def _is_at_risk(obligation: Obligation, found: _Day) -> bool:
    """80 % of its limit has passed, or its date is close, and it can still be met."""
    if obligation.state is not ObligationState.OPEN or is_overdue(obligation, found.now):
        return False
    if obligation.kind in _CLOSE:
        return obligation.due_at - found.now <= _CLOSE[obligation.kind]
    moments = step_moments(
        starts_at=obligation.starts_at,
        due_at=obligation.due_at,
        clock=obligation.clock,
        calendar=found.rules.calendar,
        policy=found.rules.policy,
    )
    return moments.reminder_at is not None and moments.reminder_at <= found.now


def _lines(obligations: Iterable[Obligation], uow: UnitOfWork, found: _Day) -> tuple[Item, ...]:
    return tuple(item_of(one, uow, now=found.now) for one in obligations)


def _alerts(reports: Iterable[Obligation], uow: UnitOfWork, found: _Day) -> tuple[AlertItem, ...]:
    alerts = []
    for number, report in enumerate(reports, start=1):
        message = uow.messages.get(report.message) if report.message else None
        verdict = message.verdict if message and message.verdict else Verdict()
        alerts.append(
            alert_of(
                report,
                uow,
                now=found.now,
                number=number,
                is_for_head=wants_head(verdict),
                is_unconfirmed=is_doubtful(verdict),
            )
        )
    return tuple(alerts)


def _load(person: Staff, owed: Sequence[Obligation], *, desk: Desk, found: _Day) -> Load:
    own = [one for one in owed if one.owner == person.code]
    waiting = sum(one.state is ObligationState.WAITING for one in own)
    overdue = sum(is_overdue(one, found.now) for one in own)
    today = sum(not is_overdue(one, found.now) and desk.day_of(one.due_at) == found.day for one in own)
    return Load(
        name=person.name,
        code=person.code,
        open=len(own),
        overdue=overdue,
        due_today=today,
        waiting=waiting,
        is_absent=person.is_absent_on(found.day),
    )
