from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.domain.calendars import office_calendar
from mailbot.domain.errors import UnknownName
from mailbot.domain.office import CalendarName
from mailbot.domain.terms import TermMark, TermUnit, add_months, all_terms, read_terms, roll_forward, term

SUNAT = office_calendar(name=CalendarName.SUNAT)
TODAY = date(2026, 11, 24)

ROW = """
[[terms]]
name = "regularization_import"
title = "regularización"
amount = {amount}
unit = "calendar_days"
event = "término de la descarga"
source = "{source}"
mark = "V"
{span}
"""


@pytest.mark.parametrize("row", all_terms(), ids=[row.name for row in all_terms()])
def test_each_term_can_be_explained_and_reckoned(row: object) -> None:
    found = term(row.name, TODAY)  # type: ignore[attr-defined]

    assert found.title
    assert found.event
    assert found.source
    assert found.end(TODAY, calendar=SUNAT) > TODAY


# `domain.md` 3.1: what is owed for each regime.
@pytest.mark.parametrize(
    ("name", "amount", "unit", "mark"),
    [
        ("regularization_import", 15, TermUnit.CALENDAR_DAYS, TermMark.VERIFIED),
        ("regularization_import_target", 10, TermUnit.CALENDAR_DAYS, TermMark.STATED),
        ("regularization_export", 30, TermUnit.CALENDAR_DAYS, TermMark.VERIFIED),
        ("regularization_export_target", 10, TermUnit.CALENDAR_DAYS, TermMark.STATED),
        ("drawback_request", 180, TermUnit.WORKING_DAYS, TermMark.VERIFIED),
        ("temporary_admission_20", 18, TermUnit.MONTHS, TermMark.VERIFIED),
        ("temporary_admission_21", 24, TermUnit.MONTHS, TermMark.VERIFIED),
        ("warehouse_70", 12, TermUnit.MONTHS, TermMark.VERIFIED),
        ("transit_80", 30, TermUnit.CALENDAR_DAYS, TermMark.VERIFIED),
        ("reshipment_89", 30, TermUnit.CALENDAR_DAYS, TermMark.VERIFIED),
        ("origin_andean_mercosur", 180, TermUnit.CALENDAR_DAYS, TermMark.UNVERIFIED),
    ],
)
def test_the_terms_are_those_of_the_law(name: str, amount: int, unit: TermUnit, mark: TermMark) -> None:
    found = term(name, TODAY)

    assert (found.amount, found.unit, found.mark) == (amount, unit, mark)


def test_a_change_of_law_is_a_new_row() -> None:
    old = ROW.format(amount=15, source="antes", span="until = 2027-06-30")
    new = ROW.format(amount=20, source="después", span="since = 2027-07-01")
    table = read_terms(old + new)

    assert term("regularization_import", date(2027, 6, 30), table=table).amount == 15
    assert term("regularization_import", date(2027, 7, 1), table=table).amount == 20


def test_a_term_before_its_first_row_is_refused_by_its_date() -> None:
    table = read_terms(ROW.format(amount=20, source="después", span="since = 2027-07-01"))

    with pytest.raises(UnknownName, match="«regularization_import» no regía el 30/06/2027"):
        term("regularization_import", date(2027, 6, 30), table=table)


def test_two_rows_in_force_at_once_are_refused() -> None:
    old = ROW.format(amount=15, source="antes", span="until = 2027-07-01")
    new = ROW.format(amount=20, source="después", span="since = 2027-07-01")

    with pytest.raises(ValueError, match="dos filas vigentes a la vez"):
        read_terms(old + new)


def test_an_unknown_term_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no existe el plazo «regularisation_import»") as unknown:
        term("regularisation_import", TODAY)

    assert unknown.value.nearest[0] == "regularization_import"


def test_working_days_need_a_calendar() -> None:
    with pytest.raises(ValueError, match="hace falta un calendario"):
        term("drawback_request", TODAY).end(TODAY)


days = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 12, 31))


@settings(deadline=None)
@given(day=days, months=st.integers(min_value=0, max_value=60))
def test_months_run_date_to_date_or_to_the_last_day(day: date, months: int) -> None:
    end = add_months(day, months)

    assert (end.year - day.year) * 12 + end.month - day.month == months
    # A day that the month lacks is its last one.
    assert end.day == day.day or add_months(end.replace(day=1), 1).toordinal() - end.toordinal() == 1


@settings(deadline=None)
@given(day=days)
def test_a_rolled_day_is_the_first_working_day_from_there(day: date) -> None:
    rolled = roll_forward(day, SUNAT)

    assert SUNAT.is_working_day(rolled)
    assert not any(SUNAT.is_working_day(date.fromordinal(n)) for n in range(day.toordinal(), rolled.toordinal()))
