"""Opaque S/MIME (RFC 8551): the signed content is taken out; no key is needed and nothing is verified."""

import zlib

_SIGNED_DATA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_COMPRESSED_DATA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"
_ENVELOPED_DATA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
_OBJECT_ID, _OCTETS, _SEQUENCE = 0x06, 0x04, 0x30
_CONTEXT_0 = 0xA0
_NESTING = 30
_MOST_UNPACKED = 32 * 1024 * 1024


def is_encrypted(content: bytes) -> bool:
    """Whether the container can only be opened with a key."""
    return _ENVELOPED_DATA in content[:100]


def signed_content(content: bytes) -> bytes | None:
    """The MIME entity inside a signed or compressed container; None when there is none to be had without a key."""
    head = content[:100]
    try:
        if _SIGNED_DATA in head:
            return _encapsulated(content)
        if _COMPRESSED_DATA in head:
            return _unpacked(_encapsulated(content))
    except (IndexError, ValueError, zlib.error):
        return None
    return None


def _unpacked(packed: bytes | None) -> bytes | None:
    """Compressed data (RFC 3274) is wrapped alike, its content packed by zlib."""
    return zlib.decompressobj().decompress(packed, _MOST_UNPACKED) if packed else None


def _encapsulated(content: bytes) -> bytes | None:
    """ContentInfo > [0] > SignedData > encapContentInfo > [0] > OCTET STRING (RFC 5652 sections 3 and 5)."""
    info = _children(content, *_span(content, 0))
    signed = _children(content, *_inside(content, info, _CONTEXT_0))[0]
    parts = _children(content, signed[1], signed[2])
    # Compressed data names its algorithm before.
    named = [item for item in parts[1:] if item[0] == _SEQUENCE and _starts_with_id(content, item)]
    if not named:
        return None
    encapsulated = named[-1]
    inner = _children(content, encapsulated[1], encapsulated[2])
    if len(inner) < 2:
        return None
    octets = _children(content, inner[1][1], inner[1][2])
    return _octets(content, octets[0], 0)


def _starts_with_id(content: bytes, item: tuple[int, int, int]) -> bool:
    return item[1] < item[2] and content[item[1]] == _OBJECT_ID


def _span(content: bytes, position: int) -> tuple[int, int]:
    _, start, end, _ = _element(content, position, len(content))
    return start, end


def _inside(content: bytes, items: list[tuple[int, int, int]], tag: int) -> tuple[int, int]:
    for found, start, end in items:
        if found == tag:
            return start, end
    raise ValueError("no such element")


def _octets(content: bytes, item: tuple[int, int, int], depth: int) -> bytes:
    """An octet string, perhaps cut into pieces as BER allows."""
    tag, start, end = item
    if depth > _NESTING:
        raise ValueError("nested too deep")
    if tag & 0x20:
        return b"".join(_octets(content, piece, depth + 1) for piece in _children(content, start, end))
    return content[start:end]


def _children(content: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    found = []
    while start < end:
        if content[start : start + 2] == b"\x00\x00":
            break
        tag, inner, inner_end, start = _element(content, start, end)
        found.append((tag, inner, inner_end))
    return found


def _element(content: bytes, position: int, limit: int) -> tuple[int, int, int, int]:
    """Tag, begin and end of the contents, and where the next element begins."""
    tag = content[position]
    length = content[position + 1]
    start = position + 2
    if length == 0x80:
        end = _end_of_indefinite(content, start, limit, 0)
        return tag, start, end, end + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(content[start : start + count], "big")
        start += count
    end = min(start + length, limit)
    return tag, start, end, end


def _end_of_indefinite(content: bytes, position: int, limit: int, depth: int) -> int:
    """Where the end mark of an element of unstated length stands (X.690 section 8.1.3.6)."""
    if depth > _NESTING:
        raise ValueError("nested too deep")
    while position < limit and content[position : position + 2] != b"\x00\x00":
        length = content[position + 1]
        start = position + 2
        if length == 0x80:
            position = _end_of_indefinite(content, start, limit, depth + 1) + 2
            continue
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(content[start : start + count], "big")
            start += count
        position = start + length
    return min(position, limit)
