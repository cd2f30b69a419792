"""Read a checklist from TOML, and say of every fault in which line it stands and what to write instead."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from importlib import resources
from typing import TypeVar

from mailbot.domain.checklist import Checklist, ChecklistRow, Need
from mailbot.domain.errors import Fault, OfficeFileRejected
from mailbot.domain.labels import DocumentType
from mailbot.domain.office import Transport

FILE = "checklist.toml"
# A line above the rows: the file is the whole list, and nothing of ours lies below it.
COMPLETE = "complete"
_KEYS = (
    "key",
    "document",
    "or",
    "need",
    "regimes",
    "transports",
    "name_es",
    "name_en",
    "condition",
    "source",
)
_HEADER = re.compile(r"^\s*\[\[\s*row\s*\]\]")
_PLACE = re.compile(r"\(at line (\d+), column \d+\)")

Name = TypeVar("Name", bound=StrEnum)


def shipped_text() -> str:
    """The text of the list that travels with mailbot."""
    return resources.files("mailbot.domain").joinpath(FILE).read_text(encoding="utf-8")


def copy_to_start_from() -> str:
    """Our list as an office's own: whole, so that a row that is deleted from it is gone."""
    head, mark, rows = shipped_text().partition("[[row]]")
    return f"{head}{COMPLETE} = true\n\n{mark}{rows}"


def read_checklist(override: str | None, *, name: str = FILE) -> Checklist:
    """The shipped rows with the office's own on top, or its own alone; raises `OfficeFileRejected` with every fault."""
    ours = _File(shipped_text(), FILE)
    if not override:
        return _without_removed(ours.rows())
    own = _File(override, name)
    rows = own.rows()
    own.refuse_unknown_removals(rows, {} if own.is_complete else ours.rows())
    if own.faults:
        raise OfficeFileRejected(own.faults)
    return _without_removed(rows if own.is_complete else ours.rows() | rows)


def _without_removed(rows: Mapping[str, ChecklistRow]) -> Checklist:
    return tuple(row for row in rows.values() if row.need is not Need.NONE)


