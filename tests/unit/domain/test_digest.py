from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailbot.domain.columns import Column, default_columns, heading, parse_columns
from mailbot.domain.contexts import Wait
from mailbot.domain.digest import Snapshot, TableRequest, snapshot_of, status_table, waiting_for_client
from mailbot.domain.labels import DocumentType
from mailbot.domain.obligation import Obligation, ObligationKind, ObligationState
from mailbot.domain.office import Dispatch, Language, Modality, Transport
from mailbot.domain.status import StatusTable, value_of

DAY = date(2026, 7, 24)
COLUMNS = (Column.ORDER, Column.MODALITY, Column.ETA, Column.CHANNEL, Column.STATUS)
SEA = Dispatch(
    order="2026-004512",
    ruc="20131312955",
    regime="10",
    modality=Modality.ANTICIPADO,
    transport=Transport.MARITIMA,
    purchase_orders=("20260701",),
    eta=datetime(2026, 7, 28, 11, tzinfo=UTC),
    channel="verde",
    status="En tránsito",
)


def table_of(*dispatches: Dispatch, previous: Snapshot | None, columns: tuple[Column, ...] = COLUMNS) -> StatusTable:
    return status_table(dispatches, TableRequest(day=DAY, columns=columns, previous=previous))


def shown(*dispatches: Dispatch, columns: tuple[Column, ...] = COLUMNS) -> Snapshot:
    return snapshot_of(dispatches, TableRequest(day=DAY, columns=columns))


def changed(table: StatusTable) -> list[tuple[Column, str]]:
    return [(cell.column, cell.before) for row in table.rows for cell in row.cells if cell.is_changed]


def test_the_first_digest_marks_nothing() -> None:
    table = table_of(SEA, previous=None)

    assert not table.is_changed
    assert [cell.value for cell in table.rows[0].cells] == [
        "2026-004512",
        "Anticipado (SADA)",
        datetime.fromisoformat("2026-07-28T06:00"),
        "Verde",
        "En tránsito",
    ]


def test_what_changed_is_marked_with_what_stood_there_before() -> None:
    later = replace(SEA, eta=datetime(2026, 7, 30, 5, tzinfo=UTC), channel="rojo", modality=Modality.URGENTE)

    table = table_of(later, previous=shown(SEA))

    assert changed(table) == [
        (Column.MODALITY, "Anticipado (SADA)"),
        (Column.ETA, "28/07/2026 06:00"),
        (Column.CHANNEL, "Verde"),
    ]
    # 05:00 in UTC is midnight in Lima, and that is how a bare date is kept.
    assert table.rows[0].cells[2].value == date(2026, 7, 30)


def test_the_same_data_is_no_change_in_another_language_or_after_json() -> None:
    previous = Snapshot.from_json(shown(SEA).to_json())

    table = status_table([SEA], TableRequest(day=DAY, columns=COLUMNS, language=Language.EN, previous=previous))

    assert not table.is_changed
    assert [cell.value for cell in table.rows[0].cells][3:] == ["Green", "In transit"]


def test_a_new_column_is_no_change() -> None:
    previous = shown(SEA, columns=(Column.ORDER, Column.ETA))

    assert not table_of(SEA, previous=previous).is_changed


def test_a_reference_of_digits_is_never_read_as_a_date() -> None:
    columns = (Column.ORDER, Column.CLIENT_REFERENCE)

    table = table_of(replace(SEA, purchase_orders=("20260702",)), previous=shown(SEA, columns=columns), columns=columns)

    assert changed(table) == [(Column.CLIENT_REFERENCE, "20260701")]


def test_new_and_closed_dispatches_say_so_and_closed_ones_come_last() -> None:
    closed = replace(SEA, order="2026-000001", status="File en Archivo: cerrado")
    fresh = replace(SEA, order="2026-009000")

    table = table_of(closed, fresh, SEA, previous=shown(SEA, replace(closed, status="Facturado")))

    assert [(row.order, row.is_new, row.is_last) for row in table.rows] == [
        ("2026-004512", False, False),
        ("2026-009000", True, False),
        ("2026-000001", False, True),
    ]
    assert [row.order for row in table.changed] == ["2026-009000", "2026-000001"]


def test_a_closed_dispatch_leaves_the_snapshot() -> None:
    closed = replace(SEA, status="Anulado")

    assert shown(closed).shown == {}


def test_extra_values_and_stale_orders_reach_the_rows() -> None:
    request = TableRequest(
        day=DAY,
        columns=(Column.ORDER, Column.RESPONSIBLE),
        extras={SEA.order: {Column.RESPONSIBLE: "Lucía Ramos"}},
        stale={SEA.order},
    )

    row = status_table([SEA], request).rows[0]

    assert row.cells[1].value == "Lucía Ramos"
    assert row.is_stale


