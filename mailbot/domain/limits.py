"""A limit as people write it ("4 h hábiles", "2 días hábiles", "48 h"), read and written.

What a limit means on a calendar is for `deadlines`; this module knows the words alone.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction


class LimitUnit(StrEnum):
    """What the amount of a limit counts."""

    # Every hour counts, day and night.
    HOURS = "hours"
    # Hours of the office's windows.
    WORKING_HOURS = "working_hours"
    # The same clock time so many working days later.
    WORKING_DAYS = "working_days"
    # Days of the calendar; the day of arrival is day 0.
    CALENDAR_DAYS = "calendar_days"
    # The close of the working day, so many working days later (0 = the same day).
    END_OF_DAY = "end_of_day"


_ON_WORKING = {LimitUnit.HOURS: LimitUnit.WORKING_HOURS, LimitUnit.CALENDAR_DAYS: LimitUnit.WORKING_DAYS}
_ON_ELAPSED = {working: elapsed for elapsed, working in _ON_WORKING.items()}

ALLOWED = (
    "se admite «48 h», «4 h hábiles», «30 min hábiles», «2 días hábiles», «24 h útiles», «3 días calendario», "
    "«fin del día» o «fin del día hábil siguiente»"
)

# More than that is a slip of the keyboard; ten years are 87,600 hours.
MOST = 99_999

_SAME_DAY = frozenset(
    prefix + day + habil
    for prefix in ("fin del ", "fin de ", "")
    for day in ("mismo dia", "dia")
    for habil in ("", " habil")
    if prefix or day == "mismo dia"
)
_NEXT_DAY = frozenset({"fin del dia siguiente", "fin del dia habil siguiente", "fin del siguiente dia habil"})
_UNITS = {
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "hora": "hours",
    "horas": "hours",
    "m": "minutes",
    "min": "minutes",
    "mins": "minutes",
    "minuto": "minutes",
    "minutos": "minutes",
    "d": "days",
    "dia": "days",
    "dias": "days",
    "semana": "weeks",
    "semanas": "weeks",
}
_WORKING = frozenset({"habil", "habiles", "util", "utiles", "laborable", "laborables"})
_RUNNING = frozenset(
    {"corrida", "corridas", "corrido", "corridos", "calendario", "calendarios", "naturales", "natural"}
)
_SHAPE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([a-z]+)\.?(?:\s+(?:de\s+)?([a-z]+))?")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How long something may take: an amount of a unit."""

    amount: Fraction
    unit: LimitUnit

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read a limit as people write it, with or without accents; ValueError says what is allowed."""
        words = _plain(text)
        if words in _SAME_DAY:
            return cls(amount=Fraction(0), unit=LimitUnit.END_OF_DAY)
        if words in _NEXT_DAY:
            return cls(amount=Fraction(1), unit=LimitUnit.END_OF_DAY)
        shape = _SHAPE.fullmatch(words)
        found = shape and _measured(*shape.groups())
        if not found or not 0 < found.amount <= MOST:
            raise ValueError(f"no se entiende el plazo «{text.strip()}»: {ALLOWED}")
        return found

    @property
    def span(self) -> timedelta:
        """The amount as a duration; for hours and working hours alone."""
        if self.unit not in (LimitUnit.HOURS, LimitUnit.WORKING_HOURS):
            raise ValueError(f"«{self}» no se mide en horas")
        return timedelta(seconds=round(self.amount * 3600))

    @property
    def days(self) -> int:
        """The amount as whole days; for limits in days alone."""
        if self.unit in (LimitUnit.HOURS, LimitUnit.WORKING_HOURS):
            raise ValueError(f"«{self}» no se mide en días")
        return int(self.amount)

    @property
    def is_working_day_in_hours(self) -> bool:
        """Whether it is written in working hours but names whole days: "24 h útiles", "48 h útiles"."""
        return self.unit is LimitUnit.WORKING_HOURS and self.amount % 24 == 0

    @property
    def in_days(self) -> "Limit":
        """The same limit with "24 h útiles" read as one working day (`domain.md` 5.1, point 6)."""
        if not self.is_working_day_in_hours:
            return self
        return Limit(amount=self.amount / 24, unit=LimitUnit.WORKING_DAYS)

    def counting(self, *, is_working: bool) -> "Limit":
        """The same amount on the office's clock or on that of the wall ("48 h" ↔ "48 h útiles")."""
        return replace(self, unit=(_ON_WORKING if is_working else _ON_ELAPSED).get(self.unit, self.unit))

    def __str__(self) -> str:
        match self.unit:
            case LimitUnit.HOURS:
                return _spell_hours(self.amount)
            case LimitUnit.WORKING_HOURS:
                word = "útiles" if self.is_working_day_in_hours else "hábiles"
                return f"{_spell_hours(self.amount)} {word}"
            case LimitUnit.WORKING_DAYS:
                return f"{self.amount} día hábil" if self.amount == 1 else f"{self.amount} días hábiles"
            case LimitUnit.CALENDAR_DAYS:
                return f"{self.amount} {'día' if self.amount == 1 else 'días'} calendario"
        return ("fin del día", "fin del día hábil siguiente")[min(self.days, 1)]


def _plain(text: str) -> str:
    """Lower case without accents, single spaces, no final full stop."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(bare.split()).rstrip(".")


def _measured(number: str, unit_word: str, kind_word: str | None) -> Limit | None:
    """A limit made of a number, a unit and perhaps "hábiles" or "calendario"; None when it makes no sense."""
    unit = _UNITS.get(unit_word)
    amount = Fraction(number.replace(",", "."))
    is_working = kind_word in _WORKING
    if unit is None or not (kind_word is None or is_working or kind_word in _RUNNING):
        return None
    if unit in ("hours", "minutes"):
        hours = amount if unit == "hours" else amount / 60
        return Limit(amount=hours, unit=LimitUnit.WORKING_HOURS if is_working else LimitUnit.HOURS)
    return _in_days(amount * 7 if unit == "weeks" else amount, kind_word, unit)


def _in_days(amount: Fraction, kind_word: str | None, unit: str) -> Limit | None:
    if amount.denominator != 1:
        return None
    if kind_word in _WORKING:
        # "una semana hábil" has no agreed length.
        return None if unit == "weeks" else Limit(amount=amount, unit=LimitUnit.WORKING_DAYS)
    # A term in days that does not say "calendario" counts working days (CT Norma XII b, LPAG 145.1).
    is_calendar = kind_word in _RUNNING or unit == "weeks"
    return Limit(amount=amount, unit=LimitUnit.CALENDAR_DAYS if is_calendar else LimitUnit.WORKING_DAYS)


def _spell_hours(amount: Fraction) -> str:
    if amount.denominator == 1:
        return f"{amount} h"
    return f"{round(amount * 60)} min"
