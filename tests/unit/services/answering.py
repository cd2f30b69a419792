"""People of the office answer mailbot's mails, and what came of it."""

from mailbot.domain.labels import Category, Contingency, Topic
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.ports.stored import AuditLine, MessageFilter, StoredMessage
from mailbot.services.ingest import Ingested
from tests.builders import COMPLAINT, DOCUMENTS, ESC, REQUIREMENT, lima, raw_mail, verdict
from tests.unit.services.world import World

MAILBOT = "mailbot@agencia.example"
DEPUTY = "kvelarde@agencia.example"
MONDAY_9 = lima("2026-11-16 09:00")


def office_world() -> World:
    """The small office with a verdict for each subject that tests write."""
    return World(
        verdicts={
            "levante": REQUIREMENT,
            "otra": REQUIREMENT,
            "reclamo": COMPLAINT,
            "documentos": DOCUMENTS,
            "quizás": verdict(Category.COMPLAINT, doubts=["complaint"]),
            "costo": verdict(Category.REQUIREMENT, contingency=[Contingency.STORAGE], doubts=["storage"]),
            "orden 2026-004512": REQUIREMENT,
            "pago": verdict(topics=[Topic.PAYMENT_NOTICE]),
        }
    )


def say(world: World, text: str, mail: OutgoingMail, at: str, **headers: str) -> Ingested:
    """A person of the office answers a mail of ours."""
    values = {"sender": ESC, "to": MAILBOT, "In_Reply_To": mail.message_id} | headers
    moment = lima(f"2026-11-{at}")
    return world.receive(raw_mail(subject=f"RE: {mail.subject}", text=text, at=moment, **values), moment)


def walk(world: World, *times: str) -> list[OutgoingMail]:
    """What is sent at these times of November ("16 10:36")."""
    return [mail for time in times for mail in world.tick(lima(f"2026-11-{time}"))]


def reminded(world: World) -> OutgoingMail:
    """A question of Monday 09:00 and the reminder of 10:46."""
    world.write("levante", MONDAY_9)
    (reminder,) = walk(world, "16 10:36", "16 10:46")
    return reminder


def confirmations(world: World) -> list[OutgoingMail]:
    """Every confirmation that was queued."""
    with world.desk.store.begin() as uow:
        return [mail for mail in uow.outbox.list() if mail.purpose is MailPurpose.CONFIRMATION]


def audit(world: World, action: str) -> list[AuditLine]:
    """What the audit log says of one action."""
    with world.desk.store.begin() as uow:
        return [line for line in uow.audit_lines() if line.action == action]


def kept(world: World, subject: str) -> StoredMessage:
    """The stored message of a subject."""
    with world.desk.store.begin() as uow:
        return next(item for item in uow.messages.list(MessageFilter()) if item.subject == subject)
