"""The ladder from an obligation to a person: when each step falls, and when a notice may leave.

The rulings are those of `contract.md`, "Ladder" and "Dated kinds". Who is told, and whether an
obligation is still open by then, is for the services.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mailbot.domain.clock import to_utc
from mailbot.domain.dated import regularization_of
from mailbot.domain.obligation import Clock, ObligationKind, Step
from mailbot.domain.office import Dispatch
from mailbot.domain.policy import Policy
from mailbot.domain.worktime import ONE_DAY, WorkingTime

# The last moment at which a notice leaves, before a closing at 18:00:00, is 17:59:59.
LAST_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class StepMoments:
    """When the steps of one obligation fall; a notice leaves at `sendable_at` of them."""

    # A moment at which it may leave; None when no reminder can come in time.
    reminder_at: datetime | None
    breach_at: datetime
    head_at: datetime


@dataclass(frozen=True, kw_only=True)
class DatedStep:
    """One step of a dated kind; `mark` tells it from the others ("T-30", "día 8")."""

    step: Step
    mark: str
    # The day it belongs to, and when its notice may leave.
    on: date
    at: datetime


def step_moments(
    *, starts_at: datetime, due_at: datetime, clock: Clock, calendar: WorkingTime, policy: Policy
) -> StepMoments:
    """80 % of the limit, the limit, and the limit once more, measured on the obligation's own clock."""
    starts_at, due_at = to_utc(starts_at), to_utc(due_at)
    if clock is Clock.ELAPSED:
        span = due_at - starts_at
        reminder_at, head_at = starts_at + span * policy.reminder_share, due_at + span
    else:
        span = calendar.elapsed(starts_at, due_at)
        reminder_at = calendar.deadline(starts_at, span * policy.reminder_share)
        head_at = calendar.deadline(due_at, span) if span else due_at
    call_at = call_before(due_at, reminder_at, calendar=calendar, policy=policy)
    return StepMoments(
        reminder_at=call_at if call_at >= starts_at else None,
        breach_at=due_at,
        head_at=head_at,
    )


def call_before(limit_at: datetime, at: datetime, *, calendar: WorkingTime, policy: Policy) -> datetime:
    """When a reminder of `at` leaves: in office hours, or before the last closing that precedes the limit.

    The result may lie before the obligation began; then no reminder can come in time.
    """
    leaves_at = sendable_at(at, calendar)
    if leaves_at <= limit_at:
        return leaves_at
    return calendar.previous_close(limit_at) - policy.last_call


def sendable_at(at: datetime, calendar: WorkingTime, *, is_urgent: bool = False) -> datetime:
    """The earliest moment from `at` on when a notice may leave; the break does not stop it.

    Pass `is_urgent` where the policy lets the notice out at once (`Policy.leaves_at_once`).
    """
    at = to_utc(at)
    if is_urgent:
        return at
    windows = calendar.windows_on(at.astimezone(calendar.zone).date())
    if windows and at <= windows[-1][1] - LAST_SECOND:
        return max(at, windows[0][0])
    return calendar.next_opening(max(at, windows[-1][1]) if windows else at)


def regularization_steps(
    dispatch: Dispatch, *, calendar: WorkingTime, policy: Policy, agreed_on: date | None = None
) -> tuple[DatedStep, ...]:
    """The owner and the supervisor by the day counted from the start, the head before the legal date.

    Where an agreement set another target (`agreed_on`), that is the supervisor's day, and the owner's
    keeps its share of the way.
    """
    dates = regularization_of(dispatch, policy)
    if dates is None:
        return ()
    rule = policy.rule(ObligationKind.REGULARIZATION)
    supervisor_day = (agreed_on - dates.started_on).days if agreed_on else rule.supervisor_day
    owner_day = rule.owner_day * supervisor_day // max(rule.supervisor_day, 1) if agreed_on else rule.owner_day
    target_on = dates.started_on + ONE_DAY * supervisor_day
    head_on = dates.legal_on - ONE_DAY * rule.head_days_before_legal
    planned = (
        (Step.OWNER, f"día {owner_day}", dates.started_on + ONE_DAY * owner_day, target_on),
        (Step.SUPERVISOR, f"día {supervisor_day}", target_on, dates.legal_on),
        (Step.HEAD, f"legal-{rule.head_days_before_legal}", head_on, dates.legal_on),
    )
    return _dated_steps(planned, calendar=calendar, policy=policy)


def regime_marks(
    dispatch: Dispatch, *, calendar: WorkingTime, policy: Policy, agreed_on: date | None = None
) -> tuple[DatedStep, ...]:
    """Each mark before a regime's end, or the sooner day that was agreed, with whom it tells.

    The owner is told at all, the others from their day on.
    """
    expires_on = agreed_on or dispatch.regime_expires_on
    if expires_on is None:
        return ()
    rule = policy.rule(ObligationKind.REGIME_EXPIRY)
    first_mark = max(rule.owner_marks, default=0)
    told_from = {Step.OWNER: first_mark, Step.SUPERVISOR: rule.supervisor_from, Step.HEAD: rule.head_from}
    planned = [
        (step, f"T-{days}", expires_on - ONE_DAY * days, expires_on)
        for days in rule.owner_marks
        for step, since in told_from.items()
        if days <= since
    ]
    return _dated_steps(planned, calendar=calendar, policy=policy)


def _dated_steps(
    planned: Iterable[tuple[Step, str, date, date]], *, calendar: WorkingTime, policy: Policy
) -> tuple[DatedStep, ...]:
    """The steps with the moment at which each leaves: on its day, or before the last closing in time."""

    def leaves_at(on: date, ends_on: date) -> datetime:
        limit_at = to_utc(datetime.combine(ends_on, policy.dated_due_time), zone=calendar.zone)
        begins_at = to_utc(datetime.combine(on, time(0)), zone=calendar.zone)
        return call_before(limit_at, begins_at, calendar=calendar, policy=policy)

    return tuple(
        DatedStep(step=step, mark=mark, on=on, at=leaves_at(on, ends_on)) for step, mark, on, ends_on in planned
    )
