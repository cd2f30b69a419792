"""A client's digest: the table with what changed marked, and what the office waits for.

Changes are found against a snapshot of the last digest, which is plain text and can be kept as JSON.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from mailbot.domain.columns import DATE_COLUMNS, Column
from mailbot.domain.contexts.digest import Wait, WaitingForClient
from mailbot.domain.labels import DocumentType
from mailbot.domain.obligation import Obligation, ObligationKind, ObligationState
from mailbot.domain.office import Dispatch, Language, Modality, Transport
from mailbot.domain.status import StatusCell, StatusRow, StatusTable, Value, value_of
from mailbot.domain.words import channel_words, status_words, word

# What a digest showed, order by order and column by column, in plain text.
Shown = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What the last digest of a client showed."""

    shown: Shown = field(default_factory=dict)

    def to_json(self) -> str:
        """As text that `from_json` reads back; the same content gives the same text."""
        return json.dumps(self.shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        """Read what `to_json` wrote."""
        return cls(shown=json.loads(text))


@dataclass(frozen=True, kw_only=True)
class TableRequest:
    """What a client's table is to show."""

    day: date
    columns: tuple[Column, ...]
    language: Language = Language.ES
    # None before the first digest: nothing is marked then.
    previous: Snapshot | None = None
    # Values that are not in a dispatch's row, by order.
    extras: Mapping[str, Mapping[Column, Value]] = field(default_factory=dict)
    # Orders whose information is too old.
    stale: Collection[str] = ()


def status_table(dispatches: Iterable[Dispatch], request: TableRequest) -> StatusTable:
    """The client's table, open dispatches by order, then those whose file was closed since."""
    rows = [_row(dispatch, request) for dispatch in sorted(dispatches, key=lambda row: (row.is_closed, row.order))]
    return StatusTable(day=request.day, language=request.language, columns=request.columns, rows=tuple(rows))


def snapshot_of(dispatches: Iterable[Dispatch], request: TableRequest) -> Snapshot:
    """What a table of that request shows, for the next one to be compared with."""
    return Snapshot(
        shown={
            dispatch.order: {column.value: _kept(_value(dispatch, column, request)) for column in request.columns}
            for dispatch in dispatches
            if not dispatch.is_closed
        }
    )


def waiting_for_client(
    obligations: Iterable[Obligation],
    dispatches: Sequence[Dispatch],
    *,
    missing: Mapping[str, tuple[DocumentType, ...]] | None = None,
) -> tuple[WaitingForClient, ...]:
    """What the client has to do, by order: from paused obligations, funds to confirm, and the state."""
    by_order = {dispatch.order: dispatch for dispatch in dispatches if not dispatch.is_closed}
    since: dict[tuple[str, Wait], datetime | None] = {}
    for dispatch in by_order.values():
        wait = _wait_of_state(dispatch.status)
        if wait is not None:
            since[dispatch.order, wait] = None
        if (missing or {}).get(dispatch.order):
            since[dispatch.order, Wait.DOCUMENTS] = None
    for obligation in obligations:
        wait = _wait_of_obligation(obligation)
        if wait is not None and obligation.order in by_order:
            earlier = since.get((obligation.order, wait)) or obligation.starts_at
            since[obligation.order, wait] = min(earlier, obligation.starts_at)
    return tuple(
        WaitingForClient(
            order=order,
            wait=wait,
            reference=", ".join(by_order[order].purchase_orders),
            missing=(missing or {}).get(order, ()) if wait is Wait.DOCUMENTS else (),
            since=moment,
        )
        for (order, wait), moment in sorted(since.items(), key=lambda entry: entry[0])
    )


# What a paused obligation waits for; other kinds are matters of the office's own.
_WAITS = {
    ObligationKind.DOCUMENT_REVIEW: Wait.DOCUMENTS,
    ObligationKind.PROFORMA: Wait.ANSWER,
    ObligationKind.REPLY: Wait.ANSWER,
    ObligationKind.WRITTEN_AGREEMENT: Wait.APPROVAL,
}


def _wait_of_obligation(obligation: Obligation) -> Wait | None:
    if not obligation.is_open:
        return None
    if obligation.kind is ObligationKind.FUNDS_CHECK:
        return Wait.FUNDS
    return _WAITS.get(obligation.kind) if obligation.state is ObligationState.WAITING else None


# What a state of `domain.md` 1.4 says the client owes, by how it begins.
_WAITS_OF_STATES = (
    ("documentos incompletos", Wait.DOCUMENTS),
    ("documentos revisados: observado", Wait.DOCUMENTS),
    ("proforma enviada", Wait.FUNDS),
)


def _wait_of_state(status: str) -> Wait | None:
    state = status.strip().casefold()
    return next((wait for beginning, wait in _WAITS_OF_STATES if state.startswith(beginning)), None)


def _row(dispatch: Dispatch, request: TableRequest) -> StatusRow:
    before = None if request.previous is None else request.previous.shown.get(dispatch.order)
    return StatusRow(
        order=dispatch.order,
        cells=tuple(_cell(dispatch, column, request, before) for column in request.columns),
        is_new=request.previous is not None and before is None,
        is_last=dispatch.is_closed,
        noted_at=dispatch.status_noted_at,
        is_stale=dispatch.order in request.stale,
    )


def _cell(dispatch: Dispatch, column: Column, request: TableRequest, before: Mapping[str, str] | None) -> StatusCell:
    value = _value(dispatch, column, request)
    # A column that the last digest did not have yet is no change.
    old = (before or {}).get(column.value)
    is_changed = old is not None and old != _kept(value)
    return StatusCell(
        column=column,
        value=_worded(column, value, request.language),
        is_changed=is_changed,
        before=_read_back(column, old or "", request.language) if is_changed else "",
    )


def _value(dispatch: Dispatch, column: Column, request: TableRequest) -> Value:
    extra = request.extras.get(dispatch.order, {})
    return extra[column] if column in extra else value_of(dispatch, column)


def _kept(value: Value) -> str:
    """A value as the snapshot keeps it."""
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _worded(column: Column, value: Value, language: Language) -> Value:
    """A value in the client's language; dates and numbers stay what they are."""
    if not isinstance(value, str):
        return value
    if isinstance(value, StrEnum):
        return word(value, language)
    if column is Column.STATUS:
        return status_words(value, language)
    if column is Column.CHANNEL:
        return channel_words(value, language)
    return value


def _read_back(column: Column, kept: str, language: Language) -> str:
    """What the snapshot kept, in the client's words."""
    if column is Column.MODALITY and kept:
        return word(Modality(kept), language)
    if column is Column.TRANSPORT and kept:
        return word(Transport(kept), language)
    if column not in DATE_COLUMNS or not kept:
        return str(_worded(column, kept, language))
    moment = datetime.fromisoformat(kept)
    return f"{moment:%d/%m/%Y %H:%M}" if "T" in kept else f"{moment:%d/%m/%Y}"
