"""When the scheduler has to look at an obligation next. Decides no deadline and stores nothing."""

from dataclasses import replace

from mailbot.domain.ladder import step_moments
from mailbot.domain.obligation import Obligation, ObligationState
from mailbot.domain.plan import Rules

# Who did what no person did.
MAILBOT = "mailbot"


def scheduled(obligation: Obligation, rules: Rules) -> Obligation:
    """The obligation with the moment of its first step on the ladder; none while it waits for its client."""
    if obligation.state is ObligationState.WAITING:
        return replace(obligation, next_step_at=None)
    moments = step_moments(
        starts_at=obligation.starts_at,
        due_at=obligation.due_at,
        clock=obligation.clock,
        calendar=rules.calendar,
        policy=rules.policy,
    )
    return replace(obligation, next_step_at=moments.reminder_at or moments.breach_at)
