"""Hostile, damaged and foreign workbooks are refused clearly, within bounds."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from mailbot.domain.errors import OfficeFileRejected
from mailbot.records.workbook import read_dispatches, read_office
from mailbot.records.writing import write_template
from tests.unit.records.books import valid, write_book


def refusal(path: Path) -> str:
    with pytest.raises(OfficeFileRejected) as rejected:
        read_office(path)
    (fault,) = rejected.value.faults
    return str(fault)


def with_part(path: Path, name: str, content: bytes, *, replace: bool = False) -> Path:
    """The workbook with one more part, or one replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    assert replace == (name in parts)
    parts[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "oficina.xlsx", valid())


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "oficina.xlsx"
    path.write_text("codigo,nombre")

    assert "no es un libro .xlsx" in refusal(path)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "oficina.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hola.txt", "hola")

    assert "no es un libro .xlsx" in refusal(path)


def test_a_cut_workbook_is_refused(book: Path) -> None:
    book.write_bytes(book.read_bytes()[:-400])

    assert "no es un libro .xlsx" in refusal(book)


def test_a_damaged_sheet_is_refused(book: Path) -> None:
    with_part(book, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row", replace=True)

    assert "está dañado" in refusal(book)


@pytest.mark.parametrize(
    ("rest", "says"),
    [("EncryptedPackage".encode("utf-16-le"), "tiene contraseña"), (b"Workbook", "es de un Excel antiguo")],
    ids=["password", "xls"],
)
def test_an_ole_file_is_refused_with_what_it_is(tmp_path: Path, rest: bytes, says: str) -> None:
    path = tmp_path / "oficina.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + rest)

    assert says in refusal(path)


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        ("xl/vbaProject.bin", b"macro", "macros"),
        ("xl/externalLinks/externalLink1.xml", b"<externalLink/>", "vínculos a otros libros"),
        ("xl/more.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "entidades XML"),
        ("xl/more.xml", "<!DOCTYPE x>".encode("utf-16"), "entidades XML"),
        ("xl/media/zeros.bin", bytes(20_000_000), "ocupa demasiado"),
    ],
    ids=["macros", "external links", "entities", "entities in UTF-16", "zip bomb"],
)
def test_hostile_parts_are_refused(book: Path, part: str, content: bytes, says: str) -> None:
    assert says in refusal(with_part(book, part, content))


def test_a_formula_without_a_saved_result_is_a_fault_at_its_cell(tmp_path: Path) -> None:
    sheets = valid()
    sheets["Clientes"][1][1] = '=CONCATENATE("Textiles"," del Ande")'

    assert refusal(write_book(tmp_path / "o.xlsx", sheets)).startswith(
        "Clientes, fila 2, columna nombre: hay una fórmula sin resultado guardado"
    )


def test_a_formula_with_a_saved_result_is_read_by_its_value(tmp_path: Path) -> None:
    sheets = valid()
    sheets["Clientes"][1][1] = '=CONCATENATE("Textiles")'
    path = write_book(tmp_path / "o.xlsx", sheets)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml")
    # What Excel writes once it has reckoned: the formula and, beside it, its result.
    xml = xml.replace(b"</f><v></v>", b"</f><v>Textiles</v>").replace(b"</f><v />", b"</f><v>Textiles</v>")
    xml = xml.replace(b'<c r="B2">', b'<c r="B2" t="str">')
    with_part(path, "xl/worksheets/sheet2.xml", xml, replace=True)

    assert read_office(path).clients[0].name == "Textiles"


def test_a_gap_of_many_thousand_rows_is_refused_and_not_walked(tmp_path: Path) -> None:
    path = write_book(tmp_path / "o.xlsx", valid())
    book = load_workbook(path)
    book["Feriados"]["A1048576"] = "25/12/2026"
    book.save(path)

    assert "filas vacías" in refusal(path)


def test_a_dimension_that_lies_hides_nothing(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        xml = archive.read("xl/worksheets/sheet5.xml")
    start = xml.index(b'<dimension ref="') + 16
    xml = xml[:start] + b"A1" + xml[xml.index(b'"', start) :]
    with_part(book, "xl/worksheets/sheet5.xml", xml, replace=True)

    assert len(read_office(book).dispatches) == 2


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    assert "no existe" in refusal(tmp_path / "nada.xlsx")


def test_one_csv_is_no_office(tmp_path: Path) -> None:
    (tmp_path / "Personal.csv").write_text("codigo")

    assert "indique la carpeta" in refusal(tmp_path / "Personal.csv")


def test_a_folder_without_csv_is_no_office(tmp_path: Path) -> None:
    assert "no tiene archivos .csv" in refusal(tmp_path)


def test_a_dispatch_export_with_several_sheets_needs_one_of_our_name(tmp_path: Path) -> None:
    office = read_office(write_book(tmp_path / "oficina.xlsx", valid()))
    path = write_book(tmp_path / "export.xlsx", {"Uno": [["orden"]], "Dos": [["orden"]]})

    with pytest.raises(OfficeFileRejected, match="no tiene una hoja Despachos"):
        read_dispatches(path, office=office)


def test_a_workbook_without_any_row_is_refused(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "o.xlsx")

    with pytest.raises(OfficeFileRejected) as rejected:
        read_office(tmp_path / "o.xlsx")
    assert [fault.sheet for fault in rejected.value.faults] == ["Personal", "Clientes", "Despachos"]


def test_a_date_beyond_the_calendar_is_a_fault_at_its_cell(tmp_path: Path) -> None:
    book = load_workbook(write_book(tmp_path / "o.xlsx", valid()))
    book["Feriados"]["A2"] = 4_633_833_334
    book["Feriados"]["A2"].number_format = "dd/mm/yyyy"
    book.save(tmp_path / "o.xlsx")

    assert refusal(tmp_path / "o.xlsx").startswith("Feriados, fila 2, columna fecha: la celda muestra un error")


def test_a_folder_that_does_not_exist_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(OfficeFileRejected, match="no se puede escribir"):
        write_template(tmp_path / "nada" / "plantilla.xlsx")


def test_a_sheet_of_very_many_columns_is_refused_at_once(tmp_path: Path) -> None:
    book = load_workbook(write_book(tmp_path / "o.xlsx", valid()))
    book["Feriados"]["XFD3"] = "lejos"
    book.save(tmp_path / "o.xlsx")

    assert "la fila 3 pasa de 1000 columnas" in refusal(tmp_path / "o.xlsx")
