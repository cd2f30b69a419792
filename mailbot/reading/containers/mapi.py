"""Properties as Outlook stores them, in TNEF streams and message files ([MS-OXPROPS])."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.reading.mime.charsets import decode_bytes

SUBJECT = 0x0037
SUBMIT_TIME = 0x0039
CONVERSATION_INDEX = 0x0071
TRANSPORT_HEADERS = 0x007D
SENT_BY_NAME, SENT_BY_SMTP = 0x0042, 0x5D02
RECIPIENT_TYPE = 0x0C15
SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
DELIVERY_TIME = 0x0E06
BODY, RTF, HTML = 0x1000, 0x1009, 0x1013
MESSAGE_ID, REFERENCES, IN_REPLY_TO = 0x1035, 0x1039, 0x1042
DISPLAY_NAME, ADDRESS, SMTP_ADDRESS = 0x3001, 0x3003, 0x39FE
ATTACH_DATA, ATTACH_EXTENSION, ATTACH_NAME, ATTACH_LONG_NAME = 0x3701, 0x3703, 0x3704, 0x3707
ATTACH_TYPE, ATTACH_CONTENT_ID = 0x370E, 0x3712
INTERNET_CODEPAGE, MESSAGE_CODEPAGE = 0x3FDE, 0x3FFD

_STRING8, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_VARIABLE = frozenset((_STRING8, _UNICODE, _OBJECT, _BINARY, 0x0))
_MULTIPLE = 0x1000
_FIXED = {0x02: 4, 0x0B: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16, 0x01: 4}
_NAMED = 0x8000
_MOST_PROPERTIES, _MOST_ROWS = 5000, 2000


@dataclass(frozen=True, slots=True)
class Value:
    """The raw bytes of a property and its type."""

    kind: int
    raw: bytes


Properties = Mapping[int, Value]


def text_of(properties: Properties, *tags: int, codepage: str = "cp1252") -> str:
    """The first of these properties that is text."""
    for tag in tags:
        value = properties.get(tag)
        if value is None:
            continue
        if value.kind == _UNICODE:
            text = value.raw.decode("utf-16-le", errors="replace")
        else:
            text = decode_bytes(value.raw, codepage)
        text = text.rstrip("\x00")
        if text.strip():
            return text
    return ""


def bytes_of(properties: Properties, tag: int) -> bytes | None:
    """A binary property."""
    value = properties.get(tag)
    return value.raw if value is not None else None


def integer_of(properties: Properties, tag: int) -> int | None:
    """A property that is a number."""
    value = properties.get(tag)
    return int.from_bytes(value.raw[:4], "little") if value is not None and value.raw else None


class PropertyReader:
    """Reads the property list of a TNEF stream ([MS-OXTNEF] section 2.1.3.4); stops where it is cut."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def read_rows(self) -> list[dict[int, Value]]:
        """The property lists of a table of recipients ([MS-OXTNEF] section 2.1.3.5.1)."""
        rows: list[dict[int, Value]] = []
        try:
            for _ in range(min(self._number(), _MOST_ROWS)):
                rows.append(self._row())
        except (struct.error, ValueError):
            return rows
        return rows

    def _row(self) -> dict[int, Value]:
        found: dict[int, Value] = {}
        for _ in range(min(self._number(), _MOST_PROPERTIES)):
            tag, value = self._property()
            if value is not None:
                found.setdefault(tag, value)
        return found

    def read(self) -> dict[int, Value]:
        """Every property up to the first that cannot be read."""
        found: dict[int, Value] = {}
        try:
            for _ in range(min(self._number(), _MOST_PROPERTIES)):
                tag, value = self._property()
                if value is not None:
                    found.setdefault(tag, value)
        except (struct.error, ValueError):
            return found
        return found

    def _number(self) -> int:
        (number,) = struct.unpack_from("<I", self.data, self.position)
        self.position += 4
        return int(number)

    def _property(self) -> tuple[int, Value | None]:
        kind, tag = struct.unpack_from("<HH", self.data, self.position)
        self.position += 4
        if tag >= _NAMED:
            self._skip_name()
        is_multiple, kind = bool(kind & _MULTIPLE), kind & ~_MULTIPLE
        if kind in _VARIABLE:
            values = [self._chunk() for _ in range(self._count())]
        elif kind in _FIXED:
            values = [self._take(_FIXED[kind]) for _ in range(self._count() if is_multiple else 1)]
        else:
            raise ValueError(f"unknown property type {kind:#x}")
        return tag, Value(kind, values[0]) if values else None

    def _count(self) -> int:
        number = self._number()
        if number > len(self.data):
            raise ValueError("more values than bytes")
        return number

    def _skip_name(self) -> None:
        self.position += 16
        if self._number() == 0:
            self.position += 4
        else:
            self._chunk()

    def _chunk(self) -> bytes:
        length = self._number()
        chunk = self._take(length)
        self.position += -length % 4
        return chunk

    def _take(self, length: int) -> bytes:
        chunk = self.data[self.position : self.position + length]
        if len(chunk) < length:
            raise ValueError("a property is cut")
        self.position += length
        return chunk
