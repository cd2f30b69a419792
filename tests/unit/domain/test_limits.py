from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.domain.limits import Limit, LimitUnit

HOURS, WORKING_HOURS = LimitUnit.HOURS, LimitUnit.WORKING_HOURS
WORKING_DAYS, CALENDAR_DAYS, END_OF_DAY = LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS, LimitUnit.END_OF_DAY


@pytest.mark.parametrize(
    ("text", "amount", "unit", "spelling"),
    [
        ("48 h", 48, HOURS, "48 h"),
        ("48h", 48, HOURS, "48 h"),
        ("48 horas", 48, HOURS, "48 h"),
        ("48 horas corridas", 48, HOURS, "48 h"),
        ("  12   HRS. ", 12, HOURS, "12 h"),
        ("30 min", Fraction(1, 2), HOURS, "30 min"),
        ("4 h hábiles", 4, WORKING_HOURS, "4 h hábiles"),
        ("4 h habiles", 4, WORKING_HOURS, "4 h hábiles"),
        ("4 H HÁBILES", 4, WORKING_HOURS, "4 h hábiles"),
        ("4 horas útiles", 4, WORKING_HOURS, "4 h hábiles"),
        ("1 hora hábil", 1, WORKING_HOURS, "1 h hábiles"),
        ("1,5 h hábiles", Fraction(3, 2), WORKING_HOURS, "90 min hábiles"),
        ("30 min hábiles", Fraction(1, 2), WORKING_HOURS, "30 min hábiles"),
        ("24 h útiles", 24, WORKING_HOURS, "24 h útiles"),
        ("24 hrs. utiles", 24, WORKING_HOURS, "24 h útiles"),
        ("24 h hábiles", 24, WORKING_HOURS, "24 h útiles"),
        ("2 días hábiles", 2, WORKING_DAYS, "2 días hábiles"),
        ("2 dias habiles", 2, WORKING_DAYS, "2 días hábiles"),
        ("1 día hábil", 1, WORKING_DAYS, "1 día hábil"),
        ("1 día útil", 1, WORKING_DAYS, "1 día hábil"),
        ("1 DIA UTIL", 1, WORKING_DAYS, "1 día hábil"),
        ("3 días", 3, WORKING_DAYS, "3 días hábiles"),
        ("10 días calendario", 10, CALENDAR_DAYS, "10 días calendario"),
        ("10 días corridos", 10, CALENDAR_DAYS, "10 días calendario"),
        ("1 día calendario", 1, CALENDAR_DAYS, "1 día calendario"),
        ("2 semanas", 14, CALENDAR_DAYS, "14 días calendario"),
        ("fin del día", 0, END_OF_DAY, "fin del día"),
        ("Fin de día", 0, END_OF_DAY, "fin del día"),
        ("mismo día", 0, END_OF_DAY, "fin del día"),
        ("MISMO DIA HABIL", 0, END_OF_DAY, "fin del día"),
        ("fin del mismo día hábil", 0, END_OF_DAY, "fin del día"),
        ("fin del día hábil siguiente", 1, END_OF_DAY, "fin del día hábil siguiente"),
    ],
)
def test_a_limit_is_read_as_people_write_it(text: str, amount: Fraction, unit: LimitUnit, spelling: str) -> None:
    limit = Limit.parse(text)

    assert limit == Limit(amount=Fraction(amount), unit=unit)
    assert str(limit) == spelling


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pronto",
        "h",
        "48",
        "48 x",
        "0 h",
        "-4 h",
        "4 h rápidas",
        "1,5 días hábiles",
        "1 semana hábil",
        "4 h hábiles y media",
        "24/7",
        "1e3 h",
        "٤ h",
        "100000 h",
    ],
)
def test_anything_else_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"no se entiende el plazo «.*»: se admite «48 h», «4 h hábiles»"):
        Limit.parse(text)


@settings(deadline=None)
@given(
    amount=st.integers(min_value=1, max_value=5000),
    unit=st.sampled_from([HOURS, WORKING_HOURS, WORKING_DAYS, CALENDAR_DAYS]),
)
def test_what_is_written_can_be_read_again(amount: int, unit: LimitUnit) -> None:
    limit = Limit(amount=Fraction(amount), unit=unit)

    assert Limit.parse(str(limit)) == limit


@settings(deadline=None)
@given(minutes=st.integers(min_value=1, max_value=5000), unit=st.sampled_from([HOURS, WORKING_HOURS]))
def test_minutes_are_written_and_read_without_loss(minutes: int, unit: LimitUnit) -> None:
    limit = Limit(amount=Fraction(minutes, 60), unit=unit)

    assert Limit.parse(str(limit)) == limit
    assert limit.span == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("24 h útiles", "1 día hábil"),
        ("48 h útiles", "2 días hábiles"),
        ("12 h útiles", "12 h hábiles"),
        ("24 h", "24 h"),
        ("1 día hábil", "1 día hábil"),
    ],
)
def test_whole_days_in_working_hours_can_be_read_as_days(text: str, read: str) -> None:
    assert str(Limit.parse(text).in_days) == read


def test_a_limit_in_days_has_no_span() -> None:
    with pytest.raises(ValueError, match="no se mide en horas"):
        _ = Limit.parse("2 días hábiles").span


def test_a_limit_in_hours_has_no_days() -> None:
    with pytest.raises(ValueError, match="no se mide en días"):
        _ = Limit.parse("48 h").days
