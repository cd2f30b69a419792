"""The world as it stood: obligations at an earlier moment, told from their own events.

Nothing is guessed: a state comes from the event log, a deadline that was moved since from the audit log.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.domain.clock import to_utc
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationState
from mailbot.domain.policy import Policy
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import AuditLine, ObligationFilter
from mailbot.services.delivered import told_by_mails_underway
from mailbot.services.waiting import MOVED

_STATES = {
    EventName.OPENED: ObligationState.OPEN,
    EventName.REOPENED: ObligationState.OPEN,
    EventName.RESUMED: ObligationState.OPEN,
    EventName.PAUSED: ObligationState.WAITING,
    EventName.MET: ObligationState.MET,
    EventName.CANCELLED: ObligationState.CANCELLED,
}
# How far back an obligation that ended a short while ago can have begun.
_LONGEST = timedelta(days=120)
_HANDED_OVER = re.compile(r"^de (?P<before>\S+) a \S+")


def obligations_at(query: ObligationFilter, uow: UnitOfWork, *, at: datetime) -> tuple[Obligation, ...]:
    """What was owed, waiting or ended at a moment, by the deadline it had then."""
    everything = uow.obligations.list(replace(query, owner=None, is_open=None))
    stood = (as_it_stood(item, uow, at=at) for item in everything)
    kept = (item for item in stood if item is not None and _is_asked_for(item, query))
    return tuple(sorted(kept, key=lambda item: (item.due_at, item.id)))


def owed_at(uow: UnitOfWork, *, at: datetime, policy: Policy, client: str | None = None) -> tuple[Obligation, ...]:
    """What was owed a short while ago: a mail that is written late says what it would have said in time.

    What came in since then, and what was answered since then, is told by the next mail. What a mail of
    ours tells that was to leave by then counts as told, though the server may not have taken it yet.
    """
    told = told_by_mails_underway(uow, policy=policy, at=at)
    query = ObligationFilter(client=client, is_open=True)
    ended = uow.obligations.list(replace(query, is_open=False, since=at - _LONGEST))
    later = [item for item in ended if item.ended_at is not None and item.ended_at > at]
    stood = (item for item in as_they_stood((*uow.obligations.list(query), *later), uow, at=at) if item.is_open)
    stood = (item for item in stood if item.id not in told)
    return tuple(sorted(stood, key=lambda item: (item.due_at, item.id)))


def as_they_stood(obligations: Iterable[Obligation], uow: UnitOfWork, *, at: datetime) -> Iterator[Obligation]:
    """Each as it was at a moment; without those that came later."""
    for obligation in obligations:
        stood = as_it_stood(obligation, uow, at=at) if _is_changed_since(obligation, uow, at) else obligation
        if stood is not None:
            yield stood


def _is_changed_since(obligation: Obligation, uow: UnitOfWork, at: datetime) -> bool:
    """Whether anything happened to it later; what has ended by then is not asked for its events."""
    has_ended = obligation.ended_at is not None and obligation.ended_at <= at
    return not has_ended and any(event.at > at for event in uow.obligations.events(obligation.id))


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
