"""Bring what is owed in line with the office file: what a dispatch's own dates create (Annex 01 rows
6, 11, 16), what its row shows to be done, what it newly tells, and limits that its changes move.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot.domain.arrival import Meeting
from mailbot.domain.deadlines import Deadline, is_status_ended, reckon_regime_expiry, reckon_regularization
from mailbot.domain.deadlines import reckon_status_update as _reckon_status_update
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind
from mailbot.domain.office import Dispatch
from mailbot.domain.plan import Rules, obligation_id
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter
from mailbot.services.carry_out import MAILBOT, ROW_SHOWS, meet, row_fact, row_print
from mailbot.services.desk import Desk
from mailbot.services.escalate import rungs_of
from mailbot.services.news import tell_news
from mailbot.services.rereckon import move, rereckon

_KINDS = (ObligationKind.REGULARIZATION, ObligationKind.REGIME_EXPIRY, ObligationKind.STATUS_UPDATE)


def watch(desk: Desk, *, now: datetime) -> int:
    """Look at the whole office file as it stands at `now`; returns how many obligations changed."""
    with desk.store.begin() as uow:
        rules = desk.rules(uow.records)
        changed = _follow_dates(uow, rules=rules, now=now)
        changed += sum(_shown_by_rows(uow, now=now))
        changed += tell_news(uow.records.all_open_dispatches(), uow, rules=rules, now=now)
        changed += rereckon(uow, desk=desk, now=now)
        uow.commit()
    return changed


def watch_dates(desk: Desk, *, now: datetime) -> int:
    """Look only at what time alone brings: where the office file is known to be the same, nothing else changes."""
    with desk.store.begin() as uow:
        changed = _follow_dates(uow, rules=desk.rules(uow.records), now=now)
        uow.commit()
    return changed


def _follow_dates(uow: UnitOfWork, *, rules: Rules, now: datetime) -> int:
    owed = _owed(uow)
    changed = sum(
        _bring_up_to_date(kind, dispatch, owed.pop((kind, dispatch.order), None), uow, rules=rules, now=now)
        for dispatch in uow.records.all_open_dispatches()
        for kind in _KINDS
    )
    for obligation in owed.values():
        # A closed or vanished dispatch owes nothing more.
        meeting = Meeting(obligation=obligation, at=now, evidence="el despacho se cerró")
        meet(meeting, uow, who=MAILBOT, message=None)
    return changed + len(owed)


def _shown_by_rows(uow: UnitOfWork, *, now: datetime) -> Iterator[bool]:
    """What a changed row of the office file shows to be done (contract, "stops when")."""
    for kind, evidence in ROW_SHOWS.items():
        for owed in uow.obligations.list(ObligationFilter(kind=kind, is_open=True)):
            if uow.facts.get(row_fact(owed.id)) not in (None, row_print(owed, uow)):
                meet(Meeting(obligation=owed, at=now, evidence=evidence), uow, who=MAILBOT, message=None)
                yield True


def _owed(uow: UnitOfWork) -> dict[tuple[ObligationKind, str], Obligation]:
    found = (item for kind in _KINDS for item in uow.obligations.list(ObligationFilter(kind=kind, is_open=True)))
    return {(item.kind, item.order or ""): item for item in found}


def _bring_up_to_date(
    kind: ObligationKind,
    dispatch: Dispatch,
    owed: Obligation | None,
    uow: UnitOfWork,
    *,
    rules: Rules,
    now: datetime,
) -> bool:
    deadline = None if _is_done(kind, dispatch, rules) else _deadline(kind, dispatch, rules, uow)
    if owed is not None and (deadline is None or _is_newer_note(kind, owed, deadline)):
        evidence = _evidence(kind, dispatch)
        meet(Meeting(obligation=owed, at=now, evidence=evidence), uow, who=MAILBOT, message=None)
        owed = None
    if deadline is None:
        return owed is not None
    if owed is None and deadline.starts_at > now:
        # Replayed time has not come to it yet.
        return False
    if owed is None:
        return _open(deadline, dispatch, uow, rules=rules)
    return move(owed, deadline, uow, rules=rules, now=now)


def _is_done(kind: ObligationKind, dispatch: Dispatch, rules: Rules) -> bool:
    if kind is ObligationKind.REGULARIZATION:
        return dispatch.regularized_on is not None
    if kind is ObligationKind.STATUS_UPDATE:
        return is_status_ended(dispatch, rules.policy)
    return "concluido" in dispatch.status.casefold()


def _is_newer_note(kind: ObligationKind, owed: Obligation, deadline: Deadline) -> bool:
    return kind is ObligationKind.STATUS_UPDATE and deadline.starts_at > owed.starts_at


def _evidence(kind: ObligationKind, dispatch: Dispatch) -> str:
    if kind is ObligationKind.REGULARIZATION and dispatch.regularized_on:
        return f"regularizada el {dispatch.regularized_on:%d/%m/%Y}"
    if kind is ObligationKind.STATUS_UPDATE and dispatch.status_noted_at:
        return f"nueva nota de status: {dispatch.status_note}"
    return f"estado: {dispatch.status}"


def _deadline(kind: ObligationKind, dispatch: Dispatch, rules: Rules, uow: UnitOfWork) -> Deadline | None:
    if kind is ObligationKind.REGULARIZATION:
        return reckon_regularization(dispatch, calendar=rules.calendar, policy=rules.policy)
    if kind is ObligationKind.REGIME_EXPIRY:
        return reckon_regime_expiry(dispatch, calendar=rules.calendar, policy=rules.policy)
    if dispatch.status_noted_at is None:
        return None
    day = dispatch.status_noted_at.astimezone(rules.zone).date()
    agreement = next(iter(uow.records.agreements(dispatch.ruc, kind, day)), None)
    return _reckon_status_update(dispatch, calendar=rules.calendar, policy=rules.policy, agreement=agreement)


def _open(deadline: Deadline, dispatch: Dispatch, uow: UnitOfWork, *, rules: Rules) -> bool:
    client = uow.records.client(dispatch.ruc)
    obligation = Obligation(
        id=obligation_id(deadline.kind, dispatch.order, mark=deadline.starts_at.isoformat()),
        kind=deadline.kind,
        owner=client.esc if client else "",
        client=dispatch.ruc,
        order=dispatch.order,
        conversation=None,
        message=None,
        message_id=None,
        starts_at=deadline.starts_at,
        due_at=deadline.due_at,
        limit=deadline.limit,
        source=deadline.source,
        clock=deadline.clock,
        reckoning=deadline.reckoning,
    )
    event = ObligationEvent(
        obligation=obligation.id,
        at=deadline.starts_at,
        name=EventName.OPENED,
        who=MAILBOT,
        evidence=" · ".join(deadline.reckoning),
    )
    return uow.obligations.add(_with_first_step(obligation, rules, uow), event)


def _with_first_step(obligation: Obligation, rules: Rules, uow: UnitOfWork) -> Obligation:
    rungs = rungs_of(obligation, rules, uow.records)
    return replace(obligation, next_step_at=min((rung.at for rung in rungs), default=None))
