"""The pictures within a mail: which context has which, and what the template needs to show one."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mailbot.domain.contexts import ReportContext, SummaryContext
from mailbot.domain.mail import MailFile
from mailbot.domain.reports import Judgement, Span
from mailbot.ports.renderer import MailContext
from mailbot.rendering.charts import GREEN, GREY, PALE, RED, Series, bar_chart, column_chart, to_png
from mailbot.rendering.filters import local

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.figure import Figure

# More people than that stand in the table alone.
_MOST_PEOPLE = 20


class Plots:
    """Draws the pictures that a template asks for by name, each once."""

    def __init__(self, context: MailContext) -> None:
        self._context = context
        self._drawn: dict[str, MailFile] = {}

    def __call__(self, name: str) -> "Markup":
        """The `src` of the picture (RFC 2392); raises `LookupError` where the mail has none of that name."""
        from markupsafe import Markup

        if name not in self._drawn:
            self._drawn[name] = _picture(name, to_png(_plots_of(self._context)[name]()))
        # Made here alone, of letters and digits.
        return Markup(f"cid:{self._drawn[name].content_id}")  # noqa: S704

    @property
    def pictures(self) -> tuple[MailFile, ...]:
        """What was asked for, to go with the mail."""
        return tuple(self._drawn.values())


def as_page(html: str, files: Iterable[MailFile]) -> str:
    """The HTML of a mail with these files as a page that shows its pictures by itself, for a browser."""
    for file in files:
        if file.content_id:
            content = base64.b64encode(file.content).decode("ascii")
            html = html.replace(f"cid:{file.content_id}", f"data:{file.type};base64,{content}")
    return html


def _picture(name: str, content: bytes) -> MailFile:
    digest = hashlib.sha256(content).hexdigest()
    return MailFile(name=f"{name}.png", type="image/png", content=content, content_id=f"{name}.{digest[:20]}@mailbot")


def _plots_of(context: MailContext) -> Mapping[str, Callable[[], "Figure"]]:
    if isinstance(context, SummaryContext):
        return {"loads": lambda: loads_chart(context)}
    if isinstance(context, ReportContext):
        return {"days": lambda: days_chart(context)}
    return {}


def loads_chart(context: SummaryContext) -> "Figure":
    """What lies on each desk: overdue, due today, and later."""
    loads = context.loads[:_MOST_PEOPLE]
    later = [max(0, load.open - load.overdue - load.due_today) for load in loads]
    return bar_chart(
        [load.name for load in loads],
        [
            Series(name="vencidos", values=[load.overdue for load in loads], colour=RED),
            Series(name="vencen hoy", values=[load.due_today for load in loads], colour="#b7791f"),
            Series(name="después", values=later, colour=PALE),
        ],
    )


def days_chart(context: ReportContext) -> "Figure":
    """How what fell due on each day, or in each week of a month, ended."""
    period = context.period
    days = [period.since + timedelta(days=at) for at in range((period.until - period.since).days + 1)]
    starts = [day for day in days if period.span is Span.WEEK or day == period.since or day.weekday() == 0]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), period.until]
    columns = [_column(local(line.due_at).date(), starts) for line in context.lines]

    def counted(judgement: Judgement) -> list[float]:
        found = [at for at, line in zip(columns, context.lines, strict=True) if line.judgement is judgement]
        return [float(found.count(at)) for at in range(len(starts))]

    return column_chart(
        [_column_name(first, last) for first, last in zip(starts, ends, strict=True)],
        [
            Series(name="cumplidos", values=counted(Judgement.MET), colour=GREEN),
            Series(name="incumplidos", values=counted(Judgement.MISSED), colour=RED),
            Series(name="excusados", values=counted(Judgement.EXCUSED), colour=GREY),
        ],
    )


def _column(day: date, starts: list[date]) -> int:
    return max(0, sum(start <= day for start in starts) - 1)


def _column_name(first: date, last: date) -> str:
    return f"{first:%d/%m}" if first == last else f"{first:%d/%m}-{last:%d/%m}"
