"""Plain charts as inline SVG: nothing to load, nothing to run, readable in any browser and in print.

Labels are escaped here; colours follow `templates/_base/mail.css`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

BLUE, GREEN, RED, INK, FAINT, LINE = "#2f5d8a", "#2e7d4f", "#b42318", "#1c2733", "#5b6876", "#d8dee5"
_ROW, _BAR, _NAMES, _VALUES = 30, 10, 210, 150
_CELL_WIDTH, _CELL_HEIGHT, _MARGIN = 30, 24, 40
# One lone week is a column too, not a wall.
_WIDEST = 110


@dataclass(frozen=True, kw_only=True)
class Bars:
    """One row of a bar chart: a name, its bars from the top, and what is written behind them."""

    name: str
    values: tuple[float, ...]
    text: str


def bar_chart(rows: Sequence[Bars], colours: Sequence[str], *, title: str, width: int = 880) -> str:
    """Horizontal bars, one group a row, all on one scale."""
    longest = max((value for row in rows for value in row.values), default=0) or 1
    room = width - _NAMES - _VALUES
    drawn = [_bars(row, colours, at=at, scale=room / longest) for at, row in enumerate(rows)]
    return _svg("".join(drawn), width=width, height=_ROW * len(rows) + 6, title=title)


def _bars(row: Bars, colours: Sequence[str], *, at: int, scale: float) -> str:
    top, count = at * _ROW + 4, len(row.values)
    height = min(2 * _BAR, 2 * _BAR // count)
    bars = "".join(
        f'<rect x="{_NAMES}" y="{top + number * height}" width="{max(value * scale, 1):.1f}" '
        f'height="{height - 1}" fill="{colour}"/>'
        for number, (value, colour) in enumerate(zip(row.values, colours, strict=True))
    )
    end = _NAMES + max(row.values) * scale + 8
    name = _text(_NAMES - 10, top + 14, _cut(row.name, 30), anchor="end")
    return f"{name}{bars}{_text(end, top + 14, row.text, colour=FAINT)}"


def column_chart(
    stacks: Sequence[Sequence[float]], labels: Sequence[str], colours: Sequence[str], *, title: str, width: int = 880
) -> str:
    """Upright columns, each a stack from the bottom, with a label under each."""
    height, foot, head = 200, 24, 18
    tallest = max((sum(stack) for stack in stacks), default=0) or 1
    step = min((width - 2 * _MARGIN) / max(len(stacks), 1), _WIDEST)
    drawn = []
    for number, (stack, label) in enumerate(zip(stacks, labels, strict=True)):
        left, bottom = _MARGIN + number * step, float(height - foot)
        for value, colour in zip(stack, colours, strict=True):
            tall = value / tallest * (height - foot - head)
            bottom -= tall
            drawn.append(
                f'<rect x="{left + step * 0.15:.1f}" y="{bottom:.1f}" width="{step * 0.7:.1f}" '
                f'height="{tall:.1f}" fill="{colour}"/>'
            )
        middle = left + step / 2
        drawn.append(_text(middle, height - 8, label, anchor="middle", colour=FAINT, size=11))
        if sum(stack):
            drawn.append(_text(middle, bottom - 4, f"{sum(stack):g}", anchor="middle", colour=FAINT, size=11))
    base = f'<line x1="{_MARGIN}" x2="{width - _MARGIN}" y1="{height - foot}" y2="{height - foot}" stroke="{LINE}"/>'
    return _svg(base + "".join(drawn), width=width, height=height, title=title)


def heat_map(cells: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str], *, title: str) -> str:
    """A table of counts, each cell the darker the more it holds."""
    most = max((value for row in cells for value in row), default=0) or 1
    drawn = [
        _text(_MARGIN + (at + 0.5) * _CELL_WIDTH, 14, name, anchor="middle", colour=FAINT, size=11)
        for at, name in enumerate(columns)
    ]
    for down, (name, row) in enumerate(zip(rows, cells, strict=True)):
        top = 20 + down * _CELL_HEIGHT
        drawn.append(_text(_MARGIN - 8, top + 16, name, anchor="end", colour=FAINT, size=12))
        drawn += [_cell(value / most, value, _MARGIN + at * _CELL_WIDTH, top) for at, value in enumerate(row)]
    width = 2 * _MARGIN + _CELL_WIDTH * len(columns)
    return _svg("".join(drawn), width=width, height=26 + _CELL_HEIGHT * len(rows), title=title)


def _cell(share: float, value: int, left: float, top: float) -> str:
    opacity = 0.04 + 0.96 * share
    colour = "#ffffff" if share > 0.45 else INK
    number = _text(left + _CELL_WIDTH / 2, top + 16, str(value), anchor="middle", colour=colour, size=11)
    rect = (
        f'<rect x="{left + 1}" y="{top + 1}" width="{_CELL_WIDTH - 2}" height="{_CELL_HEIGHT - 2}" '
        f'fill="{BLUE}" fill-opacity="{opacity:.2f}"/>'
    )
    return rect + (number if value else "")


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = INK, size: int = 13) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(text)}</text>'
    )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _svg(body: str, *, width: int, height: int, title: str) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{body}</svg>'
    )
