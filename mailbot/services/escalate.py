"""Walk obligations up the ladder: what fell due since the last look is queued as notices.

What is due is decided from stored data at `now` alone: a missed tick loses nothing, and a doubled
one queues nothing twice, since a notice is unique by obligation, step, occurrence and recipient.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.domain.ladder import regime_marks, regularization_steps, sendable_at
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind, ObligationState, Step
from mailbot.domain.plan import Rules
from mailbot.domain.programmes import is_prompt
from mailbot.ports.records import Records
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import Notice
from mailbot.services.carry_out import MAILBOT, breach_of
from mailbot.services.desk import Desk
from mailbot.services.findings import findings, keep_findings, noting
from mailbot.services.people import Recipients, recipients_of
from mailbot.services.scheduling import RIGHT_AFTER, Rung, next_look, rungs_by_limit

_PAGE = 500
# Kinds whose steps are days of the dispatch's own dates instead of shares of a limit.
_DATED = {
    ObligationKind.REGULARIZATION: regularization_steps,
    ObligationKind.REGIME_EXPIRY: regime_marks,
}


def escalate(desk: Desk, *, now: datetime) -> int:
    """Queue every step that fell due; returns how many obligations took one."""
    moved = 0
    while True:
        with desk.store.begin() as uow:
            page = uow.obligations.due_for_step(now, limit=_PAGE)
            if not page:
                return moved
            moved += _climb_all(page, uow, desk=desk, now=now)
            uow.commit()
        if len(page) < _PAGE:
            return moved


def _climb_all(page: Sequence[Obligation], uow: UnitOfWork, *, desk: Desk, now: datetime) -> int:
    """Each by itself: one that cannot be reckoned is kept for a person, and the others are told all the same."""
    rules = desk.rules(uow.records)
    found: dict[str, str] = {}
    moved = 0
    for obligation in page:
        with noting(obligation.order or obligation.id, found):
            moved += _look_at(obligation, uow, desk=desk, rules=rules, now=now)
            continue
        uow.obligations.schedule(obligation.id, None)
    if found:
        keep_findings(findings(uow) | found, uow)
    return moved


def rungs_of(obligation: Obligation, rules: Rules, records: Records) -> tuple[Rung, ...]:
    """The ladder of an obligation in order of time."""
    if obligation.kind in _DATED:
        return _dated_rungs(obligation, rules, records)
    return rungs_by_limit(obligation, rules)


def _dated_rungs(obligation: Obligation, rules: Rules, records: Records) -> tuple[Rung, ...]:
    dispatch = records.dispatch(obligation.order) if obligation.order else None
    if dispatch is None:
        return ()
    is_agreed = obligation.source == "agreement"
    agreed_on = obligation.due_at.astimezone(rules.zone).date() if is_agreed else None
    steps = _DATED[obligation.kind](dispatch, calendar=rules.calendar, policy=rules.policy, agreed_on=agreed_on)
    told = rules.policy.rule(obligation.kind).ladder
    rungs = (Rung(step=item.step, at=item.at, mark=item.mark) for item in steps if item.step in told)
    return tuple(sorted(rungs, key=lambda rung: rung.at))


def _climb(obligation: Obligation, uow: UnitOfWork, *, desk: Desk, rules: Rules, now: datetime) -> bool:
    if obligation.state is ObligationState.WAITING:
        uow.obligations.schedule(obligation.id, None)
        return False
    if obligation.seen_until is not None and now < obligation.seen_until:
        return _stay_silent(obligation, obligation.seen_until, uow, now=now)
    rungs = rungs_of(obligation, rules, uow.records)
    due = _due(rungs, _taken(obligation, uow), now)
    for rung in due:
        _take(_not_before(obligation.seen_until, rung), obligation, uow, desk=desk, rules=rules)
    _breach(obligation, uow, now=now)
    uow.obligations.schedule(obligation.id, next_look(obligation, rungs, now))
    return bool(due)


def _look_at(obligation: Obligation, uow: UnitOfWork, *, desk: Desk, rules: Rules, now: datetime) -> bool:
    """Take what fell due step by step where that was lately; of what was missed long ago, the last stands for all."""
    has_moved = climb_to(now, obligation, uow, desk=desk, rules=rules, now=now)
    behind = uow.obligations.get(obligation.id)
    if behind is None or not _is_behind(behind, now):
        return has_moved
    return _climb(behind, uow, desk=desk, rules=rules, now=now) or has_moved


def climb_to(at: datetime, obligation: Obligation, uow: UnitOfWork, *, desk: Desk, rules: Rules, now: datetime) -> bool:
    """Take one by one the steps that were due by then, where their notices can still leave in time."""
    has_moved, before = False, None
    current: Obligation | None = obligation
    while current is not None and current != before and (looks_at := _missed(current, at, rules, now)) is not None:
        has_moved |= _climb(current, uow, desk=desk, rules=rules, now=looks_at)
        before, current = current, uow.obligations.get(obligation.id)
    return has_moved


def _missed(obligation: Obligation, at: datetime, rules: Rules, now: datetime) -> datetime | None:
    """The moment just after which it was to be looked at, when that is no longer ago than minutes."""
    looks_at = obligation.next_step_at
    if looks_at is None or looks_at > at or not is_prompt(sendable_at(looks_at, rules.calendar), now):
        return None
    return min(looks_at + RIGHT_AFTER, at)


def _is_behind(obligation: Obligation, now: datetime) -> bool:
    return obligation.next_step_at is not None and obligation.next_step_at <= now


def _stay_silent(obligation: Obligation, until: datetime, uow: UnitOfWork, *, now: datetime) -> bool:
    """No step while a person has put it off; that its limit passes is noted all the same."""
    _breach(obligation, uow, now=now)
    limit_at = next_look(obligation, (), now)
    uow.obligations.schedule(obligation.id, min(limit_at or until, until))
    return False


def _not_before(seen_until: datetime | None, rung: Rung) -> Rung:
    """A step that waited for a person's silence to end is told when it ended."""
    return rung if seen_until is None or rung.at >= seen_until else replace(rung, at=seen_until)


