from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from mailbot.domain.columns import Column
from mailbot.domain.office import Language
from mailbot.domain.status import StatusCell
from mailbot.rendering.filters import (
    count_text,
    day_text,
    grid_columns,
    keeps_together,
    left_text,
    long_day_text,
    moment_text,
    money_text,
    quoted_text,
    since_text,
    span_text,
)

# 03:30 of Saturday in UTC is still Friday in Lima.
LATE_FRIDAY = datetime(2026, 7, 25, 3, 30, tzinfo=UTC)


def test_moments_are_told_on_limas_clock() -> None:
    assert moment_text(LATE_FRIDAY) == "vie 24/07 22:30"
    assert moment_text(LATE_FRIDAY, Language.EN) == "Fri 24/07 22:30"


def test_days_are_told_in_the_readers_language() -> None:
    assert day_text(date(2026, 7, 22)) == "mié 22/07"
    assert long_day_text(LATE_FRIDAY) == "viernes 24 de julio de 2026"
    assert long_day_text(date(2026, 9, 1), Language.EN) == "Tuesday, 1 September 2026"


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(0), "0 min"),
        (timedelta(minutes=24), "24 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=1, minutes=20, seconds=59), "1 h 20 min"),
        (timedelta(hours=24), "1 día"),
        (timedelta(hours=29, minutes=59), "1 día 5 h"),
        (timedelta(days=2, hours=5), "2 días 5 h"),
        (timedelta(days=3, hours=5), "3 días"),
    ],
)
def test_spans_show_their_largest_units(span: timedelta, expected: str) -> None:
    assert span_text(span) == expected


def test_what_is_left_turns_into_what_has_passed() -> None:
    assert left_text(LATE_FRIDAY + timedelta(minutes=5), LATE_FRIDAY) == "en 5 min"
    assert left_text(LATE_FRIDAY, LATE_FRIDAY + timedelta(hours=2)) == "hace 2 h"
    assert left_text(LATE_FRIDAY, LATE_FRIDAY + timedelta(seconds=59)) == "ahora"
    assert left_text(LATE_FRIDAY, LATE_FRIDAY + timedelta(hours=2), Language.EN) == "2 h ago"


@pytest.mark.parametrize(
    ("text", "together"), [("OC-4500012345", True), ("118-2026-10-084512", True), ("OC 1, OC 2", False), ("", False)]
)
def test_a_number_in_one_piece_is_kept_together(text: str, together: bool) -> None:
    assert keeps_together(text) is together


def test_since_is_as_short_as_it_is_clear() -> None:
    assert since_text(LATE_FRIDAY, LATE_FRIDAY + timedelta(minutes=9)) == "hoy 22:30"
    assert since_text(LATE_FRIDAY, LATE_FRIDAY + timedelta(hours=2)) == "el vie 24/07"
    assert since_text(LATE_FRIDAY, LATE_FRIDAY + timedelta(hours=2), Language.EN) == "Fri 24/07"


def test_money_and_counts() -> None:
    assert money_text(Decimal("1250")) == "USD 1,250.00"
    assert count_text(1, "orden", "órdenes") == "1 orden"
    assert count_text([1, 2], "orden", "órdenes") == "2 órdenes"


def test_quotations_begin_every_line() -> None:
    assert quoted_text("uno\r\n\r\ndos\n") == "> uno\n>\n> dos"


def test_the_state_is_always_in_the_grid_and_long_texts_never() -> None:
    cells = [StatusCell(column=column, value="") for column in Column]

    columns = grid_columns(cells)

    assert len(columns) == 8
    assert columns[-1] is Column.STATUS
    assert Column.NOTE not in columns
