"""Outlook's `.msg` files ([MS-OXMSG]) turned into the mail they were, so that one reader reads both."""

import io
import re
from collections.abc import Iterator
from typing import Any

from mailbot.reading.containers import mapi
from mailbot.reading.containers.stored_mail import (
    attached_mail,
    bodies_of,
    codepage_of,
    file_of,
    headers_of,
    multipart,
    one_line,
)

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$", re.IGNORECASE)
_MOST_FILES = 500
_NESTING = 4


def is_outlook_file(content: bytes) -> bool:
    """Whether the bytes are a compound file that holds a message."""
    return content.startswith(MAGIC) and "__properties_version1.0".encode("utf-16-le") in content


def to_mime(content: bytes) -> bytes:
    """The message as MIME bytes; raises ValueError when it cannot be read."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            return _Storage(ole, ()).mime()
    except (OSError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"damaged Outlook file: {error}") from error


class _Storage:
    """One message inside a compound file: the file's own, or one attached to it."""

    def __init__(self, ole: Any, root: tuple[str, ...]) -> None:
        self.ole = ole
        self.root = root
        self.properties = self._properties(root, header=32 if not root else 24)
        self.codepage = codepage_of(self.properties)

    def _properties(self, place: tuple[str, ...], *, header: int = 8) -> dict[int, mapi.Value]:
        found = self._fixed(place, header)
        for entry in self.ole.listdir(streams=True, storages=False):
            if tuple(entry[:-1]) != place:
                continue
            match = _STREAM.match(entry[-1])
            if match:
                tag, kind = int(match.group(1), 16), int(match.group(2), 16)
                found[tag] = mapi.Value(kind, self.ole.openstream(entry).read())
        return found

    def _fixed(self, place: tuple[str, ...], header: int) -> dict[int, mapi.Value]:
        """Numbers and times stand in one stream of 16-byte rows (section 2.4)."""
        stream = [*place, "__properties_version1.0"]
        if not self.ole.exists(stream):
            return {}
        rows = self.ole.openstream(stream).read()[header:]
        found = {}
        for start in range(0, len(rows) - 15, 16):
            kind, tag = (
                int.from_bytes(rows[start : start + 2], "little"),
                int.from_bytes(rows[start + 2 : start + 4], "little"),
            )
            found[tag] = mapi.Value(kind, rows[start + 8 : start + 16])
        return found

    def _storages(self, prefix: str) -> list[tuple[str, ...]]:
        names = {
            tuple(entry)
            for entry in self.ole.listdir(streams=False, storages=True)
            if len(entry) == len(self.root) + 1 and tuple(entry[:-1]) == self.root and entry[-1].startswith(prefix)
        }
        return sorted(names)

    def mime(self, depth: int = 0) -> bytes:
        """Headers, body and files as one multipart."""
        parts = [*bodies_of(self.properties, self.codepage), *self._files(depth)]
        recipients = [self._properties(place) for place in self._storages("__recip_version1.0_")]
        return multipart(headers_of(self.properties, recipients, self.codepage), parts, depth)

    def _files(self, depth: int) -> Iterator[bytes]:
        for place in self._storages("__attach_version1.0_")[:_MOST_FILES]:
            inner = (*place, "__substg1.0_3701000D")
            found = self._properties(place)
            names = (mapi.ATTACH_LONG_NAME, mapi.ATTACH_NAME, mapi.DISPLAY_NAME)
            name = mapi.text_of(found, *names, codepage=self.codepage)
            if self.ole.exists(list(inner)) and depth < _NESTING:
                yield attached_mail(name, _Storage(self.ole, inner).mime(depth + 1))
                continue
            identifier = one_line(mapi.text_of(found, mapi.ATTACH_CONTENT_ID)).strip("<>")
            content = mapi.bytes_of(found, mapi.ATTACH_DATA) or b""
            yield file_of(mapi.text_of(found, mapi.ATTACH_TYPE), name, content, identifier)
