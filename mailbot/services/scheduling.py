"""When the scheduler has to look at an obligation next. Decides no deadline and stores nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.domain.ladder import step_moments
from mailbot.domain.obligation import Obligation, ObligationState, Step
from mailbot.domain.plan import Rules

# Who did what no person did.
MAILBOT = "mailbot"
# An answer at the very moment is in time (contract, "Reckoning"): a limit has passed right after it.
RIGHT_AFTER = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of an obligation's ladder and its moment; `mark` tells dated steps apart."""

    step: Step
    at: datetime
    mark: str = ""
    # It tells that the limit passed, and so not at the very moment of the limit.
    is_breach: bool = False
    # From when on it says nothing any more: nobody is reminded late of a limit that is reached.
    ends_at: datetime | None = None

    def has_come(self, now: datetime) -> bool:
        """Whether the step is due at `now`."""
        return not self.is_ahead(now) and (self.ends_at is None or now < self.ends_at)

    def is_ahead(self, now: datetime) -> bool:
        """Whether its moment is still to come."""
        return self.at >= now if self.is_breach else self.at > now


def rungs_by_limit(obligation: Obligation, rules: Rules) -> tuple[Rung, ...]:
    """The ladder of an obligation whose steps are shares of its limit, in order of time."""
    moments = step_moments(
        starts_at=obligation.starts_at,
        due_at=obligation.due_at,
        clock=obligation.clock,
        calendar=rules.calendar,
        policy=rules.policy,
    )
    limit_at = moments.breach_at
    rungs = (
        *([_reminder(moments.reminder_at, limit_at)] if moments.reminder_at else []),
        Rung(step=Step.SUPERVISOR, at=limit_at, is_breach=True),
        Rung(step=Step.HEAD, at=moments.head_at),
    )
    told = rules.policy.rule(obligation.kind).ladder
    return tuple(rung for rung in rungs if rung.step in told)


def _reminder(at: datetime, limit_at: datetime) -> Rung:
    """The owner's step; one that can leave at the limit alone leaves then (contract, "Ladder")."""
    return Rung(step=Step.OWNER, at=at, ends_at=limit_at if at < limit_at else None)


def next_look(obligation: Obligation, rungs: Sequence[Rung], now: datetime | None = None) -> datetime | None:
    """When the next step falls, or its limit, which passes also where nobody is told; None when nothing is left.

    Without `now` no step was looked at yet.
    """
    moments = [rung.at for rung in rungs if now is None or rung.is_ahead(now)]
    if obligation.breached_at is None and (now is None or now <= obligation.due_at):
        moments.append(obligation.due_at)
    first = min(moments, default=None)
    is_now = first is not None and now is not None and first <= now
    return first + RIGHT_AFTER if first is not None and is_now else first


def scheduled(obligation: Obligation, rules: Rules) -> Obligation:
    """The obligation with the moment of its first step on the ladder; none while it waits for its client."""
    if obligation.state is ObligationState.WAITING:
        return replace(obligation, next_step_at=None)
    return replace(obligation, next_step_at=next_look(obligation, rungs_by_limit(obligation, rules)))
