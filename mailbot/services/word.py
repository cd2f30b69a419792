"""A person's word, one call a transaction: done, seen, put off, handed over, relabelled, relinked."""

from datetime import datetime

from mailbot.domain.corrections import LabelChange
from mailbot.domain.errors import UnknownName
from mailbot.domain.obligation import EventName, Obligation
from mailbot.domain.office import Role, Staff
from mailbot.ports.records import Records
from mailbot.ports.store import Store, UnitOfWork
from mailbot.ports.stored import ObligationFilter, StoredMessage
from mailbot.services.carry_out import note
from mailbot.services.desk import Desk
from mailbot.services.word_labels import Relabelled, relabel
from mailbot.services.word_links import dispatch_named, link_to, nearest
from mailbot.services.word_obligations import end, hand_over, next_working_day, put_off

# GERENCIA is told by a person alone, and nobody reads what the robots' addresses are sent.
_OWES_NOTHING = frozenset({Role.GERENCIA, Role.ALERTAS})


def mark_done(store: Store, id: str, *, who: str, why: str, now: datetime) -> Obligation:
    """Meet an obligation on a person's word; one that has ended stays as it is.

    Raises `UnknownName` with the nearest codes.
    """
    with store.begin() as uow:
        obligation = _obligation(id, uow)
        if obligation.is_open:
            obligation = end(obligation, uow, who=who, at=now, why=why)
            note(uow, at=now, action="obligation_done", subject=id, detail=why, who=who)
            uow.commit()
    return obligation


def acknowledge(desk: Desk, id: str, *, who: str, now: datetime) -> Obligation:
    """`visto`: no further step before the next working day's opening; raises `UnknownName`."""
    with desk.store.begin() as uow:
        until = next_working_day(now, desk.rules(uow.records).calendar)
        obligation = _obligation(id, uow)
        if obligation.is_open:
            obligation = put_off(obligation, until, uow, name=EventName.SEEN, who=who, at=now)
            note(uow, at=now, action="obligation_seen", subject=id, who=who)
            uow.commit()
    return obligation


def postpone(store: Store, id: str, until: datetime, *, who: str, now: datetime) -> Obligation:
    """`posponer`: no further step before `until`; raises `UnknownName`."""
    with store.begin() as uow:
        obligation = _obligation(id, uow)
        if obligation.is_open:
            obligation = put_off(obligation, until, uow, name=EventName.POSTPONED, who=who, at=now)
            note(uow, at=now, action="obligation_postponed", subject=id, detail=until.isoformat(), who=who)
            uow.commit()
    return obligation


def reassign(store: Store, id: str, code: str, *, who: str, now: datetime) -> Obligation:
    """`reasignar`: another person owes it; raises `UnknownName` for an obligation or person nobody knows."""
    with store.begin() as uow:
        obligation, person = _obligation(id, uow), person_named(code, uow.records)
        if obligation.is_open and obligation.owner != person.code:
            obligation = hand_over(obligation, person, uow, who=who, at=now)
            note(uow, at=now, action="obligation_reassigned", subject=id, detail=person.code, who=who)
            uow.commit()
    return obligation


def correct(desk: Desk, id: str, change: LabelChange, *, who: str, now: datetime) -> Relabelled:
    """Correct the labels of a stored message; its obligations follow. Raises `UnknownName`."""
    with desk.store.begin() as uow:
        relabelled = relabel(_message(id, uow), change, uow, desk=desk, who=who, at=now)
        uow.commit()
    return relabelled


def relink(desk: Desk, id: str, order: str, *, who: str, now: datetime) -> StoredMessage:
    """Link a stored message to a dispatch on a person's word; what it opened follows.

    Raises `UnknownName` for a message or order nobody knows.
    """
    with desk.store.begin() as uow:
        message = _message(id, uow)
        relinked = link_to(message, dispatch_named(order, uow.records, at=now), uow, desk=desk, who=who, at=now)
        uow.commit()
    return relinked


def person_named(name: str, records: Records) -> Staff:
    """Who is meant by a code, an address or a name; raises `UnknownName` with the nearest codes."""
    staff = [person for person in records.staff() if person.role not in _OWES_NOTHING]
    wanted = name.strip().casefold()
    exact = [person for person in staff if wanted in (person.code.casefold(), person.address.casefold())]
    words = set(wanted.split())
    alike = [person for person in staff if words and words <= set(person.name.casefold().split())]
    found = exact or alike
    if len(found) == 1:
        return found[0]
    codes = [person.code for person in found] or nearest(name.strip().upper(), [person.code for person in staff])
    trouble = "varias personas tienen" if found else "nadie que pueda hacerse cargo tiene"
    in_english = "several people have" if found else "nobody who can take it has"
    raise UnknownName(
        f"{trouble} el código o nombre «{name.strip()}» en Personal.",
        nearest=codes,
        english=f"{in_english} the code or name «{name.strip()}».",
    )


def _obligation(id: str, uow: UnitOfWork) -> Obligation:
    obligation = uow.obligations.get(id)
    if obligation is None:
        known = (item.id for item in uow.obligations.list(ObligationFilter(is_open=True)))
        raise UnknownName(f"no hay una obligación con el código «{id}».", nearest=nearest(id, known))
    return obligation


def _message(id: str, uow: UnitOfWork) -> StoredMessage:
    message = uow.messages.get(id)
    if message is None:
        raise UnknownName(f"no hay un correo con el código «{id}»; los lista «mailbot messages».")
    return message
