"""Charts, drawn by matplotlib: as pictures for mails, since Outlook shows no SVG, and as SVG for pages.

The same figures always give the same bytes. Colours follow `templates/_base/mail.css`.
"""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, GREEN, RED, FAINT, LINE = "#2f5d8a", "#2e7d4f", "#b42318", "#5b6876", "#d8dee5"
PALE, GREY = "#7d9cbd", "#c9d1d9"
# Dots an inch: twice what a mail shows, for sharp screens.
_DOTS = 192
# Inches: the text column of a mail and of a page.
_WIDE = 6.5
_SMALL, _TEXT = 7.5, 8.5
# One lone bar is a bar too, not a wall.
_FEWEST = 5
# Keeps the ids within an SVG the same from run to run, and gives its text as text.
_SVG: dict[Any, Any] = {"svg.hashsalt": "mailbot", "svg.fonttype": "none"}


@dataclass(frozen=True, kw_only=True)
class Series:
    """What one colour stands for: a value for each bar."""

    values: Sequence[float]
    colour: str
    # Stands in the key; no series with a name, no key.
    name: str = ""


def bar_chart(names: Sequence[str], series: Sequence[Series], *, texts: Sequence[str] = ()) -> "Figure":
    """Horizontal bars, from the top: the series side by side where `texts` stand behind them, else end to end."""
    figure, axes = _figure(height=0.35 + 0.27 * max(len(names), 1))
    beside = bool(texts)
    thickness = 0.7 / len(series) if beside else 0.6
    ends = [0.0] * len(names)
    for number, one in enumerate(series):
        offset = (number - (len(series) - 1) / 2) * thickness if beside else 0.0
        places = [at + offset for at in range(len(names))]
        axes.barh(places, one.values, thickness, left=None if beside else ends, color=one.colour, label=one.name)
        ends = [max(end, value) if beside else end + value for end, value in zip(ends, one.values, strict=True)]
    for at, (end, text) in enumerate(zip(ends, texts or [f"{end:g}" for end in ends], strict=True)):
        _write(axes, end, at, f" {text}", va="center")
    axes.set_yticks(range(len(names)), [_cut(name, 34) for name in names], parse_math=False)
    axes.set_ylim(max(len(names), 1) - 0.4, -0.6)
    # Room for what is written behind the longest.
    axes.set_xlim(0, (max(ends, default=0) or 1) * (1.35 if beside else 1.12))
    axes.set_xticks([])
    _add_key(figure, series)
    return figure


def column_chart(names: Sequence[str], series: Sequence[Series]) -> "Figure":
    """Upright columns, each a stack from the bottom, with its sum above and a name below."""
    figure, axes = _figure(height=1.9)
    ends = [0.0] * len(names)
    for one in series:
        axes.bar(range(len(names)), one.values, 0.7, bottom=ends, color=one.colour, label=one.name)
        ends = [end + value for end, value in zip(ends, one.values, strict=True)]
    for at, end in enumerate(ends):
        if end:
            _write(axes, at, end, f"{end:g}", ha="center", va="bottom")
    axes.set_xticks(range(len(names)), names, parse_math=False)
    middle, width = (len(names) - 1) / 2, max(len(names), _FEWEST)
    axes.set_xlim(middle - width / 2, middle + width / 2)
    axes.set_ylim(0, (max(ends, default=0) or 1) * 1.12)
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(True)
    _add_key(figure, series)
    return figure


def heat_map(cells: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str]) -> "Figure":
    """A table of counts, each cell the darker the more it holds."""
    from matplotlib.colors import LinearSegmentedColormap

    figure, axes = _figure(height=0.4 + 0.25 * len(rows))
    most = max((value for row in cells for value in row), default=0) or 1
    colours = LinearSegmentedColormap.from_list("mailbot", ["#f5f7f9", BLUE])
    axes.pcolormesh([*map(list, cells)], cmap=colours, vmin=0, vmax=most, edgecolors="white", linewidth=1)
    for down, row in enumerate(cells):
        for at, value in enumerate(row):
            if value:
                colour = "white" if value / most > 0.45 else FAINT
                _write(axes, at + 0.5, down + 0.5, str(value), ha="center", va="center", color=colour)
    axes.set_xticks([at + 0.5 for at in range(len(columns))], columns, parse_math=False)
    axes.set_yticks([at + 0.5 for at in range(len(rows))], rows, parse_math=False)
    axes.xaxis.tick_top()
    axes.invert_yaxis()
    return figure


def to_png(figure: "Figure") -> bytes:
    """The chart as a picture of twice its size on a common screen."""
    return _saved(figure, format="png", dpi=_DOTS, metadata={"Software": None})


def to_svg(figure: "Figure") -> str:
    """The chart as an element for a page: nothing to load, nothing to run, every name escaped."""
    from matplotlib import rc_context

    with rc_context(_SVG):
        saved = _saved(figure, format="svg", metadata={"Date": None, "Creator": None})
    page = saved.decode("utf-8")
    return page[page.index("<svg") :]


def _saved(figure: "Figure", **how: Any) -> bytes:
    target = io.BytesIO()
    with warnings.catch_warnings():
        # A name in a script that the font does not have shows boxes; the table beside it has the name.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(target, facecolor="white", **how)
    return target.getvalue()


def _figure(*, height: float) -> tuple["Figure", "Axes"]:
    """An empty chart without frame, `height` inches high; made without pyplot, which keeps figures for ever."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDE, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[:].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(length=0, labelsize=_TEXT, labelcolor=FAINT)
    return figure, axes


def _write(axes: "Axes", x: float, y: float, text: str, **how: Any) -> None:
    given: dict[str, Any] = {"fontsize": _SMALL, "color": FAINT, "parse_math": False}
    axes.text(x, y, text, **given | how)


def _add_key(figure: "Figure", series: Sequence[Series]) -> None:
    if any(one.name for one in series):
        figure.legend(
            loc="outside upper left", ncols=len(series), frameon=False, fontsize=_SMALL, labelcolor=FAINT, borderpad=0
        )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
