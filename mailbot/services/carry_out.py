"""Carry a plan out inside one unit of work: obligations, events, notices and questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.arrival import Arrival, Joining, Matter, Meeting, Opening, Plan
from mailbot.domain.ending import met_by
from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind, ObligationState, Step
from mailbot.domain.office import Agreement, Role
from mailbot.domain.plan import Rules, is_doubtful, kinds_opened, nature_of, plan_arrival, wants_head
from mailbot.domain.policy import Stop
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import AuditLine, Notice, ObligationFilter
from mailbot.services.arrive import arrival_of
from mailbot.services.ask import answer_by, queue_question
from mailbot.services.desk import Desk
from mailbot.services.people import alert_recipients, owner_of
from mailbot.services.scheduling import MAILBOT as MAILBOT
from mailbot.services.scheduling import scheduled as scheduled
from mailbot.services.waiting import keep_move, resume, weigh

# What a changed row of the office file shows to be done: the status, the ETA or vessel, the programme.
ROW_SHOWS = {
    Stop.STATUS_CHANGED: "cambió el estado del despacho",
    Stop.ROW_SHOWS_IT: "el despacho ya muestra el cambio",
    Stop.PROGRAMME_CHANGED: "cambió su fila de Status",
}
# Tells the notice of a complaint or contingency from the ladder's own steps.
ALERT = "alert"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many obligations a message opened, joined and met."""

    opened: int = 0
    joined: int = 0
    met: int = 0


def oblige(arrival: Arrival, uow: UnitOfWork, *, desk: Desk, mailbox: str, now: datetime) -> Outcome:
    """Plan what a message means and carry it out."""
    rules = desk.rules(uow.records)
    matter = matter_of(arrival, uow, mailbox=mailbox, desk=desk)
    plan = plan_arrival(arrival, matter, rules)
    return carry_out(plan, arrival, uow, desk=desk, now=now)


def matter_of(arrival: Arrival, uow: UnitOfWork, *, mailbox: str, desk: Desk) -> Matter:
    """Everything the office knows that bears on a message."""
    records = uow.records
    linked = (records.dispatch(match.order) for match in arrival.linkage.dispatches)
    matter = Matter(
        owner=owner_of(arrival.linkage, mailbox=_mailbox(arrival, mailbox, uow), records=records),
        client=records.client(arrival.linkage.client.ruc) if arrival.linkage.client else None,
        dispatches=tuple(dispatch for dispatch in linked if dispatch is not None),
        owed=tuple(_owed(arrival, uow)),
    )
    return replace(matter, agreements=_agreements(arrival, matter, uow, desk))


def owed_in(conversation: str, uow: UnitOfWork) -> Sequence[Obligation]:
    """What is still owed in a conversation."""
    return uow.obligations.list(ObligationFilter(conversation=conversation, is_open=True))


def _mailbox(arrival: Arrival, mailbox: str, uow: UnitOfWork) -> str:
    """Whose mail it is: a mailbox that several share belongs to the first ESC it was written to."""
    if uow.records.staff_by_address(mailbox) is not None:
        return mailbox
    escs = (person.address for person in arrival.recipient_staff if person.role is Role.ESC)
    return next(escs, mailbox)


def _owed(arrival: Arrival, uow: UnitOfWork) -> Sequence[Obligation]:
    """What is owed in the conversation and, for our own mails, the client's word on the dispatch."""
    owed = list(owed_in(arrival.conversation, uow))
    if arrival.direction is Direction.OUTGOING:
        seen = {obligation.id for obligation in owed}
        for order in arrival.linkage.orders:
            query = ObligationFilter(order=order, kind=ObligationKind.MILESTONE_NOTICE, is_open=True)
            owed += [item for item in uow.obligations.list(query) if item.id not in seen]
    return owed


def _agreements(arrival: Arrival, matter: Matter, uow: UnitOfWork, desk: Desk) -> dict[ObligationKind, Agreement]:
    if matter.client is None or arrival.direction is not Direction.INCOMING:
        return {}
    day = desk.day_of(arrival.received_at)
    found = {
        kind: uow.records.agreements(matter.client.ruc, kind, day)
        for kind in kinds_opened(arrival, matter, desk.policy)
    }
    return {kind: agreements[0] for kind, agreements in found.items() if agreements}


