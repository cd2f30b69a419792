"""The lines people and programs draw above a signature, and the short lines that stand below them."""

import re
from collections.abc import Sequence

from mailbot.reading.replies.closings import is_contact, is_disclaimer, is_farewell
from mailbot.reading.replies.names import is_sentence, is_title_case

# The usual one is "-- " (RFC 3676 section 4.3); gateways strip the blank, people draw their own.
_DELIMITER = re.compile(r"^\s*(?:--|—|––|-- -|__|~~|\*\*|==)\s*$")
_LONG_RULE = re.compile(r"^\s*[-_=*─—~#]{3,}\s*$")
_THANKS = re.compile(
    r"(?:many |muchas |mil |vielen )?(?:thank|thx|tks|gracias|merci|danke|grazie|obrigad|bedankt|tack|tak|"
    r"спасибо|дякую|dzi[eę]k|d[eě]kuj|d[ií]ky|kiitos|te[sş]ekk|k[oö]sz[oö]n|mul[tț]um|hvala|gr[aà]cies|ευχαριστ|"
    r"谢谢|謝謝|ありがと|감사)"
    r"(?!.*(?:salu|regard|gr[uü](?:ß|ss)|hils|cumprim))",
    re.I,
)
_LINES_BELOW_DELIMITER = 14
_LINE_CHARS = 95
_NAME_CHARS = 60
_LINES_OF_CARD = 7
_WORDS_OF_MOTTO, _SENTENCES_OF_TEXT = 6, 3


def is_thanks(line: str) -> bool:
    """A line that begins with thanks and says no goodbye."""
    return _THANKS.match(line.strip()) is not None


def is_said(line: str) -> bool:
    """Thanks that end like a sentence are a message of their own."""
    return is_thanks(line) and line.rstrip().endswith((".", "!"))


def delimiter_index(lines: Sequence[str], end: int, *, may_be_empty: bool = False) -> int:
    """The first delimiter with no more below it than a signature has, and something above it, or elsewhere."""
    below = sum(1 for line in lines[:end] if line.strip())
    written = may_be_empty
    for index, line in enumerate(lines[:end]):
        if not line.strip():
            continue
        below -= 1
        is_exact = line.startswith("-- ") and not line.strip("- ")
        fits = is_exact or 0 < below <= _LINES_BELOW_DELIMITER
        is_drawn = written and fits and (_DELIMITER.match(line) or _is_footer_rule(lines, index, end))
        if is_drawn and (is_exact or not _goes_on(lines[index + 1 : end])) and not _is_among_points(lines, index, end):
            return index
        written = written or not is_farewell(line) or is_said(line)
    return end


def _is_among_points(lines: Sequence[str], index: int, end: int) -> bool:
    """A list may hold a line of two dashes."""
    return any(line.lstrip().startswith("- ") for line in lines[index + 1 : min(index + 3, end)])


def _goes_on(below: Sequence[str]) -> bool:
    """Below a rule that somebody drew the text may go on: several sentences that are no notice."""
    told = [line for line in below if is_sentence(line) and len(line.split()) > _WORDS_OF_MOTTO]
    return sum(not is_contact(line) and not is_disclaimer(line) for line in told) >= _SENTENCES_OF_TEXT


def _is_footer_rule(lines: Sequence[str], index: int, end: int) -> bool:
    """A long rule with the footer of a mailing list or a card of addresses below it."""
    if not _LONG_RULE.match(lines[index]):
        return False
    below = [line for line in lines[index + 1 : end] if line.strip()]
    if any(not is_contact(line) and not is_disclaimer(line) and len(line) >= 70 for line in below):
        return False
    return any(is_contact(line) or is_disclaimer(line) for line in below) or _is_card(below)


def _is_card(below: Sequence[str]) -> bool:
    """A name in capitals and a few short lines."""
    if not 0 < len(below) <= _LINES_OF_CARD or not all(map(is_block_line, below)):
        return False
    return is_title_case(below[0].split()) and begins_like_name(below[0])


def begins_like_name(line: str) -> bool:
    """A few words of which the first is no small one."""
    found = line.split()
    return len(found) <= 6 and len(line) < _NAME_CHARS and not found[0][0].islower() and is_block_line(line)


def is_block_line(line: str) -> bool:
    """A short line that is no sentence, or one that tells how to reach somebody."""
    text = line.strip()
    if not text or text[0] in ">•¿¡":
        return False
    if len(text) > _LINE_CHARS:
        return is_contact(text)
    return not is_sentence(text) or is_contact(text)


def is_rule(line: str) -> bool:
    """Whether a line is drawn through."""
    return bool(_LONG_RULE.match(line) or _DELIMITER.match(line))
