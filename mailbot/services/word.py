"""A person's word: an obligation met, a message linked; kept with who and when."""

import difflib
from dataclasses import replace
from datetime import datetime

from mailbot.domain.arrival import Meeting
from mailbot.domain.errors import UnknownName
from mailbot.domain.identifiers import normal_form
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.linkage import ClientMatch, DispatchMatch, Linkage
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent
from mailbot.domain.office import Dispatch
from mailbot.ports.store import ObligationFilter, Store, StoredMessage, UnitOfWork
from mailbot.services.carry_out import meet, note


def mark_done(store: Store, id: str, *, who: str, why: str, now: datetime) -> Obligation:
    """Meet an obligation on a person's word; one that has ended stays as it is.

    Raises `UnknownName` with the nearest codes.
    """
    with store.begin() as uow:
        obligation = uow.obligations.get(id)
        if obligation is None:
            known = [item.id for item in uow.obligations.list(ObligationFilter(is_open=True))]
            raise UnknownName(f"no hay una obligación con el código «{id}».", nearest=_nearest(id, known))
        if not obligation.is_open:
            return obligation
        evidence = f"dado por hecho por {who}" + (f": {why}" if why else "")
        meet(Meeting(obligation=obligation, at=now, evidence=evidence), uow, who=who, message=None)
        note(uow, at=now, action="obligation_done", subject=id, detail=why, who=who)
        uow.commit()
        return uow.obligations.get(id) or obligation


def relink(store: Store, id: str, order: str, *, who: str, now: datetime) -> StoredMessage:
    """Link a stored message to a dispatch on a person's word; what it opened follows.

    Raises `UnknownName` for a message or order nobody knows.
    """
    with store.begin() as uow:
        message = uow.messages.get(id)
        if message is None:
            raise UnknownName(f"no hay un correo con el código «{id}»; los lista «mailbot messages».")
        dispatch = _dispatch(order, uow)
        relinked = _linked(message, dispatch, who, uow)
        uow.messages.update(relinked)
        for obligation in uow.obligations.list(ObligationFilter(conversation=message.conversation, is_open=True)):
            if obligation.message == id:
                _follow(obligation, dispatch, uow, who=who, now=now)
        note(uow, at=now, action="message_linked", subject=id, detail=dispatch.order, who=who)
        uow.commit()
    return relinked


def _dispatch(order: str, uow: UnitOfWork) -> Dispatch:
    found = uow.records.dispatch(normal_form(ReferenceKind.ORDER, order)) or uow.records.dispatch(order)
    if found is None:
        known = [dispatch.order for dispatch in uow.records.all_open_dispatches()]
        raise UnknownName(f"no hay un despacho con la orden «{order}».", nearest=_nearest(order, known))
    return found


def _linked(message: StoredMessage, dispatch: Dispatch, who: str, uow: UnitOfWork) -> StoredMessage:
    client = uow.records.client(dispatch.ruc)
    match = DispatchMatch(order=dispatch.order, ruc=dispatch.ruc, score=1.0, how=(f"said by {who}",))
    known = message.linkage.client
    said = ClientMatch(ruc=dispatch.ruc, name=client.name if client else "", how="said")
    linkage = Linkage(client=known or said, dispatches=(match,))
    return replace(
        message, linkage=linkage, orders=(dispatch.order,), client=linkage.client.ruc if linkage.client else None
    )


def _follow(obligation: Obligation, dispatch: Dispatch, uow: UnitOfWork, *, who: str, now: datetime) -> None:
    client = uow.records.client(dispatch.ruc)
    moved = replace(
        obligation,
        order=dispatch.order,
        client=dispatch.ruc,
        owner=client.esc if client else obligation.owner,
    )
    event = ObligationEvent(
        obligation=obligation.id,
        at=now,
        name=EventName.REASSIGNED,
        who=who,
        evidence=f"vinculado con {dispatch.order}",
    )
    uow.obligations.update(moved, event)


def _nearest(word: str, known: list[str]) -> list[str]:
    return difflib.get_close_matches(word, known, n=3, cutoff=0.4)
