"""Mails inside files: stored in winmail.dat, in mailbox files, in Apple Mail's; files inside plain text."""

import base64
import struct
import zlib

import pytest

from mailbot.reading.mime.text_files import files_in_text
from mailbot.reading.parse import read_message
from tests.unit.reading.containers_made import tnef, tnef_attribute, tnef_properties

_UNICODE, _OBJECT, _LONG, _STRING8 = 0x1F, 0x0D, 0x03, 0x1E
_MESSAGE = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_OLE = b"\x0b\x00\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_MAIL = "From: Ana Soto <ana@sol.example>\nSubject: {subject}\nMessage-ID: <{subject}@sol.example>\n\nVa {subject}.\n"


def _wide(text: str) -> bytes:
    return (text + "\x00").encode("utf-16-le")


def _with_file(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    head = f'From: a@x.example\nContent-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n\n'
    return head.encode() + base64.encodebytes(content)


def _stored(data: bytes, *, title: str = "") -> bytes:
    """A stream whose one file is an object among the properties."""
    out = b"\x78\x9f\x3e\x22\x01\x00" + tnef_attribute(1, 0x9007, struct.pack("<II", 1252, 0))
    out += tnef_attribute(2, 0x9002, b"\x05\x00" + b"\xff" * 12) + tnef_attribute(2, 0x8010, title.encode() + b"\x00")
    return out + tnef_attribute(2, 0x9005, tnef_properties({0x3701: (_OBJECT, data)}))


def _inner(subject: str) -> bytes:
    properties = {
        0x0037: (_UNICODE, _wide(subject)),
        0x0C1A: (_UNICODE, _wide("Ana Soto")),
        0x5D01: (_UNICODE, _wide("ana@sol.example")),
        0x1000: (_UNICODE, _wide("Adjunto la póliza.")),
    }
    to = {0x3001: (_UNICODE, _wide("Luis")), 0x39FE: (_UNICODE, _wide("luis@mar.example")), 0x0C15: (_LONG, b"\x01")}
    table = struct.pack("<I", 1) + tnef_properties(to)
    return (
        tnef([("poliza.pdf", b"%PDF-1.4 x")])
        + tnef_attribute(1, 0x9004, table)
        + tnef_attribute(1, 0x9003, tnef_properties(properties))
    )


@pytest.mark.parametrize(("title", "name"), [("", "Póliza 12"), ("anterior", "anterior")], ids=["untitled", "titled"])
def test_a_mail_stored_in_winmail_is_opened_with_its_files(title: str, name: str) -> None:
    message = read_message(_with_file("winmail.dat", _stored(_MESSAGE + _inner("Póliza 12"), title=title)))
    assert [file.name for file in message.attachments] == ["winmail.dat", name, "poliza.pdf"]
    assert [(mail.sender, mail.subject, mail.text) for mail in message.forwarded] == [
        ("Ana Soto <ana@sol.example>", "Póliza 12", "Adjunto la póliza.")
    ]


def test_a_mail_stored_in_a_stored_mail_is_opened_too() -> None:
    nested = _stored(_MESSAGE + _stored(_MESSAGE + _inner("dentro"), title="medio"), title="fuera")
    names = [file.name for file in read_message(_with_file("winmail.dat", nested)).attachments]
    assert names == ["winmail.dat", "fuera", "medio", "poliza.pdf"]


def test_an_ole_object_in_winmail_comes_without_the_identifier_in_front() -> None:
    message = read_message(_with_file("winmail.dat", _stored(_OLE + b"contenido", title="hoja.xls")))
    assert [(file.name, file.read()) for file in message.attachments][1:] == [("hoja.xls", b"contenido")]


def test_names_in_winmail_are_read_in_the_code_page_it_states() -> None:
    stream = b"\x78\x9f\x3e\x22\x01\x00" + tnef_attribute(1, 0x9007, struct.pack("<II", 936, 0))
    stream += tnef_attribute(2, 0x9002, b"\x01\x00" + b"\xff" * 12) + tnef_attribute(2, 0x800F, b"x")
    stream += tnef_attribute(2, 0x9005, tnef_properties({0x3707: (_STRING8, "发票.pdf".encode("cp936") + b"\x00")}))
    assert [file.name for file in read_message(_with_file("winmail.dat", stream)).attachments][1:] == ["发票.pdf"]


def test_the_mails_of_a_mailbox_file_are_opened_in_order() -> None:
    box = "".join(
        f"From ana@sol.example Tue Mar  3 10:11:12 2026\n{_MAIL.format(subject=subject)}>From aquí.\n\n"
        for subject in ("uno", "dos")
    )
    message = read_message(_with_file("correos.mbox", box.encode()))
    assert [file.name for file in message.attachments] == ["correos.mbox", "1.eml", "2.eml"]
    assert [mail.text for mail in message.forwarded] == ["Va uno.\nFrom aquí.", "Va dos.\nFrom aquí."]


def test_a_text_that_is_only_called_a_mailbox_stays_a_file() -> None:
    message = read_message(_with_file("notas.mbox", b"From here on it is downhill.\n\nBye\n"))
    assert [file.name for file in message.attachments] == ["notas.mbox"]


def test_a_mail_that_apple_mail_stored_is_opened() -> None:
    mail = _MAIL.format(subject="uno").encode()
    message = read_message(_with_file("123.emlx", b"%d      \n" % len(mail) + mail + b"<?xml version='1.0'?><plist/>"))
    assert [(mail.subject, mail.text) for mail in message.forwarded] == [("uno", "Va uno.")]


def _yenc(content: bytes) -> bytes:
    out = bytearray()
    for byte in content:
        shifted = (byte + 42) % 256
        out += bytes((61, (shifted + 64) % 256)) if shifted in {0, 10, 13, 61} else bytes((shifted,))
    lines = b"\r\n".join(bytes(out[start : start + 128]) for start in range(0, len(out), 128))
    return b"=ybegin line=128 size=%d name=carga.bin\r\n%s\r\n=yend size=%d\r\n" % (len(content), lines, len(content))


def test_a_yenc_file_in_the_text_is_a_file_byte_for_byte() -> None:
    # Escapes that the line length tears apart are no valid yEnc, so the content has none at a line's end.
    content = bytes(range(256))
    raw = b"From: a@x.example\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nVa la carga.\r\n\r\n"
    message = read_message(raw + _yenc(content) + b"\r\nAna\r\n")
    assert [(file.name, file.read()) for file in message.attachments] == [("carga.bin", content)]
    assert message.text == "Va la carga.\n\n\nAna"


def test_a_yenc_file_that_never_ends_stays_text() -> None:
    assert files_in_text(b"=ybegin line=128 size=3 name=a.bin\r\nabc\r\n") == []


def _der(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    length = bytes((len(content),)) if len(content) < 128 else b"\x82" + len(content).to_bytes(2, "big")
    return bytes((tag,)) + length + content


@pytest.mark.parametrize(
    "kind", ["application/pkcs7-mime; smime-type=compressed-data", "application/octet-stream"], ids=["typed", "untyped"]
)
def test_compressed_mime_is_unpacked(kind: str) -> None:
    packed = zlib.compress("Content-Type: text/plain; charset=utf-8\n\nVa la póliza.\n".encode())
    data = _der(0x30, _der(0x06, bytes.fromhex("2a864886f70d010701")), _der(0xA0, _der(0x04, packed)))
    body = _der(0x30, b"\x02\x01\x00", _der(0x30, _der(0x06, bytes.fromhex("2a864886f70d0109100308"))), data)
    info = _der(0x30, _der(0x06, bytes.fromhex("2a864886f70d0109100109")), _der(0xA0, body))
    assert read_message(_with_file("smime.p7m", info, kind)).text == "Va la póliza."
