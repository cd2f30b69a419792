"""Header blocks taken apart: names, unfolded values, and where the body begins."""

import re

from mailbot.reading.limits import ReadingLimits

_BLANK_LINE = re.compile(rb"\n[ \t]*\r?\n")
HEADER_NAME = re.compile(rb"([!-9;-~]{1,200}?)[ \t]*:")


def split_headers(
    buffer: bytes, start: int, end: int, limits: ReadingLimits
) -> tuple[list[tuple[str, bytes]], int, list[str]]:
    """Headers (name in lower case, value unfolded), where the body begins, and what was wrong."""
    headers: list[tuple[str, bytes]] = []
    defects: list[str] = []
    name = ""
    lines: list[bytes] = []
    position = start
    farthest = start + 4 * limits.header_bytes
    while position < end:
        if position > farthest or len(headers) > limits.headers:
            # An endless header block costs no more than one search for its end.
            blank = _BLANK_LINE.search(buffer, position, end)
            position = blank.end() if blank else end
            break
        line_end = buffer.find(b"\n", position, end)
        following = end if line_end < 0 else line_end + 1
        line = buffer[position:following]
        bare = line.rstrip(b"\r\n")
        if not bare:
            position = following
            break
        if bare[0] in b" \t" and (name or not headers):
            if not bare.strip() and _ends_block(buffer, following, end):
                # A line of blanks alone is meant as the empty line when no header follows.
                position = following
                break
            # A tab that only folds the line stands for a blank (RFC 5322 section 2.2.3).
            lines.append(b" " + bare[1:] if bare[0] == 0x09 else bare)
        else:
            match = HEADER_NAME.match(bare)
            if match is None:
                if not bare.startswith((b"From ", b">From ")):
                    defects.append("a line that is no header ended the headers")
                    break
            else:
                _keep(headers, name, lines, limits)
                name = match.group(1).decode("ascii").lower()
                lines = [bare[match.end() :]]
        position = following
    _keep(headers, name, lines, limits)
    if len(headers) > limits.headers:
        del headers[limits.headers :]
        defects.append(f"more than {limits.headers} header lines; the rest was left out")
    return headers, position, defects


def _ends_block(buffer: bytes, position: int, end: int) -> bool:
    return HEADER_NAME.match(buffer, position, end) is None and buffer[position : position + 1] not in {b" ", b"\t"}


def _keep(headers: list[tuple[str, bytes]], name: str, lines: list[bytes], limits: ReadingLimits) -> None:
    if not name or len(headers) > limits.headers:
        return
    value = lines[0] if len(lines) == 1 else b"".join(lines)
    headers.append((name, value.replace(b"\x00", b"").strip()[: limits.header_bytes]))
