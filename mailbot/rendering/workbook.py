"""The client's status table as an XLSX file: real dates, filters, a frozen heading, changes marked.

Text from mails and from other systems stays text: nothing becomes a formula. The same table gives the
same bytes. openpyxl is loaded with the first workbook.
"""

import io
import re
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from mailbot.domain.columns import Column, heading
from mailbot.domain.contexts import DigestContext
from mailbot.domain.office import Language
from mailbot.domain.status import StatusCell, StatusRow, Value
from mailbot.domain.words import word
from mailbot.rendering.filters import cell_text, local
from mailbot.rendering.safety import one_line

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

# Names of the sheets and of what is not in the table, by language.
_TEXTS = {
    Language.ES: {
        "status": "Status",
        "waiting": "Pendientes",
        "news": "Novedades",
        "new": "orden nueva",
        "last": "file cerrado",
        "stale": "por actualizar",
        "was": "antes",
        "wait": "Esperamos de usted",
        "missing": "Detalle",
        "since": "Desde",
    },
    Language.EN: {
        "status": "Status",
        "waiting": "Waiting for you",
        "news": "News",
        "new": "new order",
        "last": "file closed",
        "stale": "to be updated",
        "was": "was",
        "wait": "We wait for",
        "missing": "Details",
        "since": "Since",
    },
}
# What a spreadsheet program takes for the beginning of a formula (OWASP, "CSV injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CELL_LIMIT = 2000
_WIDEST, _NARROWEST = 48, 9
_DATE_FORMAT, _MOMENT_FORMAT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
_HEAD_COLOUR, _CHANGED_COLOUR = "FF24507C", "FFE5EEF8"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def status_workbook(context: DigestContext) -> bytes:
    """The digest's table as a workbook; what is waited for stands on a second sheet."""
    from openpyxl import Workbook

    texts = _TEXTS[context.table.language]
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = texts["status"]
    _fill_status(sheet, context, texts)
    if context.waiting:
        _fill_waiting(book.create_sheet(texts["waiting"]), context, texts)
    book.properties.creator = "mailbot"
    book.properties.title = one_line(context.client, 100)
    return _fixed(book, datetime(context.day.year, context.day.month, context.day.day))  # noqa: DTZ001


def _fill_status(sheet: "Worksheet", context: DigestContext, texts: dict[str, str]) -> None:
    language = context.table.language
    headings = [*(heading(column, language) for column in context.table.columns), texts["news"]]
    _head(sheet, headings)
    for number, row in enumerate(context.table.rows, start=2):
        for place, cell in enumerate(row.cells, start=1):
            _write(_cell(sheet, number, place), cell.value, is_changed=cell.is_changed)
        news = _news(row, language, texts)
        _write(_cell(sheet, number, len(headings)), news, is_changed=row.is_changed)
    _finish(sheet)


def _news(row: StatusRow, language: Language, texts: dict[str, str]) -> str:
    marks = {texts["new"]: row.is_new, texts["last"]: row.is_last, texts["stale"]: row.is_stale}
    parts = [text for text, holds in marks.items() if holds]
    parts += [_change(cell, language, texts) for cell in row.cells if cell.is_changed]
    return "; ".join(parts)


def _change(cell: StatusCell, language: Language, texts: dict[str, str]) -> str:
    before = f" ({texts['was']} {cell.before})" if cell.before else ""
    return f"{heading(cell.column, language)}: {cell_text(cell)}{before}"


def _fill_waiting(sheet: "Worksheet", context: DigestContext, texts: dict[str, str]) -> None:
    language = context.table.language
    _head(sheet, [*_order_headings(language), texts["wait"], texts["missing"], texts["since"]])
    for number, wait in enumerate(context.waiting, start=2):
        missing = ", ".join(word(document, language) for document in wait.missing)
        since = local(wait.since).date() if wait.since else None
        for place, value in enumerate((wait.order, wait.reference, word(wait.wait, language), missing, since), start=1):
            _write(_cell(sheet, number, place), value)
    _finish(sheet)


def _order_headings(language: Language) -> list[str]:
    return [heading(Column.ORDER, language), heading(Column.CLIENT_REFERENCE, language)]


def _head(sheet: "Worksheet", headings: list[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for place, text in enumerate(headings, start=1):
        cell = sheet.cell(1, place, text)
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor=_HEAD_COLOUR)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.row_dimensions[1].height = 32


def _cell(sheet: "Worksheet", row: int, column: int) -> "Cell":
    # No sheet of ours has merged cells, which the library's types allow for.
    return cast("Cell", sheet.cell(row, column))


def _write(cell: "Cell", value: Value, *, is_changed: bool = False) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, str):
        _write_text(cell, one_line(value, _CELL_LIMIT))
    elif value is not None:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = _MOMENT_FORMAT if isinstance(value, datetime) else _DATE_FORMAT
    if is_changed:
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


def _finish(sheet: "Worksheet") -> None:
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


def _fixed(book: "Workbook", moment: datetime) -> bytes:
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
