"""Weeks and months that reports speak of, and what counts as met, missed or excused in them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from mailbot.domain.obligation import Obligation, ObligationState, is_overdue
from mailbot.domain.worktime import WorkingTime


class Judgement(StrEnum):
    """How an obligation stands in a report."""

    # Done, and in time.
    MET = "met"
    # Done late, or due and not done.
    MISSED = "missed"
    # Not owed after all, or the client owes something first.
    EXCUSED = "excused"


class Span(StrEnum):
    """How long a report's period is."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class ReportPeriod:
    """Whole days, both ends included; `name` tells it from every other one."""

    span: Span
    since: date
    until: date
    name: str


def judge(obligation: Obligation, now: datetime) -> Judgement | None:
    """How an obligation stands; None while it is open and not due."""
    if obligation.state is ObligationState.CANCELLED:
        return Judgement.EXCUSED
    if obligation.state is ObligationState.WAITING:
        return Judgement.EXCUSED
    if obligation.state is ObligationState.MET:
        is_late = obligation.ended_at is not None and obligation.ended_at > obligation.due_at
        return Judgement.MISSED if is_late else Judgement.MET
    return Judgement.MISSED if is_overdue(obligation, now) else None


def last_period(span: Span, today: date) -> ReportPeriod:
    """The last whole week (Monday to Sunday) or month before `today`."""
    if span is Span.WEEK:
        until = today - timedelta(days=today.weekday() + 1)
        year, week, _ = until.isocalendar()
        return ReportPeriod(span=span, since=until - timedelta(days=6), until=until, name=f"{year}-W{week:02d}")
    until = today.replace(day=1) - timedelta(days=1)
    return ReportPeriod(span=span, since=until.replace(day=1), until=until, name=f"{until:%Y-%m}")


def leaves_at(period: ReportPeriod, calendar: WorkingTime) -> datetime:
    """The opening of the first working day after the period."""
    day = period.until + timedelta(days=1)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return calendar.windows_on(day)[0][0]
