"""Moments, days and spans as people of the office write them, in Spanish."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")


def say_day(day: date, *, year: int | None = None) -> str:
    """A day as "vie 24/07"; with its year unless that is `year`."""
    text = f"{WEEKDAYS[day.weekday()]} {day.day:02d}/{day.month:02d}"
    return text if day.year == year else f"{text}/{day.year:04d}"


def say_moment(at: datetime, zone: ZoneInfo, *, year: int | None = None) -> str:
    """An instant as "vie 24/07 16:30" in a zone; seconds only when there are any."""
    local = at.astimezone(zone)
    return f"{say_day(local.date(), year=year)} {say_clock(local)}"


def say_clock(local: datetime) -> str:
    """The time of day as "16:30"; seconds only when there are any."""
    clock = f"{local.hour:02d}:{local.minute:02d}"
    return f"{clock}:{local.second:02d}" if local.second else clock


def say_span(span: timedelta) -> str:
    """A duration as "1 h 30 min"; rounded down to whole minutes, seconds only below one."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if minutes:
        parts.append(f"{minutes} min")
    if not parts:
        parts.append(f"{seconds} s")
    return " ".join(parts)
