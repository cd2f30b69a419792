"""What a client's digest says of missing papers, and that nothing of another client comes along."""

from dataclasses import replace

import pytest

from mailbot.domain.checklist_file import read_checklist
from mailbot.domain.labels import Category, DocumentType
from mailbot.domain.linkage import ClientMatch, DispatchMatch, Linkage
from mailbot.domain.mail import MailPurpose
from mailbot.domain.message import Direction
from mailbot.domain.office import StatusProgramme
from mailbot.domain.verdict import DocumentVerdict, Verdict
from mailbot.ports.stored import StoredMessage
from mailbot.services.digest import queue_digests
from mailbot.services.lacking import lacking
from tests.unit.services.outgoing_office import ANDES, COSTA, DAILY, DISPATCHES, OFFICE, Bench, lima, stored

BL, AWB, INVOICE, PACKING = (
    DocumentType.BILL_OF_LADING,
    DocumentType.AIR_WAYBILL,
    DocumentType.COMMERCIAL_INVOICE,
    DocumentType.PACKING_LIST,
)
SEA, AIR, EXPORT = DISPATCHES
FRIDAY = lima("2026-07-24T09:00")


def brings(id: str, order: str, *types: DocumentType, ruc: str = ANDES, **fields: object) -> StoredMessage:
    """A mail that brought papers for an order."""
    documents = tuple(DocumentVerdict(name=f"{kind}.pdf", type=kind, confidence=0.9) for kind in types)
    linkage = Linkage(
        client=ClientMatch(ruc=ruc, name="", how="dominio"),
        dispatches=(DispatchMatch(order=order, ruc=ruc, score=1.0, how=()),),
    )
    verdict = Verdict(categories=(Category.DOCUMENTS,), documents=documents)
    message = stored(id, at="2026-07-23T10:00", verdict=verdict, linkage=linkage)
    return replace(message, orders=(order,), client=ruc, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mails", "status", "missing"),
    [
        pytest.param((), "En tránsito", (), id="papers may have come by another way"),
        pytest.param((), "Orden abierta", (BL, INVOICE, PACKING), id="an order just opened waits for all"),
        pytest.param((), "Documentos incompletos", (BL, INVOICE, PACKING), id="the office says that they lack"),
        pytest.param((brings("m1", SEA.order, INVOICE),), "En tránsito", (BL, PACKING), id="one came by mail"),
        pytest.param(
            (brings("m1", SEA.order, INVOICE), brings("m2", SEA.order, BL, PACKING)), "En tránsito", (), id="all came"
        ),
        pytest.param(
            (brings("m1", SEA.order, INVOICE),), "Documentos revisados: conforme", (), id="the office has them all"
        ),
        pytest.param((brings("m1", AIR.order, BL, PACKING),), "Orden abierta", (BL, INVOICE, PACKING), id="another's"),
        pytest.param(
            (brings("m1", SEA.order, BL, direction=Direction.OUTGOING),),
            "Orden abierta",
            (BL, INVOICE, PACKING),
            id="what the office sent is no arrival",
        ),
        pytest.param(
            (brings("m1", SEA.order, BL, received_at=lima("2026-07-24T09:01")),),
            "Orden abierta",
            (BL, INVOICE, PACKING),
            id="it came later than the moment that is told",
        ),
    ],
)
def test_what_lacks_follows_mails_and_the_offices_file(
    mails: tuple[StoredMessage, ...], status: str, missing: tuple[DocumentType, ...]
) -> None:
    bench = Bench()
    bench.receive(*mails)
    dispatch = replace(SEA, status=status)

    with bench.desk.store.begin() as uow:
        found = lacking([dispatch], uow, checklist=bench.desk.checklist, at=FRIDAY)

    assert found == ({SEA.order: missing} if missing else {})


def test_a_digest_names_the_missing_papers_on_top_and_in_its_column() -> None:
    bench = Bench(replace(OFFICE, programmes=(replace(DAILY, columns=("Orden", "Estado", "Doc. pendientes")),)))
    bench.receive(brings("m1", AIR.order, INVOICE))

    queue_digests(bench.desk, now=FRIDAY)

    (mail,) = bench.mails(MailPurpose.DIGEST)
    assert mail.text.index("PARA AVANZAR NECESITAMOS DE USTED") < mail.text.index("Estado:")
    assert f"{AIR.order}: documentos: guía aérea (AWB), lista de empaque" in mail.text
    assert "Doc. pendientes: guía aérea (AWB), lista de empaque" in mail.text


def test_a_paper_that_came_in_is_news() -> None:
    bench = Bench(replace(OFFICE, programmes=(replace(DAILY, only_changes=True),)))
    queue_digests(bench.desk, now=FRIDAY)
    bench.receive(brings("m1", AIR.order, INVOICE))

    assert queue_digests(bench.desk, now=lima("2026-07-27T09:00")) == 1


def test_the_offices_own_list_decides() -> None:
    bench = Bench()
    own = read_checklist('[[row]]\nkey = "packing-list"\nneed = "none"\n')

    with bench.desk.store.begin() as uow:
        assert lacking([AIR], uow, checklist=own, at=FRIDAY) == {AIR.order: (AWB, INVOICE)}


def test_nothing_of_another_client_can_appear() -> None:
    other = StatusProgramme(ruc=COSTA, frequency="diario 09:00", recipients=("luz@costa.example",))
    bench = Bench(replace(OFFICE, programmes=(DAILY, other)))
    bench.change(EXPORT.order, status="Documentos incompletos")
    # A mail of the other client that a person linked to this client's order by mistake.
    stray = brings("m1", AIR.order, INVOICE, ruc=COSTA, subject="Secreto de Costa", new_text="Secreto de Costa")
    bench.receive(stray, brings("m2", EXPORT.order, PACKING, ruc=COSTA))

    queue_digests(bench.desk, now=FRIDAY)

    mails = {mail.to[0].address: mail for mail in bench.mails(MailPurpose.DIGEST)}
    own, others = mails["ana@andes.example"], mails["luz@costa.example"]
    assert EXPORT.order not in own.text + own.html
    assert "Secreto" not in own.text + own.html
    assert f"{EXPORT.order}: documentos: conocimiento de embarque (BL), factura comercial" in others.text
    assert AIR.order not in others.text + others.html
