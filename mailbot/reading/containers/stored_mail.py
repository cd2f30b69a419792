"""A mail that Outlook stored as properties, written as MIME bytes so that one reader reads all mail."""

import base64
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256

from mailbot.reading.containers import mapi
from mailbot.reading.containers.rtf import decompress

_FILETIME_START = datetime(1601, 1, 1, tzinfo=UTC)
# Headers that describe the body as it was sent; here it is built anew.
_BODY_HEADERS = re.compile(r"^(?:content-[\w-]+|mime-version):.*(?:\r?\n[ \t].*)*\r?\n?", re.IGNORECASE | re.MULTILINE)
_TO, _CC = 1, 2


def codepage_of(properties: mapi.Properties) -> str:
    """The code page of texts that are not Unicode."""
    number = mapi.integer_of(properties, mapi.MESSAGE_CODEPAGE) or mapi.integer_of(properties, mapi.INTERNET_CODEPAGE)
    return f"cp{number}" if number else "cp1252"


def multipart(headers: str, parts: Sequence[bytes], depth: int) -> bytes:
    """Headers, body and files as one multipart."""
    # Files travel as they are; the boundary derives from them, so that none can hold it by accident.
    mark = sha256(b"".join(part[:4096] for part in parts)).hexdigest()[:32]
    boundary = b"=_outlook_%d_%s" % (depth, mark.encode("ascii"))
    head = headers + f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{boundary.decode()}"\n\n'
    pieces = [head.encode("utf-8", errors="replace")]
    for part in parts:
        pieces += [b"--", boundary, b"\r\n", part, b"\r\n"]
    return b"".join([*pieces, b"--", boundary, b"--\r\n"])


def headers_of(properties: mapi.Properties, recipients: Sequence[mapi.Properties], codepage: str) -> str:
    """The headers the mail travelled with, else what the properties say."""
    transport = mapi.text_of(properties, mapi.TRANSPORT_HEADERS, codepage=codepage)
    if re.search(r"^(?:from|subject|date):", transport, re.IGNORECASE | re.MULTILINE):
        kept = _BODY_HEADERS.sub("", transport.replace("\r\n", "\n").replace("\x00", ""))
        lines = [line for line in kept.split("\n") if line.strip()]
        return "\n".join(lines) + "\n"
    known = _known_headers(properties, recipients, codepage)
    return "".join(f"{name}: {one_line(value)}\n" for name, value in known if value)


def _known_headers(
    properties: mapi.Properties, recipients: Sequence[mapi.Properties], codepage: str
) -> Iterator[tuple[str, str]]:
    name = mapi.text_of(properties, mapi.SENDER_NAME, mapi.SENT_BY_NAME, codepage=codepage)
    address = mapi.text_of(properties, mapi.SENDER_SMTP, mapi.SENT_BY_SMTP, mapi.SENDER_ADDRESS, codepage=codepage)
    yield "From", _mailbox(name, address)
    for header, wanted in (("To", _TO), ("Cc", _CC)):
        chosen = [one for one in recipients if (mapi.integer_of(one, mapi.RECIPIENT_TYPE) or _TO) == wanted]
        yield header, ", ".join(_recipient(one, codepage) for one in chosen)
    yield "Subject", mapi.text_of(properties, mapi.SUBJECT, codepage=codepage)
    yield "Date", _date(properties)
    yield "Message-ID", mapi.text_of(properties, mapi.MESSAGE_ID)
    yield "In-Reply-To", mapi.text_of(properties, mapi.IN_REPLY_TO)
    yield "References", mapi.text_of(properties, mapi.REFERENCES)
    index = mapi.bytes_of(properties, mapi.CONVERSATION_INDEX)
    yield "Thread-Index", base64.b64encode(index).decode("ascii") if index else ""


def _recipient(found: mapi.Properties, codepage: str) -> str:
    address = mapi.text_of(found, mapi.SMTP_ADDRESS, mapi.ADDRESS, codepage=codepage)
    return _mailbox(mapi.text_of(found, mapi.DISPLAY_NAME, codepage=codepage), address)


def _date(properties: mapi.Properties) -> str:
    for tag in (mapi.SUBMIT_TIME, mapi.DELIVERY_TIME):
        raw = mapi.bytes_of(properties, tag)
        if raw and len(raw) >= 8 and any(raw):
            try:
                moment = _FILETIME_START + timedelta(microseconds=int.from_bytes(raw[:8], "little") // 10)
            except OverflowError:
                continue
            return format_datetime(moment)
    return ""


def bodies_of(properties: mapi.Properties, codepage: str) -> Iterator[bytes]:
    """The text as a part: plain where it is stored, else HTML, else what the RTF says."""
    plain = mapi.text_of(properties, mapi.BODY, codepage=codepage)
    html = mapi.bytes_of(properties, mapi.HTML)
    if not plain.strip() and not html:
        plain = decompress(mapi.bytes_of(properties, mapi.RTF) or b"")
    if plain.strip():
        yield leaf("text/plain; charset=utf-8", plain.encode("utf-8", errors="replace"))
    elif html:
        number = mapi.integer_of(properties, mapi.INTERNET_CODEPAGE)
        charset = f"cp{number}" if number and number != 65001 else "utf-8"
        yield leaf(f"text/html; charset={charset}", html)


def file_of(kind: str, name: str, content: bytes, identifier: str = "") -> bytes:
    """A file as a part, byte for byte."""
    extra = disposition(name) + (f"Content-ID: <{identifier}>\n" if identifier else "")
    return leaf(one_line(kind) or "application/octet-stream", content, extra)


def attached_mail(name: str, mail: bytes) -> bytes:
    """A mail as a part of another one."""
    return f"Content-Type: message/rfc822\n{disposition(name)}\n".encode() + mail


def one_line(text: str) -> str:
    """A text fit for a header."""
    return " ".join(text.replace("\x00", "").split())


def _mailbox(name: str, address: str) -> str:
    name, address = one_line(name), one_line(address)
    if "@" not in address and "@" in name:
        name, address = "", name
    quoted = name.replace("\\", "").replace('"', "")
    return f'"{quoted}" <{address}>' if quoted and address else address or quoted


def disposition(name: str) -> str:
    """The header that says that a part is a file, and its name."""
    escaped = one_line(name).replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'Content-Disposition: attachment; filename="{escaped}"\n' if escaped else "Content-Disposition: attachment\n"
    )


def leaf(kind: str, content: bytes, extra: str = "") -> bytes:
    """A part with its bytes as they are."""
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: binary\n{extra}\n"
    return head.encode("utf-8", errors="replace") + content
