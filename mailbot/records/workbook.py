"""The office file, read: all of it or nothing, every fault named (`contract.md`, "The office file")."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

from mailbot.domain.errors import Fault, OfficeFileRejected
from mailbot.domain.office import Dispatch, Office
from mailbot.records.cells import plain
from mailbot.records.delimited import read_csv, read_folder
from mailbot.records.forms import Row, SheetForm
from mailbot.records.relations import check_relations, settle_codes
from mailbot.records.rows import FieldRow, SheetReading, nearest, read_sheet
from mailbot.records.sheets import DISPATCHES, FORMS
from mailbot.records.spreadsheet import read_workbook
from mailbot.records.tables import SheetTable, refused

# A sheet for people alone; the template has it.
LEGEND = "Leyenda"
_CODES = {"Personal": ("chief", "deputy"), "Clientes": ("esc", "asc")}


def read_office(path: Path, *, known: Office | None = None) -> Office:
    """The office as one workbook or a folder of CSV files describes it.

    `known` is what was imported before: a sheet that may be missing and is keeps its rows, and a
    dispatch keeps what the file has no column for.
    Raises `OfficeFileRejected` with every fault at once.
    """
    tables = [table for table in _tables(path) if plain(table.name) != plain(LEGEND)]
    assigned, faults = _assign(tables)
    for form in FORMS:
        if form.required and form.name not in assigned:
            faults.append(_missing(path, form))
    known = known or Office()
    readings = _read_sheets(assigned, known)
    check_relations(readings, known_contacts={contact.ruc for contact in known.contacts})
    _raise_faults(faults, readings)
    return _office(readings, known)


def read_dispatches(path: Path, *, office: Office) -> tuple[Dispatch, ...]:
    """The dispatches of an .xlsx or .csv export alone.

    A dispatch the office knows keeps what the export has no column for. Raises
    `OfficeFileRejected` with every fault at once.
    """
    table = _dispatch_table(path)
    reading = read_sheet(table, DISPATCHES, complete=_completion(office))
    readings = {DISPATCHES.name: reading}
    check_relations(readings, known_rucs={client.ruc for client in office.clients})
    _raise_faults([], readings)
    return tuple(Dispatch(**row.values) for row in reading.rows)  # type: ignore[arg-type]


def _tables(path: Path) -> Sequence[SheetTable]:
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        raise refused(path.name, "no existe; revise la ruta")
    if path.suffix.lower() == ".csv":
        raise refused(
            path.name, "es un solo CSV; indique la carpeta que contiene Personal.csv, Clientes.csv y los demás"
        )
    return read_workbook(path)


def _dispatch_table(path: Path) -> SheetTable:
    """The sheet named like ours, or the only one that is not empty."""
    if not path.is_file():
        raise refused(path.name, "no existe o no es un archivo; indique el .xlsx o .csv de despachos")
    if path.suffix.lower() == ".csv":
        # A CSV has no sheet name; its faults speak of the sheet it stands for.
        return replace(read_csv(path), name=DISPATCHES.name)
    tables = [table for table in read_workbook(path) if table.rows]
    named = [table for table in tables if plain(table.name) == plain(DISPATCHES.name)]
    if named or len(tables) == 1:
        return (named or tables)[0]
    raise refused(path.name, f"no tiene una hoja {DISPATCHES.name}; dé ese nombre a la hoja de los despachos")


def _read_sheets(assigned: Mapping[str, SheetTable], known: Office) -> dict[str, SheetReading]:
    complete = {DISPATCHES.name: _completion(known)}
    return {
        form.name: read_sheet(assigned[form.name], form, complete=complete.get(form.name, _as_it_is))
        for form in FORMS
        if form.name in assigned
    }


def _as_it_is(row: FieldRow) -> FieldRow:
    return row


def _assign(tables: Sequence[SheetTable]) -> tuple[dict[str, SheetTable], list[Fault]]:
    """Each table under its form's name; sheets nobody knows, and names used twice, are faults."""
    known = {plain(form.name): form.name for form in FORMS}
    assigned: dict[str, SheetTable] = {}
    faults: list[Fault] = []
    for table in tables:
        name = known.get(plain(table.name))
        if name is not None and name not in assigned:
            assigned[name] = table
        elif name is not None:
            faults.append(_whole(table.name, "la hoja está repetida; deje una"))
        elif table.rows:
            faults.append(_whole(table.name, f"esta hoja no se conoce{nearest(table.name, known.values())}"))
    return assigned, faults


def _missing(path: Path, form: SheetForm) -> Fault:
    return _whole(form.name, f"falta esta hoja en {path.name}; añádala (vea la plantilla: mailbot office template)")


def _whole(sheet: str, message: str) -> Fault:
    return Fault(sheet=sheet, row=None, column=None, message=message)


def _raise_faults(faults: Sequence[Fault], readings: Mapping[str, SheetReading]) -> None:
    """Raise all faults, sheet by sheet, from the top of each sheet down."""
    found = [*faults]
    for reading in readings.values():
        found += sorted(reading.faults, key=lambda fault: fault.row or 0)
    if found:
        raise OfficeFileRejected(found)


def _office(readings: Mapping[str, SheetReading], known: Office) -> Office:
    settle = settle_codes(readings)
    found: dict[str, tuple[Row, ...]] = {}
    for name, reading in readings.items():
        codes = _CODES.get(name, ())
        found[reading.form.attribute] = tuple(_made(reading.form, row, codes, settle) for row in reading.rows)
    rucs = {row.text("ruc") for row in readings["Clientes"].rows}
    kept = {form.attribute: _kept(known, form, rucs) for form in FORMS if form.name not in readings}
    return Office(**(found | kept))  # type: ignore[arg-type]  # each form makes the rows of its own sheet


def _kept(known: Office, form: SheetForm, rucs: Collection[str]) -> tuple[Row, ...]:
    """The known rows of a sheet that the file does not have; those of a client who is gone go too."""
    rows: tuple[Row, ...] = getattr(known, form.attribute)
    return tuple(row for row in rows if getattr(row, "ruc", None) in rucs or not hasattr(row, "ruc"))


def _made(form: SheetForm, row: FieldRow, codes: Sequence[str], settle: Callable[[object], object]) -> Row:
    values = {name: settle(value) if name in codes else value for name, value in row.values.items()}
    return form.make(**values)


def _completion(known: Office) -> Callable[[FieldRow], FieldRow]:
    """Adds to a dispatch row the fields that the sheet has no column for."""
    before = {dispatch.order: dispatch for dispatch in known.dispatches}

    def complete(row: FieldRow) -> FieldRow:
        old = before.get(row.text("order"))
        kept = {item.name: getattr(old, item.name) for item in fields(old)} if old else {}
        return FieldRow(number=row.number, values=kept | dict(row.values))

    return complete
