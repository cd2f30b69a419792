"""Compressed RTF ([MS-OXRTFCP]) to text or, where the RTF was made from HTML, to its text."""

import struct

from mailbot.reading.mime.enriched import rtf_to_text

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_HEADER = 16
_WINDOW = 4096
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_MOST = 5_000_000


def decompress(data: bytes) -> str:
    """The words of a compressed RTF body; empty when it is damaged beyond reading."""
    if len(data) < _HEADER:
        return ""
    _, raw_size, kind, _ = struct.unpack_from("<IIII", data)
    if kind == _PLAIN:
        rtf = data[_HEADER : _HEADER + raw_size]
    elif kind == _COMPRESSED:
        rtf = _unpack(data[_HEADER:], min(raw_size, _MOST))
    else:
        return ""
    return rtf_to_text(rtf.decode("cp1252", errors="replace"))


def _unpack(data: bytes, size: int) -> bytes:
    window = bytearray(_WINDOW)
    window[: len(_START)] = _START
    write = len(_START)
    out = bytearray()
    position = 0
    while position < len(data) and len(out) < size:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data) or len(out) >= size:
                break
            if not flags >> bit & 1:
                run = data[position : position + 1]
                position += 1
            else:
                pair = int.from_bytes(data[position : position + 2], "big")
                position += 2
                offset, length = pair >> 4, (pair & 15) + 2
                if offset == write:
                    # The reference to the writing position is the end mark.
                    return bytes(out)
                run = _run(window, offset, length, write)
            for byte in run:
                window[write] = byte
                write = (write + 1) % _WINDOW
            out += run
    return bytes(out)


def _run(window: bytearray, offset: int, length: int, write: int) -> bytes:
    """A run may overlap what it is writing, so it repeats what lies between."""
    distance = (write - offset) % _WINDOW or _WINDOW
    return bytes(window[(offset + step % distance) % _WINDOW] for step in range(length))
