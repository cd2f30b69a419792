"""A mail that cannot be read still runs its clock: its mailbox's owner is told to look at it."""

from mailbot.domain.arrival import Meeting
from mailbot.domain.deadlines import reckon
from mailbot.domain.linkage import Linkage
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind
from mailbot.domain.plan import obligation_id
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import QuarantinedMail
from mailbot.services.carry_out import MAILBOT, meet, scheduled
from mailbot.services.desk import Desk
from mailbot.services.people import owner_of


def open_for_unread(shelf: QuarantinedMail, uow: UnitOfWork, *, desk: Desk, mailbox: str) -> bool:
    """Open a `reply` for a mail nobody could read, from its true arrival on."""
    rules = desk.rules(uow.records)
    deadline = reckon(ObligationKind.REPLY, received_at=shelf.received_at, calendar=rules.calendar, policy=rules.policy)
    obligation = Obligation(
        id=obligation_id(ObligationKind.REPLY, shelf.id),
        kind=ObligationKind.REPLY,
        owner=owner_of(Linkage(), mailbox=mailbox, records=uow.records),
        client=None,
        order=None,
        conversation=None,
        message=None,
        message_id=None,
        received_at=shelf.received_at,
        starts_at=deadline.starts_at,
        due_at=deadline.due_at,
        limit=deadline.limit,
        clock=deadline.clock,
        reckoning=(*deadline.reckoning, f"correo ilegible en cuarentena ({shelf.id}): {shelf.reason}"),
    )
    event = ObligationEvent(
        obligation=obligation.id,
        at=shelf.received_at,
        name=EventName.OPENED,
        who=MAILBOT,
        evidence=f"correo ilegible: {shelf.reason}",
    )
    return uow.obligations.add(scheduled(obligation, rules), event)


def close_for_unread(shelf: QuarantinedMail, uow: UnitOfWork, *, who: str) -> None:
    """The mail was read after all: what it really asks has clocks of its own now."""
    obligation = uow.obligations.get(obligation_id(ObligationKind.REPLY, shelf.id))
    if obligation is not None and obligation.is_open:
        meeting = Meeting(obligation=obligation, at=shelf.received_at, evidence="el correo se pudo leer")
        meet(meeting, uow, who=who, message=None)
