"""The client's status table: its rows, and what a dispatch says under each column.

Values only: how a cell looks in HTML or in a workbook is the renderer's matter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mailbot.domain.clock import LIMA
from mailbot.domain.columns import Column
from mailbot.domain.office import Dispatch, Language

Value = str | int | date | datetime | None


@dataclass(frozen=True, kw_only=True)
class StatusCell:
    """One value; `before` is what the last digest showed, in words, when it differs."""

    column: Column
    value: Value
    is_changed: bool = False
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class StatusRow:
    """One dispatch. `is_new` when the last digest did not show it."""

    order: str
    cells: tuple[StatusCell, ...]
    is_new: bool = False
    # The file was closed since the last digest: it is shown this once more.
    is_last: bool = False
    noted_at: datetime | None = None
    # Its information is older than the office allows itself.
    is_stale: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether anything in it differs from the last digest."""
        return self.is_new or self.is_last or any(cell.is_changed for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class StatusTable:
    """The whole table, rows by order."""

    day: date
    language: Language
    columns: tuple[Column, ...]
    rows: tuple[StatusRow, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the last digest."""
        return any(row.is_changed for row in self.rows)

    @property
    def changed(self) -> tuple[StatusRow, ...]:
        """The rows that differ."""
        return tuple(row for row in self.rows if row.is_changed)

    @property
    def stale(self) -> tuple[StatusRow, ...]:
        """The rows whose information is old."""
        return tuple(row for row in self.rows if row.is_stale)


def free_time_ends(dispatch: Dispatch) -> date | None:
    """The last free day of the containers, counted from the end of discharge."""
    if dispatch.free_days is None or dispatch.discharge_ended_on is None:
        return None
    return dispatch.discharge_ended_on + timedelta(days=dispatch.free_days)


def _joined(values: Sequence[str]) -> str:
    return ", ".join(values)


def _voyage(dispatch: Dispatch) -> str:
    return " / ".join(part for part in (dispatch.vessel, dispatch.voyage) if part)


def _lima_moment(moment: datetime | None) -> Value:
    """A moment as Lima's date, or date and hour; midnight is how a bare date is kept."""
    if moment is None:
        return None
    local = moment.astimezone(LIMA)
    return local.date() if local.time() == time(0) else local.replace(tzinfo=None)


# The three that say nothing here are not in the dispatch's row: the digest adds them.
_VALUES: dict[Column, Callable[[Dispatch], Value]] = {
    Column.ORDER: lambda dispatch: dispatch.order,
    Column.CLIENT_REFERENCE: lambda dispatch: _joined(dispatch.purchase_orders),
    Column.INVOICES: lambda dispatch: _joined(dispatch.invoices),
    Column.REGIME: lambda dispatch: dispatch.regime,
    Column.MODALITY: lambda dispatch: dispatch.modality,
    Column.TRANSPORT: lambda dispatch: dispatch.transport,
    Column.VESSEL: _voyage,
    Column.DOCUMENT: lambda dispatch: _joined(dispatch.bls + dispatch.awbs),
    Column.CONTAINERS: lambda dispatch: _joined(dispatch.containers),
    Column.ETA: lambda dispatch: _lima_moment(dispatch.eta),
    Column.DISCHARGE_ENDED: lambda dispatch: dispatch.discharge_ended_on,
    Column.LOADING_ENDED: lambda dispatch: dispatch.loading_ended_on,
    Column.CUSTOMS_OFFICE: lambda dispatch: dispatch.customs_office,
    Column.MISSING: lambda dispatch: None,
    Column.DAM: lambda dispatch: dispatch.dam,
    Column.NUMBERED: lambda dispatch: dispatch.numbered_on,
    Column.CHANNEL: lambda dispatch: dispatch.channel,
    Column.RELEASED: lambda dispatch: dispatch.released_on,
    Column.DELIVERED: lambda dispatch: dispatch.delivered_on,
    Column.FREE_DAYS: lambda dispatch: dispatch.free_days,
    Column.DEMURRAGE_FROM: free_time_ends,
    Column.REGULARIZATION_DUE: lambda dispatch: None,
    Column.REGULARIZED: lambda dispatch: dispatch.regularized_on,
    Column.REGIME_EXPIRES: lambda dispatch: dispatch.regime_expires_on,
    Column.STATUS: lambda dispatch: dispatch.status,
    Column.NOTE: lambda dispatch: dispatch.status_note,
    Column.RESPONSIBLE: lambda dispatch: None,
}


def value_of(dispatch: Dispatch, column: Column) -> Value:
    """What a dispatch says under a column; enumerations are not yet put into words."""
    return _VALUES[column](dispatch)
