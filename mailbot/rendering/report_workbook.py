"""The weekly or monthly report as an XLSX file: tallies with a chart, and every line with its evidence."""

from datetime import datetime
from typing import TYPE_CHECKING

from mailbot.domain.contexts import ReportContext, Tally
from mailbot.domain.words import word
from mailbot.rendering.filters import capital, local
from mailbot.rendering.sheets import finish, fixed_bytes, write, write_head

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from mailbot.domain.status import Value

_TALLY_HEADINGS = ["Cumplidos", "Incumplidos", "Excusados", "% a tiempo"]
_LINE_HEADINGS = [
    "Resultado",
    "Obligación",
    "Cliente",
    "Orden",
    "A cargo de",
    "Asunto",
    "Recibido",
    "Plazo",
    "Vence",
    "Terminado",
    "Sustento",
    "Código",
]


def report_workbook(context: ReportContext) -> bytes:
    """The report as a workbook of three sheets: by client, by obligation, and every line."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Por cliente"
    _fill_tallies(sheet, ["Cliente", "RUC", "Ejecutivo"], [
        ((row.name, row.ruc, row.esc), row.tally) for row in context.clients
    ])  # fmt: skip
    kinds = book.create_sheet("Por obligación")
    _fill_tallies(kinds, ["Obligación"], [((capital(word(row.kind)),), row.tally) for row in context.kinds])
    _fill_lines(book.create_sheet("Detalle"), context)
    book.properties.creator = "mailbot"
    book.properties.title = f"Reporte {context.period.name}"
    until = context.period.until
    return fixed_bytes(book, datetime(until.year, until.month, until.day))  # noqa: DTZ001


def _fill_tallies(sheet: "Worksheet", names: list[str], rows: list[tuple[tuple[str, ...], Tally]]) -> None:
    write_head(sheet, [*names, *_TALLY_HEADINGS])
    for number, (labels, tally) in enumerate(rows, start=2):
        values: tuple[Value, ...] = (*labels, tally.met, tally.missed, tally.excused, tally.percent)
        for place, value in enumerate(values, start=1):
            write(sheet, number, place, value)
    finish(sheet)
    if rows:
        _add_chart(sheet, first=len(names) + 1, rows=len(rows))


def _add_chart(sheet: "Worksheet", *, first: int, rows: int) -> None:
    """Met and missed, side by side on one bar a row, below the table."""
    from openpyxl.chart import BarChart, Reference

    chart = BarChart()
    chart.type, chart.grouping, chart.overlap = "bar", "stacked", 100
    data = Reference(sheet, min_col=first, max_col=first + 1, min_row=1, max_row=rows + 1)
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=rows + 1))
    for series, colour in zip(chart.series, ("2E7D4F", "B42318"), strict=True):
        series.graphicalProperties.solidFill = colour
    chart.height, chart.width = max(5, rows), 18
    sheet.add_chart(chart, f"A{rows + 4}")


def _fill_lines(sheet: "Worksheet", context: ReportContext) -> None:
    write_head(sheet, _LINE_HEADINGS)
    for number, line in enumerate(context.lines, start=2):
        values: tuple[Value, ...] = (
            capital(word(line.judgement)),
            capital(word(line.kind)),
            line.client,
            line.order,
            line.owner,
            line.subject,
            _moment(line.received_at),
            line.limit,
            _moment(line.due_at),
            _moment(line.ended_at),
            line.evidence,
            line.obligation,
        )
        for place, value in enumerate(values, start=1):
            write(sheet, number, place, value)
    finish(sheet)


def _moment(moment: datetime | None) -> datetime | None:
    """Lima's clock without an offset, which a workbook cannot hold."""
    return None if moment is None else local(moment).replace(tzinfo=None)
