"""How often a client is told: the `frecuencia` of a status programme and the periods it makes.

A period is one planned moment. It is due from that moment until the next one, so a service that was
down misses nothing; it leaves on working days only (`contract.md`, "posponer, visto, reasignar").
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mailbot.domain.clock import to_utc
from mailbot.domain.worktime import WorkingTime

_DAYS = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
_LONG_DAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_EVERY_DAY = frozenset({"diario", "diaria", "diariamente", "todos los dias", "cada dia", "cada dia habil"})
_TIME = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?\s*(?:h|hrs?|horas)?\s*([ap]\.?\s*m\.?)?")
_SHAPE = re.compile(r"(?P<days>cada \d+ dias?(?: habiles)?|[^\d]+?)[\s,;:]*(?:a las?\s+)?(?P<times>\d.*)")
_EVERY_N = re.compile(r"cada (\d+) dias?( habiles)?")
_EXAMPLE = "escriba «diario 09:00», «lun,mie,vie 16:00», «lun-vie 08:30» o «cada 2 días 08:30»"
# A programme that has never run starts with today's period; older ones were never promised.
_LOOK_BACK = 14
# A call that comes so little after a planned moment speaks of that moment.
PROMPT = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Frequency:
    """Weekdays (0 is Monday) and times of day, or every so many days counted from the last one sent."""

    weekdays: frozenset[int] = frozenset(range(7))
    times: tuple[time, ...]
    every: int | None = None
    in_working_days: bool = False


@dataclass(frozen=True, kw_only=True)
class Period:
    """One planned moment of a programme; `name` tells it from every other one."""

    planned_at: datetime
    name: str


@dataclass(frozen=True, kw_only=True)
class LastSent:
    """The last period that was dealt with, and when that was."""

    planned_at: datetime
    at: datetime


def told_at(planned_at: datetime, now: datetime) -> datetime:
    """The moment a planned mail speaks of: the planned one, unless it is long past.

    So a restart of some minutes changes no word of it.
    """
    return planned_at if planned_at <= now and is_prompt(planned_at, now) else now


def is_prompt(planned_at: datetime, now: datetime) -> bool:
    """Whether what was planned for a moment can still be said as of that moment."""
    return now < planned_at + PROMPT


def parse_frequency(text: str) -> Frequency:
    """Read a `frecuencia` as people write it; ValueError says in Spanish what may be written."""
    shape = _SHAPE.fullmatch(_plain(text))
    times = _times(shape["times"]) if shape else ()
    if shape is None or not times:
        raise ValueError(f"no se entiende la frecuencia «{text}»: {_EXAMPLE}")
    days = shape["days"].strip(" ,;:")
    every = _EVERY_N.fullmatch(days)
    if every is not None:
        return _every(int(every[1]), times, in_working_days=every[2] is not None, text=text)
    if days in _EVERY_DAY:
        return Frequency(times=times)
    weekdays = _weekdays(days)
    if not weekdays:
        raise ValueError(f"no se entienden los días de la frecuencia «{text}»: {_EXAMPLE}")
    return Frequency(weekdays=weekdays, times=times)


def due_period(frequency: Frequency, now: datetime, *, last: LastSent | None, calendar: WorkingTime) -> Period | None:
    """The period that is due at `now` and not yet dealt with; None when there is none.

    Of several that were missed only the newest is due.
    """
    today = now.astimezone(calendar.zone).date()
    if not calendar.is_working_day(today):
        return None
    planned = _newest_planned(frequency, now, last=last, calendar=calendar)
    if planned is None or (last is not None and planned <= last.planned_at):
        return None
    local = planned.astimezone(calendar.zone)
    if last is None and local.date() != today:
        return None
    return Period(planned_at=planned, name=f"{local:%Y-%m-%dT%H:%M}")


def _newest_planned(
    frequency: Frequency, now: datetime, *, last: LastSent | None, calendar: WorkingTime
) -> datetime | None:
    today = now.astimezone(calendar.zone).date()
    for back in range(_LOOK_BACK):
        day = today - timedelta(days=back)
        if not calendar.is_working_day(day) or not _is_planned(frequency, day, last=last, calendar=calendar):
            continue
        moments = [to_utc(datetime.combine(day, at), zone=calendar.zone) for at in frequency.times]
        passed = [moment for moment in moments if moment <= now]
        if passed:
            return max(passed)
    return None


def _is_planned(frequency: Frequency, day: date, *, last: LastSent | None, calendar: WorkingTime) -> bool:
    if frequency.every is None:
        return day.weekday() in frequency.weekdays
    if last is None:
        return True
    last_day = last.at.astimezone(calendar.zone).date()
    if not frequency.in_working_days:
        # A day that is not worked hands over to the next one that is.
        return (day - last_day).days >= frequency.every
    worked = sum(calendar.is_working_day(last_day + timedelta(days=n + 1)) for n in range((day - last_day).days))
    return worked >= frequency.every


def _every(days: int, times: tuple[time, ...], *, in_working_days: bool, text: str) -> Frequency:
    if not 1 <= days <= 31:
        raise ValueError(f"no se entiende la frecuencia «{text}»: entre 1 y 31 días")
    return Frequency(times=times[:1], every=days, in_working_days=in_working_days)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(mark for mark in letters if not unicodedata.combining(mark)).split())


def _times(text: str) -> tuple[time, ...]:
    """Every time of day in the text, in order; empty when a part is none."""
    found: set[time] = set()
    for part in re.split(r"\s*(?:,|;|/|\by\b)\s*", text.strip(" .")):
        moment = _time(part)
        if moment is None:
            return ()
        found.add(moment)
    return tuple(sorted(found))


def _time(text: str) -> time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "")[:1]
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _weekdays(text: str) -> frozenset[int]:
    """The weekdays of a list with ranges ("lun-mie, vie", "lunes a viernes"); empty when a part is none."""
    found: set[int] = set()
    text = re.sub(r"^(?:los|de|cada|todos los)\s+", "", text)
    for part in re.split(r"\s*(?:,|;|/|\by\b)\s*", text):
        ends = [_weekday(name) for name in re.split(r"\s*(?:-|–|\ba\b)\s*", part)]
        if None in ends or len(ends) > 2:
            return frozenset()
        first, final = ends[0], ends[-1]
        if first is not None and final is not None:
            found.update((first + step) % 7 for step in range((final - first) % 7 + 1))
    return frozenset(found)


def _weekday(name: str) -> int | None:
    word = name.strip(" .")
    for number, (short, long) in enumerate(zip(_DAYS, _LONG_DAYS, strict=True)):
        if word in (short, long, f"{long}s"):
            return number
    return None
