"""What templates can do to a value: dates in Lima's time, durations, money, names, quoted text.

Each filter is a plain function; those that speak take the language last.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from mailbot.domain.clock import LIMA
from mailbot.domain.columns import Column, heading
from mailbot.domain.office import Language
from mailbot.domain.status import StatusCell
from mailbot.domain.words import label_words
from mailbot.rendering.safety import clean, one_line

_WEEKDAYS = {
    Language.ES: ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    Language.ES: tuple(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()  # noqa: SIM905
    ),
    Language.EN: tuple(
        "January February March April May June July August September October November December".split()  # noqa: SIM905
    ),
}


def local(moment: datetime) -> datetime:
    """The moment on Lima's clock."""
    return moment.astimezone(LIMA)


def clock_text(moment: datetime) -> str:
    """The time of day in Lima, "16:30"."""
    return local(moment).strftime("%H:%M")


def day_text(value: date | datetime, language: Language = Language.ES) -> str:
    """The day in short, "vie 24/07"."""
    day = local(value) if isinstance(value, datetime) else value
    return f"{_WEEKDAYS[language][day.weekday()][:3]} {day:%d/%m}"


def moment_text(moment: datetime, language: Language = Language.ES) -> str:
    """Day and time in short, "vie 24/07 16:30"."""
    return f"{day_text(moment, language)} {clock_text(moment)}"


def limit_text(moment: datetime, now: datetime, language: Language = Language.ES) -> str:
    """A limit as short as it is clear: "16:30" of today, else "vie 24/07 16:30"."""
    return clock_text(moment) if local(moment).date() == local(now).date() else moment_text(moment, language)


def full_date_text(value: date | datetime) -> str:
    """The date in figures, day first, "24/07/2026"."""
    day = local(value) if isinstance(value, datetime) else value
    return f"{day:%d/%m/%Y}"


def long_day_text(value: date | datetime, language: Language = Language.ES) -> str:
    """The day in full, "viernes 24 de julio de 2026"."""
    day = local(value) if isinstance(value, datetime) else value
    weekday, month = _WEEKDAYS[language][day.weekday()], _MONTHS[language][day.month - 1]
    if language is Language.EN:
        return f"{weekday}, {day.day} {month} {day.year}"
    return f"{weekday} {day.day} de {month} de {day.year}"


def since_text(moment: datetime, now: datetime, language: Language = Language.ES) -> str:
    """Since when, as short as it is clear: "el vie 24/07", "hoy 09:00"."""
    if local(moment).date() == local(now).date():
        return f"{'today' if language is Language.EN else 'hoy'} {clock_text(moment)}"
    return day_text(moment, language) if language is Language.EN else f"el {day_text(moment, language)}"


def span_text(span: timedelta, language: Language = Language.ES) -> str:
    """A length of time in its two largest units, "1 h 20 min", "1 día 5 h"; whole days from three on."""
    minutes = int(abs(span).total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days >= 3:
        hours = 0
    named = "day" if language is Language.EN else "día"
    parts = [f"{days} {named}{'s' if days > 1 else ''}"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if not days and (minutes or not hours) else []
    return " ".join(parts)


def left_text(due_at: datetime, now: datetime, language: Language = Language.ES) -> str:
    """How long until a moment, or since: "en 24 min", "ahora", "hace 2 h"."""
    if abs(due_at - now) < timedelta(minutes=1):
        return "now" if language is Language.EN else "ahora"
    span = span_text(due_at - now, language)
    if language is Language.EN:
        return f"in {span}" if due_at >= now else f"{span} ago"
    return f"en {span}" if due_at >= now else f"hace {span}"


def money_text(amount: Decimal | float, currency: str = "USD") -> str:
    """An amount with its currency, "USD 1,250.00"."""
    return f"{currency} {amount:,.2f}"


def count_text(number: int | Sequence[object], one: str, many: str) -> str:
    """A number with its noun: "1 orden", "3 órdenes"."""
    count = number if isinstance(number, int) else len(number)
    return f"{count} {one if count == 1 else many}"


def quoted_text(text: str) -> str:
    """The text as a quotation in a plain mail: every line begins with "> "."""
    return "\n".join(f"> {line}".rstrip() for line in clean(text).strip().split("\n"))


def capital(text: str) -> str:
    """The text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def cell_text(cell: StatusCell) -> str:
    """A cell of the status table in words."""
    value = cell.value
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)


def heading_text(column: Column, language: Language = Language.ES) -> str:
    """The heading of a column of the status table."""
    return heading(column, language)


# Columns whose text is too long for a grid: they stand in the line below the row.
_LONG = frozenset({Column.NOTE, Column.CONTAINERS, Column.INVOICES, Column.DOCUMENT, Column.MISSING})
_GRID_WIDTH = 8
_ONE_PIECE = 20


def grid_columns(cells: Sequence[StatusCell]) -> list[Column]:
    """The columns that fit side by side in a mail; the state is always among them."""
    short = [cell.column for cell in cells if cell.column not in _LONG]
    if len(short) > _GRID_WIDTH and Column.STATUS in short:
        short.remove(Column.STATUS)
        return [*short[: _GRID_WIDTH - 1], Column.STATUS]
    return short[:_GRID_WIDTH]


def keeps_together(text: str) -> bool:
    """Whether a cell's text is short and in one piece, so that a hyphen in it must not break the line."""
    return 0 < len(text) <= _ONE_PIECE and " " not in text


def has_endless_word(text: str) -> bool:
    """Whether a word of a text is so long that it has to be broken somewhere."""
    return any(len(word) > _ONE_PIECE for word in text.split())


# Filters that do not depend on the reader's language, by the name templates call them.
PLAIN: dict[str, Callable[..., object]] = {
    "clock": clock_text,
    "full_date": full_date_text,
    "money": money_text,
    "count_of": count_text,
    "quoted": quoted_text,
    "line": one_line,
    "capital": capital,
    "cell": cell_text,
    "grid_columns": grid_columns,
    "keeps_together": keeps_together,
    "has_endless_word": has_endless_word,
}
# Filters that end in the reader's language.
SPOKEN: dict[str, Callable[..., object]] = {
    "day": day_text,
    "moment": moment_text,
    "limit": limit_text,
    "long_day": long_day_text,
    "span": span_text,
    "since": since_text,
    "left": left_text,
    "heading": heading_text,
    "label": label_words,
}
