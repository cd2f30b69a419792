"""Where the signature begins below what a sender wrote: delimiter, device line, name block, disclaimer."""

import re
from collections.abc import Sequence

from mailbot.reading.replies.closings import is_contact, is_disclaimer, is_farewell, is_notice
from mailbot.reading.replies.delimiters import (
    begins_like_name,
    delimiter_index,
    is_block_line,
    is_rule,
    is_said,
    is_thanks,
)
from mailbot.reading.replies.devices import is_device_line
from mailbot.reading.replies.names import Signer, is_picture, is_sentence, is_title_case

# A name behind a dash, or before the word by which Koreans sign.
_DASH_NAME = re.compile(
    r"^\s*[-–—~]{1,2}\s?[^\W\d_][\w.'’]*(?:\s+[^\W\d_][\w.'’]*){0,3}\s*$|^\s*[가-힣 ]{2,16} (?:드림|올림|배상)\s*$"
)
_POSTSCRIPT = re.compile(r"\s*P\.?\s?[SD]\.?\s?[:.\-–]")
_BOLD = re.compile(r"^([*_]{1,2})(?=\S)([^*_]+)\1")
# Shorter than where programs wrap: what follows does not go on with it.
_SHORT_LINE = 60
_BLOCK_LINES = 12
_LINES_BELOW_NAME = 16
_LINES_BELOW_FAREWELL = 16


def signature_start(lines: Sequence[str], signer: Signer, *, may_be_empty: bool = False) -> int:
    """The index of the first line of the signature; the number of lines when there is none."""
    end = delimiter_index(lines, len(lines), may_be_empty=may_be_empty)
    end = _device(lines, end)
    start = _named_block(lines, _last_written(lines, end), signer, may_be_empty=may_be_empty)
    if start is not None:
        return start
    end = _trailing_notices(lines, end)
    last = _last_written(lines, end)
    start = _below_farewell(lines, last)
    if start is None:
        start = _unnamed_block(lines, last, signer)
    return end if start is None else start


def _last_written(lines: Sequence[str], end: int) -> int:
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    return end


def _has_text(lines: Sequence[str]) -> bool:
    return any(line.strip() and (not is_farewell(line) or is_said(line)) for line in lines)


def _device(lines: Sequence[str], end: int) -> int:
    """Device lines end what was written when only a few short lines stand below each."""
    while (index := _last_device(lines, end)) is not None:
        end = index
    return end


def _last_device(lines: Sequence[str], end: int) -> int | None:
    for index in range(_last_written(lines, end) - 1, max(end - 26, -1), -1):
        if is_device_line(lines[index]):
            below = [line for line in lines[index + 1 : end] if line.strip()]
            if len(below) <= 6 and all(_goes_with_device(line) for line in below):
                return index
    return None


def _goes_with_device(line: str) -> bool:
    return not is_sentence(line) or is_disclaimer(line) or is_device_line(line) or is_contact(line)


def _paragraph_start(lines: Sequence[str], end: int) -> int:
    start = end
    while start > 0 and lines[start - 1].strip():
        start -= 1
    return start


def _trailing_notices(lines: Sequence[str], end: int) -> int:
    """Disclaimers and rules at the end, whole paragraphs or the last lines of one."""
    while True:
        last = _last_written(lines, end)
        start = _notice_start(lines, last)
        if start == last or not _has_text(lines[:start]):
            return end
        end = start


def _notice_start(lines: Sequence[str], end: int) -> int:
    if end and is_rule(lines[end - 1]):
        return end - 1
    start = _paragraph_start(lines, end)
    if start < end and is_notice(" ".join(lines[start:end])):
        return start
    for index in range(end - 1, max(start, end - 4), -1):
        # Below a name the notice often stands without an empty line between.
        if is_notice(lines[index]):
            return index
    return end


def _named_block(lines: Sequence[str], last: int, signer: Signer, *, may_be_empty: bool) -> int | None:
    """The line with the sender's name at which post, firm, numbers and notices begin; its farewell too."""
    best: int | None = None
    for index in range(last - 1, max(last - _LINES_BELOW_NAME - 1, -1), -1):
        line = lines[index].strip()
        if not line or not signer.signs(line) or line.endswith(("?", "!", ":", ",", ";")):
            continue
        if not _stands_apart(lines, index, last, signer) or not _is_signature_below(lines, index, last):
            continue
        if _has_text(lines[:index]) or may_be_empty:
            best = index
    return None if best is None else _with_farewell(lines, best, may_be_empty=may_be_empty)


def _stands_apart(lines: Sequence[str], index: int, last: int, signer: Signer) -> bool:
    """A name stands at the top of its paragraph or below a farewell; a full one also below a sentence."""
    above = lines[index - 1] if index else ""
    if not above.strip() or is_farewell(above) or is_rule(above):
        return True
    line = lines[index]
    words = above.split()
    if (
        index == last - 1
        and len(above) < _SHORT_LINE
        and len(words) >= 4
        and not is_title_case(words)
        and signer.is_name(line)
    ):
        return True
    is_full = signer.matches(line) >= 2 or len(line.split()) <= (4 if index < last - 1 else 3)
    return is_full and is_sentence(above) and not is_sentence(line)


