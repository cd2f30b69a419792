"""Lines of a body with what `>` signs and the anchors of its HTML say of them."""

import re
from dataclasses import dataclass

from mailbot.reading.html.anchors import MARKS, QUOTE_BEGIN, QUOTE_END, SIGNATURE_BEGIN, SIGNATURE_END, TAIL_BEGIN

_QUOTED = re.compile(r"^\s{0,3}(?:>|&gt;)(?!.*<<\s*$)")

DECORATION = " \t>*_|•"
# Hebrew and Arabic programs wrap names and addresses in signs of direction.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def bare(line: str) -> str:
    """A line without the quote marks and bold marks around it."""
    text = line.lstrip(DECORATION).rstrip(" \t*_")
    return text if text.isascii() or text.isprintable() else _DIRECTION.sub("", text).lstrip(DECORATION).rstrip(" \t*_")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, its marks taken out."""

    text: str
    is_quoted: bool
    is_signature: bool
    is_tail: bool


def marked_lines(text: str) -> list[Line]:
    """The lines of a body in order."""
    if MARKS.search(text) is None:
        return [Line(line, _QUOTED.match(line) is not None, False, False) for line in text.split("\n")]
    lines = []
    quotes = signatures = 0
    for raw in text.split("\n"):
        quotes += raw.count(QUOTE_BEGIN)
        signatures += raw.count(SIGNATURE_BEGIN)
        line = MARKS.sub("", raw)
        lines.append(Line(line, quotes > 0 or _QUOTED.match(line) is not None, signatures > 0, TAIL_BEGIN in raw))
        quotes = max(0, quotes - raw.count(QUOTE_END))
        signatures = max(0, signatures - raw.count(SIGNATURE_END))
    return lines
