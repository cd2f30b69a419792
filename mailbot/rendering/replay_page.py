"""The page of a replay (`templates/replay_report/`): one HTML file with its charts inside."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from mailbot.domain.contexts.past import Answering, PastReport
from mailbot.domain.wording import WEEKDAYS
from mailbot.domain.words import word
from mailbot.rendering.charts import BLUE, GREEN, RED, Bars, bar_chart, column_chart, heat_map
from mailbot.rendering.filters import PLAIN, full_date_text, moment_text, span_text

# More rows than that stand in the table alone.
_MOST_BARS = 20
_HOURS = tuple(f"{hour:02d}" for hour in range(24))


def replay_page(report: PastReport, folder: Path) -> str:
    """The whole page, in Spanish; `folder` holds the templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(str(folder)),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(PLAIN)
    environment.filters |= {"moment": moment_text, "day": full_date_text, "span": span_text, "word": word}
    # The charts are made by us alone, with every label escaped.
    charts = {name: Markup(chart) for name, chart in _charts(report).items()}  # noqa: S704
    return environment.get_template("replay_report/page.html").render(report=report, charts=charts)


def _charts(report: PastReport) -> dict[str, str]:
    return {
        "by_esc": _answering_chart(report.by_esc, "Tiempo de respuesta por ESC"),
        "by_client": _answering_chart(report.by_client, "Tiempo de respuesta por cliente"),
        "load": heat_map(
            report.load, [name.capitalize() for name in WEEKDAYS], _HOURS, title="Correos por día y hora de llegada"
        ),
        "weeks": column_chart(
            [(line.kept, line.missed) for line in report.weeks],
            [f"{line.monday:%d/%m}" for line in report.weeks],
            (GREEN, RED),
            title="Plazos que vencían en cada semana: cumplidos y no cumplidos a tiempo",
        ),
        "missed_by_hour": column_chart(
            [(count,) for count in report.missed_by_hour],
            _HOURS,
            (RED,),
            title="Plazos no cumplidos por hora de vencimiento",
        ),
    }


def _answering_chart(lines: Sequence[Answering], title: str) -> str:
    rows = [
        Bars(
            name=line.name,
            values=(_hours(line.median), _hours(line.p90)),
            text=f"{span_text(line.median)} · {span_text(line.p90)}",
        )
        for line in lines[:_MOST_BARS]
        if line.answered
    ]
    return bar_chart(rows, (BLUE, "#7d9cbd"), title=title)


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
