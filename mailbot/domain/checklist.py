"""Which papers a dispatch needs and which of them are there (Annex 01 row 4).

The rows are data (`checklist.toml`), which the office can override; nothing here knows a regime.
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from mailbot.domain.errors import Fault, OfficeFileRejected
from mailbot.domain.labels import DocumentType
from mailbot.domain.office import Dispatch, Transport

FILE = "checklist.toml"


class Need(StrEnum):
    """How much a paper is needed."""

    # The law or procedure asks for it before numbering.
    MANDATORY = "mandatory"
    # It depends on the goods or the contract: a person decides.
    CONDITIONAL = "conditional"
    # The office always asks for it.
    PRACTICE = "practice"
    # An override that takes a row away.
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class ChecklistRow:
    """One paper that some dispatches need; empty `regimes` or `transports` mean all of them."""

    key: str
    types: tuple[DocumentType, ...]
    need: Need
    name_es: str
    name_en: str
    regimes: frozenset[str] = frozenset()
    transports: frozenset[Transport] = frozenset()
    condition: str = ""
    source: str = ""

    def concerns(self, dispatch: Dispatch) -> bool:
        """Whether the row applies to the dispatch's regime and way of transport."""
        is_regime = not self.regimes or dispatch.regime in self.regimes
        return is_regime and (not self.transports or dispatch.transport in self.transports)


Checklist = tuple[ChecklistRow, ...]


def rows_for(dispatch: Dispatch, checklist: Checklist | None = None) -> Checklist:
    """The rows that concern a dispatch, in the order of the file."""
    return tuple(row for row in (checklist or shipped_checklist()) if row.concerns(dispatch))


def missing_documents(
    dispatch: Dispatch, present: Collection[DocumentType], *, checklist: Checklist | None = None
) -> tuple[DocumentType, ...]:
    """What is needed and not there; conditional papers are for a person to decide and never missing.

    A numbered declaration was accepted with its papers (PG.01 A.3), so it lacks none.
    """
    if dispatch.numbered_on is not None or dispatch.is_closed:
        return ()
    needed = (row for row in rows_for(dispatch, checklist) if row.need in (Need.MANDATORY, Need.PRACTICE))
    lacking = (row.types[0] for row in needed if row.types and not set(row.types) & set(present))
    return tuple(dict.fromkeys(lacking))


@cache
def shipped_checklist() -> Checklist:
    """The rows that travel with mailbot."""
    return read_checklist(None)


def read_checklist(override: str | None) -> Checklist:
    """The shipped rows with the office's own on top; raises `OfficeFileRejected` with every fault."""
    shipped = resources.files("mailbot.domain").joinpath(FILE).read_text(encoding="utf-8")
    faults: list[Fault] = []
    rows = {row.key: row for row in _rows(shipped, faults)}
    rows |= {row.key: row for row in _rows(override or "", faults)}
    if faults:
        raise OfficeFileRejected(faults)
    return tuple(row for row in rows.values() if row.need is not Need.NONE)


def _rows(text: str, faults: list[Fault]) -> Iterator[ChecklistRow]:
    try:
        tables = tomllib.loads(text).get("row", [])
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(sheet=FILE, row=None, column=None, message=f"no es TOML válido: {error}"))
        return
    for number, table in enumerate(tables, start=1):
        try:
            yield _row(table)
        except (KeyError, TypeError, ValueError) as error:
            faults.append(Fault(sheet=FILE, row=number, column=None, message=f"fila incompleta o desconocida: {error}"))


def _row(table: Mapping[str, object]) -> ChecklistRow:
    need = Need(str(table["need"]))
    types = [str(table.get("document", "")), *_texts(table.get("or", ()))]
    return ChecklistRow(
        key=str(table["key"]),
        types=tuple(DocumentType(name) for name in types if name),
        need=need,
        name_es=str(table["name_es"] if need is not Need.NONE else ""),
        name_en=str(table["name_en"] if need is not Need.NONE else ""),
        regimes=frozenset(_texts(table.get("regimes", ()))),
        transports=frozenset(Transport(name) for name in _texts(table.get("transports", ()))),
        condition=str(table.get("condition", "")),
        source=str(table.get("source", "")),
    )


def _texts(value: object) -> Sequence[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{value!r} no es una lista")
    return [str(item) for item in value]
