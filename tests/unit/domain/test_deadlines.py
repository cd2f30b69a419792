"""Deadlines with their reckoning in words. Cases of law and calendar stand in `law_cases.csv`."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.domain.calendars import office_calendar
from mailbot.domain.clock import LIMA
from mailbot.domain.deadlines import (
    Deadline,
    is_status_ended,
    reckon,
    reckon_regime_expiry,
    reckon_regularization,
    reckon_status_update,
)
from mailbot.domain.errors import CalendarExceeded, UnknownName
from mailbot.domain.obligation import Clock, ObligationKind
from mailbot.domain.office import Agreement, Dispatch, Transport
from mailbot.domain.policy import load_policy

Kind = ObligationKind
CALENDAR = office_calendar()
POLICY = load_policy()
DISPATCH = Dispatch(order="2026-004512", ruc="20131312955", regime="10", transport=Transport.MARITIMA)
DATED = {Kind.REGULARIZATION, Kind.REGIME_EXPIRY}


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LIMA)  # type: ignore[misc,arg-type]


def due(kind: ObligationKind, received_at: datetime, **particulars: Any) -> Deadline:
    return reckon(kind, received_at=received_at, calendar=CALENDAR, policy=POLICY, **particulars)


def agreed(kind: ObligationKind, limit: str, **more: Any) -> Agreement:
    return Agreement(ruc="20131312955", kind=kind.value, limit=limit, **more)


@pytest.mark.parametrize(
    ("kind", "received_at", "particulars", "reckoning"),
    [
        pytest.param(
            Kind.DOCUMENT_REVIEW,
            at(2026, 7, 24, 16, 30),
            {},
            "recibido vie 24/07 16:30 · 48 h corridas → dom 26/07 16:30 · "
            "fuera de horario: avisar antes del vie 24/07 18:00",
            id="48 hours into a Sunday",
        ),
        pytest.param(
            Kind.REPLY,
            at(2026, 11, 24, 10),
            {},
            "recibido mar 24/11 10:00 · 2 h hábiles → mar 24/11 12:00",
            id="within one window",
        ),
        pytest.param(
            Kind.REPLY,
            at(2026, 7, 24, 17, 30),
            {},
            "recibido vie 24/07 17:30 · 2 h hábiles → lun 27/07 10:30 · "
            "vie 24/07 17:30–18:00 (30 min) + lun 27/07 09:00–10:30 (1 h 30 min) · "
            "no laborables: sáb 25/07, dom 26/07",
            id="over a week-end",
        ),
        pytest.param(
            Kind.REPLY,
            at(2026, 11, 24, 13, 10),
            {},
            "recibido mar 24/11 13:10 · 2 h hábiles → mar 24/11 16:00 · "
            "llegó fuera de horario: cuenta desde el mar 24/11 14:00",
            id="in the break",
        ),
        pytest.param(
            Kind.MANAGEMENT_REPORT,
            at(2026, 7, 27, 16, 30),
            {},
            "recibido lun 27/07 16:30 · 24 h útiles → jue 30/07 16:30 · "
            "lun 27/07 16:30–18:00 (1 h 30 min) + jue 30/07 09:00–13:00 (4 h) + jue 30/07 14:00–16:30 (2 h 30 min) · "
            "no laborables: mar 28/07 (Día de la Independencia), mié 29/07 (Día de la Gran Parada Militar)",
            id="holidays by name",
        ),
        pytest.param(
            Kind.REPLY,
            at(2026, 12, 31, 17, 30),
            {},
            "recibido jue 31/12 17:30 · 2 h hábiles → lun 04/01/2027 10:30 · "
            "jue 31/12 17:30–18:00 (30 min) + lun 04/01/2027 09:00–10:30 (1 h 30 min) · "
            "no laborables: vie 01/01/2027 (Año Nuevo), sáb 02/01/2027, dom 03/01/2027",
            id="into another year",
        ),
        pytest.param(
            Kind.DOCUMENT_REVIEW,
            at(2026, 11, 27, 19),
            {},
            "recibido vie 27/11 19:00 · 48 h corridas → dom 29/11 19:00 · "
            "fuera de horario: no queda horario de oficina antes del límite",
            id="no office hours left",
        ),
        pytest.param(
            Kind.DOCUMENT_REVIEW,
            at(2026, 11, 24, 10),
            {"dispatch": replace(DISPATCH, eta=at(2026, 11, 28, 15))},
            "recibido mar 24/11 10:00 · ETA sáb 28/11 15:00 − 72 h (vía marítima) → mié 25/11 15:00 · "
            "antes que 48 h corridas → jue 26/11 10:00",
            id="the ETA rule decides",
        ),
        pytest.param(
            Kind.DOCUMENT_REVIEW,
            at(2026, 11, 24, 9),
            {"dispatch": replace(DISPATCH, eta=at(2026, 11, 27))},
            "recibido mar 24/11 09:00 · 4 h hábiles → mar 24/11 13:00 · "
            "ETA vie 27/11 00:00 − 72 h (vía marítima) deja menos de 4 h hábiles · "
            "antes que 48 h corridas → jue 26/11 09:00",
            id="the floor decides",
        ),
        pytest.param(
            Kind.DOCUMENT_REVIEW,
            at(2026, 11, 24, 10),
            {"dispatch": replace(DISPATCH, regime="40", eta=at(2026, 11, 27))},
            "recibido mar 24/11 10:00 · 48 h corridas → jue 26/11 10:00 · "
            "régimen 40: la carga sale del país, sin regla de ETA",
            id="an export",
        ),
        pytest.param(
            Kind.DOCUMENT_REVIEW,
            at(2026, 11, 24, 9),
            {"dispatch": replace(DISPATCH, discharge_ended_on=date(2026, 11, 23))},
            "recibido mar 24/11 09:00 · 4 h hábiles → mar 24/11 13:00 · "
            "la carga ya arribó y la DAM no está numerada · antes que 48 h corridas → jue 26/11 09:00",
            id="arrived and not numbered",
        ),
        pytest.param(
            Kind.REPLY,
            at(2026, 11, 24, 9),
            {"agreement": agreed(Kind.REPLY, "4 h hábiles", basis="correo del 03/02")},
            "recibido mar 24/11 09:00 · acuerdo del cliente (correo del 03/02): 4 h hábiles → mar 24/11 13:00 · "
            "sin acuerdo: 2 h hábiles → mar 24/11 11:00",
            id="an agreement",
        ),
        pytest.param(
            Kind.DOCUMENT_REVIEW,
            at(2026, 11, 24, 10),
            {
                "agreement": agreed(Kind.DOCUMENT_REVIEW, "24 h"),
                "dispatch": replace(DISPATCH, eta=at(2026, 11, 28, 6)),
            },
            "recibido mar 24/11 10:00 · acuerdo del cliente: 24 h corridas → mié 25/11 10:00 · "
            "sin acuerdo: ETA sáb 28/11 06:00 − 72 h (vía marítima) → mié 25/11 06:00",
            id="an agreement names the ETA rule it replaces",
        ),
        pytest.param(
            Kind.PROMISE,
            at(2026, 11, 24, 10),
            {"promised_on": date(2026, 11, 24)},
            "escrito mar 24/11 10:00 · prometido para el mar 24/11 → mar 24/11 18:00 · "
            "mar 24/11 10:00–13:00 (3 h) + mar 24/11 14:00–18:00 (4 h)",
            id="a promise",
        ),
    ],
)
def test_a_deadline_is_told_as_a_person_would_reckon_it(
    kind: ObligationKind, received_at: datetime, particulars: dict[str, Any], reckoning: str
) -> None:
    assert " · ".join(due(kind, received_at, **particulars).reckoning) == reckoning


@pytest.mark.parametrize(
    ("limit", "line"),
    [
        pytest.param(
            "23 h hábiles",
            "lun 23/11 09:00–13:00 (4 h) + lun 23/11 14:00–18:00 (4 h) + mar 24/11 09:00–13:00 (4 h) + "
            "mar 24/11 14:00–18:00 (4 h) + mié 25/11 09:00–13:00 (4 h) + mié 25/11 14:00–17:00 (3 h)",
            id="six windows one by one",
        ),
        pytest.param("25 h hábiles", "son 25 h de horario de oficina", id="seven in sum"),
        pytest.param("10 días hábiles", "son 80 h de horario de oficina", id="two weeks in sum"),
    ],
)
def test_a_long_count_is_told_in_sum(limit: str, line: str) -> None:
    found = due(Kind.REPLY, at(2026, 11, 23, 9), agreement=agreed(Kind.REPLY, limit))

    assert line in found.reckoning


@pytest.mark.parametrize(("limit", "names_them"), [("32 días hábiles", True), ("35 días hábiles", False)])
def test_closed_days_are_named_unless_they_are_many(limit: str, names_them: bool) -> None:
    # Six week-ends lie within 32 working days from here, seven within 35.
    found = due(Kind.REPLY, at(2026, 10, 12, 9), agreement=agreed(Kind.REPLY, limit))

    assert any(line.startswith("no laborables: sáb 17/10, dom 18/10") for line in found.reckoning) is names_them


@pytest.mark.parametrize(
    ("kind", "particulars", "limit", "source", "clock"),
    [
        (Kind.REPLY, {}, "2 h hábiles", "default", Clock.WORKING),
        (Kind.MANAGEMENT_REPORT, {}, "24 h útiles", "default", Clock.WORKING),
        (Kind.DOCUMENT_REVIEW, {}, "48 h", "default", Clock.ELAPSED),
        (
            Kind.DOCUMENT_REVIEW,
            {"dispatch": replace(DISPATCH, eta=at(2026, 11, 28))},
            "ETA − 72 h",
            "default",
            Clock.ELAPSED,
        ),
        (
            Kind.DOCUMENT_REVIEW,
            {"dispatch": replace(DISPATCH, eta=at(2026, 11, 26))},
            "4 h hábiles",
            "default",
            Clock.WORKING,
        ),
        # Where two rules end at the same moment, the one that stands first in the contract is named.
        (
            Kind.DOCUMENT_REVIEW,
            {"dispatch": replace(DISPATCH, eta=at(2026, 11, 29, 10))},
            "48 h",
            "default",
            Clock.ELAPSED,
        ),
        (
            Kind.DOCUMENT_REVIEW,
            {"dispatch": replace(DISPATCH, eta=at(2026, 11, 27, 15))},
            "ETA − 72 h",
            "default",
            Clock.ELAPSED,
        ),
        (Kind.REPLY, {"agreement": agreed(Kind.REPLY, "1 día útil")}, "1 día hábil", "agreement", Clock.WORKING),
        (Kind.REPLY, {"agreement": agreed(Kind.REPLY, "24 H")}, "24 h", "agreement", Clock.ELAPSED),
        (Kind.REPLY, {"agreement": agreed(Kind.PROFORMA, "24 h")}, "2 h hábiles", "default", Clock.WORKING),
    ],
)
def test_a_deadline_says_its_limit_its_source_and_its_clock(
    kind: ObligationKind, particulars: dict[str, Any], limit: str, source: str, clock: Clock
) -> None:
    found = due(kind, at(2026, 11, 24, 10), **particulars)

    assert (found.limit, found.source, found.clock) == (limit, source, clock)


def test_working_limits_start_at_the_next_opening_and_elapsed_ones_at_arrival() -> None:
    saturday = at(2026, 11, 28, 11)

    assert due(Kind.REPLY, saturday).starts_at == at(2026, 11, 30, 9)
    assert due(Kind.MANAGEMENT_REPORT, saturday).starts_at == at(2026, 11, 30, 9)
    assert due(Kind.ALERT_ACTION, saturday).starts_at == at(2026, 11, 30, 9)
    assert due(Kind.DOCUMENT_REVIEW, saturday).starts_at == saturday


def test_the_warning_is_the_last_closing_before_a_limit_outside_office_hours() -> None:
    assert due(Kind.DOCUMENT_REVIEW, at(2026, 7, 24, 16, 30)).warn_before == at(2026, 7, 24, 18)
    assert due(Kind.DOCUMENT_REVIEW, at(2026, 11, 23, 10)).warn_before is None
    assert due(Kind.ALERT_ACTION, at(2026, 11, 24, 10)).warn_before is None


received = st.datetimes(
    min_value=datetime(2024, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2030, 1, 2),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(deadline=None)
@given(kind=st.sampled_from([kind for kind in Kind if kind not in DATED]), moment=received)
def test_no_deadline_precedes_its_arrival_or_its_start(kind: ObligationKind, moment: datetime) -> None:
    found = due(kind, moment)

    assert moment <= found.due_at
    assert found.starts_at <= found.due_at
    assert found.warn_before is None or moment < found.warn_before < found.due_at
    assert found.due_at.tzinfo is UTC
    assert found.starts_at.tzinfo is UTC


@settings(deadline=None)
@given(
    moment=received,
    hours=st.integers(min_value=-100, max_value=300),
    transport=st.sampled_from(Transport),
)
def test_a_review_is_the_least_of_its_rules(moment: datetime, hours: int, transport: Transport) -> None:
    eta = moment + timedelta(hours=hours)
    dispatch = replace(DISPATCH, eta=eta, transport=transport)

    found = due(Kind.DOCUMENT_REVIEW, moment, dispatch=dispatch)

    floor = CALENDAR.deadline(moment, timedelta(hours=4))
    assert found.due_at == min(moment + timedelta(hours=48), max(eta - POLICY.lead[transport], floor))


@pytest.mark.parametrize("field", ["released_on", "delivered_on"])
def test_what_follows_numbering_shows_that_it_was_numbered(field: str) -> None:
    dispatch = replace(DISPATCH, eta=at(2026, 11, 27), **{field: date(2026, 11, 20)})

    assert due(Kind.DOCUMENT_REVIEW, at(2026, 11, 24, 10), dispatch=dispatch).limit == "48 h"


def test_a_review_limit_of_the_office_counts_in_its_own_unit() -> None:
    policy = load_policy('[kinds.document_review]\nlimit = "1 día hábil"')
    found = reckon(Kind.DOCUMENT_REVIEW, received_at=at(2026, 11, 27, 16), calendar=CALENDAR, policy=policy)

    assert (found.due_at, found.clock) == (at(2026, 11, 30, 16), Clock.WORKING)


def test_a_promise_for_today_written_after_closing_is_due_by_the_next_closing() -> None:
    found = due(Kind.PROMISE, at(2026, 11, 24, 19), promised_on=date(2026, 11, 24))

    assert found.due_at == at(2026, 11, 25, 18)


def test_a_regularization_names_its_start_and_its_legal_limit() -> None:
    dispatch = replace(DISPATCH, needs_regularization=True, discharge_ended_on=date(2026, 7, 20))

    found = reckon_regularization(dispatch, calendar=CALENDAR, policy=POLICY)

    assert found is not None
    assert found.reckoning == (
        "término de la descarga lun 20/07/2026",
        "10 días calendario → jue 30/07 18:00",
        "límite legal: mar 04/08 (15 días calendario desde término de la descarga, PG.01 VII.B.3, RLGA 233)",
    )
    assert found.clock is Clock.ELAPSED


def test_a_regularization_that_ends_on_a_closed_day_says_when_to_act() -> None:
    dispatch = replace(DISPATCH, needs_regularization=True, discharge_ended_on=date(2026, 11, 19))

    found = reckon_regularization(dispatch, calendar=CALENDAR, policy=POLICY)

    assert found is not None
    assert (found.due_at, found.warn_before) == (at(2026, 11, 29, 18), at(2026, 11, 27, 18))


def test_an_agreement_moves_the_target_of_a_regularization() -> None:
    dispatch = replace(DISPATCH, needs_regularization=True, discharge_ended_on=date(2026, 7, 20))
    agreement = agreed(Kind.REGULARIZATION, "8 días calendario")

    found = reckon_regularization(dispatch, calendar=CALENDAR, policy=POLICY, agreement=agreement)

    assert found is not None
    assert (found.due_at, found.source) == (at(2026, 7, 28, 18), "agreement")
    assert found.reckoning[-1] == "sin acuerdo: 10 días calendario → jue 30/07 18:00"
    assert due(Kind.REGULARIZATION, at(2026, 7, 20), dispatch=dispatch, agreement=agreement) == found


@pytest.mark.parametrize(
    "dispatch",
    [
        pytest.param(replace(DISPATCH, discharge_ended_on=date(2026, 7, 20)), id="needs none"),
        pytest.param(replace(DISPATCH, needs_regularization=True), id="discharge not ended"),
        pytest.param(
            replace(DISPATCH, regime="40", needs_regularization=True, discharge_ended_on=date(2026, 7, 20)),
            id="an export counts from loading",
        ),
    ],
)
def test_without_need_or_start_there_is_no_regularization(dispatch: Dispatch) -> None:
    assert reckon_regularization(dispatch, calendar=CALENDAR, policy=POLICY) is None
    with pytest.raises(UnknownName, match="complete la fila de Despachos"):
        due(Kind.REGULARIZATION, at(2026, 7, 20), dispatch=dispatch)


def test_a_regime_counts_from_release_or_from_numbering() -> None:
    dates = {"numbered_on": date(2026, 1, 5), "released_on": date(2026, 1, 10), "regime_expires_on": date(2027, 7, 9)}
    temporary = reckon_regime_expiry(replace(DISPATCH, regime="20", **dates), calendar=CALENDAR, policy=POLICY)
    warehouse = reckon_regime_expiry(replace(DISPATCH, regime="70", **dates), calendar=CALENDAR, policy=POLICY)

    assert temporary is not None
    assert warehouse is not None
    assert temporary.starts_at == at(2026, 1, 10)
    assert warehouse.starts_at == at(2026, 1, 5)
    assert temporary.reckoning[:2] == (
        "inicio del régimen sáb 10/01/2026",
        "vencimiento del régimen 20 → vie 09/07/2027 18:00",
    )


@pytest.mark.parametrize("dispatch", [None, DISPATCH], ids=["no dispatch", "no date"])
def test_a_regime_without_a_date_has_no_deadline(dispatch: Dispatch | None) -> None:
    with pytest.raises(UnknownName, match="fecha para regime_expiry"):
        due(Kind.REGIME_EXPIRY, at(2026, 7, 20), dispatch=dispatch)


NOTED = replace(DISPATCH, status="Canal asignado", status_noted_at=at(2026, 11, 23, 10))


def test_a_status_note_is_renewed_a_working_day_later() -> None:
    found = reckon_status_update(NOTED, calendar=CALENDAR, policy=POLICY)

    assert found is not None
    assert found.due_at == at(2026, 11, 24, 10)
    assert found.reckoning[0] == "último status lun 23/11 10:00"


@pytest.mark.parametrize("status", ["Facturado", "FACTURADO ", "File en Archivo: observado", "File cerrado", "Anulado"])
def test_no_status_note_is_owed_once_invoiced_or_closed(status: str) -> None:
    ended = replace(NOTED, status=status)

    assert is_status_ended(ended, POLICY)
    assert reckon_status_update(ended, calendar=CALENDAR, policy=POLICY) is None


def test_no_status_note_is_renewed_before_the_first() -> None:
    assert reckon_status_update(replace(NOTED, status_noted_at=None), calendar=CALENDAR, policy=POLICY) is None


def test_a_date_beyond_the_calendar_is_refused_by_name() -> None:
    with pytest.raises(CalendarExceeded, match="2041"):
        due(Kind.REPLY, at(2041, 3, 3, 10))


def test_a_naive_arrival_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        due(Kind.REPLY, datetime(2026, 11, 24, 10))  # noqa: DTZ001
