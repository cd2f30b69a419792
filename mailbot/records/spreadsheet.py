"""XLSX workbooks: bounded, without macros, links or entities; values only, nothing is reckoned."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mailbot.records.cells import Broken, Cell, is_blank
from mailbot.records.tables import MAX_BLANK_RUN, MAX_COLUMNS, MAX_ROWS, SheetRow, SheetTable, bytes_of, refused

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MAX_UNPACKED_BYTES = 150_000_000
# Honest sheets shrink to a tenth or a thirtieth; ten thousand equal rows may reach a hundredth.
MAX_RATIO = 250
_RATIO_MATTERS_FROM = 5_000_000
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_AGAIN = "ábralo en Excel y guárdelo como «Libro de Excel (.xlsx)»"
# Whatever a damaged or hostile file makes the libraries raise.
_DAMAGE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    OSError,
    EOFError,
    SyntaxError,
    RuntimeError,
    AssertionError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_workbook(path: Path) -> tuple[SheetTable, ...]:
    """Every sheet of a workbook with its rows that are not blank.

    Raises `OfficeFileRejected` for whatever is no plain .xlsx workbook of a reasonable size.
    """
    raw = bytes_of(path)
    has_formulas = _inspect(path, raw)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of extensions it drops, which carry no value, and of dates it shows as errors.
            warnings.simplefilter("ignore")
            return _tables(path, raw, has_formulas=has_formulas)
    except _DAMAGE as error:
        raise refused(path.name, f"el libro está dañado y no se puede leer; {_AGAIN}") from error


def _inspect(path: Path, raw: bytes) -> bool:
    """Refuse what must not be opened; say whether any sheet holds formulas."""
    if raw.startswith(_OLE):
        is_locked = _ENCRYPTED in raw
        what = "tiene contraseña; quítesela y vuelva a guardarlo" if is_locked else f"es de un Excel antiguo; {_AGAIN}"
        raise refused(path.name, f"el libro {what}")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _inspect_parts(path, archive)
    except _DAMAGE as error:
        raise refused(path.name, f"no es un libro .xlsx; {_AGAIN}") from error


def _inspect_parts(path: Path, archive: zipfile.ZipFile) -> bool:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise refused(path.name, f"no es un libro .xlsx; {_AGAIN}")
    if any("vbaproject" in name for name in names):
        raise refused(path.name, f"el libro trae macros; {_AGAIN}, sin macros")
    if any(name.startswith("xl/externallinks/") for name in names):
        raise refused(
            path.name, "el libro tiene vínculos a otros libros; en Excel use Datos > Editar vínculos > Romper vínculo"
        )
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES or any(map(_is_bomb, parts)):
        raise refused(
            path.name, "el libro ocupa demasiado al abrirse; borre las filas y hojas vacías y guárdelo de nuevo"
        )
    texts = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
    # Every part is looked at, whatever the first ones hold.
    return sum(_inspect_xml(path, archive, part) for part in texts) > 0


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > _RATIO_MATTERS_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1)


def _inspect_xml(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Refuse entities (XML bombs) and encodings that could hide them; say whether formulas stand in it."""
    xml = archive.read(part)
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:4] or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise refused(path.name, f"el libro trae contenido que no es de una planilla (entidades XML); {_AGAIN}")
    return b"<f>" in xml or b"<f " in xml


def _tables(path: Path, raw: bytes, *, has_formulas: bool) -> tuple[SheetTable, ...]:
    values = _opened(raw, data_only=True)
    formulas = _opened(raw, data_only=False) if has_formulas else None
    return tuple(_table(path, values, formulas, sheet.title) for sheet in values.worksheets)


def _opened(raw: bytes, *, data_only: bool) -> "Workbook":
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(raw), read_only=True, data_only=data_only, keep_links=False)


def _table(path: Path, values: "Workbook", formulas: "Workbook | None", name: str) -> SheetTable:
    rows = _cells(values[name])
    if formulas is not None:
        rows = (tuple(map(_with_formula, row, marks)) for row, marks in zip(rows, _cells(formulas[name]), strict=True))
    return SheetTable(name=name, rows=tuple(_numbered(path, name, rows)))


def _cells(sheet: "Worksheet") -> Iterator[tuple[Cell, ...]]:
    # Some exporters write a dimension smaller than the sheet, which would hide cells.
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # a read-only sheet has it, the stubs do not say so
    return (tuple(map(_cell, row)) for row in sheet.iter_rows(values_only=True))


def _cell(value: object) -> Cell:
    """A value of the kinds we know; durations and rich text become what they show."""
    known = value is None or isinstance(value, str | int | float | datetime | date | time)
    return cast("Cell", value) if known else str(value)


def _with_formula(value: Cell, formula: Cell) -> Cell:
    is_open = value is None and isinstance(formula, str) and formula.startswith("=")
    return Broken.UNCALCULATED if is_open else value


def _numbered(path: Path, name: str, rows: Iterator[tuple[Cell, ...]]) -> Iterator[SheetRow]:
    last = 0
    for number, cells in enumerate(rows, start=1):
        if len(cells) > MAX_COLUMNS:
            raise refused(name, f"la fila {number} pasa de {MAX_COLUMNS} columnas; borre las que sobran a la derecha")
        if number > MAX_ROWS or number - last > MAX_BLANK_RUN:
            raise refused(
                name, f"la hoja llega a la fila {number} con filas vacías o de más; bórrelas y guarde {path.name}"
            )
        if not all(is_blank(cell) for cell in cells):
            last = number
            yield SheetRow(number=number, cells=cells)
