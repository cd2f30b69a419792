"""Tell the administrator what only a person can mend: broken templates, stopped sending, impossible dates."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from mailbot.domain.contexts import AdminContext, Trouble
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.outgoing import message_id_for
from mailbot.ports.store import UnitOfWork
from mailbot.services.deliver import BREAKER
from mailbot.services.desk import Desk
from mailbot.services.findings import findings


def queue_admin_mail(desk: Desk, *, now: datetime) -> bool:
    """Queue one mail about troubles that were not told yet; each is told once."""
    if desk.admin is None:
        return False
    with desk.store.begin() as uow:
        named = dict((*_template_troubles(desk, now), *_sending_troubles(uow, now), *_row_troubles(uow, now)))
        fresh = {name: trouble for name, trouble in named.items() if uow.facts.get(_told(name)) is None}
        for name in fresh:
            uow.facts.set(_told(name), now.isoformat())
        queued = bool(fresh) and uow.outbox.add(admin_mail(tuple(fresh.values()), desk, now))
        uow.commit()
    return queued


def _told(name: str) -> str:
    """Under which name it is remembered that a trouble was told."""
    return f"admin:told:{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def _template_troubles(desk: Desk, now: datetime) -> Iterator[tuple[str, Trouble]]:
    for fault in desk.renderer.check():
        yield (
            f"template {fault}",
            Trouble(
                at=now,
                what="una plantilla de la oficina tiene un error y se usa la de mailbot",
                advice="corríjala o bórrela de la carpeta de plantillas",
                detail=fault,
            ),
        )


def _sending_troubles(uow: UnitOfWork, now: datetime) -> Iterator[tuple[str, Trouble]]:
    """Each time that it stops is a trouble of its own."""
    state, _, at = (uow.facts.get(BREAKER) or "").partition(" ")
    if state == "tripped":
        yield (
            f"{BREAKER} {at}",
            Trouble(
                at=datetime.fromisoformat(at) if at else now,
                what="salían demasiados correos y el envío se detuvo",
                advice="revise «mailbot notices --state withheld» y, si está bien, «mailbot deliver --resume»",
            ),
        )


def _row_troubles(uow: UnitOfWork, now: datetime) -> Iterator[tuple[str, Trouble]]:
    for subject, why in findings(uow).items():
        yield (
            f"row {subject} {why}",
            Trouble(
                at=now,
                what=f"no se puede calcular un plazo de {subject}",
                advice="corrija la fecha en el libro de la oficina y vuelva a importarlo",
                detail=why,
            ),
        )


def admin_mail(troubles: tuple[Trouble, ...], desk: Desk, now: datetime) -> OutgoingMail:
    """The mail that tells them; the same troubles of the same day give the same key."""
    told = sorted(f"{trouble.what}{trouble.detail}{desk.day_of(trouble.at)}" for trouble in troubles)
    digest = hashlib.sha256("\x1f".join(told).encode()).hexdigest()
    key = f"admin:{digest[:16]}"
    rendered = desk.renderer.render(AdminContext(now=now, troubles=troubles, office=desk.office))
    return OutgoingMail(
        key=key,
        purpose=MailPurpose.SUMMARY,
        message_id=message_id_for(key, domain=desk.domain, secret=desk.secret),
        sender=desk.sender,
        to=(desk.admin,) if desk.admin else (),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        created_at=now,
        not_before=now,
    )