def carry_out(plan: Plan, arrival: Arrival, uow: UnitOfWork, *, desk: Desk, now: datetime) -> Outcome:
    """Store what a plan decided, then let answers that came before their question count."""
    rules = desk.rules(uow.records)
    opened = [_open(opening, arrival, uow, rules) for opening in plan.openings]
    for opening in plan.openings:
        if opening.is_alert and arrival.verdict is not None:
            alert(opening.obligation, arrival, arrival.verdict, uow, desk)
    for joining in plan.joinings:
        uow.obligations.append(_joined(joining, arrival))
    for meeting in plan.meetings:
        meet(_running(meeting, uow, rules), uow, who=_who(arrival), message=arrival.id)
    stopped = weigh(arrival, uow, rules)
    for question in plan.questions:
        queue_question(question, arrival, uow, desk=desk, now=now)
    late = settle_conversation(arrival, uow, desk) if opened or stopped else 0
    return Outcome(opened=sum(opened), joined=len(plan.joinings), met=len(plan.meetings) + late)


def _open(opening: Opening, arrival: Arrival, uow: UnitOfWork, rules: Rules) -> bool:
    obligation = scheduled(opening.obligation, rules)
    event = ObligationEvent(
        obligation=obligation.id,
        at=arrival.received_at,
        name=EventName.OPENED,
        who=MAILBOT,
        evidence=" · ".join(obligation.reckoning),
        message=arrival.id,
    )
    for stop in rules.policy.rule(obligation.kind).stops:
        if stop in ROW_SHOWS:
            uow.facts.set(row_fact(obligation.id, stop), row_print(obligation, stop, uow))
    return uow.obligations.add(obligation, event)


def row_fact(obligation: str, stop: Stop) -> str:
    """Under which name the office's row is remembered as it stood when the obligation opened."""
    return f"row:{obligation}:{stop}"


def row_print(obligation: Obligation, stop: Stop, uow: UnitOfWork) -> str:
    """What of the office's rows shows this obligation to be done, as text; another text means it changed."""
    if stop is Stop.PROGRAMME_CHANGED:
        return repr([programme for programme in uow.records.programmes() if programme.ruc == obligation.client])
    dispatch = uow.records.dispatch(obligation.order) if obligation.order else None
    if dispatch is None:
        return ""
    if stop is Stop.STATUS_CHANGED:
        return dispatch.status
    return repr((dispatch.eta, dispatch.vessel, dispatch.voyage))


def alert(obligation: Obligation, arrival: Arrival, verdict: Verdict, uow: UnitOfWork, desk: Desk) -> None:
    """Queue the notice of a complaint or contingency; while the ESC is asked, it waits."""
    rules = desk.rules(uow.records)
    due_at = arrival.received_at
    if is_doubtful(verdict):
        due_at = answer_by(arrival, rules)
    people = alert_recipients(
        obligation.owner, with_head=wants_head(verdict), records=uow.records, day=desk.day_of(due_at)
    )
    for person, is_copy in [(p, False) for p in people.to] + [(p, True) for p in people.cc]:
        uow.obligations.add_notice(
            Notice(
                obligation=obligation.id,
                step=Step.SUPERVISOR,
                recipient=person.code,
                is_copy=is_copy,
                due_at=due_at,
                is_urgent=True,
                mark=ALERT,
            )
        )


def _joined(joining: Joining, arrival: Arrival) -> ObligationEvent:
    return ObligationEvent(
        obligation=joining.obligation.id,
        at=arrival.received_at,
        name=EventName.JOINED,
        who=arrival.sender,
        evidence=f"nuevo correo sobre lo mismo ({arrival.message_id})",
        message=arrival.id,
    )


def _running(meeting: Meeting, uow: UnitOfWork, rules: Rules) -> Meeting:
    """What waits for its client runs on before it ends, so that its limit is moved by the pause."""
    if meeting.obligation.state is not ObligationState.WAITING:
        return meeting
    return replace(meeting, obligation=resume(meeting.obligation, uow, rules, at=meeting.at))


