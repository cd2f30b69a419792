"""Carries a limit out on a calendar: from an arrival to a due instant, with the count in words.

The rulings are those of `contract.md`, "Reckoning". Which limit applies is for `deadlines`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from mailbot.domain.clock import to_utc
from mailbot.domain.limits import Limit, LimitUnit
from mailbot.domain.obligation import Clock
from mailbot.domain.policy import Policy
from mailbot.domain.wording import say_clock, say_day, say_moment, say_span
from mailbot.domain.worktime import ONE_DAY, WorkingTime

# A count over more windows or closed days than these is told in sum only.
MOST_WINDOWS = 6
MOST_CLOSED_DAYS = 12


@dataclass(frozen=True, kw_only=True)
class Count:
    """A limit carried out; `detail` holds further lines that say how."""

    starts_at: datetime
    due_at: datetime
    limit: str
    clock: Clock
    # "4 h hábiles → lun 27/07 11:30".
    summary: str
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Counts from one arrival, on one calendar, by one policy."""

    received_at: datetime
    calendar: WorkingTime
    policy: Policy

    def __post_init__(self) -> None:
        # Adding hours to a local time would follow the clock on the wall over a change to summer time.
        object.__setattr__(self, "received_at", to_utc(self.received_at))

    def count(self, limit: Limit) -> Count:
        """When the limit is used up, and on which clock."""
        match self.policy.read_limit(limit).unit:
            case LimitUnit.HOURS:
                return self._elapsed(limit, self.received_at + limit.span, f"{limit} corridas")
            case LimitUnit.CALENDAR_DAYS:
                return self._elapsed(limit, self.end_of_calendar_day(limit.days), str(limit))
            case LimitUnit.WORKING_HOURS:
                return self._worked(limit, self.calendar.deadline(self.received_at, limit.span))
            case LimitUnit.WORKING_DAYS:
                days = self.policy.read_limit(limit).days
                return self._worked(limit, self.calendar.add_working_days(self.received_at, days))
        day = self.calendar.working_day_after(self.calendar.arrival_day(self.received_at), limit.days)
        return self._worked(limit, self.calendar.windows_on(day)[-1][1])

    def end_of_calendar_day(self, days: int) -> datetime:
        """The end of the `days`-th day after the arrival, which is day 0; not rolled."""
        return self.end_of(self.local_day(self.received_at) + ONE_DAY * days)

    def end_of(self, day: date) -> datetime:
        """The time of day at which dated limits end, on `day`."""
        return to_utc(datetime.combine(day, self.policy.dated_due_time), zone=self.calendar.zone)

    def local_day(self, at: datetime) -> date:
        """The calendar day of an instant where the office is."""
        return at.astimezone(self.calendar.zone).date()

    def say(self, at: datetime) -> str:
        """An instant in words; its year is left out when it is that of the arrival."""
        return say_moment(at, self.calendar.zone, year=self.local_day(self.received_at).year)

    def say_day(self, day: date) -> str:
        """A day in words; its year is left out when it is that of the arrival."""
        return say_day(day, year=self.local_day(self.received_at).year)

    def worked(self, due_at: datetime, *, limit: str) -> Count:
        """A count in working time that ends at `due_at`, told step by step."""
        starts_at = min(self.calendar.next_opening(self.received_at), due_at)
        lines = (*self._start_lines(starts_at), *self._windows(starts_at, due_at), *self._closed(starts_at, due_at))
        return Count(
            starts_at=starts_at,
            due_at=due_at,
            limit=limit,
            clock=Clock.WORKING,
            summary=f"{limit} → {self.say(due_at)}",
            detail=lines,
        )

    def _worked(self, limit: Limit, due_at: datetime) -> Count:
        return self.worked(due_at, limit=str(limit))

    def _elapsed(self, limit: Limit, due_at: datetime, words: str) -> Count:
        return Count(
            starts_at=self.received_at,
            due_at=due_at,
            limit=str(limit),
            clock=Clock.ELAPSED,
            summary=f"{words} → {self.say(due_at)}",
        )

    def _start_lines(self, starts_at: datetime) -> tuple[str, ...]:
        if starts_at <= self.received_at:
            return ()
        return (f"llegó fuera de horario: cuenta desde el {self.say(starts_at)}",)

    def _windows(self, starts_at: datetime, due_at: datetime) -> tuple[str, ...]:
        """The windows that were counted, when they are more than one."""
        counted: list[str] = []
        for day in _days(self.local_day(starts_at), self.local_day(due_at)):
            for opens_at, closes_at in self.calendar.windows_on(day):
                first, last = max(opens_at, starts_at), min(closes_at, due_at)
                if first < last:
                    counted.append(f"{self.say(first)}–{self._clock(last)} ({say_span(last - first)})")
            if len(counted) > MOST_WINDOWS:
                total = self.calendar.elapsed(starts_at, due_at)
                return (f"son {say_span(total)} de horario de oficina",)
        return (" + ".join(counted),) if len(counted) > 1 else ()

    def _closed(self, starts_at: datetime, due_at: datetime) -> tuple[str, ...]:
        """The days between arrival and end on which the office is closed, holidays by name."""
        first, last = self.local_day(min(self.received_at, starts_at)), self.local_day(due_at)
        closed = [self._closed_day(day) for day in _days(first, last) if not self.calendar.is_working_day(day)]
        if not closed or len(closed) > MOST_CLOSED_DAYS:
            return ()
        return (f"no laborables: {', '.join(closed)}",)

    def _closed_day(self, day: date) -> str:
        special = self.calendar.special_day(day)
        return f"{self.say_day(day)} ({special.name})" if special else self.say_day(day)

    def _clock(self, at: datetime) -> str:
        return say_clock(at.astimezone(self.calendar.zone))


def warning(counter: Counter, count: Count) -> tuple[datetime | None, tuple[str, ...]]:
    """By when to act on a limit that ends outside office hours (`domain.md` 5.1, point 1), in words too."""
    calendar = counter.calendar
    last_close = calendar.previous_close(count.due_at)
    if calendar.is_open(count.due_at) or last_close == count.due_at:
        return None, ()
    if last_close <= counter.received_at:
        return None, ("fuera de horario: no queda horario de oficina antes del límite",)
    return last_close, (f"fuera de horario: avisar antes del {counter.say(last_close)}",)


def _days(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * step for step in range((last - first).days + 1)]
