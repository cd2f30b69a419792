"""A mail of ours that came back: it is written on its row, and somebody who can mend the address is told."""

import hashlib
from datetime import datetime

from mailbot.domain.contexts import AdminContext, Trouble
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Bounce
from mailbot.domain.office import Role, Staff
from mailbot.ports.store import UnitOfWork
from mailbot.services.carry_out import note
from mailbot.services.desk import Desk
from mailbot.services.outgoing import compose

_ADVICE = "corrija la dirección en el archivo de la oficina; mailbot no lo vuelve a mandar por su cuenta"


def note_bounce(bounce: Bounce, uow: UnitOfWork, *, desk: Desk, at: datetime) -> bool:
    """Record that one of our own mails bounced; returns whether it was ours."""
    mail = uow.outbox.by_message_id(bounce.original_message_id) if bounce.original_message_id else None
    if mail is None:
        return False
    failed = ", ".join(bounce.recipients) or ", ".join(address.address for address in mail.to)
    detail = f"{failed} {bounce.status or ''}".strip()
    note(uow, at=at, action="mail_bounced", subject=mail.key, detail=detail)
    reader = _reader(mail, uow)
    if reader is not None:
        uow.outbox.add(_word(mail, reader, detail, desk=desk, at=at))
    return True


def _reader(mail: OutgoingMail, uow: UnitOfWork) -> Staff | None:
    """The ESC of the client or of what the mail spoke of; else the head of service."""
    if mail.purpose is MailPurpose.DIGEST:
        client = uow.records.client(mail.key.split(":")[1])
        owner = uow.records.staff_by_code(client.esc) if client else None
    else:
        owed = (uow.obligations.get(obligation) for obligation in mail.obligations)
        owner = next((uow.records.staff_by_code(item.owner) for item in owed if item is not None), None)
    lost = {address.key for address in mail.to}
    if owner is not None and owner.address.lower() not in lost:
        return owner
    heads = (person for person in uow.records.staff() if person.role is Role.JEFE)
    return next((head for head in heads if head.address.lower() not in lost), None)


def _word(mail: OutgoingMail, reader: Staff, detail: str, *, desk: Desk, at: datetime) -> OutgoingMail:
    trouble = Trouble(at=at, what=f"rebotó «{mail.subject}»", advice=_ADVICE, detail=detail)
    digest = hashlib.sha256(f"{mail.key}\x1f{detail}".encode()).hexdigest()
    return compose(
        AdminContext(now=at, troubles=(trouble,), recipient=reader.name, office=desk.office),
        desk=desk,
        key=f"bounced:{digest[:16]}",
        purpose=MailPurpose.NOTICE,
        to=(reader,),
        now=at,
    )
