"""CSV files as people's spreadsheets save them: UTF-8 or Windows-1252, comma or semicolon."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from mailbot.records.cells import is_blank
from mailbot.records.tables import MAX_ROWS, SheetRow, SheetTable, bytes_of, refused


def read_folder(folder: Path) -> tuple[SheetTable, ...]:
    """Every CSV file of a folder as a sheet named like the file; other files are passed over."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())
    if not files:
        raise refused(
            folder.name, "la carpeta no tiene archivos .csv; ponga Personal.csv, Clientes.csv y Despachos.csv"
        )
    return tuple(read_csv(path) for path in files)


def read_csv(path: Path) -> SheetTable:
    """One CSV file as a sheet."""
    text = _decoded(path)
    head, _, rest = text.partition("\n")
    # Excel writes this line where its list separator is not the reader's.
    if head.strip().lower() in ("sep=;", "sep=,"):
        return SheetTable(name=path.stem, rows=tuple(_rows(path, rest, head.strip()[-1], first=2)))
    return SheetTable(name=path.stem, rows=tuple(_rows(path, text, _delimiter(text), first=1)))


def _decoded(path: Path) -> str:
    raw = bytes_of(path)
    if b"\0" in raw:
        raise refused(path.name, "no es un CSV de texto; guárdelo como «CSV UTF-8 (delimitado por comas)»")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refused(path.name, "la codificación no se reconoce; guárdelo como «CSV UTF-8 (delimitado por comas)»")


def _delimiter(text: str) -> str:
    """Whichever of the two stands more often in the first line that is not blank, outside quotes."""
    line = next((line for line in text.splitlines() if line.strip(" ,;\t")), "")
    outside = "".join(line.split('"')[::2])
    return ";" if outside.count(";") > outside.count(",") else ","


def _rows(path: Path, text: str, delimiter: str, *, first: int) -> Iterator[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=first):
            if number > MAX_ROWS:
                raise refused(path.name, f"pasa de {MAX_ROWS} filas; quite las que sobran")
            if not all(is_blank(cell) for cell in cells):
                yield SheetRow(number=number, cells=tuple(cells))
    except csv.Error as error:
        raise refused(
            path.name, f"el CSV está dañado cerca de la línea {reader.line_num}; guárdelo de nuevo"
        ) from error
