"""The world as it stood: obligations at an earlier moment, told from their own events.

Nothing is guessed: a state comes from the event log, a deadline that was moved since from the audit log.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.domain.clock import to_utc
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationState
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import AuditLine, ObligationFilter
from mailbot.services.waiting import MOVED

_STATES = {
    EventName.OPENED: ObligationState.OPEN,
    EventName.REOPENED: ObligationState.OPEN,
    EventName.RESUMED: ObligationState.OPEN,
    EventName.PAUSED: ObligationState.WAITING,
    EventName.MET: ObligationState.MET,
    EventName.CANCELLED: ObligationState.CANCELLED,
}
_HANDED_OVER = re.compile(r"^de (?P<before>\S+) a \S+")


def obligations_at(query: ObligationFilter, uow: UnitOfWork, *, at: datetime) -> tuple[Obligation, ...]:
    """What was owed, waiting or ended at a moment, by the deadline it had then."""
    everything = uow.obligations.list(replace(query, owner=None, is_open=None))
    stood = (as_it_stood(item, uow, at=at) for item in everything)
    kept = (item for item in stood if item is not None and _is_asked_for(item, query))
    return tuple(sorted(kept, key=lambda item: (item.due_at, item.id)))


def as_it_stood(obligation: Obligation, uow: UnitOfWork, *, at: datetime) -> Obligation | None:
    """The obligation as it was at a moment; None when nothing had opened it yet."""
    told = sorted(uow.obligations.events(obligation.id), key=lambda event: event.at)
    events = [event for event in told if event.at <= at]
    last = _last_state(events)
    if last is None:
        return None
    state = _STATES[last.name]
    due_at = due_then(obligation, uow.audit_lines(subject=obligation.id), at=at)
    # A clock that stands still or has stopped was judged when it did.
    judged_at = at if state is ObligationState.OPEN else last.at
    has_ended = state in (ObligationState.MET, ObligationState.CANCELLED)
    return replace(
        obligation,
        state=state,
        due_at=due_at,
        owner=_owner_then(obligation, told, at),
        breached_at=due_at if due_at < judged_at else None,
        ended_at=last.at if has_ended else None,
        evidence=last.evidence if state is not ObligationState.OPEN else "",
        next_step_at=None,
    )


def due_then(obligation: Obligation, lines: Iterable[AuditLine], *, at: datetime) -> datetime:
    """The deadline at a moment: what it was before the first move that came later."""
    later = [line for line in lines if line.action == MOVED and line.at > at]
    if not later:
        return obligation.due_at
    before, _, _ = min(later, key=lambda line: line.at).detail.partition(" → ")
    return to_utc(datetime.fromisoformat(before))


def _last_state(events: Sequence[ObligationEvent]) -> ObligationEvent | None:
    return next((event for event in reversed(events) if event.name in _STATES), None)


def _owner_then(obligation: Obligation, events: Sequence[ObligationEvent], at: datetime) -> str:
    """Who owed it: whoever the first hand-over after that moment took it from."""
    for event in events:
        if event.name is EventName.REASSIGNED and event.at > at and (found := _HANDED_OVER.match(event.evidence)):
            return found["before"]
    return obligation.owner


def _is_asked_for(item: Obligation, query: ObligationFilter) -> bool:
    is_owner = query.owner is None or item.owner == query.owner
    return is_owner and (query.is_open is None or item.is_open == query.is_open)
