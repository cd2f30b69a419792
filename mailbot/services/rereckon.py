"""Reckon open obligations again when the office learns something: an ETA, an agreement, a holiday, an absence.

What has ended keeps its verdict. A deadline that moves keeps what it was and why; a breach that is
none any more is withdrawn.
"""

from dataclasses import replace
from datetime import date, datetime

from mailbot.domain.answers import read_answer
from mailbot.domain.deadlines import Deadline, reckon
from mailbot.domain.ladder import sendable_at
from mailbot.domain.milestones import find_milestones
from mailbot.domain.obligation import (
    DATED_KINDS,
    EventName,
    Obligation,
    ObligationEvent,
    ObligationKind,
    ObligationState,
    Step,
)
from mailbot.domain.office import Dispatch
from mailbot.domain.pauses import due_after
from mailbot.domain.plan import Rules, promised_day
from mailbot.domain.review_limit import NUMBERED
from mailbot.domain.wording import say_moment
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import Notice, ObligationFilter
from mailbot.services.carry_out import ALERT, MAILBOT
from mailbot.services.desk import Desk
from mailbot.services.escalate import rungs_of, told_of
from mailbot.services.findings import noting
from mailbot.services.scheduling import Rung, next_look
from mailbot.services.waiting import WAITED, keep_move, pauses_of, told_pause


def rereckon(uow: UnitOfWork, *, desk: Desk, found: dict[str, str], now: datetime) -> int:
    """Bring every open obligation in line with what is known at `now`; returns how many limits moved.

    What cannot be reckoned is noted in `found` and keeps the limit it had.
    """
    rules = desk.rules(uow.records)
    moved = 0
    for owed in uow.obligations.list(ObligationFilter(is_open=True)):
        if owed.kind not in DATED_KINDS and owed.received_at is not None:
            with noting(owed.order or owed.id, found):
                moved += move(owed, _deadline(owed, uow, rules), uow, rules=rules, now=now)
    _readdress(uow, desk=desk, rules=rules)
    return moved


def move(owed: Obligation, deadline: Deadline, uow: UnitOfWork, *, rules: Rules, now: datetime) -> bool:
    """Move an open obligation to a new deadline, and say from where and why; False where it stays."""
    has_waited = any(line.startswith(WAITED) for line in owed.reckoning)
    pauses = pauses_of(uow.obligations.events(owed.id)) if has_waited else ()
    due_at = due_after(deadline.due_at, pauses, clock=deadline.clock, calendar=rules.calendar)
    if (owed.starts_at, owed.due_at, owed.source) == (deadline.starts_at, due_at, deadline.source):
        return False
    moved = replace(
        owed,
        starts_at=deadline.starts_at,
        due_at=due_at,
        limit=deadline.limit,
        source=deadline.source,
        clock=deadline.clock,
        reckoning=(*deadline.reckoning, *(told_pause(pause, due_at, rules) for pause in pauses[-1:])),
        breached_at=due_at if owed.breached_at is not None and due_at <= now else None,
    )
    keep_move(owed, due_at, uow, at=now)
    why = f"{_why(owed, deadline, rules)} · antes vencía {say_moment(owed.due_at, rules.zone)}"
    event = ObligationEvent(obligation=owed.id, at=now, name=EventName.RECKONED_AGAIN, who=MAILBOT, evidence=why)
    uow.obligations.update(_with_next_step(moved, uow, rules=rules, now=now), event)
    return True


def _deadline(owed: Obligation, uow: UnitOfWork, rules: Rules) -> Deadline:
    received_at = owed.received_at or owed.starts_at
    day = received_at.astimezone(rules.zone).date()
    agreements = uow.records.agreements(owed.client, owed.kind, day) if owed.client else ()
    deadline = reckon(
        owed.kind,
        received_at=received_at,
        calendar=rules.calendar,
        policy=rules.policy,
        dispatch=_dispatch(owed, uow),
        agreement=next(iter(agreements), None),
        is_urgent=_is_urgent(owed, uow, rules),
        promised_on=_promised_on(owed, uow, rules),
    )
    # What a newer row told stands before the count.
    told = owed.reckoning[:1] if owed.message is None and owed.kind is ObligationKind.MILESTONE_NOTICE else ()
    return replace(deadline, reckoning=(*told, *deadline.reckoning))


def _dispatch(owed: Obligation, uow: UnitOfWork) -> Dispatch | None:
    """The dispatch; a number without its date, which came after the documents, does not relax their limit."""
    dispatch = uow.records.dispatch(owed.order) if owed.order else None
    was_numbered = any(NUMBERED in line for line in owed.reckoning)
    if dispatch is None or dispatch.numbered_on is not None or was_numbered:
        return dispatch
    return replace(dispatch, dam=None)


