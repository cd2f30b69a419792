"""Let a clock stand still while the client owes something, and run on when he writes again.

Only what the office itself asked of the client stops a clock, and only for kinds whose row in the
policy says so; a doubtful text stops none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.domain.arrival import Arrival
from mailbot.domain.asking import asks_client
from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationState
from mailbot.domain.pauses import Pause, due_after
from mailbot.domain.plan import Rules
from mailbot.domain.policy import Standstill
from mailbot.domain.wording import say_moment
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import AuditLine, ObligationFilter
from mailbot.services.scheduling import MAILBOT, scheduled

# How a reckoning begins to tell a pause.
WAITED = "en espera del cliente"
# The audit line that keeps what a deadline was before it was moved.
MOVED = "deadline_moved"


def weigh(arrival: Arrival, uow: UnitOfWork, rules: Rules) -> int:
    """Stop or restart what the message stops or restarts; returns how many clocks it touched."""
    if arrival.kind is not MessageKind.PERSON:
        return 0
    if arrival.direction is Direction.INCOMING:
        return _restart(arrival, uow, rules)
    return _stop(arrival, uow, rules) if arrival.direction is Direction.OUTGOING else 0


def _stop(arrival: Arrival, uow: UnitOfWork, rules: Rules) -> int:
    asked = asks_client(arrival.text)
    if not asked:
        return 0
    running = [
        item
        for item in _owed(arrival, uow)
        if _is_stopped_by(arrival, item, rules) and not _has_stopped(arrival, item, uow)
    ]
    for obligation in running:
        who = arrival.sender_staff.code if arrival.sender_staff else arrival.sender
        pause(obligation, uow, at=arrival.received_at, who=who, why=f"se pidió al cliente: {asked}", message=arrival.id)
    return len(running)


def _owed(arrival: Arrival, uow: UnitOfWork) -> Sequence[Obligation]:
    return uow.obligations.list(ObligationFilter(conversation=arrival.conversation, is_open=True))


def _is_stopped_by(arrival: Arrival, obligation: Obligation, rules: Rules) -> bool:
    """Whether the client of a running obligation was asked; a mail does not stop what it opened itself."""
    return (
        obligation.state is ObligationState.OPEN
        and obligation.message != arrival.id
        and Standstill.WAITING_FOR_CLIENT in rules.policy.rule(obligation.kind).pauses
        and (obligation.client in arrival.recipient_clients or obligation.asker in arrival.recipients)
        and (obligation.received_at or obligation.starts_at) <= arrival.received_at
    )


def _has_stopped(arrival: Arrival, obligation: Obligation, uow: UnitOfWork) -> bool:
    """Whether that mail stopped it before: a conversation is gone through again when a late mail is found."""
    events = uow.obligations.events(obligation.id)
    return any(event.name is EventName.PAUSED and event.message == arrival.id for event in events)


def _restart(arrival: Arrival, uow: UnitOfWork, rules: Rules) -> int:
    client = arrival.linkage.client.ruc if arrival.linkage.client else None
    waiting = [
        item
        for item in _owed(arrival, uow)
        if item.state is ObligationState.WAITING and (item.client == client or item.asker == arrival.sender)
    ]
    restarted = 0
    for obligation in waiting:
        if stopped_at(obligation, uow) <= arrival.received_at:
            resume(obligation, uow, rules, at=arrival.received_at, who=arrival.sender, message=arrival.id)
            restarted += 1
    return restarted


def pause(
    obligation: Obligation, uow: UnitOfWork, *, at: datetime, who: str, why: str, message: str | None
) -> Obligation:
    """Stop the clock: no step is due until it runs on."""
    stopped = replace(obligation.to(ObligationState.WAITING, at=at, evidence=why), next_step_at=None)
    event = ObligationEvent(
        obligation=obligation.id, at=at, name=EventName.PAUSED, who=who, evidence=why, message=message
    )
    uow.obligations.update(stopped, event)
    return stopped


def resume(
    obligation: Obligation,
    uow: UnitOfWork,
    rules: Rules,
    *,
    at: datetime,
    who: str = MAILBOT,
    message: str | None = None,
) -> Obligation:
    """Let the clock run on: the limit moves by the pause, on the obligation's own clock."""
    since = stopped_at(obligation, uow)
    due_at = due_after(
        obligation.due_at, [Pause(since=since, until=at)], clock=obligation.clock, calendar=rules.calendar
    )
    told = (*obligation.reckoning, told_pause(Pause(since=since, until=at), due_at, rules))
    running = replace(obligation.to(ObligationState.OPEN, at=at, evidence=""), due_at=due_at, reckoning=told)
    why = f"el cliente respondió; en espera desde {since.astimezone(rules.zone):%d/%m/%Y %H:%M}"
    event = ObligationEvent(
        obligation=obligation.id, at=at, name=EventName.RESUMED, who=who, evidence=why, message=message
    )
    keep_move(obligation, due_at, uow, at=at)
    uow.obligations.update(scheduled(running, rules), event)
    return running


def told_pause(pause: Pause, due_at: datetime, rules: Rules) -> str:
    """The line of a reckoning that tells a pause and what it made of the limit."""
    since, until, due = (say_moment(moment, rules.zone) for moment in (pause.since, pause.until, due_at))
    return f"{WAITED} desde el {since} hasta el {until} → {due}"


def stopped_at(obligation: Obligation, uow: UnitOfWork) -> datetime:
    """Since when the clock of a waiting obligation stands still."""
    stops = [event.at for event in uow.obligations.events(obligation.id) if event.name is EventName.PAUSED]
    return stops[-1] if stops else obligation.starts_at


def pauses_of(events: Iterable[ObligationEvent]) -> tuple[Pause, ...]:
    """The pauses of an obligation that have ended, from its history."""
    found: list[Pause] = []
    since: datetime | None = None
    for event in events:
        if event.name is EventName.PAUSED:
            since = event.at
        elif event.name is EventName.RESUMED and since is not None:
            found.append(Pause(since=since, until=event.at))
            since = None
    return tuple(found)


def keep_move(before: Obligation, due_at: datetime, uow: UnitOfWork, *, at: datetime) -> None:
    """Keep what the deadline was, to the second: the history of `obligations --at` is told from it."""
    if before.due_at != due_at:
        detail = f"{before.due_at.isoformat()} → {due_at.isoformat()}"
        uow.audit(AuditLine(at=at, who=MAILBOT, action=MOVED, subject=before.id, detail=detail))
