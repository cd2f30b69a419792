"""Files inside files: Outlook's, ZIP archives, signatures; every byte comes back."""

import base64
import io
import struct
import zipfile

import pytest
from tnefparse import TNEF

from mailbot.domain.errors import MessageUnreadable
from mailbot.reading.containers.cms import signed_content
from mailbot.reading.containers.entry import Budget
from mailbot.reading.containers.rtf import decompress
from mailbot.reading.containers.tnef import read_tnef, tnef_entries
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.enriched import rtf_to_text
from mailbot.reading.parse import read_message
from tests.unit.reading.containers_made import outlook_file, tnef

FILES = [("Factura comercial F001-2231.pdf", b"%PDF-1.4\x00\x00"), ("Lista de empaque.xlsx", b"PK\x03\x04" + bytes(50))]
SENDER, ADDRESS, SUBJECT, BODY, MESSAGE_ID, IN_REPLY_TO, HEADERS = (
    0x0C1A,
    0x5D01,
    0x0037,
    0x1000,
    0x1035,
    0x1042,
    0x007D,
)


def test_winmail_gives_the_long_names_and_every_byte() -> None:
    entries = list(tnef_entries(tnef(FILES), Budget.of(ReadingLimits())))
    assert [(entry.name, entry.content) for entry in entries] == FILES


def test_winmail_without_long_names_gives_the_short_ones() -> None:
    entries = list(tnef_entries(tnef([("corto.pdf", b"x")], long_names=False), Budget.of(ReadingLimits())))
    assert [entry.name for entry in entries] == ["corto.pd"]


def test_winmail_names_agree_with_another_reader() -> None:
    content = tnef(FILES)
    ours = [entry.name for entry in tnef_entries(content, Budget.of(ReadingLimits()))]
    assert ours == [file.long_filename() for file in TNEF(content).attachments]


@pytest.mark.parametrize("length", range(6, 400, 37))
def test_a_cut_winmail_gives_what_came_before_the_cut(length: int) -> None:
    entries = list(tnef_entries(tnef(FILES)[:length], Budget.of(ReadingLimits())))
    assert len(entries) <= len(FILES)


def test_the_body_of_winmail_is_read() -> None:
    assert read_tnef(tnef([], body="Señores".encode("cp1252"))).body() == ("Señores", "")


def _message(**changes: object) -> bytes:
    texts = {
        SENDER: "Ana Soto",
        ADDRESS: "ana@x.example",
        SUBJECT: "Envío de documentos",
        BODY: "Hola\r\nadiós",
        MESSAGE_ID: "<o@x.example>",
    }
    values: dict[str, object] = {
        "recipients": [(1, "Karina", "k@y.example"), (2, "Luis", "l@y.example")],
        "files": FILES,
    }
    return outlook_file(texts, **(values | changes))  # type: ignore[arg-type]


def test_an_outlook_file_reads_like_the_mail_it_was() -> None:
    message = read_message(_message())
    assert (message.sender.name, message.sender.address) == ("Ana Soto", "ana@x.example")
    assert [address.address for address in message.to + message.cc] == ["k@y.example", "l@y.example"]
    assert (message.subject, message.text, message.message_id) == (
        "Envío de documentos",
        "Hola\nadiós",
        "<o@x.example>",
    )
    assert [(file.name, file.read()) for file in message.attachments] == FILES


def test_files_that_end_in_line_breaks_keep_them() -> None:
    files = [("a.txt", b"uno\r\n"), ("b.txt", b"dos\r"), ("c.txt", b"tres\n\n")]
    assert [file.read() for file in read_message(_message(files=files)).attachments] == [
        content for _, content in files
    ]


def test_a_mail_inside_an_outlook_file_is_opened() -> None:
    message = read_message(
        _message(files=[], inner={SUBJECT: "Anterior", BODY: "texto", SENDER: "Z", ADDRESS: "z@x.example"})
    )
    assert [(mail.subject, mail.text) for mail in message.forwarded] == [("Anterior", "texto")]


def test_the_headers_an_outlook_file_travelled_with_win() -> None:
    headers = (
        "From: Otro <otro@x.example>\r\nSubject: Original\r\nMessage-ID: <h@x.example>\r\nContent-Type: text/html\r\n"
    )
    message = read_message(outlook_file({HEADERS: headers, BODY: "hola", SUBJECT: "Cambiado"}))
    assert (message.sender.address, message.subject, message.text) == ("otro@x.example", "Original", "hola")


def test_a_damaged_outlook_file_is_unreadable_as_a_mail_and_harmless_as_a_file() -> None:
    damaged = _message()[:2000]
    with pytest.raises(MessageUnreadable):
        read_message(damaged)
    raw = (
        b"From: a@x.example\nContent-Type: application/octet-stream; name=a.msg\nContent-Transfer-Encoding: base64\n\n"
    )
    assert [file.name for file in read_message(raw + base64.encodebytes(damaged)).attachments] == ["a.msg"]


def test_a_protected_archive_is_listed_and_named_as_such() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("secreto.pdf", b"x" * 100)
    content = bytearray(out.getvalue())
    # Bit 0 of the flags says "encrypted", in the local header and in the directory.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    raw = b"From: a@x.example\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
    message = read_message(raw + base64.encodebytes(bytes(content)))
    assert [(file.name, file.size) for file in message.attachments][1:] == [("secreto.pdf", 100)]
    assert any("password" in defect for defect in message.defects)


def test_stored_rtf_gives_its_words() -> None:
    rtf = rb"{\rtf1\ansi{\fonttbl\f0 Arial;}\f0 Hola, se\'f1or\par adi\'f3s}"
    stored = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    assert decompress(stored) == "Hola, señor\nadiós"


def test_compressed_rtf_gives_its_words() -> None:
    # The example of [MS-OXRTFCP] section 4.1.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320a f32068656c090020627705b06c647d0a800fa0".replace(
            " ", ""
        )
    )
    assert "hello" in decompress(packed)


@pytest.mark.parametrize(
    "content", [b"", b"0\x80", b"\x30\x82\xff\xff" + b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", b"x" * 50]
)
def test_a_torn_signature_gives_nothing(content: bytes) -> None:
    assert signed_content(content) is None


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (r"{\rtf1\ansi\ansicpg1252 Se\'f1or\par\u243\'f3ltimo\u8364? fin}", "Señor\nóltimo€ fin"),
        (
            r"{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hola\htmlrtf\par}\htmlrtf0 chau}",
            "Hola\nchau",
        ),
        (
            r"{\rtf1{\fonttbl{\f0 Arial;}}{\info{\author Rosa}}{\pict 0102}Uno\tab dos\line tres \{llaves\}}",
            "Uno\tdos\ntres {llaves}",
        ),
    ],
    ids=["letters", "made-from-html", "hidden-groups"],
)
def test_rtf_gives_what_a_reader_sees(rtf: str, text: str) -> None:
    assert rtf_to_text(rtf) == text
