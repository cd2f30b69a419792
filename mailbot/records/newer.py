"""A newer office, as an action of a replay tells it: a file to import, or single rows with what changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mailbot.domain.errors import OfficeFileRejected
from mailbot.domain.office import Office
from mailbot.records.cells import Cell, plain
from mailbot.records.forms import Row, SheetForm
from mailbot.records.rows import read_sheet
from mailbot.records.sheets import DISPATCHES, FORMS
from mailbot.records.tables import SheetRow, SheetTable, refused
from mailbot.records.workbook import read_dispatches, read_office
from mailbot.records.writing import shown_value

# Under which names an action names its file.
_FILE_NAMES = ("path", "file", "book", "office", "archivo", "libro")


def newer_office(what: Mapping[str, object], *, folder: Path, known: Office) -> Office:
    """The office after an action: `path` to a workbook, CSV folder or dispatch export, relative to `folder`,
    or rows by sheet name, or one dispatch by `order` and `set`.

    Raises `OfficeFileRejected`.
    """
    file = next((str(what[name]) for name in _FILE_NAMES if isinstance(what.get(name), str)), None)
    if file is not None:
        return _from_file(folder / file, known)
    changed = {form: rows for form in FORMS if (rows := tuple(_rows_told(what, form)))}
    if not changed:
        raise refused("office", "no dice qué cambió: dé «path», o «order» y «set», o las filas de una hoja")
    return replace(known, **{form.attribute: _merged(form, rows, known) for form, rows in changed.items()})  # type: ignore[arg-type]


def _from_file(path: Path, known: Office) -> Office:
    if path.is_dir():
        return read_office(path, known=known)
    try:
        return read_office(path, known=known)
    except OfficeFileRejected as whole:
        try:
            found = {dispatch.order: dispatch for dispatch in read_dispatches(path, office=known)}
        except OfficeFileRejected:
            # A workbook whose office sheets have faults is no export of dispatches: its own faults help more.
            raise whole from None
    before = {dispatch.order: dispatch for dispatch in known.dispatches}
    return replace(known, dispatches=tuple((before | found).values()))


def _rows_told(what: Mapping[str, object], form: SheetForm) -> Iterator[Mapping[str, object]]:
    """The rows of a sheet in an action, by the sheet's name or, for dispatches, `order` and `set`."""
    for name, value in what.items():
        if plain(name) in (plain(form.name), plain(form.attribute)) and isinstance(value, Sequence):
            yield from (row for row in value if isinstance(row, Mapping))
    fields = what.get("set")
    if form is DISPATCHES and isinstance(fields, Mapping):
        yield {**fields, "orden": what.get("order", what.get("orden", ""))}


def _merged(form: SheetForm, told: Sequence[Mapping[str, object]], known: Office) -> tuple[Row, ...]:
    """The rows of the sheet with what was told of each; a row of a new key is added."""
    before: tuple[Row, ...] = getattr(known, form.attribute)
    rows: list[dict[str, Cell]] = [
        {column.heading: _shown(getattr(row, column.field)) for column in form.columns} for row in before
    ]
    for row in told:
        given = {_heading(name, form): _cell(value) for name, value in row.items()}
        keys = [form.column(field).heading for field in form.key]
        at = next((at for at, old in enumerate(rows) if _same(old, given, keys)), None)
        if at is None:
            rows.append(given)
        else:
            rows[at] = rows[at] | given
    return _read(form, rows)


def _read(form: SheetForm, rows: Sequence[Mapping[str, Cell]]) -> tuple[Row, ...]:
    named = dict.fromkeys(name for row in rows for name in row)
    head = SheetRow(number=1, cells=tuple(named))
    table = [SheetRow(number=at, cells=tuple(row.get(name) for name in named)) for at, row in enumerate(rows, start=2)]
    reading = read_sheet(SheetTable(name=form.name, rows=(head, *table)), form, complete=lambda row: row)
    if reading.faults:
        raise OfficeFileRejected(reading.faults)
    return tuple(form.make(**row.values) for row in reading.rows)


def _heading(name: str, form: SheetForm) -> str:
    """The heading of a column that was named by it or by the field it fills."""
    return next((column.heading for column in form.columns if name == column.field), name)


def _same(old: Mapping[str, Cell], given: Mapping[str, Cell], keys: Sequence[str]) -> bool:
    return all(plain(str(old.get(key) or "")) == plain(str(given.get(key) or "")) for key in keys)


def _shown(value: object) -> Cell:
    return None if value is None else shown_value(value)


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return value if isinstance(value, str | int | float) else None
