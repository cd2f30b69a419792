"""Which waiting notices leave together, and when: one mail for what a recipient is due within some minutes.

What leaves follows from the order of what happened, also when a tick comes minutes late: a notice that was
to leave at 09:10 has left for whoever says `visto` at 09:12, and one taken back at 09:05 has not.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.ladder import LAST_SECOND, sendable_at
from mailbot.domain.obligation import Obligation, ObligationState, Step
from mailbot.domain.plan import Rules
from mailbot.domain.programmes import told_at
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import Notice
from mailbot.services.carry_out import ALERT
from mailbot.services.desk import Desk
from mailbot.services.escalate import moments_ahead

# Nobody reads more in one mail, and a mail without an end would take ever longer to make.
MOST_LINES = 200


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A notice that waits, with its obligation and the earliest moment it may leave."""

    notice: Notice
    obligation: Obligation
    leaves_at: datetime

    @property
    def gone_at(self) -> datetime | None:
        """From when on it leaves no more: it was taken back, or its obligation turned out not to be owed."""
        is_void = self.obligation.state is ObligationState.CANCELLED
        ends = (self.notice.taken_back_at, self.obligation.ended_at if is_void else None)
        return min((end for end in ends if end is not None), default=None)

    def is_gone_at(self, at: datetime) -> bool:
        """Whether it leaves no more at a moment."""
        return self.gone_at is not None and self.gone_at <= at


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What one recipient is told in one mail."""

    recipient: str
    items: Sequence[Pending]
    # When it was to leave.
    planned_at: datetime

    def told_at(self, now: datetime) -> datetime:
        """The moment it speaks of when it is written at `now`."""
        return told_at(self.planned_at, now)

    def is_missed_at(self, now: datetime) -> bool:
        """Whether it should have left long before."""
        return self.planned_at < self.told_at(now)

    def leaves_with(self, now: datetime) -> datetime:
        """Until when what comes for the recipient goes along."""
        return now if self.is_missed_at(now) else self.planned_at


def next_departure(desk: Desk) -> datetime | None:
    """When the next bundle is complete; None while no notice waits."""
    with desk.store.begin() as uow:
        rules = desk.rules(uow.records)
        groups = _by_recipient(pending_of(uow.obligations.waiting_notices(), uow, rules))
        ahead = moments_ahead(uow, _horizon(groups, rules), desk=desk, rules=rules)
    return min((_complete_at(groups[to], ahead.get(to, ()), rules) for to in groups), default=None)


def pending_of(waiting: Iterable[Notice], uow: UnitOfWork, rules: Rules) -> Iterator[Pending]:
    """Each notice with when it may leave; without those of what was met in time."""
    for notice in waiting:
        obligation = uow.obligations.get(notice.obligation)
        if obligation is None or is_moot(notice, uow):
            continue
        is_urgent = notice.is_urgent and rules.policy.leaves_at_once(obligation.kind)
        leaves_at = sendable_at(notice.due_at, rules.calendar, is_urgent=is_urgent)
        yield Pending(notice=notice, obligation=obligation, leaves_at=leaves_at)


def is_moot(notice: Notice, uow: UnitOfWork) -> bool:
    """Whether what a notice would tell turned out to have been met in time."""
    obligation = uow.obligations.get(notice.obligation)
    if obligation is None:
        return True
    met_at = obligation.ended_at if obligation.state is ObligationState.MET else None
    return met_at is not None and met_at <= notice.due_at and notice.mark != ALERT


def still_leaving(bundle: Bundle, uow: UnitOfWork, *, now: datetime) -> list[Pending]:
    """What of a bundle nothing has taken out since it was planned."""
    uow.obligations.prefetch([item.obligation.id for item in bundle.items])
    found = (_as_it_is(item, uow) for item in bundle.items)
    return [item for item in found if item is not None and not item.is_gone_at(bundle.leaves_with(now))]


def _as_it_is(item: Pending, uow: UnitOfWork) -> Pending | None:
    obligation = uow.obligations.get(item.obligation.id)
    kept = (notice for notice in uow.obligations.notices(item.obligation.id) if _is_same(notice, item.notice))
    notice = next(kept, None)
    if obligation is None or notice is None or is_moot(notice, uow):
        return None
    return replace(item, notice=notice, obligation=obligation)


def _is_same(notice: Notice, other: Notice) -> bool:
    return replace(notice, taken_back_at=None) == replace(other, taken_back_at=None)


def _by_recipient(pending: Iterable[Pending]) -> dict[str, list[Pending]]:
    groups: dict[str, list[Pending]] = {}
    for item in pending:
        if not item.notice.is_copy:
            groups.setdefault(item.notice.recipient, []).append(item)
    return groups


def bundles_due(waiting: Sequence[Notice], uow: UnitOfWork, *, desk: Desk, now: datetime) -> Iterator[Bundle]:
    """What may leave at `now`, where nothing more is worth waiting for."""
    rules = desk.rules(uow.records)
    groups = _by_recipient(pending_of(waiting, uow, rules))
    ahead = moments_ahead(uow, _horizon(groups, rules), desk=desk, rules=rules)
    for recipient, pending in groups.items():
        yield from _bundles(recipient, pending, ahead.get(recipient, ()), rules=rules, now=now)


def _bundles(
    recipient: str, waiting: Sequence[Pending], ahead: Collection[datetime], *, rules: Rules, now: datetime
) -> Iterator[Bundle]:
    """The mails of one recipient as they were to leave, also when some minutes were lost; after longer, all in one."""
    while waiting and (planned_at := _complete_at(waiting, ahead, rules)) <= now:
        bundle = Bundle(recipient=recipient, items=waiting, planned_at=planned_at)
        until = bundle.leaves_with(now)
        there = [item for item in waiting if not item.is_gone_at(until)]
        if len(there) < len(waiting):
            # Without them the others may leave later.
            waiting = there
            continue
        ready = [item for item in waiting if item.leaves_at <= until]
        for start in range(0, len(ready), MOST_LINES):
            yield replace(bundle, items=ready[start : start + MOST_LINES])
        waiting = [item for item in waiting if item.leaves_at > until]


def _horizon(groups: Mapping[str, Sequence[Pending]], rules: Rules) -> datetime | None:
    """Until when company may still come for anything that waits."""
    firsts = [min(item.leaves_at for item in bundle) for bundle in groups.values()]
    return max(firsts) + rules.policy.bundle if firsts else None


def _complete_at(bundle: Sequence[Pending], ahead: Collection[datetime], rules: Rules) -> datetime:
    """When the first of what waits for a recipient leaves; it takes along everything that waits by then."""
    company = [*ahead, *(item.leaves_at for item in bundle)]
    return min(_departure(item, company, rules) for item in bundle)


def _departure(item: Pending, company: Collection[datetime], rules: Rules) -> datetime:
    """An urgent notice leaves at once, others gather for some minutes.

    What has waited for the opening, or can hardly come in time, waits for nothing but company that is sure.
    """
    if item.notice.is_urgent:
        return item.leaves_at
    gathered = item.leaves_at + rules.policy.bundle
    if not _is_pressed(item, gathered, rules):
        is_in_hours = sendable_at(gathered, rules.calendar) == gathered
        return gathered if is_in_hours else rules.calendar.close_of_day(item.leaves_at) - LAST_SECOND
    limit = item.obligation.due_at if item.notice.step is Step.OWNER else gathered + LAST_SECOND
    return max((at for at in company if item.leaves_at < at <= gathered and at < limit), default=item.leaves_at)


def _is_pressed(item: Pending, gathered: datetime, rules: Rules) -> bool:
    """Whether it waited since before the opening, is the last call before a closing, or nears its limit."""
    if sendable_at(item.leaves_at - LAST_SECOND, rules.calendar) == item.leaves_at:
        return True
    if item.notice.step is not Step.OWNER:
        return False
    limit = item.obligation.due_at
    last_call = rules.calendar.previous_close(limit) - rules.policy.last_call
    return item.notice.due_at == last_call or item.leaves_at < limit <= gathered
