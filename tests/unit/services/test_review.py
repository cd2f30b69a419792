from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

from mailbot.domain.defects import DefectKind
from mailbot.domain.labels import Category, DocumentType
from mailbot.domain.linkage import DispatchMatch, Linkage
from mailbot.domain.message import Direction
from mailbot.domain.office import Client, Dispatch, Office, Transport
from mailbot.domain.review import RowState
from mailbot.domain.verdict import DocumentVerdict, Verdict
from mailbot.records.memory import MemoryRecords
from mailbot.services.review import missing_in_mail, review_dispatch
from tests.unit.reading.files import pdf
from tests.unit.services.outgoing_office import Bench
from tests.unit.store.samples import stored

AT = datetime(2026, 6, 10, 15, 0, tzinfo=UTC)
ON = date(2026, 6, 10)
CLIENT = "20131312955"
DISPATCH = Dispatch(order="2026-004512", ruc=CLIENT, regime="10", transport=Transport.MARITIMA)
OFFICE = Office(
    clients=(Client(ruc=CLIENT, name="Textiles Andinos", domains=("andinos.example",), esc="E"),),
    dispatches=(DISPATCH,),
)
INVOICE = "COMMERCIAL INVOICE No. SH-2231 of our sales contract, date 12/05/2026, total USD 12,400.00, {}"
TYPES = {
    "factura.pdf": DocumentType.COMMERCIAL_INVOICE,
    "packing.pdf": DocumentType.PACKING_LIST,
    "foto.jpg": DocumentType.PHOTO,
}


def verdict_of(*names: str) -> Verdict:
    documents = tuple(DocumentVerdict(name=name, type=TYPES[name], confidence=0.9) for name in names)
    return Verdict(categories=(Category.DOCUMENTS,), documents=documents)


def linked_to(*orders: str) -> Linkage:
    return Linkage(dispatches=tuple(DispatchMatch(order=order, ruc=CLIENT, score=0.9, how=()) for order in orders))


def keep(
    bench: Bench,
    id: str,
    *,
    days: int = 0,
    direction: Direction = Direction.INCOMING,
    is_forgotten: bool = False,
    **files: bytes,
) -> None:
    """Store a mail with these files; a low line in a name stands for the point."""
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "ana@andinos.example", "Documentos", f"<{id}@andinos.example>"
    mail.set_content("Adjunto documentos")
    names = [name.replace("_", ".") for name in files]
    for name, content in zip(names, files.values(), strict=True):
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    message = stored(
        id,
        received_at=AT + timedelta(days=days),
        direction=direction,
        orders=(DISPATCH.order,),
        verdict=verdict_of(*names),
        linkage=linked_to(DISPATCH.order),
        attachments=tuple(names),
    )
    with bench.desk.store.begin() as uow:
        uow.messages.add(message, raw=b"" if is_forgotten else mail.as_bytes())
        uow.commit()


def test_papers_of_several_mails_are_held_against_the_checklist() -> None:
    bench = Bench(OFFICE)
    keep(bench, "m1", factura_pdf=pdf(INVOICE.format("FOB Shanghai")))
    keep(bench, "m2", days=1, packing_pdf=pdf("PACKING LIST"), foto_jpg=b"\xff\xd8\xff")
    reviewed = review_dispatch(bench.desk, DISPATCH.order, on=ON)

    assert reviewed is not None
    states = {row.row.key: row.state for row in reviewed.rows}
    assert (states["invoice"], states["packing-list"]) == (RowState.PRESENT, RowState.PRESENT)
    assert reviewed.missing == (DocumentType.BILL_OF_LADING,)
    assert reviewed.hints == ()


def test_a_corrected_paper_is_a_new_version_of_the_same() -> None:
    bench = Bench(OFFICE)
    keep(bench, "m1", factura_pdf=pdf(INVOICE.format("FOB Shanghai")))
    keep(bench, "m2", days=1, factura_pdf=pdf(INVOICE.format("CIF Callao")))
    reviewed = review_dispatch(bench.desk, DISPATCH.order, on=ON)

    assert reviewed is not None
    (invoice,) = [row for row in reviewed.rows if row.row.key == "invoice"]
    assert invoice.state is RowState.REPLACED
    assert [version.document.message for version in invoice.versions] == ["m1", "m2"]


def test_a_defect_in_a_paper_is_a_hint_of_the_review() -> None:
    bench = Bench(OFFICE)
    keep(bench, "m1", factura_pdf=pdf(INVOICE.format("sin terminos")))
    reviewed = review_dispatch(bench.desk, DISPATCH.order, on=ON)

    assert reviewed is not None
    assert [hint.kind for hint in reviewed.hints] == [DefectKind.NO_INCOTERM]


def test_what_the_office_sent_is_no_arrival() -> None:
    bench = Bench(OFFICE)
    keep(bench, "m1", direction=Direction.OUTGOING, factura_pdf=pdf(INVOICE.format("FOB")))
    reviewed = review_dispatch(bench.desk, DISPATCH.order, on=ON)

    assert reviewed is not None
    assert DocumentType.COMMERCIAL_INVOICE in reviewed.missing


def test_an_order_nobody_knows_has_no_review() -> None:
    bench = Bench(OFFICE)
    assert review_dispatch(bench.desk, "2026-999999", on=ON) is None


def test_a_mail_with_papers_tells_what_its_dispatch_still_needs() -> None:
    records = MemoryRecords(OFFICE)
    brought = verdict_of("factura.pdf")

    assert missing_in_mail(brought, linked_to(DISPATCH.order), records=records) == (
        DocumentType.BILL_OF_LADING,
        DocumentType.PACKING_LIST,
    )
    assert missing_in_mail(brought, linked_to(), records=records) == ()
    assert missing_in_mail(verdict_of("foto.jpg"), linked_to(DISPATCH.order), records=records) == ()
    assert missing_in_mail(Verdict(), linked_to(DISPATCH.order), records=records) == ()


def test_papers_whose_bytes_were_forgotten_are_still_there() -> None:
    bench = Bench(OFFICE)
    keep(bench, "m1", is_forgotten=True, factura_pdf=b"", foto_jpg=b"")

    reviewed = review_dispatch(bench.desk, DISPATCH.order, on=ON)

    assert reviewed is not None
    (invoice,) = [row for row in reviewed.rows if row.row.key == "invoice"]
    assert [version.document.fault for version in invoice.versions] == ["el archivo ya no se guarda"]
    assert reviewed.others == ()


def test_a_scan_says_so_and_where_it_came_from() -> None:
    bench = Bench(OFFICE)
    keep(bench, "m1", factura_pdf=pdf(""))

    reviewed = review_dispatch(bench.desk, DISPATCH.order, on=ON)

    assert reviewed is not None
    (invoice,) = [row for row in reviewed.rows if row.row.key == "invoice"]
    (version,) = invoice.versions
    assert (version.document.is_scan, version.document.message, version.document.path) == (True, "m1", "2")
