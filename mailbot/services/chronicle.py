"""What happened, as events in order of time: the lines that `replay` prints."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, Step
from mailbot.ports.store import MessageFilter, Notice, ObligationFilter, StoredMessage, UnitOfWork

# The order of events of the same moment: what causes comes before what it causes.
_RANK = {
    "message": 0,
    "obligation_opened": 1,
    "obligation_met": 2,
    "obligation_cancelled": 3,
    "obligation_breached": 4,
    "ask": 5,
    "reminder": 6,
    "notice": 7,
    "digest": 8,
}
_OF_OBLIGATION = {
    EventName.OPENED: "obligation_opened",
    EventName.MET: "obligation_met",
    EventName.BREACHED: "obligation_breached",
    EventName.CANCELLED: "obligation_cancelled",
    EventName.REOPENED: "obligation_opened",
}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event (contract, "JSON of `replay`")."""

    at: datetime
    event: str
    message_id: str | None = None
    order: str | None = None
    client: str | None = None
    kind: str | None = None
    obligation: str | None = None
    due_at: datetime | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    step: str | None = None
    subject: str | None = None
    reckoning: tuple[str, ...] = ()


def chronicle(uow: UnitOfWork) -> list[Happening]:
    """Everything that is stored, told in order of time; the same store gives the same lines."""
    mails = {mail.key: mail for mail in uow.outbox.list()}
    obligations = uow.obligations.list(ObligationFilter())
    found = [_of_message(message) for message in uow.messages.list(MessageFilter())]
    for obligation in obligations:
        found += _of_obligation(obligation, uow)
        found += _of_notices(obligation, uow, mails)
    found += (_of_mail(mail, uow) for mail in mails.values() if mail.purpose in (MailPurpose.DIGEST, MailPurpose.ASK))
    return sorted(found, key=_order)


def _order(item: Happening) -> tuple[datetime, int, str, str, str, str]:
    told = ",".join(item.to)
    return item.at, _RANK[item.event], item.message_id or "", item.obligation or "", item.step or "", told


def _of_message(message: StoredMessage) -> Happening:
    return Happening(
        at=message.received_at,
        event="message",
        message_id=message.message_id,
        order=next(iter(message.orders), None),
        client=message.client,
        subject=message.subject,
    )


def _of_obligation(obligation: Obligation, uow: UnitOfWork) -> Iterator[Happening]:
    for event in uow.obligations.events(obligation.id):
        if event.name in _OF_OBLIGATION and not _is_taken_back(event, obligation):
            yield _line(obligation, event.at, _OF_OBLIGATION[event.name])


def _is_taken_back(event: ObligationEvent, obligation: Obligation) -> bool:
    """A breach that an answer found later proved wrong."""
    return event.name is EventName.BREACHED and obligation.breached_at is None


def _of_notices(obligation: Obligation, uow: UnitOfWork, mails: dict[str, OutgoingMail]) -> Iterator[Happening]:
    for notice in uow.obligations.notices(obligation.id):
        mail = mails.get(notice.mail) if notice.mail else None
        if mail is not None and not notice.is_copy:
            yield _of_notice(obligation, notice, mail)


def _of_notice(obligation: Obligation, notice: Notice, mail: OutgoingMail) -> Happening:
    event = "reminder" if notice.step is Step.OWNER else "notice"
    return _line(obligation, mail.created_at, event, mail=mail, step=notice.step)


def _line(
    obligation: Obligation,
    at: datetime,
    event: str,
    *,
    mail: OutgoingMail | None = None,
    step: Step | None = None,
) -> Happening:
    return Happening(
        at=at,
        event=event,
        message_id=obligation.message_id,
        order=obligation.order,
        client=obligation.client,
        kind=obligation.kind,
        obligation=obligation.id,
        due_at=obligation.due_at,
        to=tuple(address.address for address in mail.to) if mail else (),
        cc=tuple(address.address for address in mail.cc) if mail else (),
        step=step.value if step else None,
        subject=mail.subject if mail else None,
        reckoning=obligation.reckoning,
    )


def _of_mail(mail: OutgoingMail, uow: UnitOfWork) -> Happening:
    asked = uow.messages.get(mail.key.partition(":")[2]) if mail.purpose is MailPurpose.ASK else None
    client = mail.key.split(":")[1] if mail.purpose is MailPurpose.DIGEST else None
    return Happening(
        at=mail.created_at,
        event=mail.purpose.value,
        message_id=asked.message_id if asked else None,
        order=next(iter(asked.orders), None) if asked else None,
        client=asked.client if asked else client,
        to=tuple(address.address for address in mail.to),
        cc=tuple(address.address for address in mail.cc),
        subject=mail.subject,
    )
