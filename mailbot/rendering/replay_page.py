"""The page of a replay (`templates/replay_report/`): one HTML file with its charts inside."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.domain.contexts.past import Answering, PastReport
from mailbot.domain.wording import WEEKDAYS
from mailbot.domain.words import word
from mailbot.rendering.charts import BLUE, GREEN, PALE, RED, Series, bar_chart, column_chart, heat_map, to_svg
from mailbot.rendering.filters import PLAIN, full_date_text, moment_text, span_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    days = [name.capitalize() for name in WEEKDAYS]
    kept = Series(values=[line.kept for line in report.weeks], colour=GREEN)
    missed = Series(values=[line.missed for line in report.weeks], colour=RED)
    by_hour = Series(values=report.missed_by_hour, colour=RED)
    drawn = {
        "by_esc": _answering_chart(report.by_esc),
        "by_client": _answering_chart(report.by_client),
        "load": heat_map(report.load, days, _HOURS),
        "weeks": column_chart([f"{line.monday:%d/%m}" for line in report.weeks], [kept, missed]),
        "missed_by_hour": column_chart(_HOURS, [by_hour]),
    }
    return {name: to_svg(figure) for name, figure in drawn.items()}


def _answering_chart(lines: Sequence[Answering]) -> "Figure":
    shown = [line for line in lines[:_MOST_BARS] if line.answered]
    return bar_chart(
        [line.name for line in shown],
        [
            Series(values=[_hours(line.median) for line in shown], colour=BLUE),
            Series(values=[_hours(line.p90) for line in shown], colour=PALE),
        ],
        texts=[f"{span_text(line.median)} · {span_text(line.p90)}" for line in shown],
    )


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
