"""What happened, as events in order of time: the lines that `replay` prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import EventName, Obligation, Step
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, ObligationFilter, StoredMessage
from mailbot.services.history import due_then

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
# From the owner up.
_STEPS = {step.value: number for number, step in enumerate((Step.OWNER, Step.SUPERVISOR, Step.HEAD))}
_OF_OBLIGATION = {
    EventName.OPENED: "obligation_opened",
    EventName.MET: "obligation_met",
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


def chronicle(uow: UnitOfWork, *, since: datetime | None = None) -> list[Happening]:
    """Everything that happened since then, told in order of time; the same store gives the same lines."""
    mails = {mail.key: mail for mail in uow.outbox.list()}
    obligations = uow.obligations.list(ObligationFilter())
    found = [_of_message(message) for message in uow.messages.list(MessageFilter())]
    for obligation in obligations:
        found += _of_obligation(obligation, uow)
        found += _of_notices(obligation, uow, mails)
    found += (_of_mail(mail, uow) for mail in mails.values() if mail.purpose in (MailPurpose.DIGEST, MailPurpose.ASK))
    return sorted((item for item in found if since is None or item.at >= since), key=_order)


def _order(item: Happening) -> tuple[datetime, int, str, str, int, str]:
    told = ",".join(item.to)
    step = _STEPS.get(item.step or "", 0)
    return item.at, _RANK[item.event], item.message_id or "", item.obligation or "", step, told


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
    """What became of it; a breach that was withdrawn is not told, one that stands is told once."""
    lines = tuple(uow.audit_lines(subject=obligation.id))
    for event in uow.obligations.events(obligation.id):
        if event.name in _OF_OBLIGATION:
            yield _line(
                obligation, event.at, _OF_OBLIGATION[event.name], due_at=due_then(obligation, lines, at=event.at)
            )
    if obligation.breached_at is not None:
        yield _line(obligation, obligation.breached_at, "obligation_breached", due_at=obligation.breached_at)


def _of_notices(obligation: Obligation, uow: UnitOfWork, mails: dict[str, OutgoingMail]) -> Iterator[Happening]:
    """One line a step: who is told of it by several mails of the same moment stands in one line."""
    lines = tuple(uow.audit_lines(subject=obligation.id))
    steps: dict[tuple[datetime, Step, int, str], list[OutgoingMail]] = {}
    for notice in uow.obligations.notices(obligation.id):
        mail = mails.get(notice.mail) if notice.mail else None
        if mail is not None and not notice.is_copy:
            steps.setdefault((mail.created_at, notice.step, notice.occurrence, notice.mark), []).append(mail)
    for (_, step, *_), carried in steps.items():
        at = carried[0].created_at
        event = "reminder" if step is Step.OWNER else "notice"
        due_at = due_then(obligation, lines, at=at)
        yield _line(obligation, at, event, due_at=due_at, mails=carried, step=step)


def _line(
    obligation: Obligation,
    at: datetime,
    event: str,
    *,
    due_at: datetime,
    mails: Sequence[OutgoingMail] = (),
    step: Step | None = None,
) -> Happening:
    to = dict.fromkeys(address.address for mail in mails for address in mail.to)
    cc = dict.fromkeys(address.address for mail in mails for address in mail.cc)
    return Happening(
        at=at,
        event=event,
        message_id=obligation.message_id,
        order=obligation.order,
        client=obligation.client,
        kind=obligation.kind,
        obligation=obligation.id,
        due_at=due_at,
        to=tuple(to),
        cc=tuple(address for address in cc if address not in to),
        step=step.value if step else None,
        subject=mails[0].subject if mails else None,
        reckoning=obligation.reckoning,
    )


def _of_mail(mail: OutgoingMail, uow: UnitOfWork) -> Happening:
    asked = uow.messages.get(mail.key.partition(":")[2]) if mail.purpose is MailPurpose.ASK else None
    client = mail.key.split(":")[1] if mail.purpose is MailPurpose.DIGEST else None
    return Happening(
        at=max(mail.created_at, mail.not_before),
        event=mail.purpose.value,
        message_id=asked.message_id if asked else None,
        order=next(iter(asked.orders), None) if asked else None,
        client=asked.client if asked else client,
        to=tuple(address.address for address in mail.to),
        cc=tuple(address.address for address in mail.cc),
        subject=mail.subject,
    )