def meet(meeting: Meeting, uow: UnitOfWork, *, who: str, message: str | None) -> None:
    """End an obligation; evidence from before its limit takes a breach back."""
    obligation = ended_by(meeting)
    if obligation.breached_at is not None and meeting.obligation.breached_at is None:
        uow.obligations.append(breach_of(obligation))
    keep_move(meeting.obligation, obligation.due_at, uow, at=meeting.at)
    event = ObligationEvent(
        obligation=obligation.id,
        at=meeting.at,
        name=EventName.MET,
        who=who,
        evidence=meeting.evidence,
        message=message,
    )
    uow.obligations.update(obligation, event)


def ended_by(meeting: Meeting) -> Obligation:
    """The obligation as the meeting leaves it: in time or late."""
    return _judged(meeting).to(ObligationState.MET, at=meeting.at, evidence=meeting.evidence)


def breach_of(obligation: Obligation) -> ObligationEvent:
    """That a limit passed: it passed when it passed, whenever that was found."""
    return ObligationEvent(
        obligation=obligation.id, at=obligation.due_at, name=EventName.BREACHED, who=MAILBOT, evidence=obligation.limit
    )


def _judged(meeting: Meeting) -> Obligation:
    """In time or late by the moment of the evidence, whenever it was found; a clock that stands still is in time."""
    obligation = meeting.obligation
    if obligation.state is ObligationState.WAITING:
        is_late = obligation.breached_at is not None
        return obligation if is_late else replace(obligation, due_at=max(obligation.due_at, meeting.at))
    is_late = meeting.at > obligation.due_at
    return replace(obligation, breached_at=obligation.due_at if is_late else None)


def settle_conversation(arrival: Arrival, uow: UnitOfWork, desk: Desk) -> int:
    """Meet what an answer of the office that was seen before its question already answered."""
    rules = desk.rules(uow.records)
    met = 0
    for later in _written_since(arrival, uow):
        if later.direction in (Direction.OUTGOING, Direction.INTERNAL):
            owed, nature = owed_in(arrival.conversation, uow), nature_of(later, rules)
            for meeting in met_by(later, owed, nature, policy=rules.policy):
                meet(_running(meeting, uow, rules), uow, who=_who(later), message=later.id)
                met += 1
        weigh(later, uow, rules)
    return met


def _written_since(arrival: Arrival, uow: UnitOfWork) -> Iterable[Arrival]:
    for stored in uow.messages.in_conversation(arrival.conversation):
        # The mail that makes a promise does not keep it.
        is_later = stored.id != arrival.id and stored.received_at >= arrival.received_at
        if is_later and stored.kind is MessageKind.PERSON:
            yield arrival_of(stored, uow.records)


def reopen_after_bounce(original_message_id: str, bounce: Arrival, uow: UnitOfWork, *, rules: Rules) -> int:
    """An answer that did not arrive answers nothing: what it met is owed again."""
    reopened = 0
    for answer in uow.messages.by_message_ids([original_message_id]):
        if answer.message_id != original_message_id:
            continue
        for obligation in uow.obligations.list(ObligationFilter(conversation=answer.conversation, is_open=False)):
            if obligation.state is ObligationState.MET and _was_met_by(obligation, answer.id, uow):
                _reopen(obligation, bounce, uow, rules)
                reopened += 1
    return reopened


def _was_met_by(obligation: Obligation, message: str, uow: UnitOfWork) -> bool:
    ends = [event for event in uow.obligations.events(obligation.id) if event.name is EventName.MET]
    return bool(ends) and ends[-1].message == message


def _reopen(obligation: Obligation, bounce: Arrival, uow: UnitOfWork, rules: Rules) -> None:
    owed = obligation.to(ObligationState.OPEN, at=bounce.received_at, evidence="la respuesta rebotó")
    event = ObligationEvent(
        obligation=owed.id,
        at=bounce.received_at,
        name=EventName.REOPENED,
        who=MAILBOT,
        evidence=f"la respuesta rebotó ({bounce.message_id})",
        message=bounce.id,
    )
    uow.obligations.update(scheduled(owed, rules), event)
    if owed.message is not None:
        uow.marks.touch(owed.message)


def note(uow: UnitOfWork, *, at: datetime, action: str, subject: str, detail: str = "", who: str = MAILBOT) -> None:
    """Append to the audit log."""
    uow.audit(AuditLine(at=at, who=who, action=action, subject=subject, detail=detail))


def _who(arrival: Arrival) -> str:
    return arrival.sender_staff.code if arrival.sender_staff else arrival.sender
