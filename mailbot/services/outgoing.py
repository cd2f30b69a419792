"""Make an outgoing mail from a context: rendered once, with its Message-ID fixed."""

from collections.abc import Sequence
from datetime import datetime

from mailbot.domain.mail import MailFile, MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.office import Language, Staff
from mailbot.domain.outgoing import message_id_for
from mailbot.ports.renderer import MailContext
from mailbot.services.desk import Desk


def compose(  # noqa: PLR0913
    context: MailContext,
    *,
    desk: Desk,
    key: str,
    purpose: MailPurpose,
    to: Sequence[Staff],
    now: datetime,
    cc: Sequence[Staff] = (),
    obligations: Sequence[str] = (),
    files: Sequence[MailFile] = (),
    language: Language = Language.ES,
) -> OutgoingMail:
    """A mail to people of the office; the key is unique for ever and decides the Message-ID."""
    rendered = desk.renderer.render(context, language=language)
    return OutgoingMail(
        key=key,
        purpose=purpose,
        message_id=message_id_for(key, domain=desk.domain, secret=desk.secret),
        sender=desk.sender,
        to=_addresses(to),
        cc=_addresses(cc),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        files=(*rendered.pictures, *files),
        obligations=tuple(obligations),
        created_at=now,
        not_before=now,
    )


def _addresses(people: Sequence[Staff]) -> tuple[Address, ...]:
    return tuple(Address(name=person.name, address=person.address) for person in people)
