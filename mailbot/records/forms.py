"""What a form is: the columns a sheet has, how each cell is read, and which field it fills.

Reading, writing, the template and the fault messages all follow the forms of `sheets`; none of
them knows a sheet by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from mailbot.domain.office import Agreement, Client, Contact, Dispatch, Holiday, Staff, StatusProgramme
from mailbot.records.cells import Reader, text_of

Row: TypeAlias = Staff | Client | Contact | Agreement | Dispatch | StatusProgramme | Holiday


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its heading as the contract has it, the field it fills, and how it is read."""

    heading: str
    field: str
    read: Reader = text_of
    # The heading must be there.
    required: bool = False
    # The heading must be there, the cell may be empty.
    may_be_empty: bool = False
    # For the template: a drop-down list, where its values come from another sheet, and what to write.
    choices: tuple[str, ...] = ()
    source: str | None = None
    note: str = ""

    @cached_property
    def blank(self) -> object:
        """What an empty cell gives."""
        return self.read(None)


@dataclass(frozen=True, kw_only=True)
class SheetForm:
    """One sheet: `key` names the fields that tell its rows apart, `attribute` its place in `Office`."""

    name: str
    attribute: str
    make: Callable[..., Row]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False

    def column(self, field: str) -> Column:
        """The column that fills a field."""
        return next(column for column in self.columns if column.field == field)
