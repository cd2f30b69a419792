"""The steps from an obligation to a person. More cases stand in `law_cases.csv`."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.domain.calendars import office_calendar, parse_hours
from mailbot.domain.clock import LIMA
from mailbot.domain.ladder import (
    LAST_SECOND,
    StepMoments,
    regime_marks,
    regularization_steps,
    sendable_at,
    step_moments,
)
from mailbot.domain.obligation import Clock, Step
from mailbot.domain.office import Dispatch, Transport
from mailbot.domain.policy import load_policy

CALENDAR = office_calendar()
POLICY = load_policy()
DISPATCH = Dispatch(order="2026-004512", ruc="20131312955", regime="10", transport=Transport.MARITIMA)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LIMA)  # type: ignore[misc,arg-type]


def moments(starts_at: datetime, due_at: datetime, clock: Clock = Clock.WORKING) -> StepMoments:
    return step_moments(starts_at=starts_at, due_at=due_at, clock=clock, calendar=CALENDAR, policy=POLICY)


def test_the_steps_fall_at_80_percent_at_the_limit_and_at_the_limit_once_more() -> None:
    found = moments(at(2026, 11, 24, 10), at(2026, 11, 24, 12))

    assert found == StepMoments(
        reminder_at=at(2026, 11, 24, 11, 36),
        breach_at=at(2026, 11, 24, 12),
        head_at=at(2026, 11, 24, 15),
    )


def test_the_same_limit_on_the_other_clock_has_other_steps() -> None:
    start, end = at(2026, 11, 24, 10), at(2026, 11, 25, 10)

    assert moments(start, end, Clock.WORKING).head_at == at(2026, 11, 26, 10)
    assert moments(start, end, Clock.ELAPSED).head_at == at(2026, 11, 26, 10)
    assert moments(start, end, Clock.WORKING).reminder_at == at(2026, 11, 24, 17, 24)
    # 19.2 hours later it is 05:12; it leaves at the opening.
    assert moments(start, end, Clock.ELAPSED).reminder_at == at(2026, 11, 25, 9)


def test_the_share_is_a_setting() -> None:
    policy = replace(POLICY, reminder_share=0.5)
    found = step_moments(
        starts_at=at(2026, 11, 24, 10),
        due_at=at(2026, 11, 24, 12),
        clock=Clock.WORKING,
        calendar=CALENDAR,
        policy=policy,
    )

    assert found.reminder_at == at(2026, 11, 24, 11)


def test_a_reminder_due_in_the_break_leaves_in_the_break() -> None:
    # 80 % of 4 hours elapsed from 10:00 is 13:12.
    assert moments(at(2026, 11, 24, 10), at(2026, 11, 24, 14), Clock.ELAPSED).reminder_at == at(2026, 11, 24, 13, 12)


def test_a_limit_without_any_working_time_has_no_reminder() -> None:
    # Promised on a Saturday for the Sunday: no office hour lies between.
    found = moments(at(2026, 11, 28, 10), at(2026, 11, 29, 18))

    assert found.reminder_at is None
    assert found.head_at == at(2026, 11, 29, 18)


starts = st.datetimes(
    min_value=datetime(2024, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2030, 1, 2),  # noqa: DTZ001
    timezones=st.just(UTC),
)
spans = st.timedeltas(min_value=timedelta(minutes=5), max_value=timedelta(days=30))


@settings(deadline=None)
@given(start=starts, span=spans, clock=st.sampled_from(Clock))
def test_a_reminder_leaves_in_office_hours_between_start_and_limit(
    start: datetime, span: timedelta, clock: Clock
) -> None:
    found = moments(start, start + span, clock)

    assert found.breach_at == start + span
    assert found.head_at >= found.breach_at
    if found.reminder_at is not None:
        assert start <= found.reminder_at <= found.breach_at
        assert sendable_at(found.reminder_at, CALENDAR) == found.reminder_at


@settings(deadline=None)
@given(start=starts, amount=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(hours=200)))
def test_the_second_span_is_as_long_as_the_first_on_the_working_clock(start: datetime, amount: timedelta) -> None:
    due = CALENDAR.deadline(start, amount)
    found = moments(start, due)

    assert CALENDAR.elapsed(due, found.head_at) == CALENDAR.elapsed(start, due) == amount


@settings(deadline=None)
@given(moment=starts)
def test_a_notice_leaves_in_office_hours_or_in_the_break(moment: datetime) -> None:
    leaves = sendable_at(moment, CALENDAR)
    windows = CALENDAR.windows_on(leaves.astimezone(LIMA).date())

    assert leaves >= moment
    assert windows[0][0] <= leaves <= windows[-1][1] - LAST_SECOND
    assert sendable_at(leaves, CALENDAR) == leaves


@settings(deadline=None)
@given(moment=starts)
def test_a_notice_does_not_wait_without_need(moment: datetime) -> None:
    if CALENDAR.is_open(moment) and CALENDAR.is_open(moment + LAST_SECOND):
        assert sendable_at(moment, CALENDAR) == moment


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (at(2026, 11, 24, 17, 59, 59), at(2026, 11, 24, 17, 59, 59)),
        (at(2026, 11, 24, 17, 59, 59) + timedelta(microseconds=1), at(2026, 11, 25, 9)),
    ],
    ids=["the last moment", "just after it"],
)
def test_the_last_moment_is_a_second_before_closing(moment: datetime, leaves: datetime) -> None:
    assert sendable_at(moment, CALENDAR) == leaves


def test_an_office_without_a_closing_sends_at_any_time() -> None:
    always = office_calendar(hours=parse_hours("lun-dom 00:00-24:00"))

    assert sendable_at(at(2026, 11, 24, 3), always) == at(2026, 11, 24, 3)
    assert sendable_at(at(2026, 11, 24, 23, 59, 59), always) == at(2026, 11, 24, 23, 59, 59)


def test_an_urgent_notice_leaves_in_the_night() -> None:
    night = at(2026, 11, 28, 22)

    assert sendable_at(night, CALENDAR, is_urgent=True) == night
    assert sendable_at(night, CALENDAR) == at(2026, 11, 30, 9)


def test_a_regularization_has_three_steps_in_office_hours() -> None:
    dispatch = replace(DISPATCH, needs_regularization=True, discharge_ended_on=date(2026, 11, 2))

    steps = regularization_steps(dispatch, calendar=CALENDAR, policy=POLICY)

    assert [(step.step, step.mark, step.on, step.at) for step in steps] == [
        (Step.OWNER, "día 8", date(2026, 11, 10), at(2026, 11, 10, 9)),
        (Step.SUPERVISOR, "día 10", date(2026, 11, 12), at(2026, 11, 12, 9)),
        (Step.HEAD, "legal-3", date(2026, 11, 14), at(2026, 11, 16, 9)),
    ]


def test_without_a_regularization_there_are_no_steps() -> None:
    assert regularization_steps(DISPATCH, calendar=CALENDAR, policy=POLICY) == ()


def test_the_marks_of_a_regime_tell_more_people_the_nearer_they_are() -> None:
    marks = regime_marks(replace(DISPATCH, regime_expires_on=date(2026, 12, 31)), calendar=CALENDAR, policy=POLICY)

    told: dict[str, list[Step]] = {}
    for mark in marks:
        told.setdefault(mark.mark, []).append(mark.step)
    assert told == {
        "T-90": [Step.OWNER],
        "T-60": [Step.OWNER],
        "T-30": [Step.OWNER],
        "T-15": [Step.OWNER, Step.SUPERVISOR],
        "T-7": [Step.OWNER, Step.SUPERVISOR, Step.HEAD],
        "T-3": [Step.OWNER, Step.SUPERVISOR, Step.HEAD],
        "T-1": [Step.OWNER, Step.SUPERVISOR, Step.HEAD],
    }


def test_without_an_expiry_there_are_no_marks() -> None:
    assert regime_marks(DISPATCH, calendar=CALENDAR, policy=POLICY) == ()


@settings(deadline=None)
@given(day=st.dates(min_value=date(2024, 6, 1), max_value=date(2030, 1, 1)))
def test_no_mark_leaves_after_the_regime_has_ended(day: date) -> None:
    marks = regime_marks(replace(DISPATCH, regime_expires_on=day), calendar=CALENDAR, policy=POLICY)

    end = datetime(day.year, day.month, day.day, 18, tzinfo=LIMA)
    assert all(mark.at <= end and sendable_at(mark.at, CALENDAR) == mark.at for mark in marks)
