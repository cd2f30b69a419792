import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.domain.columns import Column
from mailbot.domain.contexts import DigestContext
from mailbot.domain.office import Language
from mailbot.domain.status import StatusCell, StatusRow
from mailbot.rendering.workbook import status_workbook
from tests.unit.rendering.samples import COLUMNS, DIGEST


def sheet_of(context: DigestContext, name: str = "Status") -> Worksheet:
    return load_workbook(io.BytesIO(status_workbook(context)))[name]


def with_note(text: str) -> DigestContext:
    cells = (StatusCell(column=Column.ORDER, value="2026-000001"), StatusCell(column=Column.NOTE, value=text))
    table = replace(
        DIGEST.table, columns=(Column.ORDER, Column.NOTE), rows=(StatusRow(order="2026-000001", cells=cells),)
    )
    return replace(DIGEST, table=table)


def test_dates_are_dates_and_the_heading_is_frozen_and_filtered() -> None:
    sheet = sheet_of(DIGEST)

    assert [cell.value for cell in sheet[1]][:2] == ["Orden", "Ref. cliente / OC"]
    assert sheet["E2"].value == datetime.fromisoformat("2026-07-28T06:00")
    assert sheet["E2"].number_format == "dd/mm/yyyy hh:mm"
    assert sheet["H2"].value.date() == date(2026, 7, 24)
    assert sheet["H2"].number_format == "dd/mm/yyyy"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{chr(ord('A') + len(COLUMNS))}4"


def test_changed_cells_are_marked_and_told() -> None:
    sheet = sheet_of(DIGEST)

    assert sheet["E2"].fill.fgColor.rgb == "FFE5EEF8"
    assert sheet["B2"].fill.fill_type is None
    assert "ETA: 28/07/2026 06:00 (antes 25/07/2026)" in sheet["L2"].value
    assert sheet["L4"].value == "orden nueva"


def test_what_is_waited_for_has_a_sheet_of_its_own() -> None:
    sheet = sheet_of(DIGEST, "Pendientes")

    assert [cell.value for cell in sheet[2]][:4] == [
        "2026-004530",
        "OC 7790",
        "documentos",
        "póliza de seguro, certificado de origen",
    ]
    assert load_workbook(io.BytesIO(status_workbook(replace(DIGEST, waiting=())))).sheetnames == ["Status"]


def test_the_workbook_speaks_english_too() -> None:
    context = replace(DIGEST, table=replace(DIGEST.table, language=Language.EN))

    assert sheet_of(context)["A1"].value == "Order"
    assert sheet_of(context, "Waiting for you")["C2"].value == "documents"


@pytest.mark.parametrize("text", ['=HYPERLINK("http://malo.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1"])
def test_nothing_becomes_a_formula(text: str) -> None:
    content = status_workbook(with_note(text))

    cell = load_workbook(io.BytesIO(content))["Status"]["B2"]
    assert cell.data_type == "s"
    assert cell.value == text.strip()
    assert cell.quotePrefix
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "text", ["a\x00b\x1f", "lone \udcff surrogate", "x" * 50_000], ids=["controls", "surrogate", "long"]
)
def test_text_no_workbook_can_hold_is_cleaned(text: str) -> None:
    assert sheet_of(with_note(text))["B2"].value


def test_the_same_table_gives_the_same_bytes_whenever_it_is_made() -> None:
    first = status_workbook(DIGEST)

    assert status_workbook(DIGEST) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 7, 24, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-07-24T00:00:00Z"}
