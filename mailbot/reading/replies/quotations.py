"""Where a quotation that a line announces ends, so that answers below it are the sender's own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.reading.replies.header_blocks import header_block_length
from mailbot.reading.replies.marks import Line
from mailbot.reading.replies.separators import is_marker

# Some programs quote with a bar; cells of a table stand between two.
_BAR = re.compile(r"^\s?\|(?!.*\|\s*$)")
_INDENTED = re.compile(r"^(?: {3,}|\t)\S")


def next_written(plain: Sequence[str], position: int) -> int:
    """The next line from `position` on that is not empty."""
    while position < len(plain) and not plain[position].strip():
        position += 1
    return position


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """A line above earlier mail: an attribution of so many lines, else a rule or headers."""

    position: int
    attribution: int
    # Whether nothing of the sender's own stands above: then it is looked for below.
    is_answered: bool


def quoted_end(lines: Sequence[Line], plain: Sequence[str], above: Announcement) -> int:
    """Where marked quotation goes on below an announcement, or ends; 0 when all below is earlier mail."""
    if not above.attribution:
        return _below_headers(lines, plain, above.position) if above.is_answered else 0
    following = next_written(plain, above.position + above.attribution)
    if following < len(lines) and lines[following].is_quoted:
        return following
    if following < len(lines) and _BAR.match(plain[following]):
        return _end_of(_BAR, plain, following)
    if not above.is_answered or following == len(lines):
        return 0
    if above.position and lines[above.position - 1].is_quoted:
        # Some name the author below the quotation.
        return following
    return _indented_end(plain, following)


def _below_headers(lines: Sequence[Line], plain: Sequence[str], position: int) -> int:
    """The first quoted line below a rule and the headers, when every line of the earlier mail is marked."""
    start = next_written(plain, position + 1) if is_marker(plain[position]) else position
    if start < len(plain):
        start = next_written(plain, start + header_block_length(plain, start))
    return start if start < len(lines) and lines[start].is_quoted else 0


def _indented_end(plain: Sequence[str], start: int) -> int:
    """The end of a quotation that is only indented, when something stands below it at the margin."""
    end = start
    while end < len(plain) and (_INDENTED.match(plain[end]) or not plain[end].strip()):
        end += 1
    return end if start < end < len(plain) and not plain[end - 1].strip() else 0


def _end_of(sign: re.Pattern[str], plain: Sequence[str], position: int) -> int:
    while position < len(plain) and sign.match(plain[position]):
        position += 1
    return position
