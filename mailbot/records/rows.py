"""From the rows of a sheet to the fields of its form, gathering every fault on the way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from mailbot.domain.errors import Fault
from mailbot.records.cells import Cell, CellRejected, is_blank, plain
from mailbot.records.forms import Column, SheetForm
from mailbot.records.tables import SheetRow, SheetTable

Key = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class FieldRow:
    """What could be read of one row; a field that was refused is missing."""

    number: int
    values: Mapping[str, object]

    def text(self, name: str) -> str:
        """A text field, or nothing."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


@dataclass(kw_only=True)
class SheetReading:
    """One sheet under its form: the rows and the faults so far."""

    form: SheetForm
    # The sheet's name as the person wrote it.
    name: str
    rows: list[FieldRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, message: str, *, row: int | None = None, field: str | None = None) -> None:
        """Note a fault at a cell, a row, or the sheet as a whole."""
        heading = self.form.column(field).heading if field else None
        self.faults.append(Fault(sheet=self.name, row=row, column=heading, message=message))


def nearest(name: str, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """A hint at the known name that comes nearest and is at least so alike, or nothing."""
    by_form = {plain(candidate): candidate for candidate in known}
    found = get_close_matches(plain(name), list(by_form), n=1, cutoff=likeness)
    return f"; ¿quiso decir «{by_form[found[0]]}»?" if found else ""


def read_sheet(table: SheetTable, form: SheetForm, *, complete: Callable[[FieldRow], FieldRow]) -> SheetReading:
    """Read a sheet under its form; `complete` may add what an update leaves out."""
    reading = SheetReading(form=form, name=table.name)
    if not table.rows:
        reading.refuse("la hoja está vacía; ponga los encabezados en su primera fila")
        return reading
    head, *rows = table.rows
    columns = _columns(head, reading)
    for row in rows:
        fields = complete(_fields(row, columns, reading))
        _require(fields, columns, reading)
        reading.rows.append(fields)
    _refuse_repeated(reading)
    return reading


def _columns(head: SheetRow, reading: SheetReading) -> dict[int, Column]:
    """Which column stands where; unknown, repeated and missing headings are faults."""
    known = {plain(column.heading): column for column in reading.form.columns}
    found: dict[int, Column] = {}
    for at, cell in enumerate(head.cells):
        if is_blank(cell):
            continue
        column = known.get(plain(str(cell)).replace(" ", "_"))
        if column is None or column in found.values():
            _refuse_heading(" ".join(str(cell).split()), head.number, reading, is_repeated=column is not None)
        else:
            found[at] = column
    missing = [column.heading for column in reading.form.columns if column.required and column not in found.values()]
    for heading in missing:
        fault = Fault(sheet=reading.name, row=head.number, column=heading, message="falta esta columna; añádala")
        reading.faults.append(fault)
    return found


def _refuse_heading(heading: str, row: int, reading: SheetReading, *, is_repeated: bool) -> None:
    hint = nearest(heading, [column.heading for column in reading.form.columns])
    message = "la columna está repetida; deje una" if is_repeated else f"esta columna no se conoce{hint}"
    reading.faults.append(Fault(sheet=reading.name, row=row, column=heading, message=message))


def _fields(row: SheetRow, columns: Mapping[int, Column], reading: SheetReading) -> FieldRow:
    values: dict[str, object] = {}
    for at, column in columns.items():
        cell: Cell = row.cells[at] if at < len(row.cells) else None
        try:
            values[column.field] = column.blank if cell is None else column.read(cell)
        except CellRejected as error:
            reading.refuse(str(error), row=row.number, field=column.field)
    _refuse_strays(row, columns, reading)
    return FieldRow(number=row.number, values=values)


def _refuse_strays(row: SheetRow, columns: Mapping[int, Column], reading: SheetReading) -> None:
    """A value under no heading would be lost without a word."""
    width = max(columns, default=-1) + 1
    for at, cell in enumerate(row.cells[width:], start=width):
        if not is_blank(cell):
            letter = _letter(at)
            message = "hay un valor en una columna sin encabezado; bórrelo, o revise si sobra un separador"
            reading.faults.append(Fault(sheet=reading.name, row=row.number, column=letter, message=message))
            return


def _letter(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _require(row: FieldRow, columns: Mapping[int, Column], reading: SheetReading) -> None:
    for column in columns.values():
        value = row.values.get(column.field, ...)
        if column.required and not column.may_be_empty and value in (None, "", ()):
            reading.refuse("falta este dato, que es obligatorio", row=row.number, field=column.field)


def key_of(row: FieldRow, form: SheetForm) -> Key | None:
    """What tells a row apart, ignoring case; None when a part of it could not be read."""
    if not all(name in row.values for name in form.key):
        return None
    parts = [row.values[name] for name in form.key]
    return tuple(part.casefold() if isinstance(part, str) else part for part in parts)


def _refuse_repeated(reading: SheetReading) -> None:
    first: dict[Key, int] = {}
    for row in reading.rows:
        key = key_of(row, reading.form)
        if key is None or key[0] in (None, ""):
            continue
        if key in first:
            _refuse_repetition(row, first[key], reading)
        first.setdefault(key, row.number)


def _refuse_repetition(row: FieldRow, first: int, reading: SheetReading) -> None:
    names: Sequence[str] = reading.form.key
    headings = " + ".join(reading.form.column(name).heading for name in names)
    message = f"repite {headings} de la fila {first}; deje una sola fila"
    reading.refuse(message, row=row.number, field=names[0])
