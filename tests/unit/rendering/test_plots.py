import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from mailbot.domain.contexts import ReportContext
from mailbot.domain.reports import Judgement, ReportPeriod, Span
from mailbot.rendering.plots import Plots, as_page, days_chart, loads_chart
from mailbot.rendering.templates import TemplateRenderer
from mailbot.shipped import templates_folder
from tests.unit.rendering.samples import REPORT, SAMPLES, SUMMARY

WEEK = ReportPeriod(span=Span.WEEK, since=date(2026, 7, 13), until=date(2026, 7, 19), name="2026-W29")
MONTH = ReportPeriod(span=Span.MONTH, since=date(2026, 7, 1), until=date(2026, 7, 31), name="2026-07")


def due(*when: tuple[int, int, Judgement], period: ReportPeriod) -> ReportContext:
    lines = [
        replace(REPORT.lines[0], due_at=datetime(2026, 7, day, hour, tzinfo=UTC), judgement=judgement)
        for day, hour, judgement in when
    ]
    return replace(REPORT, period=period, lines=tuple(lines))


def columns(context: ReportContext) -> dict[str, list[float]]:
    """The heights of each column: met, missed, excused."""
    axes = days_chart(context).axes[0]
    names = [label.get_text() for label in axes.get_xticklabels()]
    heights = [bar.get_height() for bar in axes.patches]  # type: ignore[attr-defined]
    return {name: heights[at :: len(names)] for at, name in enumerate(names)}


def test_a_weeks_plot_has_a_column_for_each_day_in_lima() -> None:
    found = columns(
        due(
            (13, 15, Judgement.MET),
            (13, 16, Judgement.MISSED),
            (19, 20, Judgement.EXCUSED),
            # Three in the morning of Tuesday in Greenwich is Monday evening in Lima.
            (14, 3, Judgement.MET),
            period=WEEK,
        )
    )

    assert list(found) == [f"{day}/07" for day in range(13, 20)]
    assert found["13/07"] == [2, 1, 0]
    assert found["19/07"] == [0, 0, 1]
    assert sum(map(sum, found.values())) == 4


def test_a_months_plot_has_a_column_for_each_week_of_it() -> None:
    found = columns(due((1, 15, Judgement.MET), (6, 15, Judgement.MISSED), (31, 15, Judgement.MET), period=MONTH))

    assert list(found) == ["01/07-05/07", "06/07-12/07", "13/07-19/07", "20/07-26/07", "27/07-31/07"]
    assert [sum(heights) for heights in found.values()] == [1, 1, 0, 0, 1]


def test_the_load_of_each_desk_adds_up_to_what_is_open() -> None:
    bars = loads_chart(SUMMARY).axes[0].patches

    lengths = [bar.get_width() for bar in bars]  # type: ignore[attr-defined]
    people = len(SUMMARY.loads)
    assert [sum(lengths[at::people]) for at in range(people)] == [load.open for load in SUMMARY.loads]
    assert lengths[:people] == [load.overdue for load in SUMMARY.loads]


@pytest.mark.parametrize(("name", "plots"), [("summary", ["loads.png"]), ("report", ["days.png"]), ("agenda", [])])
def test_a_mail_takes_the_pictures_with_it_that_it_shows(name: str, plots: list[str]) -> None:
    mail = TemplateRenderer([templates_folder()]).render(SAMPLES[name])

    assert [picture.name for picture in mail.pictures] == plots
    assert re.findall(r'src="cid:([^"]+)"', mail.html) == [picture.content_id for picture in mail.pictures]
    for picture in mail.pictures:
        assert Image.open(io.BytesIO(picture.content)).format == "PNG"
    page = as_page(mail.html, mail.pictures)
    assert page.count('src="data:image/png;base64,') == len(plots)
    assert "cid:" not in page


def test_an_offices_own_template_may_leave_a_picture_out(tmp_path: Path) -> None:
    (tmp_path / "summary").mkdir()
    (tmp_path / "summary" / "body.html").write_text("<html><head></head><body>{{ mail.met }}</body></html>")

    mail = TemplateRenderer([tmp_path, templates_folder()]).render(SUMMARY)

    assert (mail.pictures, mail.warnings) == ((), ())


def test_an_offices_own_template_that_asks_for_an_unknown_picture_makes_way_for_ours(tmp_path: Path) -> None:
    (tmp_path / "summary").mkdir()
    (tmp_path / "summary" / "body.html").write_text("<html><head></head><body>{{ plot('sales') }}</body></html>")

    mail = TemplateRenderer([tmp_path, templates_folder()]).render(SUMMARY)

    assert [picture.name for picture in mail.pictures] == ["loads.png"]
    assert "sales" in mail.warnings[0]


def test_a_picture_is_drawn_once_however_often_it_is_shown() -> None:
    plots = Plots(SUMMARY)

    assert plots("loads") == plots("loads")
    assert len(plots.pictures) == 1