class _File:
    """One text with the faults found in it."""

    def __init__(self, text: str, name: str) -> None:
        self.faults: list[Fault] = []
        # Which row of the file bears a key.
        self._numbers: dict[str, int] = {}
        self._name = name
        self._lines = text.splitlines()
        self._heads = [number for number, line in enumerate(self._lines, start=1) if _HEADER.match(line)]
        self._values = self._parsed(text)
        self.is_complete = self._values.get(COMPLETE) is True

    def rows(self) -> dict[str, ChecklistRow]:
        """Every row without a fault, by its key."""
        found: dict[str, ChecklistRow] = {}
        for number, table in enumerate(self._tables()):
            row = _RowReader(self, number, table).row()
            if row is not None and row.key in found:
                self.refuse(self.line_of(number, "key"), f"la clave «{row.key}» ya la tiene otra fila; use otra")
            elif row is not None:
                found[row.key], self._numbers[row.key] = row, number
        return found

    def refuse_unknown_removals(self, rows: Mapping[str, ChecklistRow], ours: Mapping[str, ChecklistRow]) -> None:
        """A row that takes away nothing was meant to take away another."""
        for row in rows.values():
            if row.need is Need.NONE and row.key not in ours:
                hint = "; borre la fila" if self.is_complete else _hint(row.key, ours)
                self.refuse(self.line_of(self._numbers[row.key], "key"), f"no hay «{row.key}» que quitar{hint}")

    def refuse(self, line: int | None, message: str) -> None:
        """Note a fault of a line."""
        place = self._name if line is None else f"{self._name}, línea {line}"
        self.faults.append(Fault(sheet=place, row=None, column=None, message=message))

    def line_of(self, number: int, key: str) -> int | None:
        """Where a key of a row stands, else where the row begins."""
        if number >= len(self._heads):
            return None
        head = self._heads[number]
        end = self._heads[number + 1] - 1 if number + 1 < len(self._heads) else len(self._lines)
        written = re.compile(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=")
        lines = range(head, end)
        return next((at + 1 for at in lines if written.match(self._lines[at])), head)

    def _parsed(self, text: str) -> Mapping[str, object]:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = _PLACE.search(str(error))
            told = _PLACE.sub("", str(error)).strip()
            self.refuse(int(place[1]) if place else None, f"no es TOML válido ({told})")
            return {}

    def _tables(self) -> Iterator[Mapping[str, object]]:
        for name, value in self._values.items():
            if name == COMPLETE and not isinstance(value, bool):
                self.refuse(None, f"«{COMPLETE}» debe ser true o false")
            elif name not in (COMPLETE, "row"):
                self.refuse(None, f"no existe «{name}»: cada fila empieza con [[row]]")
        rows = self._values.get("row", [])
        if not isinstance(rows, list):
            self.refuse(None, "cada fila empieza con [[row]], con dos corchetes")
            return
        if self._values and not rows:
            self.refuse(None, "no tiene ninguna fila; cada una empieza con [[row]]")
        yield from (row for row in rows if isinstance(row, dict))


@dataclass
class _RowReader:
    """One row while it is read; a fault makes it none."""

    file: _File
    number: int
    table: Mapping[str, object]
    is_faulty: bool = False

    def row(self) -> ChecklistRow | None:
        """The row, or None with its faults noted."""
        for name in self.table:
            if name not in _KEYS:
                self._refuse(name, f"no existe «{name}»{_hint(name, _KEYS)}")
        need = self._one("need", self._text("need", is_needed=True), Need)
        is_removal = need is Need.NONE
        row = ChecklistRow(
            key=self._text("key", is_needed=True),
            types=tuple(self._types()),
            need=need or Need.NONE,
            name_es=self._text("name_es", is_needed=not is_removal),
            name_en=self._text("name_en", is_needed=not is_removal),
            regimes=frozenset(self._regimes()),
            transports=frozenset(self._many("transports", Transport)),
            condition=self._text("condition"),
            source=self._text("source"),
        )
        return None if self.is_faulty else row

    def _types(self) -> Iterator[DocumentType]:
        main = self._text("document")
        if main and (found := self._one("document", main, DocumentType)):
            yield found
        yield from self._many("or", DocumentType)

    def _regimes(self) -> Iterator[str]:
        for text in self._texts("regimes"):
            if re.fullmatch(r"\d\d", text):
                yield text
            else:
                self._refuse("regimes", f"«{text}» no es un régimen: son dos cifras, por ejemplo «10»")

    def _many(self, name: str, kind: type[Name]) -> Iterator[Name]:
        for text in self._texts(name):
            if (found := self._one(name, text, kind)) is not None:
                yield found

    def _one(self, name: str, text: str, kind: type[Name]) -> Name | None:
        try:
            return kind(text) if text else None
        except ValueError:
            self._refuse(name, f"«{text}» no existe{_hint(text, kind)}")
            return None

    def _text(self, name: str, *, is_needed: bool = False) -> str:
        value = self.table.get(name, "")
        if not isinstance(value, str):
            self._refuse(name, "debe ser un texto entre comillas")
            return ""
        if is_needed and not value.strip():
            self._refuse(name, "falta")
        return value.strip()

    def _texts(self, name: str) -> list[str]:
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._refuse(name, 'debe ser una lista de textos, por ejemplo ["10", "20"]')
            return []
        return value

    def _refuse(self, name: str, message: str) -> None:
        key = self.table.get("key")
        row = f"fila «{key}»" if isinstance(key, str) and key else "fila sin clave"
        self.is_faulty = True
        self.file.refuse(self.file.line_of(self.number, name), f"{row}, {name}: {message}")


def _hint(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"; ¿quiso decir «{close[0]}»?" if close else f"; hay {', '.join(names)}"
