"""A person's word on which dispatch a message is about; what it says of the sender is remembered."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailbot.domain.answers import fold
from mailbot.domain.clock import LIMA
from mailbot.domain.errors import UnknownName
from mailbot.domain.identifiers import is_full, normal_form
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.linkage import ClientMatch, DispatchMatch, Linkage
from mailbot.domain.message import Direction
from mailbot.domain.office import Client, Dispatch
from mailbot.ports.records import Records
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.arrive import learnt_sender
from mailbot.services.carry_out import note
from mailbot.services.desk import Desk
from mailbot.services.word_replan import Said, replan


def dispatch_named(text: str, records: Records, *, at: datetime) -> Dispatch:
    """The dispatch that a person names; a number without a year is this year's, else last year's.

    Raises `UnknownName` with the nearest orders.
    """
    order = normal_form(ReferenceKind.ORDER, text)
    year = at.astimezone(LIMA).year
    whole = [order] if is_full(ReferenceKind.ORDER, order) else [f"{year}-{order}", f"{year - 1}-{order}"]
    found = next((item for item in map(records.dispatch, [*whole, text.strip()]) if item is not None), None)
    if found is None:
        known = (dispatch.order for dispatch in records.all_open_dispatches())
        raise UnknownName(
            f"no hay un despacho con la orden «{text.strip()}».",
            nearest=nearest(whole[0], known),
            english=f"there is no order «{text.strip()}».",
        )
    return found


def link_to(
    message: StoredMessage, dispatch: Dispatch, uow: UnitOfWork, *, desk: Desk, who: str, at: datetime
) -> StoredMessage:
    """Link a message inside a unit of work; what it opened follows, with the dispatch's own limits."""
    _remember_sender(message, dispatch.ruc, uow)
    return _relinked(
        message, _linkage(message, dispatch, who, uow), uow, desk=desk, said=_said(dispatch.order, who, at)
    )


def client_named(text: str, records: Records) -> Client:
    """The client that a person names by its RUC or name; raises `UnknownName` with the nearest names."""
    wanted = fold(text)
    by_ruc = records.client(re.sub(r"\D", "", wanted))
    words = set(wanted.split())
    alike = [client for client in records.clients() if words and words <= set(fold(client.name).split())]
    found = [by_ruc] if by_ruc is not None else alike
    if len(found) != 1:
        names = [client.name for client in (alike or records.clients())]
        close = [client.name for client in alike[:3]] or nearest(text.strip().title(), names)
        raise UnknownName(
            f"no hay un solo cliente con el RUC o nombre «{text.strip()}».",
            nearest=close,
            english=f"there is not exactly one client with the RUC or name «{text.strip()}».",
        )
    return found[0]


def belongs_to(
    message: StoredMessage, client: Client, uow: UnitOfWork, *, desk: Desk, who: str, at: datetime
) -> StoredMessage:
    """A message of a client about no dispatch that could be named."""
    _remember_sender(message, client.ruc, uow)
    said = ClientMatch(ruc=client.ruc, name=client.name, how="said")
    kept = tuple(match for match in message.linkage.dispatches if match.ruc == client.ruc)
    return _relinked(message, Linkage(client=said, dispatches=kept), uow, desk=desk, said=_said(client.name, who, at))


def unlink(message: StoredMessage, uow: UnitOfWork, *, desk: Desk, who: str, at: datetime) -> StoredMessage:
    """A message that is about no dispatch: nothing is asked about it any more."""
    linkage = Linkage(client=message.linkage.client)
    return _relinked(message, linkage, uow, desk=desk, said=_said("ningún despacho", who, at))


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The few names that are most like a word."""
    return difflib.get_close_matches(word, list(known), n=3, cutoff=0.4)


def _said(what: str, who: str, at: datetime) -> Said:
    return Said(who=who, at=at, why=f"vinculado con {what} por {who}")


def _linkage(message: StoredMessage, dispatch: Dispatch, who: str, uow: UnitOfWork) -> Linkage:
    """A person's word goes over the sender's address: the client is the dispatch's."""
    known = message.linkage.client
    client = uow.records.client(dispatch.ruc)
    said = ClientMatch(ruc=dispatch.ruc, name=client.name if client else "", how="said")
    match = DispatchMatch(order=dispatch.order, ruc=dispatch.ruc, score=1.0, how=(f"said by {who}",))
    return Linkage(client=known if known and known.ruc == dispatch.ruc else said, dispatches=(match,))


def _relinked(message: StoredMessage, linkage: Linkage, uow: UnitOfWork, *, desk: Desk, said: Said) -> StoredMessage:
    ruc = linkage.client.ruc if linkage.client else None
    relinked = replace(message, linkage=linkage, orders=linkage.orders, client=ruc)
    if relinked == message:
        return message
    uow.messages.update(relinked)
    uow.marks.touch(message.id)
    note(uow, at=said.at, action="message_linked", subject=message.id, detail=", ".join(linkage.orders), who=said.who)
    replan(relinked, uow, desk=desk, said=said)
    return relinked


def _remember_sender(message: StoredMessage, ruc: str, uow: UnitOfWork) -> None:
    """Whom a stranger writes for; an address or domain that the office lists needs no teaching."""
    records = uow.records
    is_stranger = not (
        records.staff_by_address(message.sender)
        or records.contacts_by_address(message.sender)
        or records.clients_by_domain(message.sender.rpartition("@")[2])
    )
    if message.direction is Direction.INCOMING and is_stranger:
        uow.facts.set(learnt_sender(message.sender), ruc)
