"""How long a matter is put off, as people write it ("4h", "hasta mañana 10:00"), and until when that is.

Hours and days are the office's own: "4h" are four working hours, "1 día" the same clock time of the
next working day.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mailbot.domain.answers import fold
from mailbot.domain.clock import to_utc
from mailbot.domain.errors import CalendarExceeded
from mailbot.domain.worktime import ONE_DAY, WorkingTime

# Nothing is put off for longer: a regime's own marks are never further apart.
LONGEST = timedelta(days=90)
_WORKING_DAYS_A_WEEK = 5
# Without "am" or "pm" an hour below this is one of the afternoon.
_EARLIEST_HOUR = 8

_NUMBERS = {
    "un": 1,
    "una": 1,
    "dos": 2,
    "tres": 3,
    "cuatro": 4,
    "cinco": 5,
    "seis": 6,
    "ocho": 8,
    "diez": 10,
    "quince": 15,
    "veinte": 20,
    "treinta": 30,
}
_AMOUNT = rf"\d{{1,3}}(?:[.,]\d)?|{'|'.join(_NUMBERS)}"
_WORKING = r"(?: (?:habil(?:es)?|util(?:es)?|laborables?|mas))?"
_HALF = re.compile(rf"(?:1/2|media) hora{_WORKING}")
_HOURS = re.compile(rf"({_AMOUNT}) ?(?:h|hs|hrs?|horas?)\.?(?: ?(\d{{1,2}})(?: ?min\w*)?| y (media))?{_WORKING}")
_MINUTES = re.compile(rf"({_AMOUNT}) ?(?:m|mins?|minutos?|')\.?{_WORKING}")
_DAYS = re.compile(rf"({_AMOUNT}) ?(?:d|dias?){_WORKING}")
_WEEKS = re.compile(rf"({_AMOUNT}) ?semanas?")
_LEAD = re.compile(r"^(?:(?:hasta|para|por|en|dentro de|a partir de|desde|unas?(?= \d)) )+(?:el (?:dia )?)?")

_WEEKDAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_MONTHS = {
    name: number
    for number, name in enumerate(
        (
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "setiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ),
        start=1,
    )
} | {"septiembre": 9}
_DAY = (
    r"(?P<near>hoy|pasado manana|manana)"
    rf"|(?:el |este |proximo |proxima )*(?P<weekday>{'|'.join(_WEEKDAYS)})(?: que viene| proximo)?"
    r"|(?:el )?(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{2,4}))?"
    rf"|(?:el )?(?P<named_day>\d{{1,2}}) de (?P<named_month>{'|'.join(_MONTHS)})"
)
_CLOCK = (
    r"(?:a )?(?:las? )?(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))? ?(?:horas|hrs?|h)?\.? ?"
    r"(?P<half>am|pm|a\.? ?m\.?|p\.? ?m\.?|de la (?:manana|tarde|noche))?"
    r"|(?P<noon>(?:al? |el )?mediodia)|(?P<first>(?:a )?primera hora)"
    r"|(?P<afternoon>(?:(?:por|en) )?la tarde)|(?P<morning>(?:(?:por|en) )?la manana)"
)
_UNTIL = re.compile(rf"(?:{_DAY})(?:[ ,]+(?:{_CLOCK}))?")
_UNTIL_CLOCK = re.compile(_CLOCK)


@dataclass(frozen=True, kw_only=True)
class Delay:
    """For so long (`span` of working time or `days` working days), or until a day and an hour."""

    span: timedelta | None = None
    days: int | None = None
    # 0 is today, 1 tomorrow; else a weekday (0 = Monday) or a day of the calendar.
    near: int | None = None
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    clock: time | None = None


def read_delay(text: str) -> Delay | None:
    """The delay that a text names; None when it names none."""
    words = _LEAD.sub("", " ".join(fold(text).split())).strip(" .,")
    return _read_span(words) or _read_until(words)


def _read_span(words: str) -> Delay | None:
    if _HALF.fullmatch(words):
        return Delay(span=timedelta(minutes=30))
    if found := _HOURS.fullmatch(words):
        minutes = 30 if found[3] else int(found[2] or 0)
        return Delay(span=timedelta(hours=_amount(found[1]), minutes=minutes))
    if found := _MINUTES.fullmatch(words):
        return Delay(span=timedelta(minutes=_amount(found[1])))
    if found := _DAYS.fullmatch(words):
        return Delay(days=int(_amount(found[1])))
    if found := _WEEKS.fullmatch(words):
        return Delay(days=int(_amount(found[1])) * _WORKING_DAYS_A_WEEK)
    return None


def _amount(word: str) -> float:
    return float(_NUMBERS[word]) if word in _NUMBERS else float(word.replace(",", "."))


def _read_until(words: str) -> Delay | None:
    if found := _UNTIL.fullmatch(words):
        parts = found.groupdict()
        month = parts["month"] or (str(_MONTHS[parts["named_month"]]) if parts["named_month"] else None)
        return Delay(
            near={"hoy": 0, "manana": 1, "pasado manana": 2}.get(parts["near"] or ""),
            weekday=_WEEKDAYS.index(parts["weekday"]) if parts["weekday"] else None,
            day=_number(parts["day"] or parts["named_day"]),
            month=_number(month),
            year=_number(parts["year"]),
            clock=_clock(parts),
        )
    # "4" alone may be hours or an hour of the day.
    if not words.isdigit() and (found := _UNTIL_CLOCK.fullmatch(words)):
        clock = _clock(found.groupdict())
        return Delay(near=0, clock=clock) if clock else None
    return None


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _clock(parts: dict[str, str | None]) -> time | None:
    named = {"noon": time(12), "first": time(0), "afternoon": time(14), "morning": time(0)}
    spoken = next((at for name, at in named.items() if parts[name]), None)
    if spoken is not None or not parts["hour"]:
        return spoken
    hour, half = int(parts["hour"]), (parts["half"] or "").replace(".", "").replace(" ", "")
    is_afternoon = half in ("pm", "delatarde", "delanoche") or (not half and hour < _EARLIEST_HOUR)
    if is_afternoon and hour < 12:
        hour += 12
    minute = int(parts["minute"] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def until(delay: Delay, said_at: datetime, calendar: WorkingTime) -> datetime | None:
    """When the delay that was asked for at `said_at` is over; None for a moment that has passed or lies too far off."""
    try:
        over_at = _over_at(delay, said_at, calendar)
    except (CalendarExceeded, ValueError, OverflowError):
        return None
    return over_at if over_at is not None and said_at < over_at <= said_at + LONGEST else None


def _over_at(delay: Delay, said_at: datetime, calendar: WorkingTime) -> datetime | None:
    if delay.span is not None:
        return calendar.deadline(said_at, delay.span) if delay.span <= LONGEST else None
    if delay.days is not None:
        return calendar.add_working_days(said_at, delay.days) if delay.days <= LONGEST.days else None
    day = _day(delay, said_at.astimezone(calendar.zone).date())
    if delay.clock is None:
        return calendar.next_opening(to_utc(datetime.combine(day, time(0)), zone=calendar.zone))
    at = to_utc(datetime.combine(day, delay.clock), zone=calendar.zone)
    windows = calendar.windows_on(day)
    return max(at, windows[0][0]) if windows else at


def _day(delay: Delay, today: date) -> date:
    if delay.near is not None:
        return today + ONE_DAY * delay.near
    if delay.weekday is not None:
        return today + ONE_DAY * ((delay.weekday - today.weekday() - 1) % 7 + 1)
    year = delay.year if delay.year is None or delay.year > 99 else 2000 + delay.year
    day = date(year or today.year, delay.month or today.month, delay.day or today.day)
    # In December "15/01" is next month's.
    is_next_year = year is None and day < today - LONGEST
    return day.replace(year=day.year + 1) if is_next_year else day
