"""How old the office's own data may be before a client who is told of it is told its age too (Annex 01 row 16)."""

from dataclasses import replace
from datetime import datetime

from mailbot.domain.deadlines import reckon_status_update
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Dispatch
from mailbot.domain.plan import Rules
from mailbot.ports.store import UnitOfWork

# When dispatches were imported last.
_IMPORTED_AT = "office:imported_at"


def note_import(uow: UnitOfWork, *, now: datetime) -> None:
    """Dispatches were imported as the office's own system shows them at `now`."""
    uow.facts.set(_IMPORTED_AT, now.isoformat())


def is_stale(dispatch: Dispatch, uow: UnitOfWork, *, rules: Rules, now: datetime) -> bool:
    """Whether what is known of a dispatch is older than `status_update` allows, by the client's agreement or ours.

    A row without a dated note is as old as the import that brought it.
    """
    noted_at = known_at(dispatch, uow)
    if noted_at is None:
        return False
    day = noted_at.astimezone(rules.zone).date()
    agreements = uow.records.agreements(dispatch.ruc, ObligationKind.STATUS_UPDATE, day)
    deadline = reckon_status_update(
        replace(dispatch, status_noted_at=noted_at),
        calendar=rules.calendar,
        policy=rules.policy,
        agreement=next(iter(agreements), None),
    )
    return deadline is not None and now > deadline.due_at


def known_at(dispatch: Dispatch, uow: UnitOfWork) -> datetime | None:
    """As of when the row of a dispatch speaks: its note, else the import that brought it; None when nobody knows."""
    return dispatch.status_noted_at or _imported_at(uow)


def _imported_at(uow: UnitOfWork) -> datetime | None:
    told = uow.facts.get(_IMPORTED_AT)
    return datetime.fromisoformat(told) if told else None
