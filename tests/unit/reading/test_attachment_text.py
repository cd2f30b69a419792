import base64
import io
import os
import time
import zipfile
from collections.abc import Iterator

import pytest

from mailbot.domain.message import Address, Attachment, Message
from mailbot.reading.attachment_text import AttachmentText, extract_text, extract_texts
from mailbot.reading.text_limits import TextLimits
from mailbot.reading.text_process import OUT_OF_TIME, TextProcess
from tests.unit.reading.files import docx, encrypted_pdf, package, pdf, xlsx


def attachment(name: str, content: bytes, *, type: str = "application/octet-stream", path: str = "2") -> Attachment:
    return Attachment(name=name, type=type, size=len(content), sha256="0", path=path, read=lambda: content)


def read(name: str, content: bytes, *, type: str = "application/octet-stream", limits: TextLimits) -> AttachmentText:
    found = extract_text(attachment(name, content, type=type), limits=limits)
    assert found is not None
    return found


LIMITS = TextLimits()
OLD_WORD = base64.b64encode(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


@pytest.mark.parametrize(
    ("name", "type", "content", "expected"),
    [
        pytest.param("FACTURA.pdf", "application/pdf", pdf("Invoice CI-2231"), "Invoice CI-2231", id="pdf"),
        pytest.param(
            "sin nombre", "application/octet-stream", pdf("Packing list 77"), "list 77", id="pdf by its bytes"
        ),
        pytest.param("lista.xlsx", "application/octet-stream", xlsx([["Bultos", 12.0]]), "Bultos\t12", id="xlsx"),
        pytest.param("carta.docx", "application/octet-stream", docx("Carta", "poder"), "Carta\npoder", id="docx"),
        pytest.param("lista.csv", "text/csv", "orden;año\n2026-4512;1".encode("cp1252"), "orden;año", id="csv"),
        pytest.param("nota.txt", "text/plain", "café".encode(), "café", id="txt"),
        pytest.param("nota.html", "text/html", b"<p>Orden <b>4512</b></p>", "Orden 4512", id="html"),
        pytest.param(
            "rv.eml", "message/rfc822", b"From: a@b.example\r\nSubject: BL 1\r\n\r\nHola", "BL 1\nHola", id="mail"
        ),
    ],
)
def test_the_text_of_each_kind_comes_out(name: str, type: str, content: bytes, expected: str) -> None:
    found = read(name, content, type=type, limits=LIMITS)

    assert expected in found.text
    assert (found.fault, found.is_scan) == (None, False)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        pytest.param("a.pdf", encrypted_pdf(), "PDF cifrado", id="encrypted pdf"),
        pytest.param("a.pdf", pdf("x")[:150], "ilegible", id="broken pdf"),
        pytest.param("a.pdf", b"no soy un PDF", "ilegible", id="no pdf at all"),
        pytest.param("a.docm", docx("Carta", word__vbaProject_bin=b"x"), "macros", id="macros"),
        pytest.param("a.xlsx", package(xl__workbook_xml=bytes(40_000_000)), "bomba ZIP", id="zip bomb"),
        pytest.param("a.xlsx", b"PK\x03\x04 roto", "ilegible", id="broken package"),
        pytest.param("a.doc", base64.b64decode(OLD_WORD), "ilegible", id="broken old word file"),
    ],
)
def test_a_fault_is_named_and_never_raised(name: str, content: bytes, fault: str) -> None:
    assert read(name, content, limits=LIMITS).fault == fault


def test_an_entity_bomb_in_a_word_file_is_no_text() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><w:document>&c;</w:document>'

    found = read("a.docx", package(word__document_xml=bomb), limits=LIMITS)

    assert (found.text, found.fault) == ("", "ilegible")


def test_a_scan_without_text_is_said_to_be_one() -> None:
    assert read("scan.pdf", pdf("", ""), limits=LIMITS).is_scan
    assert not read("scan.pdf", pdf("Factura comercial de la carga"), limits=LIMITS).is_scan


