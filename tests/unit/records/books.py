"""Office files for the tests: a small valid one, and ways to write it down."""

import csv
from copy import deepcopy
from pathlib import Path

from openpyxl import Workbook

Sheets = dict[str, list[list[object]]]

RUC = "20512345671"
OTHER_RUC = "20601234565"

VALID: Sheets = {
    "Personal": [
        ["codigo", "nombre", "correo", "rol", "jefe", "suplente", "ausente_desde", "ausente_hasta"],
        ["ESC01", "Rosa Quispe", "rquispe@agencia.example", "ESC", "SUP01", "ESC02", None, None],
        ["ESC02", "Karina Velarde", "kvelarde@agencia.example", "ESC", "SUP01", None, "16/11/2026", "18/11/2026"],
        ["ASC01", "Diego Salas", "dsalas@agencia.example", "ASC", "SUP01", None, None, None],
        ["SUP01", "Norma Ríos", "nrios@agencia.example", "SUPERVISOR", None, None, None, None],
    ],
    "Clientes": [
        ["ruc", "nombre", "dominios", "esc", "asc", "credito", "idioma"],
        [RUC, "Textiles del Ande S.A.C.", "textilesdelande.example", "ESC01", "ASC01", "sí", "es"],
        [OTHER_RUC, "Agrícola Chavín S.A.", None, "ESC02", None, None, None],
    ],
    "Contactos": [
        ["ruc", "nombre", "correo", "cargo"],
        [OTHER_RUC, "Lucía Paredes", "lparedes@carga.example", "Agente de carga"],
        [RUC, "Lucía Paredes", "lparedes@carga.example", "Agente de carga"],
    ],
    "Acuerdos": [
        ["ruc", "obligacion", "plazo", "desde", "hasta", "sustento"],
        [RUC, "document_review", "24 h", "01/01/2026", None, "correo del 18/12/2025"],
    ],
    "Despachos": [
        ["orden", "ruc", "regimen", "modalidad", "via", "aduana", "dam", "bl", "awb", "contenedores", "eta", "estado"],
        ["2026-004512", RUC, "10", "anticipado", "maritima", "118", None, "MAEU262731845", None, "CSQU 305438-3",
         "20/11/2026 08:00", "En tránsito"],
        ["2026-004513", OTHER_RUC, "40", None, "aerea", "235", None, None, "139-12345675", None, None, "Orden abierta"],
    ],
    "Status": [
        ["ruc", "frecuencia", "destinatarios", "columnas", "solo_cambios", "idioma"],
        [RUC, "lun,mie,vie 16:00", "comex@textilesdelande.example", None, "sí", None],
    ],
    "Feriados": [
        ["fecha", "nombre", "calendario", "jornada"],
        ["24/12/2026", "Víspera de Navidad", "empresa", "09:00-13:00"],
    ],
}  # fmt: skip


def valid() -> Sheets:
    """A fresh copy of the small valid book, to spoil one cell of."""
    return deepcopy(VALID)


def put(sheets: Sheets, sheet: str, row: int, heading: str, value: object) -> Sheets:
    """Put a value where a person sees row `row` and column `heading`; a new heading is added."""
    rows = sheets[sheet]
    if heading not in rows[0]:
        for cells in rows:
            cells.append(None)
        rows[0][-1] = heading
    rows[row - 1][rows[0].index(heading)] = value
    return sheets


def write_book(path: Path, sheets: Sheets) -> Path:
    """The sheets as a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_folder(folder: Path, sheets: Sheets, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """The sheets as a folder of CSV files."""
    folder.mkdir()
    for name, rows in sheets.items():
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
    return folder
