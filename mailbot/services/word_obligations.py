"""What a person's word does to one obligation: ended, put off, handed over. Inside a unit of work."""

from dataclasses import replace
from datetime import datetime

from mailbot.domain.arrival import Meeting
from mailbot.domain.clock import LIMA
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationState
from mailbot.domain.office import Staff
from mailbot.domain.wording import say_moment
from mailbot.domain.worktime import WorkingTime
from mailbot.ports.store import UnitOfWork
from mailbot.services.carry_out import ALERT, meet


def end(
    obligation: Obligation, uow: UnitOfWork, *, who: str, at: datetime, why: str = "", message: str | None = None
) -> Obligation:
    """Met, with a person's word as the evidence."""
    evidence = f"dado por hecho por {who}" + (f": {why}" if why else "")
    meet(Meeting(obligation=obligation, at=at, evidence=evidence), uow, who=who, message=message)
    return uow.obligations.get(obligation.id) or obligation


def cancel(obligation: Obligation, uow: UnitOfWork, *, who: str, at: datetime, why: str) -> Obligation:
    """Not owed after all, by a person's correction."""
    waiting = [notice for notice in uow.obligations.notices(obligation.id) if notice.mail is None]
    uow.obligations.take_back(waiting, at=at)
    cancelled = obligation.to(ObligationState.CANCELLED, at=at, evidence=why)
    uow.obligations.update(cancelled, _event(cancelled, EventName.CANCELLED, who, at, why))
    return cancelled


def next_working_day(at: datetime, calendar: WorkingTime) -> datetime:
    """The opening of the working day after the day of `at`."""
    day = calendar.working_day_after(at.astimezone(calendar.zone).date(), 1)
    return calendar.windows_on(day)[0][0]


def put_off(
    obligation: Obligation,
    until: datetime,
    uow: UnitOfWork,
    *,
    name: EventName,
    who: str,
    at: datetime,
    message: str | None = None,
) -> Obligation:
    """No further step before `until`, then one new occurrence of the step that is due by then."""
    _take_back(obligation, uow, at=at)
    later = _allowed_again(obligation, since=until, now=at)
    why = f"sin avisos hasta {say_moment(until, LIMA)}"
    uow.obligations.update(later, replace(_event(later, name, who, at, why), message=message))
    return later


def hand_over(
    obligation: Obligation, to: Staff, uow: UnitOfWork, *, who: str, at: datetime, message: str | None = None
) -> Obligation:
    """Another person owes it now, and is told what its step stands at."""
    _take_back(obligation, uow, at=at)
    handed = replace(_allowed_again(obligation, since=at, now=at), owner=to.code)
    event = _event(handed, EventName.REASSIGNED, who, at, f"de {obligation.owner} a {to.code}")
    uow.obligations.update(handed, replace(event, message=message))
    return handed


def _allowed_again(obligation: Obligation, *, since: datetime, now: datetime) -> Obligation:
    # Silence does not hide a breach: the limit itself is still looked at.
    is_ahead = obligation.breached_at is None and now < obligation.due_at < since
    return replace(
        obligation,
        seen_until=since,
        occurrence=obligation.occurrence + 1,
        next_step_at=obligation.due_at if is_ahead else since,
    )


def _take_back(obligation: Obligation, uow: UnitOfWork, *, at: datetime) -> None:
    """Steps that were not to leave yet; the notice of a complaint is no step and stays."""
    waiting = [notice for notice in uow.obligations.notices(obligation.id) if notice.mail is None]
    uow.obligations.take_back([notice for notice in waiting if notice.mark != ALERT], at=at)


def _event(obligation: Obligation, name: EventName, who: str, at: datetime, evidence: str) -> ObligationEvent:
    return ObligationEvent(obligation=obligation.id, at=at, name=name, who=who, evidence=evidence)