def test_a_picture_is_a_scan() -> None:
    assert read("factura.jpg", b"\xff\xd8\xff", type="image/jpeg", limits=LIMITS) == AttachmentText(is_scan=True)


def test_an_archive_holds_no_text_of_its_own() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as file:
        file.writestr("dentro.pdf", pdf("Factura comercial"))

    assert extract_text(attachment("todo.zip", stored.getvalue(), type="application/zip")) is None
    assert extract_text(attachment("todo.rar", b"Rar!\x1a", type="application/vnd.rar")) is None


@pytest.mark.parametrize(
    ("name", "content", "limits"),
    [
        pytest.param("a.pdf", pdf(*["pagina de texto"] * 5), TextLimits(pages=2), id="pages"),
        pytest.param("a.xlsx", xlsx([[n] for n in range(50)]), TextLimits(rows=10), id="rows"),
        pytest.param("a.docx", docx("x" * 500), TextLimits(chars=100), id="characters"),
        pytest.param("a.txt", b"x" * 500, TextLimits(chars=100), id="characters of plain text"),
    ],
)
def test_what_is_too_long_is_cut_and_says_so(name: str, content: bytes, limits: TextLimits) -> None:
    found = read(name, content, limits=limits)

    assert found.fault == "cortado"
    assert len(found.text) <= 200


def test_a_large_file_is_not_opened() -> None:
    huge = Attachment(name="a.pdf", type="application/pdf", size=10**9, sha256="0", path="2")

    assert extract_text(huge) == AttachmentText(fault="demasiado grande")


def test_every_attachment_of_a_message_is_named_by_its_path() -> None:
    files = (
        attachment("a.pdf", pdf("uno"), path="2"),
        attachment("b.txt", b"dos", type="text/plain", path="3"),
        attachment("c.txt", b"tres", type="text/plain", path="4"),
    )
    message = Message(
        message_id="<m@x.example>",
        sha256="0",
        content_digest="0",
        received_at=None,
        date=None,
        subject="",
        sender=Address(address="a@x.example"),
        attachments=files,
    )

    found = extract_texts(message, limits=TextLimits(files=2))

    assert [found[path].text.strip() for path in ("2", "3", "4")] == ["uno", "dos", ""]
    assert found["4"].fault == "no leído: demasiados adjuntos"


@pytest.fixture
def process() -> Iterator[TextProcess]:
    process = TextProcess()
    yield process
    process.close()


def test_one_process_reads_many_files(process: TextProcess) -> None:
    first = process.read("pdf", pdf("uno"), limits=LIMITS)
    started = time.monotonic()
    second = process.read("pdf", pdf("dos"), limits=LIMITS)

    assert (first[0].strip(), second[0].strip()) == ("uno", "dos")
    assert time.monotonic() - started < 1.0


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read(process: TextProcess) -> None:
    stuck = process.read("pdf", pdf("uno"), limits=TextLimits(seconds=0.0))
    after = process.read("pdf", pdf("dos"), limits=LIMITS)

    assert stuck == OUT_OF_TIME
    assert after[0].strip() == "dos"


def test_a_process_that_was_killed_is_started_again(process: TextProcess) -> None:
    process.read("pdf", pdf("uno"), limits=LIMITS)
    os.kill(process.pid or 0, 9)

    texts = [process.read("pdf", pdf("dos"), limits=LIMITS)[0].strip() for _ in range(2)]

    assert texts[-1] == "dos"


@pytest.mark.long
def test_a_workbook_of_a_million_rows_is_read_by_its_head() -> None:
    content = xlsx((n, "MSKU1234565") for n in range(1_000_000))
    started = time.monotonic()

    found = read("a.xlsx", content, limits=LIMITS)

    assert "MSKU1234565" in found.text
    assert found.fault == "cortado"
    assert time.monotonic() - started < 10
