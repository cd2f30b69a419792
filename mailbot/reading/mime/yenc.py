"""yEnc: files of news readers that stand in a text as raw bytes (the yEnc draft 1.3)."""

import re
from dataclasses import dataclass

_BEGIN = re.compile(
    rb"^=ybegin (?=[^\r\n]*\bline=\d)(?=[^\r\n]*\bsize=\d)[^\r\n]*?\bname=([^\r\n]+)\r?\n", re.MULTILINE
)
_PART = re.compile(rb"=ypart [^\r\n]*\r?\n")
_END = re.compile(rb"^=yend [^\r\n]*(?:\r?\n)?", re.MULTILINE)
_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_SHIFTED = bytes((byte - 42) % 256 for byte in range(256))


@dataclass(frozen=True, slots=True)
class YencFile:
    """A file in plain text: the whole span, and that of its lines."""

    name: bytes
    start: int
    end: int
    lines_start: int
    lines_end: int


def find_yenc_files(content: bytes) -> list[YencFile]:
    """The files in plain text, in order."""
    found = []
    position = 0
    while (begin := _BEGIN.search(content, position)) is not None:
        end = _END.search(content, begin.end())
        if end is None:
            break
        part = _PART.match(content, begin.end())
        lines_start = part.end() if part else begin.end()
        found.append(YencFile(begin.group(1).strip(b' "'), begin.start(), end.end(), lines_start, end.start()))
        position = end.end()
    return found


def yenc_lines(content: bytes, start: int, end: int) -> bytes:
    """The bytes of the encoded lines in that span."""
    lines = content[start:end].replace(b"\r", b"").replace(b"\n", b"")
    # An escaped byte is shifted by 64 more; taken together with the 42 of the rest.
    plain = _ESCAPE.sub(lambda match: bytes(((match.group(1)[0] - 64) % 256,)), lines)
    return plain.translate(_SHIFTED)
