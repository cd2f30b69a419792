"""Answer `due`: one deadline with its reckoning, for a client or a dispatch of the office."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.clock import to_utc
from mailbot.domain.deadlines import Deadline, reckon
from mailbot.domain.errors import UnknownName
from mailbot.domain.identifiers import normal_form
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Client, Dispatch
from mailbot.domain.policy import kind_named
from mailbot.ports.records import Records
from mailbot.services.desk import Desk


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a person asks for, as written."""

    kind: str
    received: str
    client: str | None = None
    dispatch: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """The deadline, and whose it is."""

    deadline: Deadline
    received_at: datetime
    owner: str | None
    client: str | None
    dispatch: str | None


def reckon_due(desk: Desk, asked: Asked) -> Reckoned:
    """Reckon one deadline.

    Raises `UnknownName` with the nearest names for a kind, client or dispatch nobody knows, and
    for a time that cannot be read.
    """
    kind = kind_named(asked.kind)
    received_at = read_instant(asked.received, desk)
    with desk.store.begin() as uow:
        dispatch = _dispatch(asked.dispatch, uow.records)
        client = _client(asked.client or (dispatch.ruc if dispatch else None), uow.records)
        if client is not None and dispatch is not None and client.ruc != dispatch.ruc:
            raise UnknownName(f"el despacho {dispatch.order} es del cliente {dispatch.ruc}, no de {client.ruc}.")
        rules = desk.rules(uow.records)
        day = desk.day_of(received_at)
        agreements = uow.records.agreements(client.ruc, kind, day) if client else ()
        deadline = reckon(
            ObligationKind(kind),
            received_at=received_at,
            calendar=rules.calendar,
            policy=rules.policy,
            dispatch=dispatch,
            agreement=agreements[0] if agreements else None,
        )
    return Reckoned(
        deadline=deadline,
        received_at=received_at,
        owner=client.esc if client else None,
        client=client.ruc if client else None,
        dispatch=dispatch.order if dispatch else None,
    )


def read_instant(text: str, desk: Desk) -> datetime:
    """A time as written; without an offset it is the office's own."""
    try:
        return to_utc(datetime.fromisoformat(text.strip()), zone=desk.zone)
    except ValueError as error:
        raise UnknownName(
            f"«{text}» no es una fecha y hora: escriba por ejemplo 2026-07-24T16:30 o 2026-07-24T16:30:00-05:00"
        ) from error


def _dispatch(order: str | None, records: Records) -> Dispatch | None:
    if order is None:
        return None
    found = records.dispatch(normal_form(ReferenceKind.ORDER, order)) or records.dispatch(order)
    if found is None:
        known = [dispatch.order for dispatch in records.all_open_dispatches()]
        raise UnknownName(f"no hay un despacho con la orden «{order}».", nearest=_nearest(order, known))
    return found


def _client(ruc: str | None, records: Records) -> Client | None:
    if ruc is None:
        return None
    found = records.client(ruc)
    if found is None:
        known = [client.ruc for client in records.clients()]
        raise UnknownName(f"no hay un cliente con el RUC «{ruc}».", nearest=_nearest(ruc, known))
    return found


def _nearest(word: str, known: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(word, list(known), n=3, cutoff=0.5)
