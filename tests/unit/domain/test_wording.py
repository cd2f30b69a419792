from datetime import UTC, date, datetime, timedelta

import pytest

from mailbot.domain.clock import LIMA
from mailbot.domain.wording import say_day, say_moment, say_span


@pytest.mark.parametrize(
    ("day", "year", "text"),
    [
        (date(2026, 7, 24), 2026, "vie 24/07"),
        (date(2026, 7, 25), None, "sáb 25/07/2026"),
        (date(2027, 1, 4), 2026, "lun 04/01/2027"),
        (date(2026, 7, 22), 2026, "mié 22/07"),
    ],
)
def test_a_day_is_named_with_its_year_where_it_is_another(day: date, year: int | None, text: str) -> None:
    assert say_day(day, year=year) == text


def test_a_moment_is_told_in_the_office_s_own_zone() -> None:
    assert say_moment(datetime(2026, 7, 24, 21, 30, tzinfo=UTC), LIMA, year=2026) == "vie 24/07 16:30"
    assert say_moment(datetime(2026, 7, 24, 21, 30, 5, tzinfo=UTC), LIMA) == "vie 24/07/2026 16:30:05"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(hours=4), "4 h"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(minutes=30), "30 min"),
        (timedelta(hours=72), "72 h"),
        (timedelta(seconds=5), "5 s"),
        (timedelta(minutes=1, seconds=59), "1 min"),
        (timedelta(0), "0 s"),
    ],
)
def test_a_span_is_told_in_hours_and_minutes(span: timedelta, text: str) -> None:
    assert say_span(span) == text
