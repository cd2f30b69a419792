import io
from datetime import datetime

from openpyxl import load_workbook

from mailbot.rendering.report_workbook import report_workbook
from tests.unit.rendering.samples import REPORT


def test_a_report_has_tallies_with_a_chart_and_every_line_with_its_evidence() -> None:
    book = load_workbook(io.BytesIO(report_workbook(REPORT)))

    assert book.sheetnames == ["Por cliente", "Por obligación", "Detalle"]
    clients = book["Por cliente"]
    assert [cell.value for cell in clients[2]] == ["Textiles Andinos S.A.C.", "1", "Lucía Ramos", 20, 2, 1, 90]
    assert clients["G4"].value is None
    assert len(clients._charts) == 1
    detail = book["Detalle"]
    assert [cell.value for cell in detail[2]][:4] == [
        "Incumplido",
        "Respuesta al cliente",
        "Textiles Andinos S.A.C.",
        "2026-004512",
    ]
    assert detail["I2"].value == datetime.fromisoformat("2026-07-16T12:36")
    assert detail["K2"].value.startswith("respondió Lucía Ramos")
    assert detail["J3"].value is None
    assert detail.freeze_panes == "B2"


def test_a_subject_becomes_no_formula() -> None:
    cell = load_workbook(io.BytesIO(report_workbook(REPORT)))["Detalle"]["F3"]

    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_the_same_report_gives_the_same_bytes() -> None:
    assert report_workbook(REPORT) == report_workbook(REPORT)
