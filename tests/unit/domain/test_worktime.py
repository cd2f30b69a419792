"""Working time as such: windows, inverses, refusals. Cases of law and calendar stand in `law_cases.csv`."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mailbot.domain.calendars import office_calendar
from mailbot.domain.clock import LIMA
from mailbot.domain.errors import CalendarExceeded
from mailbot.domain.worktime import NOTHING, SpecialDay, WorkingTime

MADRID = ZoneInfo("Europe/Madrid")
NEW_YORK = ZoneInfo("America/New_York")
OFFICE_DAY = ((time(9), time(13)), (time(14), time(18)))
AROUND_THE_CLOCK = ((time(0), time(0)),)

OFFICE = office_calendar()
SPLIT_SHIFTS = WorkingTime(
    weekly=(((time(6), time(9, 30)), (time(11), time(12)), (time(20), time(0))),) * 6 + ((),),
    zone=NEW_YORK,
    years=range(2024, 2031),
)
ALWAYS = WorkingTime(weekly=(AROUND_THE_CLOCK,) * 7, zone=MADRID, years=range(2024, 2031))
HALF_DAYS = WorkingTime(
    weekly=(OFFICE_DAY,) * 5 + (((time(9), time(13)),), ()),
    years=range(2024, 2031),
    special_days=lambda year: {
        date(year, 12, 24): SpecialDay(name="Nochebuena", windows=((time(9), time(12)),)),
        date(year, 12, 25): SpecialDay(name="Navidad"),
    },
)
CALENDARS = [
    pytest.param(OFFICE, id="office"),
    pytest.param(SPLIT_SHIFTS, id="split shifts in a zone with summer time"),
    pytest.param(ALWAYS, id="around the clock in a zone with summer time"),
    pytest.param(HALF_DAYS, id="half days"),
]

instants = st.datetimes(
    min_value=datetime(2024, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2027, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=1500))


def at(*parts: int, zone: tzinfo = LIMA) -> datetime:
    return datetime(*parts, tzinfo=zone)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("calendar", CALENDARS)
@settings(deadline=None)
@given(start=instants, amount=amounts)
def test_what_a_deadline_adds_is_what_has_elapsed(calendar: WorkingTime, start: datetime, amount: timedelta) -> None:
    due = calendar.deadline(start, amount)

    assert calendar.elapsed(start, due) == amount
    assert due >= start


@pytest.mark.parametrize("calendar", CALENDARS)
@settings(deadline=None)
@given(start=instants, end=instants)
def test_the_deadline_of_what_elapsed_is_the_end(calendar: WorkingTime, start: datetime, end: datetime) -> None:
    start, end = sorted((start, end))
    worked = calendar.elapsed(start, end)
    assume(worked > NOTHING)

    due = calendar.deadline(start, worked)

    if calendar.is_open(end):
        # A closing and the opening after it are the same working instant: the earlier is the deadline.
        assert due == end or calendar.next_opening(due) == end
    else:
        assert due == calendar.previous_close(end)


@pytest.mark.parametrize("calendar", CALENDARS)
@settings(deadline=None)
@given(start=instants, first=amounts, second=amounts)
def test_two_amounts_one_after_the_other_end_where_their_sum_does(
    calendar: WorkingTime, start: datetime, first: timedelta, second: timedelta
) -> None:
    assume(second > NOTHING)

    assert calendar.deadline(calendar.deadline(start, first), second) == calendar.deadline(start, first + second)


@pytest.mark.parametrize("calendar", CALENDARS)
@settings(deadline=None)
@given(start=instants, middle=instants, end=instants)
def test_elapsed_time_adds_up(calendar: WorkingTime, start: datetime, middle: datetime, end: datetime) -> None:
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)


@pytest.mark.parametrize("calendar", CALENDARS)
@settings(deadline=None)
@given(start=instants, amount=amounts)
def test_a_deadline_falls_inside_a_window_or_on_its_close(
    calendar: WorkingTime, start: datetime, amount: timedelta
) -> None:
    assume(amount > NOTHING)

    due = calendar.deadline(start, amount)

    assert calendar.is_open(due) or calendar.previous_close(due) == due


@pytest.mark.parametrize("calendar", CALENDARS)
@settings(deadline=None)
@given(moment=instants)
def test_the_next_opening_is_open_and_nothing_is_worked_until_then(calendar: WorkingTime, moment: datetime) -> None:
    opening = calendar.next_opening(moment)

    assert calendar.is_open(opening)
    assert opening >= moment
    assert calendar.elapsed(moment, opening) == NOTHING


@pytest.mark.parametrize("calendar", CALENDARS)
@settings(deadline=None)
@given(moment=instants, days=st.integers(min_value=0, max_value=400))
def test_working_days_end_on_a_working_day_not_past_its_close(
    calendar: WorkingTime, moment: datetime, days: int
) -> None:
    due = calendar.add_working_days(moment, days)
    day = due.astimezone(calendar.zone).date()

    # A close at midnight is 00:00 of the day after.
    day = day if due != calendar.previous_close(due) else (due - timedelta(seconds=1)).astimezone(calendar.zone).date()
    assert calendar.is_working_day(day)
    assert due <= calendar.windows_on(day)[-1][1]


@settings(deadline=None)
@given(moment=instants, days=st.integers(min_value=0, max_value=60))
def test_so_many_working_days_lie_between(moment: datetime, days: int) -> None:
    first = OFFICE.arrival_day(moment)
    last = OFFICE.add_working_days(moment, days).astimezone(LIMA).date()

    passed = [first + timedelta(days=step) for step in range(1, (last - first).days + 1)]
    assert sum(OFFICE.is_working_day(day) for day in passed) == days


def test_elapsed_time_backwards_is_negative() -> None:
    assert OFFICE.elapsed(at(2026, 11, 24, 12), at(2026, 11, 24, 10)) == timedelta(hours=-2)


def test_no_time_at_all_ends_at_the_next_opening() -> None:
    assert OFFICE.deadline(at(2026, 11, 28, 12), NOTHING) == at(2026, 11, 30, 9)


def test_the_offset_of_the_question_does_not_matter() -> None:
    in_lima, in_madrid = at(2026, 11, 24, 10), at(2026, 11, 24, 16, zone=MADRID)

    assert OFFICE.deadline(in_lima, timedelta(hours=2)) == OFFICE.deadline(in_madrid, timedelta(hours=2))


def test_answers_are_in_utc() -> None:
    moment = at(2026, 11, 24, 10)

    answers = [
        OFFICE.deadline(moment, timedelta(hours=2)),
        OFFICE.next_opening(moment),
        OFFICE.previous_close(moment),
        OFFICE.close_of_day(moment),
        OFFICE.add_working_days(moment, 0),
        OFFICE.add_working_days(moment, 1),
    ]

    assert {answer.tzinfo for answer in answers} == {UTC}


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2026, 11, 24, 10)  # noqa: DTZ001

    with pytest.raises(ValueError, match="no offset"):
        OFFICE.deadline(naive, timedelta(hours=2))


@pytest.mark.parametrize("ask", ["deadline", "days"])
def test_a_negative_limit_is_refused(ask: str) -> None:
    moment = at(2026, 11, 24, 10)

    with pytest.raises(ValueError, match="negativo"):
        OFFICE.deadline(moment, timedelta(hours=-1)) if ask == "deadline" else OFFICE.add_working_days(moment, -1)


@pytest.mark.parametrize(
    ("year", "ask"),
    [
        pytest.param(2031, lambda: HALF_DAYS.is_open(at(2031, 1, 1)), id="is_open"),
        pytest.param(2031, lambda: HALF_DAYS.is_working_day(date(2031, 5, 5)), id="is_working_day"),
        pytest.param(2031, lambda: HALF_DAYS.next_opening(at(2030, 12, 31, 23)), id="next_opening"),
        pytest.param(2031, lambda: HALF_DAYS.deadline(at(2030, 12, 31, 17), timedelta(hours=2)), id="deadline"),
        pytest.param(2031, lambda: HALF_DAYS.deadline(at(2024, 1, 2), timedelta(days=9999)), id="a limit of decades"),
        pytest.param(2031, lambda: HALF_DAYS.add_working_days(at(2030, 12, 31, 10), 1), id="add_working_days"),
        pytest.param(2031, lambda: HALF_DAYS.elapsed(at(2030, 12, 1), at(2031, 2, 1)), id="elapsed"),
        pytest.param(2023, lambda: HALF_DAYS.previous_close(at(2024, 1, 1, 5)), id="previous_close"),
        pytest.param(1970, lambda: HALF_DAYS.is_open(at(1970, 1, 1)), id="long ago"),
    ],
)
def test_beyond_its_years_a_calendar_refuses_by_name(year: int, ask: object) -> None:
    with pytest.raises(CalendarExceeded, match=rf"feriados de {year} \(cubre de 2024 a 2030\): revise la fecha"):
        ask()  # type: ignore[operator]


def test_the_last_day_of_the_last_year_is_still_known() -> None:
    assert HALF_DAYS.deadline(at(2030, 12, 31, 16), timedelta(hours=2)) == at(2030, 12, 31, 18)


def test_a_calendar_without_any_window_is_refused() -> None:
    with pytest.raises(ValueError, match="al menos un tramo"):
        WorkingTime(weekly=((),) * 7, years=range(2026, 2027))


def test_windows_of_a_day_are_told_in_order() -> None:
    assert OFFICE.windows_on(date(2026, 11, 24)) == (
        (at(2026, 11, 24, 9), at(2026, 11, 24, 13)),
        (at(2026, 11, 24, 14), at(2026, 11, 24, 18)),
    )
    assert OFFICE.windows_on(date(2026, 11, 28)) == ()


def test_a_window_that_summer_time_skips_moves_forward() -> None:
    nightly = WorkingTime(weekly=(((time(2, 15), time(2, 45)),),) * 7, zone=MADRID, years=range(2026, 2027))

    assert nightly.windows_on(date(2026, 3, 29)) == (
        (at(2026, 3, 29, 1, 15, zone=UTC), at(2026, 3, 29, 1, 45, zone=UTC)),
    )


def test_a_moved_window_does_not_count_twice() -> None:
    windows = ((time(2), time(3)), (time(3), time(4)))
    nightly = WorkingTime(weekly=(windows,) * 7, zone=MADRID, years=range(2026, 2027))
    midnight, noon = at(2026, 3, 29, zone=MADRID), at(2026, 3, 29, 12, zone=MADRID)

    # From 01:00 to 02:00 UTC, which is 03:00 to 04:00 on the clock: one hour, not two.
    assert nightly.elapsed(midnight, noon) == timedelta(hours=1)


def test_a_day_of_the_double_hour_is_an_hour_longer() -> None:
    assert ALWAYS.elapsed(at(2026, 10, 25, zone=MADRID), at(2026, 10, 26, zone=MADRID)) == timedelta(hours=25)


def test_a_year_closed_throughout_is_passed_over() -> None:
    closed = {date(2026, 1, 1) + timedelta(days=step): SpecialDay(name="cerrado") for step in range(365)}
    calendar = WorkingTime(
        weekly=(OFFICE_DAY,) * 7,
        years=range(2025, 2028),
        special_days=lambda year: closed if year == 2026 else {},
    )

    assert calendar.deadline(at(2025, 12, 31, 17), timedelta(hours=2)) == at(2027, 1, 1, 10)
    assert calendar.previous_close(at(2026, 6, 1)) == at(2025, 12, 31, 18)
    assert calendar.add_working_days(at(2025, 12, 31, 17), 1) == at(2027, 1, 1, 17)


def test_holidays_of_a_year_are_asked_once() -> None:
    asked: list[int] = []

    def special_days(year: int) -> dict[date, SpecialDay]:
        asked.append(year)
        return {}

    calendar = WorkingTime(weekly=(OFFICE_DAY,) * 7, years=range(2020, 2030), special_days=special_days)
    for hour in range(20):
        calendar.is_open(at(2026, 5, 5, hour))

    assert asked == [2026]


def test_a_special_day_keeps_its_name() -> None:
    special = OFFICE.special_day(date(2026, 7, 28))

    assert special is not None
    assert special.name == "Día de la Independencia"
    assert OFFICE.special_day(date(2026, 7, 27)) is None