def _is_signature_below(lines: Sequence[str], index: int, last: int) -> bool:
    """Below a name stand short lines; sentences only as notices, or few at the very end of the block."""
    if is_sentence(lines[index]) and len(lines[index]) > 40 and not is_contact(lines[index]):
        return False
    below = list(lines[index + 1 : last])
    if any(_POSTSCRIPT.match(line) for line in below):
        return False
    paragraph = next((position for position, line in enumerate(below) if not line.strip()), len(below))
    written = [line for line in below[paragraph:] if line.strip()]
    if any(len(line) > 180 and not is_disclaimer(line) for line in below):
        return False
    if sum(is_sentence(line) and not is_contact(line) for line in below[:paragraph]) > 2:
        return False
    own = [line for line in written if is_sentence(line) and not is_disclaimer(line) and not is_contact(line)]
    return len(own) <= (1 if len(written) <= 2 else 0)


def _unnamed_block(lines: Sequence[str], last: int, signer: Signer) -> int | None:
    """A closing paragraph of names, posts and firms whose owner the From line does not name."""
    if last == 0:
        return None
    start = _paragraph_start(lines, last)
    for index in range(max(start, last - _BLOCK_LINES), last):
        if not _has_text(lines[:index]) or (index > start and not is_farewell(lines[index - 1])):
            continue
        if index == last - 1 and index == start and signer.address and lines[index].strip().lower() == signer.address:
            # Foxmail signs with the address.
            return index
        if _DASH_NAME.match(lines[index]) and index == last - 1 and not _is_bullet(lines, index):
            return index
        is_signed = index > start and index == last - 1 and _is_signed_off(lines[index - 1], lines[index])
        if is_signed or _is_block(lines[index:last], signer):
            return _with_farewell(lines, index, may_be_empty=False)
    return None


def _below_farewell(lines: Sequence[str], last: int) -> int | None:
    """The farewell with nothing but short lines below it, a name on top and ways to reach somebody."""
    for index in range(last - 2, max(last - _LINES_BELOW_FAREWELL, 0), -1):
        if not is_farewell(lines[index]) or not _has_text(lines[:index]):
            continue
        below = [line for line in lines[index + 1 : last] if line.strip()]
        rest = [line for line in below[1:] if not is_disclaimer(line)]
        if below and begins_like_name(below[0]) and rest and all(is_block_line(line) for line in rest):
            return _with_farewell(lines, index, may_be_empty=False)
    return None


def _is_bullet(lines: Sequence[str], index: int) -> bool:
    """One of several lines with a dash in front is a point of a list."""
    return any(line.lstrip()[:1] == "-" and line.strip("- ") for line in lines[:index])


def _is_signed_off(farewell: str, line: str) -> bool:
    """Below a farewell one to three words that begin like names are one; thanks may be what was written last."""
    found = line.split()
    if is_thanks(farewell):
        return False
    return (
        len(line) < _SHORT_LINE
        and len(found) <= 3
        and all(word[0].isalpha() and (not word[0].islower() or farewell.islower()) for word in found)
    )


def _is_block(block: Sequence[str], signer: Signer) -> bool:
    """Posts, firms and names; what the sender's name or domain bears out need not be in capitals."""
    if len(block) > 7 or any(not is_block_line(line) for line in block):
        return False
    top = _BOLD.sub(r"\2", block[0].strip())
    first = top.split()
    if top[0] in "-*•[>" or block[0].strip()[0].isdigit() or ":" in block[0] or is_sentence(block[0]):
        return False
    if len(block) <= 4 and any(signer.matches(line) >= 2 or signer.names_firm(line) for line in block):
        return len(first) <= 9
    if _has_no_case(block[0]) and len(block) > 1:
        return any(is_contact(line) for line in block[1:])
    if not is_title_case(first) or len(first) > 9:
        return False
    if len(first) == 1:
        return len(block) > 1 and is_title_case(block[1].split()) and len(block[1].split()) <= 6
    return len(block) > 1 or all(word[:1].isupper() or len(word) < 4 or not word.isalpha() for word in first)


def _has_no_case(line: str) -> bool:
    """Whether a short line is of a script that knows no capitals."""
    return len(line) <= 12 and line.upper() == line.lower() and any(letter.isalpha() for letter in line)


def _with_farewell(lines: Sequence[str], start: int, *, may_be_empty: bool) -> int:
    """The farewell above a name belongs to the signature; one that is a sentence of its own does not."""
    index = start
    while True:
        above = _last_written(lines, index)
        while above and is_picture(lines[above - 1]) and _has_text(lines[: above - 1]):
            start = index = above - 1
            above = _last_written(lines, index)
        if above and is_rule(lines[above - 1]) and _has_text(lines[: above - 1]):
            return above - 1
        if above == 0 or not is_farewell(lines[above - 1]):
            return start
        if above < index and lines[above - 1].rstrip().endswith((".", "!")):
            return start
        index = above - 1
        if not _has_text(lines[:index]) and not may_be_empty:
            return start
        start = index
