from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.domain.calendars import office_calendar
from mailbot.domain.clock import LIMA
from mailbot.domain.obligation import Clock
from mailbot.domain.pauses import Pause, due_after

CALENDAR = office_calendar()


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LIMA)  # type: ignore[misc,arg-type]


def pause(since: datetime, until: datetime) -> Pause:
    return Pause(since=since, until=until)


TUESDAY_NOON = at(2026, 11, 24, 12)


@pytest.mark.parametrize(
    ("pauses", "clock", "due"),
    [
        pytest.param([], Clock.WORKING, TUESDAY_NOON, id="none"),
        pytest.param(
            [pause(at(2026, 11, 24, 10), at(2026, 11, 24, 11))], Clock.WORKING, at(2026, 11, 24, 13), id="an hour"
        ),
        pytest.param(
            [pause(at(2026, 11, 24, 11), at(2026, 11, 27, 17, 30))],
            Clock.WORKING,
            at(2026, 11, 30, 9, 30),
            id="an hour was left on Friday half an hour before closing",
        ),
        pytest.param(
            [pause(at(2026, 11, 24, 11), at(2026, 11, 28, 10))],
            Clock.WORKING,
            at(2026, 11, 30, 10),
            id="the client answers on a Saturday",
        ),
        pytest.param(
            [pause(at(2026, 11, 24, 11), at(2026, 11, 28, 10))],
            Clock.ELAPSED,
            at(2026, 11, 28, 11),
            id="on the elapsed clock",
        ),
        pytest.param(
            [pause(at(2026, 11, 24, 12), at(2026, 11, 24, 15))], Clock.WORKING, TUESDAY_NOON, id="after the limit"
        ),
        pytest.param(
            [pause(at(2026, 11, 23, 18), at(2026, 11, 24, 9))], Clock.WORKING, TUESDAY_NOON, id="outside office hours"
        ),
        pytest.param(
            [
                pause(at(2026, 11, 24, 10), at(2026, 11, 24, 11)),
                pause(at(2026, 11, 24, 10), at(2026, 11, 24, 10, 30)),
                pause(at(2026, 11, 24, 10, 45), at(2026, 11, 24, 11, 30)),
            ],
            Clock.WORKING,
            at(2026, 11, 24, 14, 30),
            id="overlapping ones count once",
        ),
        pytest.param(
            [pause(at(2026, 11, 24, 12, 30), at(2026, 11, 24, 15)), pause(at(2026, 11, 24, 11), at(2026, 11, 24, 12))],
            Clock.WORKING,
            at(2026, 11, 24, 15, 30),
            id="a pause can bring the next one before the limit",
        ),
        pytest.param(
            [pause(at(2026, 11, 24, 11), at(2026, 11, 24, 10))], Clock.WORKING, TUESDAY_NOON, id="backwards is none"
        ),
    ],
)
def test_a_pause_moves_the_limit_on_its_own_clock(pauses: list[Pause], clock: Clock, due: datetime) -> None:
    assert due_after(TUESDAY_NOON, pauses, clock=clock, calendar=CALENDAR) == due


moments = st.datetimes(
    min_value=datetime(2026, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2027, 1, 2),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_a_limit_that_ends_at_an_opening_waits_for_the_client_too() -> None:
    asked = pause(at(2026, 11, 24, 18), at(2026, 11, 26, 12))

    due = due_after(at(2026, 11, 25, 9), [asked], clock=Clock.WORKING, calendar=CALENDAR)

    assert due == at(2026, 11, 26, 12)


@settings(deadline=None)
@given(due=moments, since=moments, length=st.timedeltas(timedelta(0), timedelta(days=20)), clock=st.sampled_from(Clock))
def test_a_pause_never_brings_a_limit_forward(due: datetime, since: datetime, length: timedelta, clock: Clock) -> None:
    assert due_after(due, [pause(since, since + length)], clock=clock, calendar=CALENDAR) >= due
