"""Tell the administrator what only a person can mend: broken templates, stopped sending, impossible dates."""

import hashlib
from datetime import datetime

from mailbot.domain.contexts import AdminContext, Trouble
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.outgoing import message_id_for
from mailbot.ports.store import UnitOfWork
from mailbot.services.deliver import BREAKER
from mailbot.services.desk import Desk
from mailbot.services.findings import findings


def queue_admin_mail(desk: Desk, *, now: datetime) -> bool:
    """Queue one mail about troubles that were not told yet; the same troubles are told once."""
    if desk.admin is None:
        return False
    with desk.store.begin() as uow:
        troubles = (*_template_troubles(desk, now), *_sending_troubles(uow, now), *_row_troubles(uow, now))
        queued = bool(troubles) and uow.outbox.add(admin_mail(troubles, desk, now))
        uow.commit()
    return queued


def _template_troubles(desk: Desk, now: datetime) -> tuple[Trouble, ...]:
    return tuple(
        Trouble(
            at=now,
            what="una plantilla de la oficina tiene un error y se usa la de mailbot",
            advice="corríjala o bórrela de la carpeta de plantillas",
            detail=fault,
        )
        for fault in desk.renderer.check()
    )


def _sending_troubles(uow: UnitOfWork, now: datetime) -> tuple[Trouble, ...]:
    state, _, at = (uow.facts.get(BREAKER) or "").partition(" ")
    if state != "tripped":
        return ()
    return (
        Trouble(
            at=datetime.fromisoformat(at) if at else now,
            what="salían demasiados correos y el envío se detuvo",
            advice="revise «mailbot notices --state withheld» y, si está bien, «mailbot deliver --resume»",
        ),
    )


def _row_troubles(uow: UnitOfWork, now: datetime) -> tuple[Trouble, ...]:
    return tuple(
        Trouble(
            at=now,
            what=f"no se puede calcular un plazo de {subject}",
            advice="corrija la fecha en el libro de la oficina y vuelva a importarlo",
            detail=why,
        )
        for subject, why in findings(uow).items()
    )


def admin_mail(troubles: tuple[Trouble, ...], desk: Desk, now: datetime) -> OutgoingMail:
    """The mail that tells them; the same troubles give the same key."""
    digest = hashlib.sha256("\x1f".join(sorted(f"{t.what}{t.detail}" for t in troubles)).encode()).hexdigest()
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
