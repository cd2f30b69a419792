"""winmail.dat: the files and the body of a TNEF stream ([MS-OXTNEF]).

Read here rather than with `tnefparse`: that one copies the rest of the stream for every attribute,
takes trailing zero bytes off the files, stops at the first attribute it does not like, and logs.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.reading.containers import mapi
from mailbot.reading.containers.entry import Budget, Entry
from mailbot.reading.containers.rtf import decompress
from mailbot.reading.containers.stored_mail import (
    attached_mail,
    bodies_of,
    file_of,
    headers_of,
    leaf,
    multipart,
    one_line,
)
from mailbot.reading.mime.charsets import decode_bytes
from mailbot.reading.mime.types import type_of_name

_SIGNATURE = b"\x78\x9f\x3e\x22"
_BODY, _TITLE, _DATA = 0x800C, 0x8010, 0x800F
_NEW_ATTACHMENT, _MESSAGE_PROPERTIES, _ATTACHMENT_PROPERTIES, _CODEPAGE = 0x9002, 0x9003, 0x9005, 0x9007
_LEVEL_ATTACHMENT = 2
_RECIPIENTS = 0x9004
# Identifiers stand before what is stored as an object: IID_IMessage before a message, IID_IStorage before OLE.
_EMBEDDED = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_OLE = b"\x0b\x00\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_NESTING = 5
_MOST_FILES = 2000


@dataclass(slots=True)
class _File:
    """One attachment while its attributes are read."""

    title: bytes = b""
    data: bytes = b""
    properties: mapi.Properties = field(default_factory=dict)


@dataclass(slots=True)
class TnefContent:
    """What a stream holds: files and the message's own body in the forms it has."""

    files: list[_File] = field(default_factory=list)
    properties: mapi.Properties = field(default_factory=dict)
    plain: bytes = b""
    codepage: str = "cp1252"
    recipients: list[dict[int, mapi.Value]] = field(default_factory=list)

    def body(self) -> tuple[str, str]:
        """Plain text and HTML of the message; RTF becomes whichever it was made from."""
        plain = mapi.text_of(self.properties, mapi.BODY, codepage=self.codepage) or decode_bytes(
            self.plain.rstrip(b"\x00"), self.codepage
        )
        html = mapi.bytes_of(self.properties, mapi.HTML)
        if html:
            number = mapi.integer_of(self.properties, mapi.INTERNET_CODEPAGE)
            return plain, decode_bytes(html.rstrip(b"\x00"), f"cp{number}" if number and number != 65001 else "utf-8")
        rtf = mapi.bytes_of(self.properties, mapi.RTF)
        return (plain or decompress(rtf), "") if rtf else (plain, "")


def is_tnef(content: bytes) -> bool:
    """Whether the bytes are a TNEF stream, whatever the file is called."""
    return content.startswith(_SIGNATURE)


def read_tnef(content: bytes) -> TnefContent:
    """The attributes of a stream up to the first that is cut."""
    found = TnefContent()
    for level, tag, data in _attributes(content):
        if len(found.files) > _MOST_FILES:
            break
        if level == _LEVEL_ATTACHMENT:
            _take_file_attribute(found.files, tag, data)
        elif tag == _MESSAGE_PROPERTIES:
            found.properties = mapi.PropertyReader(data).read()
        elif tag == _BODY:
            found.plain = data
        elif tag == _RECIPIENTS:
            found.recipients = mapi.PropertyReader(data).read_rows()
        elif tag == _CODEPAGE and len(data) >= 4:
            found.codepage = f"cp{int.from_bytes(data[:4], 'little')}"
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    position = 6
    while position + 11 <= len(content):
        level, tag, _, length = struct.unpack_from("<BHHI", content, position)
        start = position + 9
        if level not in {1, _LEVEL_ATTACHMENT}:
            return
        yield level, tag, content[start : start + length]
        # A checksum of two bytes follows; it is wrong often enough to be no test of anything.
        position = start + length + 2


def _take_file_attribute(files: list[_File], tag: int, data: bytes) -> None:
    if tag == _NEW_ATTACHMENT or not files:
        files.append(_File())
    current = files[-1]
    if tag == _TITLE:
        current.title = data.rstrip(b"\x00")
    elif tag == _DATA:
        current.data = data
    elif tag == _ATTACHMENT_PROPERTIES:
        current.properties = mapi.PropertyReader(data).read()


def tnef_entries(content: bytes, budget: Budget) -> Iterator[Entry]:
    """The files of a stream in order; a mail stored inside it comes as a mail."""
    stream = read_tnef(content)
    for file in stream.files:
        if not budget.take_entry():
            return
        name = _file_name(file, stream.codepage)
        data = _data(file)
        kind = mapi.text_of(file.properties, mapi.ATTACH_TYPE).strip("\x00") or type_of_name(name)
        if not budget.take_bytes(len(data)):
            yield Entry(name=name, type=kind, content=None, stated_size=len(data))
        elif data.startswith(_EMBEDDED):
            yield _stored_mail(name, data)
        else:
            identifier = mapi.text_of(file.properties, mapi.ATTACH_CONTENT_ID).strip("<>") or None
            yield Entry(name=name, type=kind, content=data.removeprefix(_OLE), content_id=identifier)


def _data(file: _File) -> bytes:
    return file.data or mapi.bytes_of(file.properties, mapi.ATTACH_DATA) or b""


def _stored_mail(name: str, data: bytes) -> Entry:
    """A mail inside a stream; one without a name is called by its subject, as Outlook shows it."""
    inner = read_tnef(data[len(_EMBEDDED) :])
    subject = mapi.text_of(inner.properties, mapi.SUBJECT, codepage=inner.codepage)
    return Entry(name=name or one_line(subject), type="message/rfc822", content=_mime(inner, 0))


def _mime(stream: TnefContent, depth: int) -> bytes:
    """The message of a stream as MIME bytes, mails stored in it too."""
    parts = list(bodies_of(stream.properties, stream.codepage))
    if not parts and stream.plain:
        parts = [leaf("text/plain; charset=utf-8", stream.body()[0].encode("utf-8", errors="replace"))]
    for file in stream.files:
        name, data = _file_name(file, stream.codepage), _data(file)
        if data.startswith(_EMBEDDED) and depth < _NESTING:
            parts.append(attached_mail(name, _mime(read_tnef(data[len(_EMBEDDED) :]), depth + 1)))
        else:
            kind = mapi.text_of(file.properties, mapi.ATTACH_TYPE) or type_of_name(name)
            parts.append(file_of(kind, name, data.removeprefix(_OLE)))
    return multipart(headers_of(stream.properties, stream.recipients, stream.codepage), parts, depth)


def _file_name(file: _File, codepage: str) -> str:
    name = mapi.text_of(file.properties, mapi.ATTACH_LONG_NAME, codepage=codepage)
    name = name or decode_bytes(file.title, codepage)
    name = name or mapi.text_of(file.properties, mapi.ATTACH_NAME, mapi.DISPLAY_NAME, codepage=codepage)
    return name.strip("\x00 ")