def _due(rungs: Sequence[Rung], taken: set[tuple[Step, str]], now: datetime) -> list[Rung]:
    """The step to take now: when several moments have passed at once, the last stands for them all."""
    told = [rung.at for rung in rungs if (rung.step, rung.mark) in taken]
    due = [
        rung
        for rung in rungs
        if rung.has_come(now) and (rung.step, rung.mark) not in taken and (not told or rung.at >= max(told))
    ]
    return [rung for rung in due if rung.at == due[-1].at]


def _taken(obligation: Obligation, uow: UnitOfWork) -> set[tuple[Step, str]]:
    """The steps queued since a person last allowed them anew."""
    return {
        (notice.step, notice.mark)
        for notice in uow.obligations.notices(obligation.id)
        if notice.occurrence == obligation.occurrence
    }


def _breach(obligation: Obligation, uow: UnitOfWork, *, now: datetime) -> None:
    if obligation.breached_at is not None or now <= obligation.due_at:
        return
    uow.obligations.update(replace(obligation, breached_at=obligation.due_at), breach_of(obligation))


def told_of(rung: Rung, obligation: Obligation, uow: UnitOfWork, *, desk: Desk, rules: Rules) -> Recipients:
    """Who is told of a step: whoever is there on the day on which its notice may leave."""
    is_urgent = rules.policy.leaves_at_once(obligation.kind)
    day = desk.day_of(sendable_at(rung.at, rules.calendar, is_urgent=is_urgent))
    return recipients_of(rung.step, obligation, records=uow.records, day=day)


def _take(rung: Rung, obligation: Obligation, uow: UnitOfWork, *, desk: Desk, rules: Rules) -> None:
    people = told_of(rung, obligation, uow, desk=desk, rules=rules)
    for notice in _notices(rung, obligation, people):
        uow.obligations.add_notice(notice)
    name = EventName.REMINDED if rung.step is Step.OWNER else EventName.NOTIFIED
    told = ", ".join(person.code for person in people.to)
    uow.obligations.append(
        ObligationEvent(obligation=obligation.id, at=rung.at, name=name, who=MAILBOT, evidence=f"{rung.step}: {told}")
    )


def _notices(rung: Rung, obligation: Obligation, people: Recipients) -> Sequence[Notice]:
    return [
        Notice(
            obligation=obligation.id,
            step=rung.step,
            recipient=person.code,
            occurrence=obligation.occurrence,
            is_copy=is_copy,
            due_at=rung.at,
            mark=rung.mark,
        )
        for group, is_copy in ((people.to, False), (people.cc, True))
        for person in group
    ]


def moments_ahead(
    uow: UnitOfWork, until: datetime | None, *, desk: Desk, rules: Rules
) -> dict[str, tuple[datetime, ...]]:
    """When which recipient will be told of something until then, unless it is answered before."""
    found: dict[str, list[datetime]] = {}
    for obligation in uow.obligations.due_for_step(until) if until is not None else ():
        if until is None or obligation.state is ObligationState.WAITING or _is_put_off(obligation, until):
            continue
        for rung in rungs_of(obligation, rules, uow.records):
            leaves_at = sendable_at(rung.at, rules.calendar)
            if rung.at <= until and leaves_at <= until:
                for person in told_of(rung, obligation, uow, desk=desk, rules=rules).to:
                    found.setdefault(person.code, []).append(leaves_at)
    return {code: tuple(moments) for code, moments in found.items()}


def _is_put_off(obligation: Obligation, until: datetime) -> bool:
    return obligation.seen_until is not None and until < obligation.seen_until


def due_steps(desk: Desk, *, now: datetime) -> list[tuple[Obligation, Step]]:
    """What `escalate` would queue at `now`; queues nothing."""
    found = []
    with desk.store.begin() as uow:
        rules = desk.rules(uow.records)
        for obligation in uow.obligations.due_for_step(now):
            if obligation.seen_until is not None and now < obligation.seen_until:
                continue
            due = _due(rungs_of(obligation, rules, uow.records), _taken(obligation, uow), now)
            if due:
                found.append((obligation, due[-1].step))
    return found
