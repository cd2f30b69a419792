"""A small office for the linking tests: two strangers to each other, a group with one domain, a forwarder."""

from datetime import UTC, datetime

from mailbot.domain.labels import Category, Topic
from mailbot.domain.linkage import Linkage
from mailbot.domain.message import Address, Attachment, Message, MessageKind
from mailbot.domain.office import Client, Contact, Dispatch, Office, Role, Staff, Transport
from mailbot.domain.verdict import Verdict
from mailbot.reading.references import find_references
from mailbot.records.memory import MemoryRecords
from mailbot.services.link import ThreadEvidence, link

AT = datetime(2026, 6, 10, 15, 0, tzinfo=UTC)
ANDES, COSTA, NORTE, SUR = "20512345671", "20398765432", "20455555551", "20455555552"


def dispatch(order: str, ruc: str, **fields: object) -> Dispatch:
    values: dict[str, object] = {"regime": "10", "transport": Transport.MARITIMA, "status": "En tránsito", **fields}
    return Dispatch(order=order, ruc=ruc, **values)  # type: ignore[arg-type]


DISPATCHES = (
    dispatch("2026-004512", ANDES, dam="118-2026-10-084512", containers=("MSKU1234565",), invoices=("F001-2231",)),
    dispatch("2026-004600", ANDES, bls=("MEDUAB123456",), purchase_orders=("4500012345",), vessel="ANDES VOYAGER"),
    dispatch("2026-004700", ANDES, awbs=("139-12345675",), transport=Transport.AEREA, purchase_orders=("4500012345",)),
    dispatch("2025-004512", ANDES, dam="118-2025-10-084512"),
    dispatch("2024-000900", ANDES, dam="118-2024-10-000900", status="File en Archivo: cerrado"),
    dispatch("2026-007001", COSTA, dam="118-2026-10-107001", containers=("TGHU8540110",), invoices=("F001-9999",)),
    dispatch("2026-008001", NORTE, bls=("COSU6390114870",)),
    dispatch("2026-008101", SUR),
    dispatch("2026-008102", SUR, bls=("COSU6390114999",)),
)
OFFICE = Office(
    staff=(Staff(code="ESC01", name="Rosa Quispe", address="rquispe@agencia.example", role=Role.ESC),),
    clients=(
        Client(ruc=ANDES, name="Textiles Andes", domains=("andes.example",), esc="ESC01"),
        Client(ruc=COSTA, name="Frutas Costa", domains=("costa.example",), esc="ESC01"),
        Client(ruc=NORTE, name="Grupo Norte", domains=("grupo.example",), esc="ESC01"),
        Client(ruc=SUR, name="Grupo Sur", domains=("grupo.example",), esc="ESC01"),
    ),
    contacts=(
        Contact(ruc=NORTE, name="Eva Paz", address="eva@cargas.example"),
        Contact(ruc=SUR, name="Eva Paz", address="eva@cargas.example"),
        Contact(ruc=COSTA, name="Iris Rey", address="iris@andes.example"),
    ),
    dispatches=DISPATCHES,
)
RECORDS = MemoryRecords(OFFICE)

STATUS = Verdict(categories=(Category.REQUIREMENT,), topics=(Topic.STATUS_QUERY,), needs_reply=True)
THANKS = Verdict(topics=(Topic.ACKNOWLEDGEMENT,))
QUOTATION = Verdict(categories=(Category.REQUIREMENT,), topics=(Topic.QUOTATION_REQUEST,), needs_reply=True)
PAPERS = Verdict(categories=(Category.DOCUMENTS,), needs_reply=True)


def mail(said: str = "", *, sender: str = "ana@andes.example", subject: str = "Consulta", **fields: object) -> Message:
    names = fields.pop("names", ())
    copied = fields.pop("cc", ())
    assert isinstance(names, tuple)
    assert isinstance(copied, tuple)
    files = [
        Attachment(name=name, type="application/pdf", size=1, sha256=name, path=str(at))
        for at, name in enumerate(names)
    ]
    values: dict[str, object] = {
        "message_id": "<m@andes.example>",
        "sha256": "0",
        "content_digest": "0",
        "received_at": AT,
        "date": AT,
        "to": (Address(address="rquispe@agencia.example"),),
        "cc": tuple(Address(address=address) for address in copied),
        "attachments": tuple(files),
        "kind": MessageKind.PERSON,
        **fields,
    }
    return Message(sender=Address(address=sender), subject=subject, new_text=said, **values)  # type: ignore[arg-type]


def linked(
    message: Message,
    *,
    verdict: Verdict | None = STATUS,
    thread: ThreadEvidence | None = None,
    is_office: bool = False,
    records: MemoryRecords = RECORDS,
) -> Linkage:
    references = find_references(message)
    return link(message, references, records=records, at=AT, verdict=verdict, thread=thread, is_office=is_office)
