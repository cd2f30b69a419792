"""Files that nobody means well by: bounded in time and memory in a process of their own, named, and never fatal."""

import io
import json
import resource
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.reading.text_limits import TextLimits
from mailbot.reading.text_process import TextProcess
from tests.unit.reading.containers_made import compound
from tests.unit.reading.files import docx, encrypted_pdf, package, pdf, xlsx

# Tight, so that the test is quick; the shape of the bounds is that of the defaults.
LIMITS = TextLimits(seconds=6.0, memory_bytes=400 * 1024 * 1024)
_MEGABYTE = 1024 * 1024


def flate_bomb() -> bytes:
    """A page whose content unpacks to half a gigabyte of nothing."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(8 * _MEGABYTE)) for _ in range(64)) + packer.flush()
    head = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    pages = b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    page = b"3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n"
    stream = b"4 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream\nendobj\n" % (len(packed), packed)
    return head + pages + page + stream + b"trailer << /Root 1 0 R >>\n%%EOF\n"


def endless_pages() -> bytes:
    """A tree of pages that goes round in circles."""
    return pdf("una").replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")


def deep_arrays() -> bytes:
    """Arrays in arrays, deeper than any stack."""
    return pdf("una").replace(b"/Count 1", b"/Count 1 /X " + b"[" * 200_000)


def lying_package() -> bytes:
    """A workbook whose directory says that a gigabyte is three bytes."""
    whole = bytearray(package(xl__workbook_xml=bytes(300 * _MEGABYTE)))
    place = whole.rfind(b"PK\x01\x02")
    whole[place + 24 : place + 28] = struct.pack("<I", 3)
    return bytes(whole)


def many_rows() -> bytes:
    """A workbook with a million rows, written as fast as text can be."""
    row = b'<row><c t="inlineStr"><is><t>MSKU1234565</t></is></c></row>'
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (space, row * 1_000_000)
    whole, out = zipfile.ZipFile(io.BytesIO(xlsx([["x"]]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for item in whole.infolist():
            is_sheet = item.filename == "xl/worksheets/sheet1.xml"
            made.writestr(item.filename, sheet if is_sheet else whole.read(item.filename))
    return out.getvalue()


def nested_elements() -> bytes:
    """A Word file of elements in elements."""
    return package(word__document_xml="<a>" * 300_000)


@pytest.fixture(scope="module")
def process() -> Iterator[TextProcess]:
    process = TextProcess()
    yield process
    process.close()


@pytest.mark.parametrize(
    ("kind", "make", "faults"),
    [
        pytest.param("pdf", lambda: pdf("x")[:150], {"ilegible"}, id="cut pdf"),
        pytest.param("pdf", endless_pages, {"ilegible", None}, id="pages in a circle"),
        pytest.param("pdf", deep_arrays, {"ilegible", "memoria agotada"}, id="arrays too deep"),
        pytest.param("pdf", flate_bomb, {"ilegible", "memoria agotada", "páginas ilegibles"}, id="pdf bomb"),
        pytest.param("pdf", encrypted_pdf, {"PDF cifrado"}, id="encrypted pdf"),
        pytest.param("pdf", lambda: pdf(*[""] * 200), {"cortado"}, id="a scan of 200 pages"),
        pytest.param("ooxml", lambda: docx("Carta", word__vbaProject_bin=b"x"), {"macros"}, id="macros"),
        pytest.param("ooxml", lambda: package(xl__workbook_xml=bytes(40 * _MEGABYTE)), {"bomba ZIP"}, id="zip bomb"),
        pytest.param("ooxml", lying_package, {"ilegible", "bomba ZIP", "memoria agotada"}, id="zip that lies"),
        pytest.param("ooxml", nested_elements, {"ilegible", "memoria agotada", "cortado"}, id="elements too deep"),
        pytest.param("ooxml", many_rows, {"cortado"}, id="a million rows"),
        pytest.param("ole", lambda: compound(EncryptedPackage=bytes(5000)), {"documento cifrado"}, id="encrypted xlsx"),
        pytest.param("ole", lambda: compound(WordDocument=bytes(5000), _VBA_PROJECT=b"x"), {"macros"}, id="old macros"),
        pytest.param("ole", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {"ilegible"}, id="broken doc"),
    ],
)
def test_a_file_is_named_in_time_and_the_next_one_is_read(
    process: TextProcess, kind: str, make: Callable[[], bytes], faults: set[str | None]
) -> None:
    content = make()
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    text, fault, _ = process.read(kind, content, limits=LIMITS)
    took = time.monotonic() - started

    assert fault in faults
    assert took < LIMITS.seconds + 2
    assert len(text) <= LIMITS.chars
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, "the reading costs us nothing"
    assert process.read("pdf", pdf("Factura 77"), limits=replace(LIMITS, seconds=10.0))[0].strip() == "Factura 77"


def test_a_scan_of_200_pages_is_said_to_be_one(process: TextProcess) -> None:
    _, _, is_scan = process.read("pdf", pdf(*[""] * 200), limits=LIMITS)

    assert is_scan


def test_triage_names_each_file_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "a@cliente.example", "b@agencia.example", "<1@cliente.example>"
    mail["Subject"], mail["Date"] = "Documentos de la orden", "Tue, 10 Nov 2026 10:00:00 -0500"
    mail.set_content("Adjunto los documentos. Factura 001-77.")
    files = {
        "cifrado.pdf": encrypted_pdf(),
        "roto.pdf": b"%PDF-1.4 nada",
        "escaneo.pdf": pdf("", ""),
        "macros.docm": docx("Carta", word__vbaProject_bin=b"x"),
        "bomba.xlsx": package(xl__workbook_xml=bytes(40 * _MEGABYTE)),
        "foto.jpg": b"\xff\xd8\xff",
        "sano.pdf": pdf("Factura comercial"),
    }
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    (tmp_path / "m.eml").write_bytes(mail.as_bytes())

    assert run(["triage", str(tmp_path / "m.eml"), "--jsonl"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["defects"] == [
        "cifrado.pdf: PDF cifrado",
        "roto.pdf: ilegible",
        "escaneo.pdf: escaneo sin texto",
        "macros.docm: macros",
        "bomba.xlsx: bomba ZIP",
    ]
    assert len(told["attachments"]) == len(files)
