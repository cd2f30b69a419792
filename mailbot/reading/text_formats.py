"""How text is taken out of PDF, workbooks and Word files; runs in the reading process alone.

Every reader stops at its bounds and says so; what it raises is caught by the process.
"""

import io
import re
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mailbot.reading.text_limits import TextLimits

CUT = "cortado"
ENCRYPTED_PDF = "PDF cifrado"
ENCRYPTED = "documento cifrado"
MACROS = "macros"
BOMB = "bomba ZIP"
OLD_FORMAT = "formato antiguo: texto aproximado"

# A page that holds fewer letters than this holds a picture of text.
_LETTERS_OF_A_PAGE = 12
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ENDS = {f"{_WORD}p": "\n", f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}tc": "\t"}
_WIDE_RUN = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){4,}")
_NARROW_RUN = re.compile(rb"[\x20-\x7e\xc0-\xff]{5,}")
# Text of one old file beyond this is its formatting.
_MOST_OLE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """What came out."""

    text: str = ""
    fault: str | None = None
    is_scan: bool = False


class _Paper:
    """Collects pieces until there are enough characters or half of the time is over."""

    def __init__(self, bounds: TextLimits) -> None:
        self._left = bounds.chars
        self._until = time.monotonic() + bounds.seconds / 2
        self._pieces: list[str] = []
        self.is_full = False

    def add(self, piece: str) -> None:
        self._pieces.append(piece[: self._left])
        self._left -= len(piece)
        self.is_full = self._left <= 0 or time.monotonic() > self._until

    @property
    def text(self) -> str:
        return "".join(self._pieces)


def read_pdf(content: bytes, bounds: TextLimits) -> Extracted:
    """The text of a PDF page by page."""
    import pypdf
    from pypdf.errors import PyPdfError

    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    # Many papers carry an empty password that only forbids printing.
    if reader.is_encrypted and not reader.decrypt(""):
        return Extracted(fault=ENCRYPTED_PDF)
    paper, count, faulty = _Paper(bounds), len(reader.pages), 0
    for page in reader.pages[: bounds.pages]:
        try:
            paper.add(page.extract_text() + "\n")
        except (PyPdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
            faulty += 1
        if paper.is_full:
            break
    read = min(count, bounds.pages)
    is_scan = count > 0 and _letters(paper.text) < _LETTERS_OF_A_PAGE * min(read, 3) and not faulty
    fault = CUT if paper.is_full or count > bounds.pages else ("páginas ilegibles" if faulty else None)
    return Extracted(text=paper.text, fault=fault, is_scan=is_scan)


def read_ooxml(content: bytes, bounds: TextLimits) -> Extracted:
    """The text of a workbook or a Word file."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if is_bomb(package, packed=len(content), bounds=bounds):
            return Extracted(fault=BOMB)
        names = {item.filename for item in package.infolist()}
        has_macros = any(name.endswith("vbaProject.bin") for name in names)
        paper = _Paper(bounds)
        if any(name.startswith("xl/") for name in names):
            is_cut = _read_workbook(content, paper, bounds)
        else:
            is_cut = _read_word(package, names, paper)
    fault = MACROS if has_macros else (CUT if is_cut else None)
    return Extracted(text=paper.text, fault=fault)


def is_bomb(package: zipfile.ZipFile, *, packed: int, bounds: TextLimits) -> bool:
    """Whether a package says that it unpacks to more than anybody would send."""
    unpacked = sum(item.file_size for item in package.infolist())
    # Small workbooks are mostly repeated markup: the ratio alone says nothing below some megabytes.
    is_dense = unpacked > 16 * 1024 * 1024 and unpacked > packed * bounds.unpacked_ratio
    return unpacked > bounds.unpacked_bytes or is_dense


def _read_workbook(content: bytes, paper: _Paper, bounds: TextLimits) -> bool:
    import openpyxl
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    # Without a stated size openpyxl reads a whole sheet just to know it: 15 s for a million rows.
    ReadOnlyWorksheet._get_size = lambda _sheet: None  # type: ignore[attr-defined]
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    left = bounds.rows
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            left -= 1
            if left < 0 or paper.is_full:
                return True
            if line := _line(row):
                paper.add(line + "\n")
    return paper.is_full


def _line(row: Iterable[object]) -> str:
    return "\t".join(_cell(value) for value in row if value is not None)


def _cell(value: object) -> str:
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _read_word(package: zipfile.ZipFile, names: Iterable[str], paper: _Paper) -> bool:
    for name in sorted(names):
        if re.fullmatch(r"word/(?:document|header\d*|footer\d*)\.xml", name):
            with package.open(name) as part:
                for piece in _word_pieces(part):
                    paper.add(piece)
                    if paper.is_full:
                        return True
    return False


def _word_pieces(part: object) -> Iterator[str]:
    from defusedxml.ElementTree import iterparse

    for _, element in iterparse(part):
        if element.tag == f"{_WORD}t":
            yield element.text or ""
        elif (end := _ENDS.get(element.tag)) is not None:
            yield end
            element.clear()


def read_ole(content: bytes, bounds: TextLimits) -> Extracted:
    """What can be read of an old Office file without its format: the runs of letters in it."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as package:
        streams = {"/".join(path) for path in package.listdir()}
        if "EncryptedPackage" in streams:
            return Extracted(fault=ENCRYPTED)
        has_macros = any("VBA" in name.upper().split("/") or "_VBA_PROJECT" in name.upper() for name in streams)
        paper = _Paper(bounds)
        for name in sorted(streams):
            if paper.is_full:
                break
            if name in ("WordDocument", "Workbook", "Book", "1Table", "0Table") or name.startswith("__substg1.0_1000"):
                paper.add(_runs(package.openstream(name).read(_MOST_OLE_BYTES)) + "\n")
    return Extracted(text=paper.text, fault=MACROS if has_macros else OLD_FORMAT)


def _runs(data: bytes) -> str:
    wide = [run[::2].decode("latin-1") for run in _WIDE_RUN.findall(data)]
    narrow = [run.decode("latin-1") for run in _NARROW_RUN.findall(data)]
    return "\n".join((*wide, *narrow))


def _letters(text: str) -> int:
    return sum(char.isalnum() for char in text[:2000])
