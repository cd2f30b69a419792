"""A sheet as it was found, before anybody asks what its columns mean."""

from dataclasses import dataclass
from pathlib import Path

from mailbot.domain.errors import Fault, OfficeFileRejected
from mailbot.records.cells import Cell

# A broker's export holds some thousands of dispatches; these bounds are far above any honest book.
MAX_FILE_BYTES = 50_000_000
MAX_ROWS = 200_000
MAX_BLANK_RUN = 20_000
MAX_COLUMNS = 1_000


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row that is not blank, with the number a person sees beside it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class SheetTable:
    """A sheet's name as written and its rows, the heading row first."""

    name: str
    rows: tuple[SheetRow, ...]


def bytes_of(path: Path) -> bytes:
    """The content of a file of a reasonable size."""
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise refused(
            path.name, f"no se puede abrir ({error.strerror}); ciérrelo en Excel o revise sus permisos"
        ) from error
    if size > MAX_FILE_BYTES:
        raise refused(path.name, f"pasa de {MAX_FILE_BYTES // 1_000_000} MB; quite lo que no sea de la planilla")
    return raw


def refused(place: str, message: str) -> OfficeFileRejected:
    """The refusal of a whole file or sheet."""
    return OfficeFileRejected([Fault(sheet=place, row=None, column=None, message=message)])