def _is_urgent(owed: Obligation, uow: UnitOfWork, rules: Rules) -> bool:
    """Whether a milestone has the short limit, by the words that announced it or by the limit it was given."""
    if owed.kind is not ObligationKind.MILESTONE_NOTICE:
        return True
    if owed.message is None:
        return owed.limit != str(rules.policy.rule(owed.kind).other_limit)
    message = uow.messages.get(owed.message) if owed.message else None
    found = find_milestones(message.new_text, subject=message.subject) if message else ()
    return rules.policy.is_urgent_milestone(found)


def _promised_on(owed: Obligation, uow: UnitOfWork, rules: Rules) -> date | None:
    """The day that the words of a promise name."""
    if owed.kind is not ObligationKind.PROMISE:
        return None
    message = uow.messages.get(owed.message) if owed.message else None
    if message is None:
        return None
    written_on = message.received_at.astimezone(rules.zone).date()
    return promised_day(read_answer(message.new_text, written_on=written_on), rules)


def _why(owed: Obligation, deadline: Deadline, rules: Rules) -> str:
    if deadline.source == "agreement" and (owed.source != "agreement" or owed.limit != deadline.limit):
        return f"nuevo acuerdo del cliente: {deadline.limit}"
    if owed.source == "agreement" and deadline.source != "agreement":
        return "el acuerdo del cliente ya no rige"
    if owed.kind in DATED_KINDS:
        return "cambió la fecha del despacho"
    eta = [line for line in deadline.reckoning if "ETA" in line or "DAM" in line or "arribó" in line]
    if owed.kind is ObligationKind.DOCUMENT_REVIEW and any(line not in owed.reckoning for line in eta):
        return f"cambió el despacho: {eta[0]}"
    if owed.limit != deadline.limit and owed.kind is not ObligationKind.DOCUMENT_REVIEW:
        return f"cambió la política de la oficina: {deadline.limit}"
    return "cambió el calendario de días no laborables"


def _with_next_step(moved: Obligation, uow: UnitOfWork, *, rules: Rules, now: datetime) -> Obligation:
    """With the moment of its next step; steps that were queued too early and have not left are taken back.

    What chiefs were told of a limit that holds no more they are told anew, when the new one passes.
    """
    if moved.state is ObligationState.WAITING:
        return replace(moved, next_step_at=None)
    rungs = rungs_of(moved, rules, uow.records)
    ahead = {(rung.step, rung.mark) for rung in rungs if rung.is_ahead(now)}
    notices = [item for item in uow.obligations.notices(moved.id) if item.mark != ALERT]
    uow.obligations.withdraw([item for item in notices if item.mail is None and (item.step, item.mark) in ahead])
    is_told = any(
        (item.step, item.mark) in ahead and (item.mark or item.step is not Step.OWNER)
        for item in notices
        if item.mail is not None and item.occurrence == moved.occurrence
    )
    occurrence = moved.occurrence + 1 if is_told else moved.occurrence
    return replace(moved, occurrence=occurrence, next_step_at=next_look(moved, rungs))


def _readdress(uow: UnitOfWork, *, desk: Desk, rules: Rules) -> None:
    """An absence that became known since a step was queued: whoever is there when it leaves is told."""
    steps: dict[tuple[str, Rung, int], list[Notice]] = {}
    for notice in uow.obligations.waiting_notices():
        if notice.mark != ALERT:
            rung = Rung(step=notice.step, at=notice.due_at, mark=notice.mark)
            steps.setdefault((notice.obligation, rung, notice.occurrence), []).append(notice)
    for (obligation, rung, _), notices in steps.items():
        owed = uow.obligations.get(obligation)
        if owed is not None and owed.is_open and sendable_at(rung.at, rules.calendar) > rung.at:
            _swap(owed, rung, notices, uow, desk=desk, rules=rules)


def _swap(owed: Obligation, rung: Rung, notices: list[Notice], uow: UnitOfWork, *, desk: Desk, rules: Rules) -> None:
    people = told_of(rung, owed, uow, desk=desk, rules=rules)
    wanted = {(person.code, False) for person in people.to} | {(person.code, True) for person in people.cc}
    if wanted == {(notice.recipient, notice.is_copy) for notice in notices}:
        return
    uow.obligations.withdraw(notices)
    for code, is_copy in sorted(wanted):
        uow.obligations.add_notice(replace(notices[0], recipient=code, is_copy=is_copy))
