"""Lines of a body with what `>` signs and the anchors of its HTML say of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.reading.html.anchors import MARKS, QUOTE_BEGIN, QUOTE_END, SIGNATURE_BEGIN, SIGNATURE_END, TAIL_BEGIN
from mailbot.reading.replies.quote_signs import fenced_lines, may_quote, quoted_by_sign

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
    is_code: bool = False


def marked_lines(text: str) -> list[Line]:
    """The lines of a body in order."""
    raw_lines = text.split("\n")
    if MARKS.search(text) is None:
        fenced = fenced_lines(raw_lines) if "```" in text or "~~~" in text else set()
        return [
            Line(line, is_quoted and index not in fenced, False, False, index in fenced)
            for index, (line, is_quoted) in enumerate(_with_signs(text, raw_lines))
        ]
    lines = []
    quotes = signatures = 0
    for raw, (line, is_quoted) in zip(
        raw_lines, _with_signs(text, [MARKS.sub("", raw) for raw in raw_lines]), strict=True
    ):
        quotes += raw.count(QUOTE_BEGIN)
        signatures += raw.count(SIGNATURE_BEGIN)
        lines.append(Line(line, quotes > 0 or is_quoted, signatures > 0, TAIL_BEGIN in raw))
        quotes = max(0, quotes - raw.count(QUOTE_END))
        signatures = max(0, signatures - raw.count(SIGNATURE_END))
    return lines


def _with_signs(text: str, lines: list[str]) -> Iterator[tuple[str, bool]]:
    quoted = quoted_by_sign(lines) if may_quote(text) else [False] * len(lines)
    return zip(lines, quoted, strict=True)
