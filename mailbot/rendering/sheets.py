"""Sheets of our workbooks: heading, cells that stay what they are, widths, and fixed bytes.

Text from mails and from other systems stays text: nothing becomes a formula. The same content gives the
same bytes. openpyxl is loaded with the first workbook.
"""

import io
import re
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from mailbot.domain.status import Value
from mailbot.rendering.safety import one_line

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

# What a spreadsheet program takes for the beginning of a formula (OWASP, "CSV injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CELL_LIMIT = 2000
_WIDEST, _NARROWEST = 48, 9
_DATE_FORMAT, _MOMENT_FORMAT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
_HEAD_COLOUR, _CHANGED_COLOUR = "FF24507C", "FFE5EEF8"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def write_head(sheet: "Worksheet", headings: list[str]) -> None:
    """The heading row."""
    from openpyxl.styles import Alignment, Font, PatternFill

    for place, text in enumerate(headings, start=1):
        cell = sheet.cell(1, place, text)
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor=_HEAD_COLOUR)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.row_dimensions[1].height = 32


def write(sheet: "Worksheet", row: int, column: int, value: Value, *, is_marked: bool = False) -> None:
    """Write one cell: dates as dates, numbers as numbers, text as text."""
    from openpyxl.styles import Alignment, Font, PatternFill

    # No sheet of ours has merged cells, which the library's types allow for.
    cell = cast("Cell", sheet.cell(row, column))
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, str):
        _write_text(cell, one_line(value, _CELL_LIMIT))
    elif value is not None:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = _MOMENT_FORMAT if isinstance(value, datetime) else _DATE_FORMAT
    if is_marked:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_CHANGED_COLOUR)


def _write_text(cell: "Cell", text: str) -> None:
    """Text as text: a leading sign of a formula is neither read as one now nor after a later edit."""
    if not text:
        return
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True
        cell.number_format = "@"


def finish(sheet: "Worksheet") -> None:
    """Freeze the heading and first column, filter, fit the widths and the printed page."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    for place, column in enumerate(sheet.iter_cols(), start=1):
        longest = max(len(_seen(cell.value)) for cell in column)
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, _NARROWEST), _WIDEST)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _seen(value: object) -> str:
    if isinstance(value, datetime):
        return _MOMENT_FORMAT
    return _DATE_FORMAT if isinstance(value, date) else str(value or "")


def fixed_bytes(book: "Workbook", moment: datetime) -> bytes:
    """The file with every time in it set to `moment`, so that the same table gives the same bytes."""
    book.properties.created = moment
    written = io.BytesIO()
    book.save(written)
    stamp = rf"\g<1>{moment:%Y-%m-%dT%H:%M:%SZ}\g<2>".encode()
    result = io.BytesIO()
    # A ZIP file knows no year before 1980.
    when = (max(moment.year, 1980), moment.month, moment.day, 0, 0, 0)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(stamp, content)
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return result.getvalue()
