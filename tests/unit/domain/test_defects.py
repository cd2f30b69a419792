from datetime import date

import pytest

from mailbot.domain.defects import DefectKind, Hint, Paper, find_defects
from mailbot.domain.labels import DocumentType, ReferenceKind, ReferencePlace
from mailbot.domain.linkage import Reference
from mailbot.domain.measures import all_packages, all_weights, parse_amount
from mailbot.domain.office import Dispatch, Transport
from mailbot.domain.written_dates import dates_in

ON = date(2026, 6, 10)
CLIENT = "20131312955"
OTHER = "20512345671"
DISPATCH = Dispatch(order="2026-000001", ruc=CLIENT, regime="10", transport=Transport.MARITIMA, bls=("MEDUAB123456",))
INVOICE = f"""COMMERCIAL INVOICE No. SH-2231
Date: 12/05/2026
Consignee: Importadora Ejemplo RUC {CLIENT}
Terms: FOB Shanghai    Total USD 12,400.00
TOTAL PACKAGES: 120 CARTONS
GROSS WEIGHT: 11,286.00 KGS"""
PACKING = "PACKING LIST of SH-2231, goods as per our contract, shipped in seaworthy cartons by our own works\n{}\n{}"
LADING = f"BILL OF LADING MEDUAB123456\nConsignee RUC {CLIENT}\nSaid to contain household goods, freight prepaid\n{{}}"


def paper(type: DocumentType, text: str, *references: Reference) -> Paper:
    return Paper(name=f"{type}.pdf", type=type, text=text, references=references)


def invoice(text: str = INVOICE) -> Paper:
    return paper(DocumentType.COMMERCIAL_INVOICE, text)


def packing(count: str = "TOTAL PACKAGES: 120", weight: str = "Gross weight 11286 kg") -> Paper:
    return paper(DocumentType.PACKING_LIST, PACKING.format(count, weight))


def found(*papers: Paper) -> tuple[Hint, ...]:
    return find_defects(papers, DISPATCH, on=ON)


def test_papers_that_agree_give_no_hint() -> None:
    lading = paper(DocumentType.BILL_OF_LADING, LADING.format("120 CARTONS, GROSS WEIGHT 11.286,00 KGS"))

    assert found(invoice(), packing(), lading) == ()


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        pytest.param(INVOICE.replace("FOB Shanghai", "Shanghai"), DefectKind.NO_INCOTERM, "", id="incoterm"),
        pytest.param(INVOICE.replace("12/05/2026", ""), DefectKind.NO_DATE, "", id="date"),
        pytest.param(INVOICE.replace(CLIENT, OTHER), DefectKind.OTHER_RUC, f"RUC {OTHER}", id="ruc"),
    ],
)
def test_a_defect_of_an_invoice_is_told_with_its_line(text: str, kind: DefectKind, line: str) -> None:
    (hint,) = found(invoice(text))

    assert hint.kind is kind
    assert line in hint.line
    assert hint.document == "commercial_invoice.pdf"


def test_packages_and_weight_that_differ_are_told_with_both_papers() -> None:
    hints = found(invoice(), packing("TOTAL PACKAGES: 112", "Gross weight 11.400,50 kg"))

    assert [hint.kind for hint in hints] == [DefectKind.PACKAGES_DIFFER, DefectKind.WEIGHT_DIFFERS]
    assert "120 en commercial_invoice.pdf" in hints[0].message
    assert "112" in hints[0].line


def test_a_measure_that_is_not_clear_is_not_compared() -> None:
    unclear = packing("10 cartons of cups\n20 cartons of plates", "Gross weight 900 kg\nGross weight 800 kg")

    assert found(invoice(), unclear) == ()


def test_a_bl_of_another_number_is_told() -> None:
    other = Reference(
        kind=ReferenceKind.BL, value="COSU6390114870", canonical="COSU6390114870", where=ReferencePlace.TEXT
    )
    lading = paper(DocumentType.BILL_OF_LADING, LADING.format("COSU6390114870"), other)

    (hint,) = found(lading)

    assert (hint.kind, hint.line) == (DefectKind.OTHER_BL, "COSU6390114870")


@pytest.mark.parametrize(("issued", "is_old"), [("10 May 2025", True), ("10 de julio de 2025", False)])
def test_a_certificate_past_its_year_is_told(issued: str, is_old: bool) -> None:
    text = f"CERTIFICATE OF ORIGIN, form for the agreement between the parties, goods wholly obtained\nDate: {issued}"
    text += "\nthe undersigned declares that the above details are correct"

    hints = found(paper(DocumentType.CERTIFICATE_OF_ORIGIN, text))

    assert [hint.kind for hint in hints] == [DefectKind.CERTIFICATE_OLD] * is_old


def test_a_scan_or_cover_says_nothing() -> None:
    assert found(invoice("INVOICE")) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11,286.00", 11286.0),
        ("11.286,00", 11286.0),
        ("18,440", 18440.0),
        ("1.250", 1250.0),
        ("612.40", 612.4),
        ("12,5", 12.5),
        ("2,180.500", 2180.5),
        ("96", 96.0),
    ],
)
def test_amounts_are_read_with_either_mark(text: str, expected: float) -> None:
    assert parse_amount(text) == expected


def test_measures_are_read_from_their_lines() -> None:
    weight, count = all_weights("Peso bruto: 2,5 TM").main, all_packages("1. 18 bultos").main

    assert weight is not None
    assert weight.amount == 2500.0
    assert count is not None
    assert count.amount == 18
    assert all_weights("Net weight 20 kg").main is None


@pytest.mark.parametrize(
    "text",
    ["05/03/2026", "5-3-26", "2026-03-05", "5 de marzo de 2026", "March 5, 2026", "05-MAR-2026", "5th March 2026"],
)
def test_a_day_is_read_in_every_usual_spelling(text: str) -> None:
    assert [day for day, _ in dates_in(f"Fecha: {text}")] == [date(2026, 3, 5)]
