"""What a reader sees of the pieces of an HTML body: rows and columns of tables, lines and gaps between blocks."""

import re
from dataclasses import dataclass, field

from mailbot.reading.html.anchors import QUOTE_BEGIN, TAIL_BEGIN

# Where a block begins or ends there is a new line, but two such edges make no empty one; between
# paragraphs there is. Private-use characters hold the place until the text is complete.
EDGE, GAP = "\ue010", "\ue011"
_EDGES = re.compile("[\ue010\ue011]")


@dataclass(slots=True)
class Table:
    """A table being read: finished rows of finished cells."""

    outer: list[str]
    rows: list[list[str]] = field(default_factory=list)
    has_inner: bool = False


def table_text(table: Table) -> str:
    """Rows and columns for data; one cell below the other where the table is only layout."""
    if table.has_inner or not _is_data(table.rows):
        return EDGE.join(EDGE.join(cell for cell in row if _EDGES.sub("", cell).strip()) for row in table.rows)
    lines = []
    for row in table.rows:
        cells = [" ".join(_EDGES.sub(" ", cell).split()) for cell in row]
        lines.append("\t".join(cells).rstrip())
    return "\n".join(lines)


def _is_data(rows: list[list[str]]) -> bool:
    if max((len(row) for row in rows), default=0) < 2:
        return False
    marked = any(QUOTE_BEGIN in cell or TAIL_BEGIN in cell for row in rows for cell in row)
    longest = max(len(_EDGES.sub(" ", cell).split()) for row in rows for cell in row)
    return not marked and longest <= 40


_BREAKS = re.compile("[ \xa0]*[\n\ue010\ue011][ \n\ue010\ue011]*")
# A paragraph that holds only a hard blank is how Outlook writes an empty line.
_EMPTY_LINE = re.compile("([\ue010\ue011])[ \n]*\xa0[ \xa0\n]*(?=[\ue010\ue011])")
_INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\u00ad\u034f]")
_MANY_BLANKS = re.compile(r"  +")


def tidy(text: str) -> str:
    """The text with its edges as line breaks, without invisible signs and runs of blanks."""
    text = _EMPTY_LINE.sub(r"\1\n", _INVISIBLE.sub("", text)).replace("\xa0", " ")
    return _MANY_BLANKS.sub(" ", _BREAKS.sub(_line_breaks, text)).strip()


def _line_breaks(match: re.Match[str]) -> str:
    """How many line breaks a run of edges and `br` shows: one `br` before an edge adds nothing to it."""
    run = match.group().replace(" ", "")
    written = run.count("\n")
    count = written if run[0] == "\n" else written + 1
    return "\n" * min(max(count, 2 if GAP in run else 1), 3)
