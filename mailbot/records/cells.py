"""From the cell of a sheet to a plain value, and back.

A reader takes what the sheet holds and gives the value; what it cannot take it refuses with a
sentence in Spanish that says what to do. No reader knows sheets, rows or other cells.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, StrEnum
from typing import TypeAlias

from mailbot.domain.clock import LIMA, to_utc


class Broken(Enum):
    """What stands in a cell in place of a value."""

    # A formula whose result was never saved with it.
    UNCALCULATED = "uncalculated"


Cell: TypeAlias = str | int | float | bool | datetime | date | time | Broken | None
Reader: TypeAlias = Callable[[Cell], object]

MAX_TEXT = 4000
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_YES = frozenset({"si", "s", "x", "true", "verdadero"})
_NO = frozenset({"no", "n", "false", "falso"})
_ERRORS = ("#N/A", "#N/D", "#REF!", "#¡REF!", "#VALUE!", "#¡VALOR!", "#NAME?", "#¿NOMBRE?", "#DIV/0!", "#¡DIV/0!")


class CellRejected(ValueError):
    """A cell holds something that cannot be taken; the text says, in Spanish, what to write."""


def plain(text: str) -> str:
    """A text without case, accents and extra blanks: how headings and choices are compared."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in parts if not unicodedata.combining(char)).split())


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing that a person would see."""
    return cell is None or (isinstance(cell, str) and not cell.strip(" \t\r\n\u00a0\ufeff"))


def text_of(cell: Cell) -> str:
    """What a person sees in the cell, blanks collapsed; whole numbers lose the ".0" Excel adds."""
    if is_blank(cell):
        return ""
    if isinstance(cell, Broken):
        raise CellRejected(
            "hay una fórmula sin resultado guardado; abra el libro en Excel, guárdelo o escriba el valor"
        )
    if isinstance(cell, bool):
        return "sí" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        raise CellRejected("hay una fecha u hora donde se espera un texto; dé formato de texto a la celda")
    text = " ".join(str(cell).split())
    _refuse_unusable(text)
    return text


def _refuse_unusable(text: str) -> None:
    if text.upper() in _ERRORS:
        raise CellRejected(f"la celda muestra un error de Excel ({text}); corrija la fórmula o escriba el valor")
    if len(text) > MAX_TEXT:
        raise CellRejected(f"el texto pasa de {MAX_TEXT} caracteres; acórtelo")


def parts_of(cell: Cell) -> tuple[str, ...]:
    """The values of a cell that may hold several: comma, semicolon or line break between them."""
    if isinstance(cell, str):
        pieces = [text_of(piece) for piece in re.split(r"[,;\r\n]", cell)]
        return tuple(dict.fromkeys(piece for piece in pieces if piece))
    text = text_of(cell)
    return (text,) if text else ()


def yes_no(cell: Cell) -> bool:
    """`sí` or `no`; an empty cell is no."""
    word = plain(text_of(cell))
    if word in _YES:
        return True
    if word in _NO or not word:
        return False
    raise CellRejected(f"se lee «{text_of(cell)}»; escriba «sí» o «no»")


def whole_number(cell: Cell) -> int | None:
    """A whole number from 0 on."""
    text = text_of(cell)
    if not text:
        return None
    if not re.fullmatch(r"\d{1,4}", text):
        raise CellRejected(f"se lee «{text}»; escriba un número entero, por ejemplo 14")
    return int(text)


def day(cell: Cell) -> date | None:
    """A date: dd/mm/aaaa or a real Excel date; a time of day beside it is not kept."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    words = _date_words(cell)
    if len(words) == 2:
        _time_of(words[1])
    return _date_of(words[0]) if words else None


def moment(cell: Cell) -> datetime | None:
    """A date with or without a time of day, both Lima's; a bare date is its 00:00."""
    if isinstance(cell, datetime):
        # Excel keeps times as fractions of a day: 08:30 may come back a few microseconds early.
        return to_utc((cell + timedelta(milliseconds=500)).replace(microsecond=0), zone=LIMA)
    if isinstance(cell, date):
        return to_utc(datetime.combine(cell, time.min, tzinfo=LIMA))
    words = _date_words(cell)
    if not words:
        return None
    at = _time_of(words[1]) if len(words) == 2 else time.min
    return datetime.combine(_date_of(words[0]), at, tzinfo=LIMA).astimezone(UTC)


def _date_words(cell: Cell) -> list[str]:
    if isinstance(cell, bool | int | float | time):
        raise CellRejected(f"se lee «{cell}», que no es una fecha; escriba dd/mm/aaaa, por ejemplo 20/11/2026")
    text = text_of(cell)
    words = text.replace("T", " ").split()
    if len(words) > 2:
        raise CellRejected(f"se lee «{text}»; escriba dd/mm/aaaa o dd/mm/aaaa hh:mm")
    return words


def _date_of(text: str) -> date:
    found = _DATE.fullmatch(text)
    digits = found.groups()[::-1] if found else getattr(_ISO_DATE.fullmatch(text), "groups", tuple)()
    if len(digits) != 3:
        raise CellRejected(f"la fecha «{text}» no se entiende; escriba dd/mm/aaaa, por ejemplo 20/11/2026")
    try:
        value = date(int(digits[0]), int(digits[1]), int(digits[2]))
    except ValueError as error:
        raise CellRejected(f"la fecha «{text}» no existe; revise el día y el mes (dd/mm/aaaa)") from error
    if not 1990 <= value.year <= 2100:
        raise CellRejected(f"el año de «{text}» no es posible; revíselo")
    return value


def _time_of(text: str) -> time:
    found = _TIME.fullmatch(text)
    try:
        hour, minute, second = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
        return time(hour, minute, second)
    except ValueError as error:
        raise CellRejected(f"la hora «{text}» no se entiende; escriba hh:mm, por ejemplo 14:30") from error


def choice(kind: type[StrEnum]) -> Reader:
    """A reader for one of the values of an enum, ignoring case and accents; empty is None."""
    return one_of([member.value for member in kind], make=kind)


def one_of(values: Sequence[str], *, make: Callable[[str], object] = str) -> Reader:
    """A reader for one of these values, ignoring case and accents; empty is None."""
    known = {plain(value): value for value in values}

    def read(cell: Cell) -> object:
        text = text_of(cell)
        if not text:
            return None
        if plain(text) not in known:
            raise CellRejected(f"se lee «{text}»; elija {_listed(values)}")
        return make(known[plain(text)])

    return read


def _listed(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} o {values[-1]}"
