"""Legal and target terms as a dated table, and how Peruvian law counts days and months.

The rows stand in `terms.toml` with their source; the counting rules are those of `domain.md` 3.2
(CT Norma XII, LPAG 145). No term is computed anywhere else.
"""

import tomllib
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from mailbot.domain.errors import UnknownName
from mailbot.domain.worktime import ONE_DAY, WorkingTime


class TermUnit(StrEnum):
    """What the amount of a term counts."""

    # Every day counts; the day of the event is day 0.
    CALENDAR_DAYS = "calendar_days"
    # Working days of the authority.
    WORKING_DAYS = "working_days"
    # Date to date.
    MONTHS = "months"
    YEARS = "years"
    HOURS = "hours"


class TermMark(StrEnum):
    """How far a term was checked."""

    # Read in the legal text that is named.
    VERIFIED = "V"
    # Known from the trade alone.
    UNVERIFIED = "U"
    # Stated in the broker's own job profile.
    STATED = "S"


@dataclass(frozen=True, kw_only=True)
class Term:
    """One row of the table; `since` and `until` are both included, None means unbounded."""

    name: str
    # For people, in Spanish, like `event`.
    title: str
    amount: int
    unit: TermUnit
    event: str
    source: str
    mark: TermMark
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the row is the law on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def end(self, event_on: date, *, calendar: WorkingTime | None = None) -> date:
        """The last day of the term, not rolled; working days need the authority's calendar."""
        match self.unit:
            case TermUnit.CALENDAR_DAYS:
                return add_calendar_days(event_on, self.amount)
            case TermUnit.MONTHS:
                return add_months(event_on, self.amount)
            case TermUnit.YEARS:
                return add_months(event_on, 12 * self.amount)
            case TermUnit.HOURS:
                return event_on + timedelta(hours=self.amount)
        if calendar is None:
            raise ValueError(f"el plazo «{self.name}» se cuenta en días hábiles: hace falta un calendario")
        return calendar.working_day_after(event_on, self.amount)


def term(name: str, on: date, *, table: Sequence[Term] | None = None) -> Term:
    """The term of that name as it stood on a day; `UnknownName` when there is none."""
    known = all_terms() if table is None else table
    rows = [row for row in known if row.name == name]
    if not rows:
        names = sorted({row.name for row in known})
        nearest = get_close_matches(name, names, n=3, cutoff=0.4)
        raise UnknownName(f"no existe el plazo «{name}»; quizá: {', '.join(nearest or names)}", nearest=nearest)
    return _in_force(rows, on)


@lru_cache(maxsize=1)
def all_terms() -> tuple[Term, ...]:
    """Every row of the shipped table in its order."""
    return read_terms(resources.files("mailbot.domain").joinpath("terms.toml").read_text(encoding="utf-8"))


def read_terms(text: str) -> tuple[Term, ...]:
    """The rows of a table in the form of `terms.toml`; ValueError when two rows of a name overlap."""
    rows = tuple(
        Term(**{**row, "unit": TermUnit(row["unit"]), "mark": TermMark(row["mark"])})
        for row in tomllib.loads(text)["terms"]
    )
    for index, row in enumerate(rows):
        for other in rows[index + 1 :]:
            if row.name == other.name and _overlap(row, other):
                raise ValueError(f"el plazo «{row.name}» tiene dos filas vigentes a la vez")
    return rows


def add_calendar_days(event_on: date, days: int) -> date:
    """The `days`-th day after the event, which is day 0."""
    return event_on + ONE_DAY * days


def add_months(event_on: date, months: int) -> date:
    """Date to date (CT Norma XII a); a day that the month lacks is its last day."""
    year, month = divmod(event_on.year * 12 + event_on.month - 1 + months, 12)
    return date(year, month + 1, min(event_on.day, monthrange(year, month + 1)[1]))


def roll_forward(day: date, calendar: WorkingTime) -> date:
    """The day itself or the next working day (CT Norma XII, LPAG 145.2).

    A reserve only: whether the authority's systems apply it to each check is unverified, so no limit
    of mailbot is rolled.
    """
    return day if calendar.is_working_day(day) else calendar.working_day_after(day, 1)


def _in_force(rows: Sequence[Term], on: date) -> Term:
    for row in rows:
        if row.holds_on(on):
            return row
    raise UnknownName(f"el plazo «{rows[0].name}» no regía el {on:%d/%m/%Y}")


def _overlap(one: Term, other: Term) -> bool:
    return (one.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (one.until or date.max)
