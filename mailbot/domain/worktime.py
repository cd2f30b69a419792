"""Working time: one party's opening hours as half-open windows, with its holidays.

`deadline` and `elapsed` are inverses over the same table of windows. A calendar knows the years for
which it has holidays and refuses any other instead of guessing. It asks no clock and reads no file.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailbot.domain.clock import LIMA, to_utc
from mailbot.domain.errors import CalendarExceeded

# Opening and closing time of one window; a closing time of 00:00 is the midnight that ends the day.
Window = tuple[time, time]
# The same as two instants in UTC.
Span = tuple[datetime, datetime]

NOTHING = timedelta(0)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class SpecialDay:
    """A day with hours of its own; no windows means closed."""

    name: str
    windows: tuple[Window, ...] = ()


def no_special_days(year: int) -> Mapping[date, SpecialDay]:
    """No holidays at all, whatever the year."""
    return {}


@dataclass(frozen=True, kw_only=True)
class _Year:
    """The windows of one year in order; `through[i]` is the working time up to `closes[i]`."""

    opens: list[datetime]
    closes: list[datetime]
    through: list[timedelta]
    # Days with at least one window, and the windows of each.
    days: list[date]
    spans: Mapping[date, tuple[Span, ...]]

    @property
    def total(self) -> timedelta:
        return self.through[-1] if self.through else NOTHING

    def worked_until(self, at: datetime) -> timedelta:
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return NOTHING
        unused = self.closes[index] - at
        return self.through[index] - max(unused, NOTHING)


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkingTime:
    """The working calendar of one party: weekly windows, its holidays, its zone and its years."""

    # Windows of Monday to Sunday.
    weekly: tuple[tuple[Window, ...], ...]
    zone: ZoneInfo = LIMA
    # The years whose holidays are known.
    years: range
    # The holidays of one year, asked once a year and only when needed.
    special_days: Callable[[int], Mapping[date, SpecialDay]] = no_special_days
    name: str = "empresa"
    _built: dict[int, _Year] = field(default_factory=dict, init=False, repr=False)
    _special: dict[int, Mapping[date, SpecialDay]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7 or not any(self.weekly):
            raise ValueError("un calendario necesita siete días y al menos un tramo de atención")

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies inside a window; the closing instant itself is closed."""
        at = to_utc(at)
        year = self._year(self._local(at).year)
        index = bisect_right(year.opens, at) - 1
        return index >= 0 and at < year.closes[index]

    def is_working_day(self, day: date) -> bool:
        """Whether the day has any window; a half day is a working day."""
        return bool(self.windows_on(day))

    def windows_on(self, day: date) -> tuple[Span, ...]:
        """The windows of a local day as UTC instants, in order; empty when closed."""
        return self._year(day.year).spans.get(day, ())

    def special_day(self, day: date) -> SpecialDay | None:
        """The holiday or day of reduced hours that falls on `day`."""
        return self._special_days(day.year).get(day)

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant at or after `at`: `at` itself when it is open."""
        at = to_utc(at)
        if self.is_open(at):
            return at
        number = self._local(at).year
        while True:
            opens = self._year(number).opens
            index = bisect_left(opens, at)
            if index < len(opens):
                return opens[index]
            number += 1

    def previous_close(self, at: datetime) -> datetime:
        """The last closing at or before `at`; the start of a break is a closing too."""
        at = to_utc(at)
        number = self._local(at).year
        while True:
            closes = self._year(number).closes
            index = bisect_right(closes, at)
            if index:
                return closes[index - 1]
            number -= 1

    def close_of_day(self, at: datetime) -> datetime:
        """The last closing of the working day on which something that comes at `at` counts as arrived."""
        return self.windows_on(self.arrival_day(at))[-1][1]

    def arrival_day(self, at: datetime) -> date:
        """The working day on which something that comes at `at` counts as arrived."""
        return self._local(self.next_opening(at)).date()

    def deadline(self, start: datetime, amount: timedelta) -> datetime:
        """When `amount` of working time after `start` is used up; exactly at a closing ends there."""
        if amount < NOTHING:
            raise ValueError(f"un plazo no puede ser negativo: {amount}")
        start = to_utc(start)
        if not amount:
            return self.next_opening(start)
        number = self._local(start).year
        year = self._year(number)
        target = year.worked_until(start) + amount
        while target > year.total:
            target -= year.total
            number += 1
            year = self._year(number)
        index = bisect_left(year.through, target)
        return year.closes[index] - (year.through[index] - target)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two instants; negative when `end` comes first."""
        start, end = to_utc(start), to_utc(end)
        if end < start:
            return -self.elapsed(end, start)
        first, last = self._local(start).year, self._local(end).year
        whole = sum((self._year(number).total for number in range(first, last)), NOTHING)
        return whole + self._year(last).worked_until(end) - self._year(first).worked_until(start)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The same clock time `days` working days later, not past that day's close.

        A start outside the windows counts as the next opening.
        """
        begin = self._local(self.next_opening(start))
        day = self.working_day_after(begin.date(), days)
        if day == begin.date():
            return to_utc(begin)
        same_clock = datetime.combine(day, begin.time(), tzinfo=self.zone)
        return min(to_utc(same_clock), self.windows_on(day)[-1][1])

    def working_day_after(self, day: date, days: int) -> date:
        """The `days`-th working day after `day`, which itself is day 0; 0 is `day`."""
        if days < 0:
            raise ValueError(f"un plazo no puede ser negativo: {days} días")
        if not days:
            return day
        number = day.year
        known = self._year(number).days
        index = bisect_right(known, day) + days - 1
        while index >= len(known):
            index -= len(known)
            number += 1
            known = self._year(number).days
        return known[index]

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _special_days(self, number: int) -> Mapping[date, SpecialDay]:
        if number not in self.years:
            raise CalendarExceeded(
                f"el calendario {self.name} no conoce los feriados de {number} (cubre de {self.years.start} a "
                f"{self.years.stop - 1}): revise la fecha o actualice mailbot"
            )
        if number not in self._special:
            self._special[number] = self.special_days(number)
        return self._special[number]

    def _year(self, number: int) -> _Year:
        built = self._built.get(number)
        if built is None:
            built = self._built[number] = self._build(number)
        return built

    def _build(self, number: int) -> _Year:
        special = self._special_days(number)
        first = date(number, 1, 1)
        days = [first + ONE_DAY * offset for offset in range((date(number + 1, 1, 1) - first).days)]
        spans: dict[date, tuple[Span, ...]] = {}
        for day in days:
            windows = special[day].windows if day in special else self.weekly[day.weekday()]
            if today := self._spans(day, windows):
                spans[day] = today
        return _lay_out(spans)

    def _spans(self, day: date, windows: tuple[Window, ...]) -> tuple[Span, ...]:
        """The windows of a day in UTC.

        A local time that the change to summer time skips moves forward, one that comes twice is the first.
        """
        spans: list[Span] = []
        for opening, closing in sorted(windows):
            closing_day = day + ONE_DAY if closing == time(0) else day
            opens_at = to_utc(datetime.combine(day, opening, tzinfo=self.zone))
            closes_at = to_utc(datetime.combine(closing_day, closing, tzinfo=self.zone))
            if spans:
                opens_at = max(opens_at, spans[-1][1])
            if opens_at < closes_at:
                spans.append((opens_at, closes_at))
        return tuple(spans)


def _lay_out(spans: Mapping[date, tuple[Span, ...]]) -> _Year:
    """The table of a year from the windows of its days."""
    flat = [span for day in spans.values() for span in day]
    through: list[timedelta] = []
    total = NOTHING
    for opens_at, closes_at in flat:
        total += closes_at - opens_at
        through.append(total)
    return _Year(
        opens=[span[0] for span in flat],
        closes=[span[1] for span in flat],
        through=through,
        days=list(spans),
        spans=spans,
    )
