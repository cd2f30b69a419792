"""The office file, written: a filled one, or the template that people start from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailbot.domain.clock import LIMA
from mailbot.domain.office import Office
from mailbot.records.examples import EXAMPLE
from mailbot.records.forms import Column, SheetForm
from mailbot.records.sheets import FORMS
from mailbot.records.tables import refused
from mailbot.records.workbook import LEGEND

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# Rows that get drop-down lists: as many as a person fills in by hand.
_LISTED_ROWS = 2000
_DATE_FORMAT, _MOMENT_FORMAT, _TEXT_FORMAT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "@"
_DARK, _LIGHT = "1F4E5F", "7A8B99"
# Excel takes an inline list up to this length.
_MAX_INLINE = 250


def write_office(path: Path, office: Office) -> None:
    """Write an office as a workbook; reading it gives the same office."""
    _save(_workbook(office), path)


def write_template(path: Path) -> None:
    """Write the workbook to fill in: headings, lists, one example row a sheet, and a legend."""
    book = _workbook(EXAMPLE)
    lists = _write_legend(book)
    for form in FORMS:
        for number, column in enumerate(form.columns, start=1):
            _add_list(book[form.name], number, column, lists)
    _save(book, path)


def _save(book: "Workbook", path: Path) -> None:
    book.properties.creator = "mailbot"
    try:
        book.save(path)
    except OSError as error:
        raise refused(
            path.name, f"no se puede escribir ({error.strerror}); revise la carpeta y sus permisos"
        ) from error


def _workbook(office: Office) -> "Workbook":
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for form in FORMS:
        _write_sheet(book.create_sheet(form.name), form, getattr(office, form.attribute))
    return book


def _write_sheet(sheet: "Worksheet", form: SheetForm, rows: Iterable[object]) -> None:
    for number, column in enumerate(form.columns, start=1):
        _write_heading(sheet, number, column)
    for at, row in enumerate(rows, start=2):
        for number, column in enumerate(form.columns, start=1):
            _write_cell(sheet, at, number, getattr(row, column.field))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _write_heading(sheet: "Worksheet", number: int, column: Column) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    cell = sheet.cell(row=1, column=number, value=column.heading)
    is_needed = column.required and not column.may_be_empty
    cell.font = Font(bold=is_needed, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=_DARK if is_needed else _LIGHT)
    size = sheet.column_dimensions[get_column_letter(number)]
    size.width = max(14, len(column.heading) + 4)
    # New cells keep leading zeros and long numbers; a real date typed into them stays what it is.
    size.number_format = _DATE_FORMAT if "dd/mm/aaaa" in column.note else _TEXT_FORMAT


def _write_cell(sheet: "Worksheet", row: int, number: int, value: object) -> None:
    if value in (None, "", ()):
        return
    shown = shown_value(value)
    cell: Any = sheet.cell(row=row, column=number)
    cell.value = shown
    if isinstance(shown, str):
        # A text that begins with "=" is a text here, never a formula.
        cell.data_type = "s"
        cell.number_format = _TEXT_FORMAT
    elif isinstance(shown, datetime):
        cell.number_format = _MOMENT_FORMAT
    elif isinstance(shown, date):
        cell.number_format = _DATE_FORMAT


def shown_value(value: object) -> str | int | date | datetime:
    """A field as its cell shows it."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, datetime):
        return _local(value)
    if isinstance(value, tuple):
        return ", ".join(_part(part) for part in value)
    return value if isinstance(value, int | date) else str(value)


def _local(instant: datetime) -> date | datetime:
    """Lima's clock; midnight is shown as the bare date it was most likely written as."""
    local = instant.astimezone(LIMA).replace(tzinfo=None)
    return local.date() if local.time() == time.min else local


def _part(part: object) -> str:
    if isinstance(part, tuple):
        opens, closes = part
        return f"{opens:%H:%M}-{closes:%H:%M}"
    return str(part)


@dataclass(frozen=True, kw_only=True)
class _ListRange:
    """Where on the legend a list of choices stands."""

    choices: tuple[str, ...]
    formula: str


def _write_legend(book: "Workbook") -> tuple[_ListRange, ...]:
    """Explain every column, and hold the lists that are too long for a cell's own."""
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(LEGEND)
    sheet.append(["hoja", "columna", "¿obligatoria?", "qué se escribe"])
    for form in FORMS:
        for column in form.columns:
            need = "sí" if column.required and not column.may_be_empty else "no"
            sheet.append([form.name, column.heading, need, _explained(column)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCD", (14, 26, 14, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet["D"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    return _write_lists(sheet)


def _explained(column: Column) -> str:
    choices = f"uno de: {', '.join(column.choices)}" if column.choices else ""
    return "; ".join(part for part in (column.note, choices) if part)


def _write_lists(sheet: "Worksheet") -> tuple[_ListRange, ...]:
    from openpyxl.utils import get_column_letter

    long = [column for form in FORMS for column in form.columns if len(",".join(column.choices)) > _MAX_INLINE]
    ranges = []
    for number, column in enumerate(long, start=6):
        letter = get_column_letter(number)
        for row, choice in enumerate((column.heading, *column.choices), start=1):
            sheet.cell(row=row, column=number, value=choice)
        sheet.column_dimensions[letter].width = 34
        formula = f"{LEGEND}!${letter}$2:${letter}${len(column.choices) + 1}"
        ranges.append(_ListRange(choices=column.choices, formula=formula))
    return tuple(ranges)


def _add_list(sheet: "Worksheet", number: int, column: Column, lists: Iterable[_ListRange]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    formula = _list_formula(column, lists)
    if formula is None:
        return
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    # A value outside the list may still be right (a client added later, a state with more words): warn, allow.
    rule.errorStyle = "stop" if column.choices and column.field != "status" else "warning"
    rule.error = "Elija un valor de la lista (vea la hoja Leyenda)."
    letter = get_column_letter(number)
    rule.add(f"{letter}2:{letter}{_LISTED_ROWS}")
    sheet.add_data_validation(rule)


def _list_formula(column: Column, lists: Iterable[_ListRange]) -> str | None:
    if column.source:
        return f"{column.source}!$A$2:$A${_LISTED_ROWS}"
    ranges = {item.choices: item.formula for item in lists}
    if column.choices in ranges:
        return ranges[column.choices]
    return f'"{",".join(column.choices)}"' if column.choices else None
