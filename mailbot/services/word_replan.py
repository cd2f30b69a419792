"""Plan a stored message anew after a person corrected its labels or its link.

What is no longer justified is cancelled, what is now justified opens with its true start, and what
stays is reckoned again. Obligations that were met are never touched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.arrival import Arrival, Opening, Plan
from mailbot.domain.clock import LIMA
from mailbot.domain.ladder import sendable_at
from mailbot.domain.message import Direction
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind, ObligationState
from mailbot.domain.pauses import due_after
from mailbot.domain.plan import Rules, is_doubtful, plan_arrival
from mailbot.domain.wording import say_moment
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter, StoredMessage
from mailbot.services.arrive import arrival_of
from mailbot.services.carry_out import ALERT, alert, carry_out, matter_of, settle_conversation
from mailbot.services.desk import Desk
from mailbot.services.scheduling import scheduled
from mailbot.services.waiting import keep_move, pauses_of, told_pause
from mailbot.services.word_obligations import cancel


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who said it, when, and what: the reason that each change is kept with."""

    who: str
    at: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """What a correction changed."""

    opened: int = 0
    cancelled: int = 0
    moved: int = 0


def replan(message: StoredMessage, uow: UnitOfWork, *, desk: Desk, said: Said) -> Replanned:
    """Bring the obligations of a message in line with what is now known of it."""
    if message.direction is not Direction.INCOMING:
        return Replanned()
    rules = desk.rules(uow.records)
    arrival = arrival_of(message, uow.records)
    own = own_obligations(message, uow)
    plan = _plan(arrival, own, uow, desk=desk, rules=rules)
    pairs, fresh = _paired(own, plan.openings)
    joined = {joining.obligation.kind for joining in plan.joinings}
    lost = [item for item in own if item.is_open and item.id not in pairs and not _stands(item, joined, message)]
    for obligation in lost:
        cancel(obligation, uow, who=said.who, at=said.at, why=said.why)
    moved = sum(_follow(item, pairs[item.id], uow, rules=rules, said=said) for item in own if item.id in pairs)
    had = {item.kind for item in own}
    joinings = tuple(joining for joining in plan.joinings if joining.obligation.kind not in had)
    outcome = carry_out(Plan(openings=fresh, joinings=joinings), arrival, uow, desk=desk, now=said.at)
    _release_alerts(message, arrival, uow, desk=desk, at=said.at)
    # What was reopened may have been answered meanwhile.
    settle_conversation(arrival, uow, desk)
    return Replanned(opened=outcome.opened, cancelled=len(lost), moved=moved)


def own_obligations(message: StoredMessage, uow: UnitOfWork) -> list[Obligation]:
    """Every obligation that the message opened, ended or not."""
    found = uow.obligations.list(ObligationFilter(conversation=message.conversation))
    return [item for item in found if item.message == message.id]


def _plan(arrival: Arrival, own: Sequence[Obligation], uow: UnitOfWork, *, desk: Desk, rules: Rules) -> Plan:
    """What the message would open today, as if it had opened nothing yet."""
    ids = {item.id for item in own}
    matter = matter_of(arrival, uow, mailbox=next(iter(arrival.recipients), ""), desk=desk)
    others = tuple(item for item in matter.owed if item.id not in ids)
    return plan_arrival(arrival, replace(matter, owed=others), rules)


def _paired(own: Sequence[Obligation], openings: Sequence[Opening]) -> tuple[dict[str, Opening], tuple[Opening, ...]]:
    """Each obligation with what would open in its place today, those of the same order first; and what is new."""
    free = list(openings)
    pairs: dict[str, Opening] = {}
    for is_same_order in (True, False):
        for item in own:
            fits = next((opening for opening in free if _fits(item, opening.obligation, is_same_order)), None)
            if item.id not in pairs and fits is not None:
                pairs[item.id] = fits
                free.remove(fits)
    return pairs, tuple(free)


def _fits(item: Obligation, other: Obligation, is_same_order: bool) -> bool:
    return item.kind is other.kind and (item.order == other.order or not is_same_order)


def _stands(item: Obligation, joined: set[ObligationKind], message: StoredMessage) -> bool:
    """Whether an obligation that would not open today is owed all the same.

    Whoever waits for an answer still does when the mail turns out to be no complaint.
    """
    is_awaited = item.kind is ObligationKind.REPLY and message.verdict is not None and message.verdict.needs_reply
    return item.kind in joined or is_awaited


def _follow(item: Obligation, opening: Opening, uow: UnitOfWork, *, rules: Rules, said: Said) -> bool:
    """Reckon an open obligation again, and owe a cancelled one again."""
    if item.state is ObligationState.MET:
        return False
    was_cancelled = item.state is ObligationState.CANCELLED
    if was_cancelled:
        # Its steps were taken back, and are told anew.
        uow.obligations.withdraw(uow.obligations.notices(item.id))
    current = item.to(ObligationState.OPEN, at=said.at, evidence=said.why) if was_cancelled else item
    pauses = pauses_of(uow.obligations.events(item.id))
    anew = opening.obligation
    due_at = due_after(anew.due_at, pauses, clock=anew.clock, calendar=rules.calendar)
    told = (*anew.reckoning, *(told_pause(pause, due_at, rules) for pause in pauses[-1:]))
    moved = _moved(current, replace(anew, due_at=due_at, reckoning=told), now=said.at)
    if moved == item:
        return False
    name = EventName.REOPENED if was_cancelled else EventName.RECKONED_AGAIN
    event = ObligationEvent(
        obligation=item.id, at=said.at, name=name, who=said.who, evidence=" · ".join(_told(item, moved, said))
    )
    keep_move(item, moved.due_at, uow, at=said.at)
    uow.obligations.update(scheduled(moved, rules), event)
    return True


def _moved(item: Obligation, anew: Obligation, *, now: datetime) -> Obligation:
    """With today's client, order and limit; the owner follows the client alone, so that a hand-over stands."""
    return replace(
        item,
        client=anew.client,
        order=anew.order,
        owner=item.owner if item.client == anew.client else anew.owner,
        starts_at=anew.starts_at,
        due_at=anew.due_at,
        limit=anew.limit,
        source=anew.source,
        clock=anew.clock,
        reckoning=anew.reckoning,
        breached_at=item.breached_at if anew.due_at <= now else None,
    )


def _told(before: Obligation, after: Obligation, said: Said) -> Iterator[str]:
    yield said.why
    if before.due_at != after.due_at:
        yield f"antes vencía {say_moment(before.due_at, LIMA)}"
    if before.owner != after.owner:
        yield f"de {before.owner} a {after.owner}"


def _release_alerts(message: StoredMessage, arrival: Arrival, uow: UnitOfWork, *, desk: Desk, at: datetime) -> None:
    """A complaint beyond doubt waits for nobody's answer any more; what was to leave before the word stays as it is."""
    verdict = message.verdict
    if verdict is None or is_doubtful(verdict):
        return
    rules = desk.rules(uow.records)
    # It is known to be one since it was said.
    known = replace(arrival, received_at=max(arrival.received_at, at))
    for item in own_obligations(message, uow):
        if item.kind is ObligationKind.MANAGEMENT_REPORT and item.is_open:
            alerts = [notice for notice in uow.obligations.notices(item.id) if notice.mark == ALERT]
            is_urgent = desk.policy.leaves_at_once(item.kind)
            ahead = [one for one in alerts if sendable_at(one.due_at, rules.calendar, is_urgent=is_urgent) > at]
            uow.obligations.withdraw(ahead)
            alert(item, known, verdict, uow, desk)
