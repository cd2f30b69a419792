"""Content-Transfer-Encoding undone in C, whatever garbage the sender or a gateway left in it."""

import binascii
import re
from dataclasses import dataclass

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]+)\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)
_FOREIGN_LINE = re.compile(rb"[^A-Za-z0-9+/=\s]")


def decode_transfer(content: bytes | memoryview, encoding: str) -> bytes:
    """The bytes behind a transfer encoding; an unknown or false one leaves them as they are."""
    name = encoding.strip().strip("\"'").lower()
    if name == "base64":
        return decode_base64(content)
    if name in {"quoted-printable", "quoted_printable", "qp"}:
        return binascii.a2b_qp(content)
    if name in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return decode_uu(bytes(content))
    return bytes(content)


def decode_base64(content: bytes | memoryview) -> bytes:
    """Base64 with missing padding, stray characters, footers of gateways, several joined blocks."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        return _mended_base64(bytes(content))


def _mended_base64(content: bytes) -> bytes:
    clean = _NOT_BASE64.sub(b"", _without_footer(content))
    body = clean.rstrip(b"=")
    if b"=" in body:
        blocks = [block for block in re.split(rb"=+", clean) if block]
        return b"".join(_padded(block) for block in blocks)
    return _padded(body)


def _without_footer(content: bytes) -> bytes:
    """Plain lines that a gateway or list appended below the encoded lines are no content."""
    lines = content.splitlines(keepends=True)
    kept = [line for line in lines if not _FOREIGN_LINE.search(line)]
    return b"".join(kept) if kept else content


def _padded(body: bytes) -> bytes:
    # One letter alone holds six bits: no byte can come of it.
    if len(body) % 4 == 1:
        body = body[:-1]
    return binascii.a2b_base64(body + b"=" * (-len(body) % 4))


def decode_uu(content: bytes) -> bytes:
    """The first uuencoded file in `content`, or `content` when there is none."""
    begin = _UU_BEGIN.search(content)
    if begin is None:
        return content
    end = _UU_END.search(content, begin.end())
    return uu_lines(content, begin.end(), end.start() if end else len(content))


def uu_lines(content: bytes, start: int, end: int) -> bytes:
    """The bytes of the uuencoded lines in that span; a broken line gives what its length byte promises."""
    out = bytearray()
    position = start
    while position < end:
        line_end = content.find(b"\n", position, end)
        following = end if line_end < 0 else line_end + 1
        line = content[position:following].rstrip(b"\r\n")
        if line:
            out += _uu_line(line)
        position = following
    return bytes(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad lines too generously (the workaround stands in Python's own uu module).
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:length])
        except binascii.Error:
            return b""


@dataclass(frozen=True, slots=True)
class UuFile:
    """A uuencoded file in plain text: the whole span, and that of its lines."""

    name: bytes
    start: int
    end: int
    lines_start: int
    lines_end: int


def find_uu_files(content: bytes) -> list[UuFile]:
    """The uuencoded files in plain text, in order."""
    found = []
    position = 0
    while (begin := _UU_BEGIN.search(content, position)) is not None:
        end = _UU_END.search(content, begin.end())
        if end is None:
            break
        position = end.end()
        if _is_uu(content[begin.end() : begin.end() + 100]):
            name = begin.group(1).strip()
            found.append(UuFile(name, begin.start(), end.end(), begin.end(), end.start()))
    return found


def _is_uu(lines: bytes) -> bool:
    """Each line is as long as its first byte says; text that merely starts with "begin 644" is not."""
    first = lines.splitlines()[:1]
    if not first or not first[0]:
        return True
    declared = (first[0][0] - 32) & 63
    return abs(len(first[0]) - 1 - (declared + 2) // 3 * 4) <= 2
