from datetime import date, time

import pytest

from mailbot.domain.contexts import Tally
from mailbot.domain.obligation import Obligation, ObligationKind, ObligationState
from mailbot.domain.reports import Judgement, Span, judge, last_period, leaves_at
from mailbot.domain.worktime import SpecialDay, WorkingTime
from tests.unit.services.outgoing_office import lima, owed

HOURS = ((time(9), time(18)),)
CALENDAR = WorkingTime(
    weekly=(HOURS, HOURS, HOURS, HOURS, HOURS, (), ()),
    years=range(2025, 2027),
    special_days=lambda year: {date(2026, 1, 1): SpecialDay(name="Año nuevo")},
)
NOW = lima("2026-07-24T12:00")


def reply(state: ObligationState, ended: str | None = None, due: str = "2026-07-24T11:00") -> Obligation:
    return owed("O1", ObligationKind.REPLY, due, state=state, ended_at=lima(ended) if ended else None)


@pytest.mark.parametrize(
    ("obligation", "expected"),
    [
        pytest.param(reply(ObligationState.MET, "2026-07-24T11:00"), Judgement.MET, id="at-the-moment"),
        pytest.param(reply(ObligationState.MET, "2026-07-24T11:01"), Judgement.MISSED, id="late"),
        pytest.param(reply(ObligationState.OPEN), Judgement.MISSED, id="due-and-open"),
        pytest.param(reply(ObligationState.OPEN, due="2026-07-24T13:00"), None, id="not-due"),
        pytest.param(reply(ObligationState.WAITING), Judgement.EXCUSED, id="waits-for-the-client"),
        pytest.param(reply(ObligationState.CANCELLED, "2026-07-24T11:30"), Judgement.EXCUSED, id="not-owed"),
    ],
)
def test_how_an_obligation_stands(obligation: Obligation, expected: Judgement | None) -> None:
    assert judge(obligation, NOW) == expected


@pytest.mark.parametrize(
    ("span", "today", "since", "until", "name"),
    [
        (Span.WEEK, date(2026, 7, 27), date(2026, 7, 20), date(2026, 7, 26), "2026-W30"),
        (Span.WEEK, date(2026, 8, 2), date(2026, 7, 20), date(2026, 7, 26), "2026-W30"),
        (Span.WEEK, date(2026, 1, 5), date(2025, 12, 29), date(2026, 1, 4), "2026-W01"),
        (Span.MONTH, date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28), "2026-02"),
        (Span.MONTH, date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31), "2025-12"),
    ],
)
def test_the_last_whole_period(span: Span, today: date, since: date, until: date, name: str) -> None:
    period = last_period(span, today)

    assert (period.since, period.until, period.name) == (since, until, name)


@pytest.mark.parametrize(
    ("span", "today", "expected"),
    [
        (Span.WEEK, date(2026, 7, 30), "2026-07-27T09:00"),
        # The first of January is a holiday, the second a Friday.
        (Span.MONTH, date(2026, 1, 15), "2026-01-02T09:00"),
        (Span.MONTH, date(2026, 8, 15), "2026-08-03T09:00"),
    ],
)
def test_a_report_leaves_at_the_first_opening_after_its_period(span: Span, today: date, expected: str) -> None:
    assert leaves_at(last_period(span, today), CALENDAR) == lima(expected)


def test_the_excused_do_not_count_and_nothing_is_no_share() -> None:
    assert Tally(met=2, missed=1, excused=7).percent == 66
    assert Tally(excused=1).percent is None
