"""Bring what is owed in line with the office file: what a dispatch's own dates create (Annex 01 rows
6, 11, 16), what its row shows to be done, what it newly tells, and limits that its changes move.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot.domain.arrival import Meeting
from mailbot.domain.deadlines import (
    Deadline,
    first_day,
    is_status_ended,
    reckon_regime_expiry,
    reckon_regularization,
    reckon_status_update,
)
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind
from mailbot.domain.office import Dispatch
from mailbot.domain.plan import Rules, obligation_id
from mailbot.domain.policy import Stop
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter
from mailbot.services.carry_out import MAILBOT, ROW_SHOWS, meet, row_fact, row_print
from mailbot.services.desk import Desk
from mailbot.services.escalate import rungs_of
from mailbot.services.findings import keep_findings, noting
from mailbot.services.news import tell_news
from mailbot.services.rereckon import move, rereckon
from mailbot.services.scheduling import next_look
from mailbot.services.word_obligations import cancel

_KINDS = (ObligationKind.REGULARIZATION, ObligationKind.REGIME_EXPIRY, ObligationKind.STATUS_UPDATE)


def watch(desk: Desk, *, now: datetime) -> int:
    """Look at the whole office file as it stands at `now`; returns how many obligations changed.

    A row that cannot be reckoned, with a year that no calendar knows, is kept for a person (`findings`).
    """
    found: dict[str, str] = {}
    with desk.store.begin() as uow:
        rules = desk.rules(uow.records)
        changed = _follow_dates(uow, rules=rules, found=found, now=now)
        changed += sum(_shown_by_rows(uow, rules=rules, now=now))
        changed += tell_news(uow.records.all_open_dispatches(), uow, rules=rules, now=now)
        changed += rereckon(uow, desk=desk, found=found, now=now)
        keep_findings(found, uow)
        uow.commit()
    return changed


def watch_dates(desk: Desk, *, now: datetime) -> int:
    """Look only at what time alone brings: where the office file is known to be the same, nothing else changes."""
    with desk.store.begin() as uow:
        changed = _follow_dates(uow, rules=desk.rules(uow.records), found={}, now=now)
        uow.commit()
    return changed


def _follow_dates(uow: UnitOfWork, *, rules: Rules, found: dict[str, str], now: datetime) -> int:
    owed = _owed(uow)
    changed = 0
    for dispatch in uow.records.all_open_dispatches():
        for kind in _KINDS:
            own = owed.pop((kind, dispatch.order), None)
            with noting(dispatch.order, found):
                changed += _bring_up_to_date(kind, dispatch, own, uow, rules=rules, now=now)
    for obligation in owed.values():
        # A closed or vanished dispatch owes nothing more.
        meeting = Meeting(obligation=obligation, at=now, evidence="el despacho se cerró")
        meet(meeting, uow, who=MAILBOT, message=None)
    return changed + len(owed)


def _shown_by_rows(uow: UnitOfWork, *, rules: Rules, now: datetime) -> Iterator[bool]:
    """What a changed row of the office file shows to be done (contract, "stops when")."""
    for stop, evidence in ROW_SHOWS.items():
        for kind in rules.policy.kinds_stopped_by(stop):
            for owed in uow.obligations.list(ObligationFilter(kind=kind, is_open=True)):
                if uow.facts.get(row_fact(owed.id, stop)) not in (None, row_print(owed, stop, uow)):
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
    is_done = _is_done(kind, dispatch, rules)
    deadline = None if is_done else _deadline(kind, dispatch, rules, uow)
    if deadline is None:
        return owed is not None and _end(owed, dispatch, uow, is_done=is_done, now=now)
    if owed is None:
        # Replayed time may not have come to it yet.
        return deadline.starts_at <= now and _open(deadline, dispatch, uow, rules=rules)
    renewed = _renewed(owed, deadline, dispatch, rules)
    if not renewed:
        return move(owed, deadline, uow, rules=rules, now=now)
    meet(Meeting(obligation=owed, at=now, evidence=renewed), uow, who=MAILBOT, message=None)
    is_extended = kind is ObligationKind.REGIME_EXPIRY
    return _open(deadline, dispatch, uow, rules=rules, extended_at=now if is_extended else None)


def _end(owed: Obligation, dispatch: Dispatch, uow: UnitOfWork, *, is_done: bool, now: datetime) -> bool:
    """Met by what the row shows, or not owed after all when the row says nothing of it any more."""
    if is_done:
        meet(Meeting(obligation=owed, at=now, evidence=_evidence(owed.kind, dispatch)), uow, who=MAILBOT, message=None)
    else:
        cancel(owed, uow, who=MAILBOT, at=now, why="la fila del despacho ya no da la fecha")
    return True


def _is_done(kind: ObligationKind, dispatch: Dispatch, rules: Rules) -> bool:
    stops = rules.policy.rule(kind).stops
    shown = {
        Stop.REGULARIZED_ON: dispatch.regularized_on is not None,
        Stop.DISPATCH_ENDED: is_status_ended(dispatch, rules.policy),
        Stop.REGIME_CONCLUDED: "concluido" in dispatch.status.casefold(),
    }
    return any(shown.get(stop, False) for stop in stops)


def _evidence(kind: ObligationKind, dispatch: Dispatch) -> str:
    if kind is ObligationKind.REGULARIZATION and dispatch.regularized_on:
        return f"regularizada el {dispatch.regularized_on:%d/%m/%Y}"
    return f"estado: {dispatch.status}"


def _renewed(owed: Obligation, deadline: Deadline, dispatch: Dispatch, rules: Rules) -> str:
    """What ends one span and begins the next: a newer status note, a regime that was extended; empty otherwise."""
    policy = rules.policy
    is_newer = deadline.starts_at > owed.starts_at and policy.is_stopped_by(owed.kind, Stop.NEWER_STATUS_NOTE)
    if is_newer:
        return f"nueva nota de status: {dispatch.status_note}"
    is_longer = deadline.due_at > owed.due_at and deadline.source == owed.source
    is_extended = is_longer and policy.is_stopped_by(owed.kind, Stop.REGIME_EXTENDED)
    if is_extended and dispatch.regime_expires_on:
        return f"régimen prorrogado hasta el {dispatch.regime_expires_on:%d/%m/%Y}"
    return ""


def _deadline(kind: ObligationKind, dispatch: Dispatch, rules: Rules, uow: UnitOfWork) -> Deadline | None:
    if kind is ObligationKind.STATUS_UPDATE:
        noted_at = dispatch.status_noted_at
        day = noted_at.astimezone(rules.zone).date() if noted_at else None
    else:
        day = first_day(kind, dispatch, rules.policy)
    agreements = uow.records.agreements(dispatch.ruc, kind, day) if day else ()
    return _RECKONED[kind](
        dispatch, calendar=rules.calendar, policy=rules.policy, agreement=next(iter(agreements), None)
    )


_RECKONED = {
    ObligationKind.REGULARIZATION: reckon_regularization,
    ObligationKind.REGIME_EXPIRY: reckon_regime_expiry,
    ObligationKind.STATUS_UPDATE: reckon_status_update,
}


def _open(
    deadline: Deadline, dispatch: Dispatch, uow: UnitOfWork, *, rules: Rules, extended_at: datetime | None = None
) -> bool:
    client = uow.records.client(dispatch.ruc)
    mark = deadline.starts_at.isoformat()
    if extended_at is not None:
        # The same regime, with the same start: only its new end tells it from the one before.
        mark = f"{deadline.due_at.isoformat()}/{extended_at.isoformat()}"
    obligation = Obligation(
        id=obligation_id(deadline.kind, dispatch.order, mark=mark),
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
        at=extended_at or deadline.starts_at,
        name=EventName.OPENED,
        who=MAILBOT,
        evidence=" · ".join(deadline.reckoning),
    )
    return uow.obligations.add(_with_first_step(obligation, rules, uow), event)


def _with_first_step(obligation: Obligation, rules: Rules, uow: UnitOfWork) -> Obligation:
    return replace(obligation, next_step_at=next_look(obligation, rungs_of(obligation, rules, uow.records)))
