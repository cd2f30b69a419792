"""The client's status table as an XLSX file: real dates, filters, a frozen heading, changes marked."""

from datetime import datetime
from typing import TYPE_CHECKING

from mailbot.domain.columns import Column, heading
from mailbot.domain.contexts import DigestContext
from mailbot.domain.office import Language
from mailbot.domain.status import StatusCell, StatusRow
from mailbot.domain.words import word
from mailbot.rendering.filters import cell_text, local
from mailbot.rendering.safety import one_line
from mailbot.rendering.sheets import finish, fixed_bytes, write, write_head

if TYPE_CHECKING:
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
    return fixed_bytes(book, datetime(context.day.year, context.day.month, context.day.day))  # noqa: DTZ001


def _fill_status(sheet: "Worksheet", context: DigestContext, texts: dict[str, str]) -> None:
    language = context.table.language
    headings = [*(heading(column, language) for column in context.table.columns), texts["news"]]
    write_head(sheet, headings)
    for number, row in enumerate(context.table.rows, start=2):
        for place, cell in enumerate(row.cells, start=1):
            write(sheet, number, place, cell.value, is_marked=cell.is_changed)
        news = _news(row, language, texts)
        write(sheet, number, len(headings), news, is_marked=row.is_changed)
    finish(sheet)


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
    write_head(sheet, [*_order_headings(language), texts["wait"], texts["missing"], texts["since"]])
    for number, wait in enumerate(context.waiting, start=2):
        missing = ", ".join(word(document, language) for document in wait.missing)
        since = local(wait.since).date() if wait.since else None
        for place, value in enumerate((wait.order, wait.reference, word(wait.wait, language), missing, since), start=1):
            write(sheet, number, place, value)
    finish(sheet)


def _order_headings(language: Language) -> list[str]:
    return [heading(Column.ORDER, language), heading(Column.CLIENT_REFERENCE, language)]
