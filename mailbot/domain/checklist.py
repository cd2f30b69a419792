"""Which papers a dispatch needs and which of them are there (Annex 01 row 4).

The rows are data (`checklist.toml`), which the office can override; nothing here knows a regime.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from mailbot.domain.labels import DocumentType
from mailbot.domain.office import Dispatch, Language, Transport


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

    @property
    def is_needed(self) -> bool:
        """Whether the dispatch lacks something without it; what depends on the goods a person decides."""
        return self.need in (Need.MANDATORY, Need.PRACTICE) and bool(self.types)

    def called(self, language: Language) -> str:
        """What people call the paper."""
        return self.name_en if language is Language.EN else self.name_es


Checklist = tuple[ChecklistRow, ...]


def rows_for(dispatch: Dispatch, checklist: Checklist | None = None) -> Checklist:
    """The rows that concern a dispatch, in the order of the file."""
    rows = shipped_checklist() if checklist is None else checklist
    return tuple(row for row in rows if row.concerns(dispatch))


def missing_rows(
    dispatch: Dispatch, present: Collection[DocumentType], *, checklist: Checklist | None = None
) -> Checklist:
    """What is needed and not there; conditional papers are for a person to decide and never missing.

    A numbered declaration was accepted with its papers (PG.01 A.3), so it lacks none.
    """
    if dispatch.numbered_on is not None or dispatch.is_closed:
        return ()
    needed = (row for row in rows_for(dispatch, checklist) if row.is_needed)
    return tuple(row for row in needed if not set(row.types) & set(present))


def missing_documents(
    dispatch: Dispatch, present: Collection[DocumentType], *, checklist: Checklist | None = None
) -> tuple[DocumentType, ...]:
    """The missing rows by the type of paper that satisfies them."""
    return tuple(dict.fromkeys(row.types[0] for row in missing_rows(dispatch, present, checklist=checklist)))


@cache
def shipped_checklist() -> Checklist:
    """The rows that travel with mailbot."""
    from mailbot.domain.checklist_file import read_checklist

    return read_checklist(None)
