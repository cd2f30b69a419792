from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from mailbot.domain.programmes import LastSent, Period, due_period, parse_frequency
from mailbot.domain.worktime import SpecialDay, WorkingTime

LIMA = ZoneInfo("America/Lima")
HOURS = ((time(9), time(13)), (time(14), time(18)))
CLOSED = {date(2026, 7, 28): SpecialDay(name="Independencia"), date(2026, 7, 29): SpecialDay(name="Independencia")}
CALENDAR = WorkingTime(
    weekly=(HOURS, HOURS, HOURS, HOURS, HOURS, (), ()),
    years=range(2026, 2027),
    special_days=lambda year: CLOSED,
)


def lima(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LIMA).astimezone(UTC)


def sent(planned: str, at: str | None = None) -> LastSent:
    return LastSent(planned_at=lima(planned), at=lima(at or planned))


@pytest.mark.parametrize(
    ("text", "weekdays", "times"),
    [
        ("diario 09:00", "0123456", ["09:00"]),
        ("Diario  9:00", "0123456", ["09:00"]),
        ("lun,mie,vie 16:00", "024", ["16:00"]),
        ("lunes, miércoles y viernes 4:30 p.m.", "024", ["16:30"]),
        ("lun-vie 08:30", "01234", ["08:30"]),
        ("Lunes a Viernes 9 am", "01234", ["09:00"]),
        ("sáb-lun 10:00", "056", ["10:00"]),
        ("los martes a las 12 am", "1", ["00:00"]),
        ("diario 09:00, 16:00", "0123456", ["09:00", "16:00"]),
        ("vie 16h", "4", ["16:00"]),
    ],
)
def test_frequencies_are_read_as_people_write_them(text: str, weekdays: str, times: list[str]) -> None:
    frequency = parse_frequency(text)

    assert "".join(str(day) for day in sorted(frequency.weekdays)) == weekdays
    assert [f"{moment:%H:%M}" for moment in frequency.times] == times
    assert frequency.every is None


@pytest.mark.parametrize(
    ("text", "every", "in_working_days"),
    [("cada 2 días 08:30", 2, False), ("cada 1 día 09:00", 1, False), ("Cada 3 dias hábiles 10:00", 3, True)],
)
def test_every_so_many_days(text: str, every: int, in_working_days: bool) -> None:
    frequency = parse_frequency(text)

    assert (frequency.every, frequency.in_working_days) == (every, in_working_days)


@pytest.mark.parametrize(
    "text",
    ["", "diario", "09:00", "diario 25:00", "diario 9:60", "lun-foo 9:00", "cada 0 días 9:00", "cada 40 días 9:00",
     "lunático 9:00", "lun 9:00 mar", "siempre 9:00", "lun-mie-vie 9:00"],
)  # fmt: skip
def test_what_is_no_frequency_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="frecuencia"):
        parse_frequency(text)


@pytest.mark.parametrize(
    ("frequency", "now", "last", "expected"),
    [
        pytest.param("diario 09:00", "2026-07-24T08:59", None, None, id="not-yet"),
        pytest.param("diario 09:00", "2026-07-24T09:00", None, "2026-07-24T09:00", id="at-the-moment"),
        pytest.param("diario 07:30", "2026-07-24T07:30", None, "2026-07-24T07:30", id="before-opening"),
        pytest.param("diario 09:00", "2026-07-24T17:00", None, "2026-07-24T09:00", id="late-the-same-day"),
        pytest.param("diario 09:00", "2026-07-24T09:01", "2026-07-24T09:00", None, id="never-twice"),
        pytest.param("diario 09:00", "2026-07-25T09:30", "2026-07-24T09:00", None, id="not-on-saturday"),
        pytest.param("diario 09:00", "2026-07-28T09:30", "2026-07-27T09:00", None, id="not-on-a-holiday"),
        pytest.param("diario 09:00", "2026-07-30T09:30", "2026-07-27T09:00", "2026-07-30T09:00", id="after-holidays"),
        pytest.param("diario 09:00,16:00", "2026-07-24T16:00", "2026-07-24T09:00", "2026-07-24T16:00", id="twice"),
        pytest.param("vie 16:00", "2026-07-27T08:00", "2026-07-17T16:00", "2026-07-24T16:00", id="missed-on-friday"),
        pytest.param("vie 16:00", "2026-07-25T08:00", "2026-07-17T16:00", None, id="missed-and-saturday"),
        pytest.param("vie 16:00", "2026-07-27T08:00", None, None, id="nothing-before-the-first"),
        pytest.param("mar 09:00", "2026-07-30T09:30", "2026-07-21T09:00", None, id="its-day-was-a-holiday"),
        pytest.param("cada 2 días 08:30", "2026-07-24T08:30", None, "2026-07-24T08:30", id="every-2-first"),
        pytest.param("cada 2 días 08:30", "2026-07-23T08:30", "2026-07-22T08:30", None, id="every-2-too-early"),
        pytest.param("cada 2 días 08:30", "2026-07-24T08:30", "2026-07-22T08:30", "2026-07-24T08:30", id="every-2"),
        pytest.param("cada 2 días 08:30", "2026-07-27T08:30", "2026-07-23T08:30", "2026-07-27T08:30", id="over-sunday"),
        pytest.param(
            "cada 2 días hábiles 08:30", "2026-07-27T08:30", "2026-07-24T08:30", None, id="every-2-working-too-early"
        ),
        pytest.param(
            "cada 2 días hábiles 08:30",
            "2026-07-30T08:30",
            "2026-07-24T08:30",
            "2026-07-30T08:30",
            id="2-working",
        ),
    ],
)
def test_which_period_is_due(frequency: str, now: str, last: str | None, expected: str | None) -> None:
    period = due_period(parse_frequency(frequency), lima(now), last=sent(last) if last else None, calendar=CALENDAR)

    assert period == (Period(planned_at=lima(expected), name=expected) if expected else None)


def test_every_so_many_days_counts_from_the_day_it_was_really_sent() -> None:
    last = sent("2026-07-20T08:30", "2026-07-21T15:00")
    frequency = parse_frequency("cada 2 días 08:30")

    assert due_period(frequency, lima("2026-07-22T18:00"), last=last, calendar=CALENDAR) is None
    assert due_period(frequency, lima("2026-07-23T08:30"), last=last, calendar=CALENDAR) is not None
