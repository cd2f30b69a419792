"""Builds working calendars: the office's hours, national holidays and the office's own days.

National holidays come from the `holidays` library (DL 713 and its changes, `domain.md` 3.3), the
public sector's non-working days from `terms.toml`, everything else from the office file.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

from mailbot.domain.clock import LIMA
from mailbot.domain.office import CalendarName, Holiday
from mailbot.domain.worktime import SpecialDay, Window, WorkingTime

# Before 2010 the General Customs Law was another one; how holidays stand after 2040 nobody knows.
YEARS = range(2010, 2041)
EASTER_SUNDAY = "Domingo de Resurrección"

DAY_NAMES = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
_DAYS = {"lun": 0, "mar": 1, "mie": 2, "jue": 3, "vie": 4, "sab": 5, "dom": 6}
_LONG_DAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_EXAMPLE = "escriba, por ejemplo, «lun-vie 09:00-13:00,14:00-18:00; sáb 09:00-13:00»"
_GROUP = re.compile(r"([^\d]+?)\s*(\d.*)")
_WINDOW = re.compile(r"(\d{1,2})(?:[:h.](\d{2}))?\s*(?:-|a)\s*(\d{1,2})(?:[:h.](\d{2}))?")


@dataclass(frozen=True, kw_only=True)
class OfficeHours:
    """Opening windows for Monday to Sunday."""

    weekly: tuple[tuple[Window, ...], ...]

    def __str__(self) -> str:
        groups: list[str] = []
        day = 0
        while day < 7:
            last = day
            while last < 6 and self.weekly[last + 1] == self.weekly[day]:
                last += 1
            if self.weekly[day]:
                names = DAY_NAMES[day] if last == day else f"{DAY_NAMES[day]}-{DAY_NAMES[last]}"
                groups.append(f"{names} {spell_windows(self.weekly[day])}")
            day = last + 1
        return "; ".join(groups)


def parse_hours(text: str) -> OfficeHours:
    """Read opening hours as people write them; ValueError names the part that is wrong."""
    weekly: dict[int, tuple[Window, ...]] = {}
    for group in filter(None, (part.strip() for part in text.split(";"))):
        shape = _GROUP.fullmatch(_plain(group))
        if shape is None:
            raise ValueError(f"no se entiende el horario «{group}»: {_EXAMPLE}")
        windows = parse_windows(shape.group(2))
        for day in _days(shape.group(1)):
            if day in weekly:
                raise ValueError(f"el día «{DAY_NAMES[day]}» aparece dos veces en el horario «{text.strip()}»")
            weekly[day] = windows
    if not weekly:
        raise ValueError(f"el horario está vacío: {_EXAMPLE}")
    return OfficeHours(weekly=tuple(weekly.get(day, ()) for day in range(7)))


def parse_windows(text: str) -> tuple[Window, ...]:
    """Read the windows of one day, "09:00-13:00,14:00-18:00"; ValueError names the one that is wrong."""
    windows = tuple(_window(part.strip()) for part in _plain(text).split(","))
    for (_, closing), (opening, _) in pairwise(windows):
        if closing == time(0) or opening < closing:
            raise ValueError(f"los tramos de «{text.strip()}» se cruzan o están desordenados")
    return windows


def spell_windows(windows: Sequence[Window]) -> str:
    """The windows of one day as people write them."""
    return ",".join(f"{opening:%H:%M}-{_spell_close(closing)}" for opening, closing in windows)


_OFFICE_DAY: tuple[Window, ...] = ((time(9), time(13)), (time(14), time(18)))
DEFAULT_HOURS = OfficeHours(weekly=(_OFFICE_DAY,) * 5 + ((),) * 2)


def office_calendar(
    *,
    hours: OfficeHours = DEFAULT_HOURS,
    holidays: Sequence[Holiday] = (),
    name: CalendarName = CalendarName.EMPRESA,
    public_sector_days: bool = False,
    zone: ZoneInfo = LIMA,
) -> WorkingTime:
    """The calendar of the office, or of SUNAT: national holidays with the office's `Feriados` on top.

    A row for one calendar leaves the other alone; a row with hours opens for those hours.
    """
    own = {row.day: SpecialDay(name=row.name, windows=row.windows) for row in holidays if row.calendar in (None, name)}

    def special_days(year: int) -> Mapping[date, SpecialDay]:
        shared = _days_off(year, public_sector_days)
        return {**shared, **{day: special for day, special in own.items() if day.year == year}}

    return WorkingTime(weekly=hours.weekly, zone=zone, years=YEARS, special_days=special_days, name=name.value)


@lru_cache(maxsize=128)
def national_holidays(year: int) -> Mapping[date, str]:
    """The holidays of all Peru in one year with their Spanish names (DL 713 art. 6)."""
    from holidays.countries.peru import Peru

    days = sorted(Peru(years=year, language="es").items())
    # The library lists Easter Sunday, the law does not.
    return {day: str(label) for day, label in days if label != EASTER_SUNDAY}


@lru_cache(maxsize=1)
def public_sector_days() -> Mapping[date, str]:
    """Days that a decree declared non-working for the public sector alone, with the decree."""
    text = resources.files("mailbot.domain").joinpath("terms.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["public_sector_days"]
    return {row["day"]: f"día no laborable del sector público ({row['source']})" for row in rows}


@lru_cache(maxsize=256)
def _days_off(year: int, with_public_sector: bool) -> Mapping[date, SpecialDay]:
    labels = dict(national_holidays(year))
    if with_public_sector:
        decreed = {day: label for day, label in public_sector_days().items() if day.year == year}
        labels = decreed | labels
    return {day: SpecialDay(name=label) for day, label in labels.items()}


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return bare.replace("–", "-").replace("—", "-")


def _days(words: str) -> tuple[int, ...]:
    """The days named by "lun-vie", "lun, mié y vie" or "todos los días"."""
    if words.strip() in ("todos", "todos los dias", "diario"):
        return tuple(range(7))
    found: list[int] = []
    for part in re.split(r",|\by\b", words):
        first, dash, last = (word.strip() for word in re.sub(r"\ba\b", "-", part).partition("-"))
        start = _day(first)
        length = (_day(last) - start) % 7 if dash else 0
        found.extend((start + step) % 7 for step in range(length + 1))
    return tuple(found)


def _day(word: str) -> int:
    bare = word.strip(" .:")
    if bare in _LONG_DAYS:
        return _LONG_DAYS.index(bare)
    if bare not in _DAYS:
        raise ValueError(f"no existe el día «{word}»: use {', '.join(DAY_NAMES)}")
    return _DAYS[bare]


def _window(text: str) -> Window:
    shape = _WINDOW.fullmatch(text)
    if shape is None:
        raise ValueError(f"no se entiende el tramo «{text}»: escriba, por ejemplo, «09:00-13:00»")
    opening = _minutes(shape.group(1), shape.group(2), text)
    closing = _minutes(shape.group(3), shape.group(4), text)
    if opening >= closing:
        raise ValueError(f"el tramo «{text}» cierra antes de abrir; si cruza la medianoche, divídalo en dos días")
    return time(opening // 60, opening % 60), time(closing // 60 % 24, closing % 60)


def _minutes(hour: str, minute: str | None, text: str) -> int:
    total = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > 24 * 60:
        raise ValueError(f"la hora no existe en el tramo «{text}»: van de 00:00 a 24:00")
    return total


def _spell_close(closing: time) -> str:
    return "24:00" if closing == time(0) else f"{closing:%H:%M}"
