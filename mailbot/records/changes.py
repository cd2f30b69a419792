"""What an import would change, and what looks doubtful though it can be taken; lines for people."""

from collections.abc import Iterator, Mapping

from mailbot.domain.columns import parse_columns
from mailbot.domain.identifiers import has_valid_check
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Client, Dispatch, Office
from mailbot.records.forms import Row, SheetForm
from mailbot.records.sheets import DISPATCHES, FORMS
from mailbot.records.writing import shown_value

_MAX_SHOWN = 80


def difference(old: Office, new: Office) -> tuple[str, ...]:
    """What would change, one line a row; dispatches that the new book lacks stay as they are."""
    return tuple(line for form in FORMS for line in _sheet_changes(form, old, new))


def doubts(office: Office) -> tuple[str, ...]:
    """What can be taken but looks mistyped: check digits that do not fit, columns nobody knows."""
    numbers = [line for dispatch in office.dispatches for line in _doubtful_numbers(dispatch)]
    return (*numbers, *_unknown_columns(office))


def _sheet_changes(form: SheetForm, old: Office, new: Office) -> Iterator[str]:
    before, after = _by_key(form, old), _by_key(form, new)
    for key, row in after.items():
        if key not in before:
            yield f"{form.name}: se agrega {_named(form, row)}"
        elif row != before[key]:
            yield f"{form.name}: cambia {_named(form, row)}: {_fields_changed(form, before[key], row)}"
    if form is not DISPATCHES:
        for key, row in before.items():
            if key not in after:
                yield f"{form.name}: se quita {_named(form, row)}{_left_behind(row, old)}"


def _left_behind(row: Row, office: Office) -> str:
    """A client who goes leaves dispatches behind: that is worth a second look."""
    if not isinstance(row, Client):
        return ""
    count = sum(dispatch.ruc == row.ruc and not dispatch.is_closed for dispatch in office.dispatches)
    return f" ({row.name}), que tiene despachos abiertos: {count}" if count else f" ({row.name})"


def _by_key(form: SheetForm, office: Office) -> Mapping[tuple[object, ...], Row]:
    rows: tuple[Row, ...] = getattr(office, form.attribute)
    return {tuple(getattr(row, name) for name in form.key): row for row in rows}


def _named(form: SheetForm, row: Row) -> str:
    return " · ".join(_shown(getattr(row, name)) for name in form.key)


def _fields_changed(form: SheetForm, before: Row, after: Row) -> str:
    return "; ".join(
        f"{column.heading} {_shown(getattr(before, column.field))} → {_shown(getattr(after, column.field))}"
        for column in form.columns
        if getattr(before, column.field) != getattr(after, column.field)
    )


def _shown(value: object) -> str:
    if value in (None, "", ()):
        return "(vacío)"
    shown = shown_value(value)
    if isinstance(shown, str | int):
        text = str(shown)
        return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
    return f"{shown:%d/%m/%Y %H:%M}".removesuffix(" 00:00")


def _doubtful_numbers(dispatch: Dispatch) -> Iterator[str]:
    carried = ((ReferenceKind.CONTAINER, "contenedor", dispatch.containers), (ReferenceKind.AWB, "AWB", dispatch.awbs))
    for kind, word, values in carried:
        for value in values:
            if has_valid_check(kind, value) is False:
                yield f"Despachos: {dispatch.order}: el dígito de control del {word} {value} no cuadra; revíselo"


def _unknown_columns(office: Office) -> Iterator[str]:
    for programme in office.programmes:
        for name in parse_columns(programme.columns)[1]:
            yield f"Status: {programme.ruc}: la columna «{name}» no se conoce y no saldrá en el reporte"
