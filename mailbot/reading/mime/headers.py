"""Header blocks taken apart: names, unfolded values, and where the body begins."""

import re

from mailbot.reading.limits import ReadingLimits

_BLANK_LINE = re.compile(rb"\n[ \t]*\r?\n")
HEADER_NAME = re.compile(rb"([!-9;-~]{1,200}?)[ \t]*:")


def split_headers(
    buffer: bytes, start: int, end: int, limits: ReadingLimits
) -> tuple[list[tuple[str, bytes]], int, list[str]]:
    """Headers (name in lower case, value unfolded), where the body begins, and what was wrong."""
    block = _Block(buffer, start, end, limits)
    while block.position < end and block.take_line():
        pass
    block.keep()
    if len(block.headers) > limits.headers:
        del block.headers[limits.headers :]
        block.defects.append(f"more than {limits.headers} header lines; the rest was left out")
    return block.headers, block.position, block.defects


class _Block:
    """A header block while it is read, one line at a time."""

    def __init__(self, buffer: bytes, start: int, end: int, limits: ReadingLimits) -> None:
        self.buffer = buffer
        self.position = start
        self.end = end
        self.limits = limits
        self.farthest = start + 4 * limits.header_bytes
        self.headers: list[tuple[str, bytes]] = []
        self.defects: list[str] = []
        self.name = ""
        self.lines: list[bytes] = []

    def take_line(self) -> bool:
        """Take the next line; False when the headers end before it or with it."""
        if self.position > self.farthest or len(self.headers) > self.limits.headers:
            # An endless header block costs no more than one search for its end.
            blank = _BLANK_LINE.search(self.buffer, self.position, self.end)
            self.position = blank.end() if blank else self.end
            return False
        line_end = self.buffer.find(b"\n", self.position, self.end)
        following = self.end if line_end < 0 else line_end + 1
        bare = self.buffer[self.position : following].rstrip(b"\r\n")
        if bare and bare[0] in b" \t" and (self.name or not self.headers):
            goes_on = self._continue(bare, following)
        else:
            goes_on = self._begin(bare)
            if not goes_on and bare:
                # The line is no header: it is the first one of the body.
                return False
        self.position = following
        return goes_on

    def _continue(self, bare: bytes, following: int) -> bool:
        if not bare.strip() and self._ends_before(following):
            # A line of blanks alone is meant as the empty line when no header follows.
            return False
        # A tab that only folds the line stands for a blank (RFC 5322 section 2.2.3).
        self.lines.append(b" " + bare[1:] if bare[0] == 0x09 else bare)
        return True

    def _ends_before(self, position: int) -> bool:
        is_header = HEADER_NAME.match(self.buffer, position, self.end) is not None
        return not is_header and self.buffer[position : position + 1] not in {b" ", b"\t"}

    def _begin(self, bare: bytes) -> bool:
        if not bare:
            return False
        match = HEADER_NAME.match(bare)
        if match is not None:
            self.keep()
            self.name = match.group(1).decode("ascii").lower()
            self.lines = [bare[match.end() :]]
            return True
        if bare.startswith((b"From ", b">From ")):
            return True
        self.defects.append("a line that is no header ended the headers")
        return False

    def keep(self) -> None:
        """Put the header that was being read among the finished ones."""
        if not self.name or len(self.headers) > self.limits.headers:
            return
        value = self.lines[0] if len(self.lines) == 1 else b"".join(self.lines)
        self.headers.append((self.name, value.replace(b"\x00", b"").strip()[: self.limits.header_bytes]))
