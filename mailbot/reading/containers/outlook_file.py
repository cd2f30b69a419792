"""Outlook's `.msg` files ([MS-OXMSG]) turned into the mail they were, so that one reader reads both."""

import base64
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from mailbot.reading.containers import mapi
from mailbot.reading.containers.rtf import decompress

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$", re.IGNORECASE)
_FILETIME_START = datetime(1601, 1, 1, tzinfo=UTC)
# Headers that describe the body as it was sent; here it is built anew.
_BODY_HEADERS = re.compile(r"^(?:content-[\w-]+|mime-version):.*(?:\r?\n[ \t].*)*\r?\n?", re.IGNORECASE | re.MULTILINE)
_MOST_FILES = 500
_NESTING = 4
_TO, _CC = 1, 2


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
        parts = [*self._bodies(), *self._files(depth)]
        # Files travel as they are; the boundary derives from them, so that none can hold it by accident.
        mark = sha256(b"".join(part[:4096] for part in parts)).hexdigest()[:32]
        boundary = b"=_outlook_%d_%s" % (depth, mark.encode("ascii"))
        head = self._headers() + f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{boundary.decode()}"\n\n'
        pieces = [head.encode("utf-8", errors="replace")]
        for part in parts:
            pieces += [b"--", boundary, b"\r\n", part, b"\r\n"]
        return b"".join([*pieces, b"--", boundary, b"--\r\n"])

    def _headers(self) -> str:
        """The headers the mail travelled with, else what the properties say."""
        transport = mapi.text_of(self.properties, mapi.TRANSPORT_HEADERS)
        if re.search(r"^(?:from|subject|date):", transport, re.IGNORECASE | re.MULTILINE):
            kept = _BODY_HEADERS.sub("", transport.replace("\r\n", "\n").replace("\x00", ""))
            lines = [line for line in kept.split("\n") if line.strip()]
            return "\n".join(lines) + "\n"
        return "".join(f"{name}: {_one_line(value)}\n" for name, value in self._known_headers() if value)

    def _known_headers(self) -> Iterator[tuple[str, str]]:
        name = mapi.text_of(self.properties, mapi.SENDER_NAME, mapi.SENT_BY_NAME)
        address = mapi.text_of(self.properties, mapi.SENDER_SMTP, mapi.SENT_BY_SMTP, mapi.SENDER_ADDRESS)
        yield "From", _mailbox(name, address)
        recipients = list(self._recipients())
        for header, wanted in (("To", _TO), ("Cc", _CC)):
            yield header, ", ".join(mailbox for kind, mailbox in recipients if kind == wanted)
        yield "Subject", mapi.text_of(self.properties, mapi.SUBJECT)
        yield "Date", self._date()
        yield "Message-ID", mapi.text_of(self.properties, mapi.MESSAGE_ID)
        yield "In-Reply-To", mapi.text_of(self.properties, mapi.IN_REPLY_TO)
        yield "References", mapi.text_of(self.properties, mapi.REFERENCES)
        index = mapi.bytes_of(self.properties, mapi.CONVERSATION_INDEX)
        yield "Thread-Index", base64.b64encode(index).decode("ascii") if index else ""

    def _recipients(self) -> Iterator[tuple[int, str]]:
        for place in self._storages("__recip_version1.0_"):
            found = self._properties(place)
            address = mapi.text_of(found, mapi.SMTP_ADDRESS, mapi.ADDRESS)
            yield (
                mapi.integer_of(found, mapi.RECIPIENT_TYPE) or _TO,
                _mailbox(mapi.text_of(found, mapi.DISPLAY_NAME), address),
            )

    def _date(self) -> str:
        for tag in (mapi.SUBMIT_TIME, mapi.DELIVERY_TIME):
            raw = mapi.bytes_of(self.properties, tag)
            if raw and len(raw) >= 8 and any(raw):
                moment = _FILETIME_START + timedelta(microseconds=int.from_bytes(raw[:8], "little") // 10)
                return format_datetime(moment)
        return ""

    def _bodies(self) -> Iterator[bytes]:
        plain = mapi.text_of(self.properties, mapi.BODY)
        html = mapi.bytes_of(self.properties, mapi.HTML)
        if not plain.strip() and not html:
            plain = decompress(mapi.bytes_of(self.properties, mapi.RTF) or b"")
        if plain.strip():
            yield _leaf("text/plain; charset=utf-8", plain.encode("utf-8", errors="replace"))
        elif html:
            number = mapi.integer_of(self.properties, mapi.INTERNET_CODEPAGE)
            charset = f"cp{number}" if number and number != 65001 else "utf-8"
            yield _leaf(f"text/html; charset={charset}", html)

    def _files(self, depth: int) -> Iterator[bytes]:
        for place in self._storages("__attach_version1.0_")[:_MOST_FILES]:
            inner = (*place, "__substg1.0_3701000D")
            found = self._properties(place)
            name = mapi.text_of(found, mapi.ATTACH_LONG_NAME, mapi.ATTACH_NAME, mapi.DISPLAY_NAME)
            if self.ole.exists(list(inner)) and depth < _NESTING:
                mail = _Storage(self.ole, inner).mime(depth + 1)
                yield f"Content-Type: message/rfc822\n{_disposition(name)}\n".encode() + mail
                continue
            kind = _one_line(mapi.text_of(found, mapi.ATTACH_TYPE)) or "application/octet-stream"
            identifier = _one_line(mapi.text_of(found, mapi.ATTACH_CONTENT_ID)).strip("<>")
            extra = _disposition(name) + (f"Content-ID: <{identifier}>\n" if identifier else "")
            yield _leaf(kind, mapi.bytes_of(found, mapi.ATTACH_DATA) or b"", extra)


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _mailbox(name: str, address: str) -> str:
    name, address = _one_line(name), _one_line(address)
    if "@" not in address and "@" in name:
        name, address = "", name
    quoted = name.replace("\\", "").replace('"', "")
    return f'"{quoted}" <{address}>' if quoted and address else address or quoted


def _disposition(name: str) -> str:
    escaped = _one_line(name).replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'Content-Disposition: attachment; filename="{escaped}"\n' if escaped else "Content-Disposition: attachment\n"
    )


def _leaf(kind: str, content: bytes, extra: str = "") -> bytes:
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: binary\n{extra}\n"
    return head.encode("utf-8", errors="replace") + content
