"""How long a deadline takes. Run with `pytest tests/benchmarks --benchmark-enable`.

The limits are those of the order: under 50 µs a deadline, under 1 ms one that is a year long.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mailbot.domain.calendars import office_calendar
from mailbot.domain.clock import LIMA
from mailbot.domain.deadlines import reckon
from mailbot.domain.ladder import step_moments
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.policy import load_policy

CALENDAR = office_calendar()
POLICY = load_policy()
RECEIVED = datetime(2026, 7, 24, 17, 30, tzinfo=LIMA)
IN_A_YEAR = datetime(2027, 7, 24, 17, 30, tzinfo=LIMA)
MICROSECOND = 1e-6


def reply() -> object:
    return reckon(ObligationKind.REPLY, received_at=RECEIVED, calendar=CALENDAR, policy=POLICY)


def ladder() -> object:
    due_at = CALENDAR.deadline(RECEIVED, timedelta(hours=2))
    found = reckon(ObligationKind.REPLY, received_at=RECEIVED, calendar=CALENDAR, policy=POLICY)
    return step_moments(starts_at=RECEIVED, due_at=due_at, clock=found.clock, calendar=CALENDAR, policy=POLICY)


WORK: dict[str, tuple[Callable[[], object], float]] = {
    "two working hours": (lambda: CALENDAR.deadline(RECEIVED, timedelta(hours=2)), 50),
    "two working days": (lambda: CALENDAR.add_working_days(RECEIVED, 2), 50),
    "a year of working hours": (lambda: CALENDAR.deadline(RECEIVED, timedelta(hours=1984)), 1000),
    "a year of working days": (lambda: CALENDAR.add_working_days(RECEIVED, 248), 1000),
    "a year elapsed": (lambda: CALENDAR.elapsed(RECEIVED, IN_A_YEAR), 1000),
    "a deadline with its reckoning in words": (reply, 1000),
    "a deadline with its ladder": (ladder, 1000),
}


@pytest.mark.parametrize("name", WORK)
def test_deadline(benchmark: Any, name: str) -> None:
    work, limit = WORK[name]
    work()

    benchmark(work)

    if benchmark.stats is not None:
        assert benchmark.stats.stats.median < limit * MICROSECOND


def test_a_calendar_is_ready_at_once(benchmark: Any) -> None:
    benchmark(lambda: office_calendar().is_open(RECEIVED))

    if benchmark.stats is not None:
        assert benchmark.stats.stats.median < 20_000 * MICROSECOND
