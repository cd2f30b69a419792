"""Send somebody of the office the agenda or the summary that he asks for by writing that one word to mailbot."""

import re
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from mailbot.domain.answers import fold
from mailbot.domain.contexts import Outcome
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Direction, Message, MessageKind
from mailbot.domain.office import Staff
from mailbot.ports.renderer import MailContext
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.agenda import agenda_context, remember_questions
from mailbot.services.carry_out import note
from mailbot.services.desk import Desk
from mailbot.services.obey import Obeyed, is_forged
from mailbot.services.outgoing import compose
from mailbot.services.summary import summary_context

_COURTESY = r"(?:hola|buen[oa]s \w+|por favor|porfa|please|(?:muchas )?gracias|thanks|mailbot)"
_ASKED = re.compile(
    rf"(?:{_COURTESY} )*(?:quiero |envia(?:me)? |manda(?:me)? )?(?:mi |la |el |my )?(\w+)(?: {_COURTESY})*"
)


class _Wish(StrEnum):
    """What may be asked for."""

    AGENDA = "agenda"
    SUMMARY = "summary"


_WORDS = {"agenda": _Wish.AGENDA, "pendientes": _Wish.AGENDA, "resumen": _Wish.SUMMARY, "summary": _Wish.SUMMARY}


def send_on_demand(
    stored: StoredMessage, message: Message, uow: UnitOfWork, *, desk: Desk, now: datetime
) -> Obeyed | None:
    """Queue what was asked for; None when nothing was, or not by one of us."""
    wish = _wish(message)
    if wish is None or stored.direction is Direction.OUTGOING or desk.sender.key not in stored.recipients:
        return None
    person = uow.records.staff_by_address(message.sender.key)
    if person is None or message.kind is not MessageKind.PERSON or is_forged(message):
        return None
    summary = summary_context(person, uow, desk=desk, now=now) if wish is _Wish.SUMMARY else None
    if summary is not None:
        _answer(_mail(summary, MailPurpose.SUMMARY, person, stored, desk=desk, now=now), stored, uow)
    else:
        agenda = agenda_context(person, uow, desk=desk, now=now)
        mail = _mail(agenda, MailPurpose.AGENDA, person, stored, desk=desk, now=now)
        remember_questions(mail.key, agenda, uow)
        _answer(replace(mail, obligations=agenda.obligations), stored, uow)
    note(uow, at=now, action="asked_for", subject=stored.id, detail=wish, who=person.code)
    return Obeyed(outcome=Outcome.OBEYED)


def _wish(message: Message) -> _Wish | None:
    """The one word of the mail, or of its subject where nothing else is written."""
    text = message.new_text if message.new_text.strip() else message.subject
    words = " ".join(re.findall(r"\w+", fold(text)))
    asked = _ASKED.fullmatch(words)
    return _WORDS.get(asked[1]) if asked else None


def _mail(
    context: MailContext, purpose: MailPurpose, person: Staff, stored: StoredMessage, *, desk: Desk, now: datetime
) -> OutgoingMail:
    key = f"{purpose.value}:{person.code}:{stored.id}"
    return compose(context, desk=desk, key=key, purpose=purpose, to=(person,), now=now)


def _answer(mail: OutgoingMail, stored: StoredMessage, uow: UnitOfWork) -> None:
    uow.outbox.add(replace(mail, in_reply_to=stored.message_id, references=(stored.message_id,)))
