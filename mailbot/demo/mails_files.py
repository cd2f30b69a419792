"""Small real files for the sample mails, the same bytes every time: PDF by hand, XLSX by openpyxl."""

import io
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

PDF_TYPE = "application/pdf"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The oldest moment a ZIP entry can bear (APPNOTE 4.4.6).
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def pdf(lines: Sequence[str]) -> bytes:
    """A page of text that any reader shows (ISO 32000-1, section 7.5)."""
    shown = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    stream = f"BT /F1 11 Tf 14 TL 56 780 Td {shown} ET".encode("cp1252")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        font,
    )
    return _numbered(objects)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _numbered(objects: Sequence[bytes]) -> bytes:
    """The objects one after the other, and the table of where each begins."""
    body, starts = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        starts.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, entries)
    return body + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook of one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    return _timeless(book)


def _timeless(book: "Workbook") -> bytes:
    """The workbook's bytes without the moments at which openpyxl wrote it."""
    written, timeless = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(timeless, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            # The document's properties hold nothing but those moments.
            content = _NO_PROPERTIES if name == "docProps/core.xml" else source.read(name)
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return timeless.getvalue()


_NO_PROPERTIES = (
    b'<?xml version="1.0"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