def owed(kind: ObligationKind, state: ObligationState, day: int = 20, order: str | None = SEA.order) -> Obligation:
    return Obligation(
        id=f"{kind}-{day}",
        kind=kind,
        owner="ESC01",
        client=SEA.ruc,
        order=order,
        conversation=None,
        message=None,
        message_id=None,
        starts_at=datetime(2026, 7, day, 15, tzinfo=UTC),
        due_at=datetime(2026, 7, day, 17, tzinfo=UTC),
        limit="2 h hábiles",
        state=state,
    )


@pytest.mark.parametrize(
    ("obligation", "expected"),
    [
        pytest.param(owed(ObligationKind.DOCUMENT_REVIEW, ObligationState.WAITING), Wait.DOCUMENTS, id="documents"),
        pytest.param(owed(ObligationKind.DOCUMENT_REVIEW, ObligationState.OPEN), None, id="we-still-review"),
        pytest.param(owed(ObligationKind.FUNDS_CHECK, ObligationState.OPEN), Wait.FUNDS, id="funds"),
        pytest.param(owed(ObligationKind.FUNDS_CHECK, ObligationState.MET), None, id="funds-confirmed"),
        pytest.param(owed(ObligationKind.WRITTEN_AGREEMENT, ObligationState.WAITING), Wait.APPROVAL, id="approval"),
        pytest.param(owed(ObligationKind.MANAGEMENT_REPORT, ObligationState.WAITING), None, id="our-own-matter"),
        pytest.param(owed(ObligationKind.FUNDS_CHECK, ObligationState.OPEN, order="2026-1"), None, id="not-shown"),
    ],
)
def test_what_we_wait_for_follows_from_obligations(obligation: Obligation, expected: Wait | None) -> None:
    waits = waiting_for_client([obligation], [SEA])

    assert [wait.wait for wait in waits] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Documentos incompletos", [Wait.DOCUMENTS]),
        ("Documentos revisados: observado", [Wait.DOCUMENTS]),
        ("Documentos revisados: conforme", []),
        ("Proforma enviada", [Wait.FUNDS]),
        ("Fondos recibidos", []),
        ("Anulado", []),
    ],
)
def test_what_we_wait_for_follows_from_the_state(status: str, expected: list[Wait]) -> None:
    assert [wait.wait for wait in waiting_for_client([], [replace(SEA, status=status)])] == expected


def test_the_same_wait_is_told_once_since_its_beginning_with_what_is_missing() -> None:
    obligations = [owed(ObligationKind.DOCUMENT_REVIEW, ObligationState.WAITING, day=day) for day in (22, 20, 23)]

    waits = waiting_for_client(
        obligations,
        [replace(SEA, status="Documentos incompletos")],
        missing={SEA.order: (DocumentType.INSURANCE_POLICY,)},
    )

    assert len(waits) == 1
    assert waits[0].since == datetime(2026, 7, 20, 15, tzinfo=UTC)
    assert waits[0].missing == (DocumentType.INSURANCE_POLICY,)
    assert waits[0].reference == "20260701"


def test_columns_are_found_by_heading_field_or_nickname() -> None:
    names = [
        "orden",
        "NAVE",
        "F. Levante",
        "eta",
        "Observaciones (glosa 40025)",
        "status",
        "Contact",
        "dua",
        "eta",
        "xyz",
    ]

    found, unknown = parse_columns(names)

    assert found == (
        Column.ORDER,
        Column.VESSEL,
        Column.RELEASED,
        Column.ETA,
        Column.NOTE,
        Column.STATUS,
        Column.RESPONSIBLE,
        Column.DAM,
    )
    assert unknown == ("xyz",)


def test_every_column_has_a_heading_in_both_languages_and_a_value() -> None:
    for column in Column:
        assert heading(column)
        assert heading(column, Language.EN)
        value_of(SEA, column)


@pytest.mark.parametrize(
    ("regimes", "has", "has_not"),
    [
        pytest.param(["10"], Column.ETA, Column.LOADING_ENDED, id="import"),
        pytest.param(["40"], Column.LOADING_ENDED, Column.ETA, id="export"),
        pytest.param(["20"], Column.REGIME_EXPIRES, Column.LOADING_ENDED, id="temporary"),
        pytest.param(["10", "40"], Column.REGIME, Column.INVOICES, id="both"),
        pytest.param([], Column.ETA, Column.REGIME, id="none"),
    ],
)
def test_the_usual_columns_follow_from_the_regimes(regimes: list[str], has: Column, has_not: Column) -> None:
    columns = default_columns(regimes)

    assert has in columns
    assert has_not not in columns
    assert columns[0] is Column.ORDER
