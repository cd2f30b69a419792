from datetime import datetime

import pytest

from mailbot.domain.calendars import DEFAULT_HOURS, office_calendar
from mailbot.domain.delays import read_delay, until
from tests.builders import lima

CALENDAR = office_calendar(hours=DEFAULT_HOURS)
# A Monday.
MONDAY_10 = lima("2026-11-16 10:00")
FRIDAY_17 = lima("2026-11-20 17:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4h", "2026-11-16 15:00"),
        ("4 horas", "2026-11-16 15:00"),
        ("4 horas hábiles", "2026-11-16 15:00"),
        ("una hora", "2026-11-16 11:00"),
        ("por 30 min", "2026-11-16 10:30"),
        ("media hora", "2026-11-16 10:30"),
        ("1,5 h", "2026-11-16 11:30"),
        ("2 horas y media", "2026-11-16 12:30"),
        ("1 día", "2026-11-17 10:00"),
        ("2 días hábiles", "2026-11-18 10:00"),
        ("una semana", "2026-11-23 10:00"),
        ("hasta mañana", "2026-11-17 09:00"),
        ("hasta mañana 10:00", "2026-11-17 10:00"),
        ("para mañana a las 10 am", "2026-11-17 10:00"),
        ("hasta pasado mañana", "2026-11-18 09:00"),
        ("hasta las 4", "2026-11-16 16:00"),
        ("hasta las 4pm", "2026-11-16 16:00"),
        ("hasta las 16:30", "2026-11-16 16:30"),
        ("hasta mediodía", "2026-11-16 12:00"),
        ("hasta el jueves", "2026-11-19 09:00"),
        ("el lunes", "2026-11-23 09:00"),
        ("hasta el 27/11", "2026-11-27 09:00"),
        ("27 de noviembre a las 3 pm", "2026-11-27 15:00"),
        ("hasta el 15/01", "2027-01-15 09:00"),
        ("mañana por la tarde", "2026-11-17 14:00"),
    ],
)
def test_a_delay_ends_when_a_person_would_say(text: str, expected: str) -> None:
    delay = read_delay(text)

    assert delay is not None
    assert until(delay, MONDAY_10, CALENDAR) == lima(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("hasta mañana", "2026-11-23 09:00"), ("2h", "2026-11-23 10:00"), ("1 día", "2026-11-23 17:00")],
)
def test_a_week_end_is_stepped_over(text: str, expected: str) -> None:
    delay = read_delay(text)

    assert delay is not None
    assert until(delay, FRIDAY_17, CALENDAR) == lima(expected)


@pytest.mark.parametrize(
    "text", ["hasta las 9:00", "hoy", "hasta el 13/11", "31/02", "900 dias", "hasta el 30/12/2031"]
)
def test_a_moment_that_has_passed_or_is_far_off_is_none(text: str) -> None:
    delay = read_delay(text)

    assert delay is not None
    assert until(delay, MONDAY_10, CALENDAR) is None


@pytest.mark.parametrize("text", ["", "4", "un ratito", "hasta que el cliente responda", "nunca"])
def test_what_names_no_time_is_no_delay(text: str) -> None:
    assert read_delay(text) is None


def test_a_start_outside_office_hours_counts_from_the_opening() -> None:
    delay = read_delay("2h")
    night: datetime = lima("2026-11-16 22:00")

    assert delay is not None
    assert until(delay, night, CALENDAR) == lima("2026-11-17 11:00")
