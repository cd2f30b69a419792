"""An office with two ESCs, their chiefs and two clients, on a memory store, for what leaves the office."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from mailbot.domain.linkage import Linkage
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address, Direction, MessageKind
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind, ObligationState
from mailbot.domain.office import Client, Dispatch, Language, Modality, Office, Role, Staff, StatusProgramme, Transport
from mailbot.domain.policy import load_policy
from mailbot.domain.verdict import Verdict
from mailbot.ports.classifier import ClassifierInput
from mailbot.ports.stored import StoredMessage
from mailbot.rendering.templates import TemplateRenderer
from mailbot.services.desk import Desk
from mailbot.shipped import templates_folder
from mailbot.store.memory import MemoryStore

LIMA = ZoneInfo("America/Lima")
ANDES, COSTA = "20512345671", "20398765432"
RENDERER = TemplateRenderer([templates_folder()])
POLICY = load_policy()

STAFF = (
    Staff(code="ESC01", name="Rosa Quispe", address="rquispe@agencia.example", role=Role.ESC, chief="SUP01"),
    Staff(code="ESC02", name="Diego Vargas", address="dvargas@agencia.example", role=Role.ESC, chief="SUP01"),
    Staff(code="SUP01", name="Carmen Salazar", address="csalazar@agencia.example", role=Role.SUPERVISOR, chief="JEF01"),
    Staff(code="JEF01", name="Hugo Paredes", address="hparedes@agencia.example", role=Role.JEFE),
)
CLIENTS = (
    Client(ruc=ANDES, name="Textiles Andes", domains=("andes.example",), esc="ESC01"),
    Client(ruc=COSTA, name="Frutas Costa", domains=("costa.example",), esc="ESC02"),
)
DISPATCHES = (
    Dispatch(
        order="2026-004512",
        ruc=ANDES,
        regime="10",
        modality=Modality.ANTICIPADO,
        transport=Transport.MARITIMA,
        eta=datetime(2026, 7, 28, 5, tzinfo=UTC),
        status="En tránsito",
    ),
    Dispatch(
        order="2026-004600",
        ruc=ANDES,
        regime="10",
        modality=Modality.ANTICIPADO,
        transport=Transport.AEREA,
        status="Documentos incompletos",
    ),
    Dispatch(
        order="2026-007001",
        ruc=COSTA,
        regime="40",
        transport=Transport.MARITIMA,
        status="DAM numerada",
    ),
)
DAILY = StatusProgramme(ruc=ANDES, frequency="diario 09:00", recipients=("ana@andes.example", "luis@andes.example"))
OFFICE = Office(staff=STAFF, clients=CLIENTS, dispatches=DISPATCHES, programmes=(DAILY,))


def lima(text: str) -> datetime:
    """A moment on Lima's clock, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LIMA).astimezone(UTC)


class SilentClassifier:
    """Nothing is classified here."""

    def classify(self, inputs: Sequence[ClassifierInput]) -> Sequence[Verdict]:
        return [Verdict() for _ in inputs]


@dataclass
class Bench:
    """A desk on an empty memory store that holds an office."""

    office: Office = OFFICE
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(
            store=MemoryStore(),
            classifier=SilentClassifier(),
            renderer=RENDERER,
            policy=POLICY,
            sender=Address(address="mailbot@agencia.example"),
            secret="clave de prueba",
            office="Agencia Pacífico",
        )
        self.save(self.office)

    def save(self, office: Office) -> None:
        """Import an office file."""
        self.office = office
        with self.desk.store.begin() as uow:
            uow.office.save(office)
            uow.office.save_dispatches(office.dispatches)
            uow.commit()

    def change(self, order: str, **fields: object) -> None:
        """Import a newer row of a dispatch."""
        changed = next(dispatch for dispatch in self.office.dispatches if dispatch.order == order)
        rest = tuple(dispatch for dispatch in self.office.dispatches if dispatch.order != order)
        self.save(replace(self.office, dispatches=(*rest, replace(changed, **fields))))  # type: ignore[arg-type]

    def absent(self, code: str, *, since: date, deputy: str | None) -> None:
        """Somebody is away from a day on."""
        staff = tuple(
            replace(person, absent_from=since, deputy=deputy) if person.code == code else person
            for person in self.office.staff
        )
        self.save(replace(self.office, staff=staff))

    def owe(self, *obligations: Obligation) -> None:
        """Keep obligations."""
        with self.desk.store.begin() as uow:
            for one in obligations:
                event = ObligationEvent(obligation=one.id, at=one.starts_at, name=EventName.OPENED, who="mailbot")
                uow.obligations.add(one, event)
            uow.commit()

    def receive(self, *messages: StoredMessage) -> None:
        """Keep messages."""
        with self.desk.store.begin() as uow:
            for message in messages:
                uow.messages.add(message, raw=b"")
            uow.commit()

    def mails(self, purpose: MailPurpose) -> list[OutgoingMail]:
        """What was queued for that purpose."""
        with self.desk.store.begin() as uow:
            return [mail for mail in uow.outbox.list() if mail.purpose is purpose]


def owed(id: str, kind: ObligationKind, due: str, **fields: object) -> Obligation:
    """An obligation of ESC01 to Textiles Andes, due at a Lima time."""
    values: dict[str, object] = {
        "owner": "ESC01",
        "client": ANDES,
        "order": "2026-004512",
        "conversation": None,
        "message": None,
        "message_id": None,
        "starts_at": lima("2026-07-20T09:00"),
        "limit": "2 h hábiles",
        "state": ObligationState.OPEN,
        **fields,
    }
    return Obligation(id=id, kind=kind, due_at=lima(due), **values)  # type: ignore[arg-type]


def stored(id: str, *, at: str, verdict: Verdict | None = None, linkage: Linkage | None = None) -> StoredMessage:
    """A message from Textiles Andes to Rosa Quispe."""
    return StoredMessage(
        id=id,
        message_id=f"<{id}@andes.example>",
        sha256=id,
        content_digest=id,
        received_at=lima(at),
        date=None,
        subject=f"Asunto {id}",
        subject_key=id,
        sender="ana@andes.example",
        sender_name="Ana Díaz",
        recipients=("rquispe@agencia.example",),
        in_reply_to=None,
        reference_ids=(),
        kind=MessageKind.PERSON,
        direction=Direction.INCOMING,
        conversation=id,
        client=ANDES,
        orders=(),
        new_text="Por favor coordinar mejor la próxima vez.",
        verdict=verdict,
        linkage=linkage or Linkage(),
    )


ENGLISH = replace(CLIENTS[0], language=Language.EN)
