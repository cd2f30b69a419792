"""Forget words after their time, and a person's data on request (Ley 29733, arts. 18-22)."""

from datetime import datetime, timedelta

from mailbot.ports.retention import Forgotten
from mailbot.ports.store import Store
from mailbot.services.carry_out import note
from mailbot.services.desk import Desk

_LAST = "retention:last"


def forget_expired(desk: Desk, *, keep: timedelta, now: datetime) -> Forgotten | None:
    """Once a day, forget the words of what is older than `keep`; None when that was done today."""
    today = desk.day_of(now).isoformat()
    with desk.store.begin() as uow:
        if uow.facts.get(_LAST) == today:
            return None
        forgotten = uow.retention.expire(now - keep)
        uow.facts.set(_LAST, today)
        if forgotten.messages or forgotten.mails:
            detail = f"{forgotten.messages} mensajes y {forgotten.mails} correos de más de {keep.days} días"
            note(uow, at=now, action="words_forgotten", subject="retention", detail=detail)
        uow.commit()
    return forgotten


def erase_person(store: Store, address: str, *, who: str, now: datetime) -> Forgotten:
    """Put a blank in the place of an address; the log says that it was done, and not whose it was."""
    with store.begin() as uow:
        forgotten = uow.retention.erase(address)
        detail = f"{forgotten.messages} mensajes, {forgotten.mails} correos; {forgotten.kept} quedan como evidencia"
        note(uow, at=now, action="person_erased", subject="retention", detail=detail, who=who)
        uow.commit()
    return forgotten
