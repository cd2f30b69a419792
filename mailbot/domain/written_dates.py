"""Days as papers write them: dd/mm/yyyy first, as in Peru; ISO; and months in words, Spanish or English."""

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = (
    ("ene", "jan"),
    ("feb",),
    ("mar",),
    ("abr", "apr"),
    ("may",),
    ("jun",),
    ("jul",),
    ("ago", "aug"),
    ("set", "sep"),
    ("oct",),
    ("nov",),
    ("dic", "dec"),
)
_BY_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_WORD = "(" + "|".join(_BY_MONTH) + r")[a-z]*"
_DATES = (
    (re.compile(r"(?<![\d/.-])(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), "ymd"),
    (re.compile(r"(?<![\d/.-])(\d{1,2})[-/.](\d{1,2})[-/.](20\d\d|\d\d)(?![\d/.-])"), "dmy"),
    (
        re.compile(
            rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[\s.-]*(?:de\s+)?{_WORD}[\s.,-]*(?:del?\s+)?(20\d\d|\d\d)(?!\d)", re.I
        ),
        "dmy",
    ),
    (re.compile(rf"\b{_WORD}[\s.-]*(\d{{1,2}})(?:st|nd|rd|th)?[\s,-]+(20\d\d)(?!\d)", re.I), "mdy"),
    (re.compile(r"(?<!\d)(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"), "ymd"),
)


def dates_in(text: str) -> Iterator[tuple[date, str]]:
    """Every day in a text with the line it stands in."""
    for line in text.splitlines():
        for pattern, order in _DATES:
            for match in pattern.finditer(line):
                if (day := _day(dict(zip(order, match.groups(), strict=True)))) is not None:
                    yield day, line


def _day(parts: dict[str, str]) -> date | None:
    month = _BY_MONTH.get(parts["m"].lower()[:3]) or (int(parts["m"]) if parts["m"].isdigit() else 0)
    year = int(parts["y"]) if len(parts["y"]) == 4 else 2000 + int(parts["y"])
    day = int(parts["d"])
    # A month above 12 is a day: the paper was written month first.
    if month > 12:
        month, day = day, month
    try:
        return date(year, month, day)
    except ValueError:
        return None
