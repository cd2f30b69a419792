"""Packages and gross weight as shipping papers state them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NUMBER = r"(\d{1,3}(?:[.,' ]\d{3})*(?:[.,]\d{1,3})?|\d+(?:[.,]\d{1,3})?)"
_WEIGHT_WORD = re.compile(
    r"(?:gross\s*(?:weight|wt)|peso\s+bruto|\bG\.?\s?W\.?(?![A-Za-z])|bruttogewicht)", re.IGNORECASE
)
_WEIGHT = re.compile(
    rf"{_NUMBER}\s*(kgs?|kilos?|kilogram\w*|mt|tm|ton\w*|lbs?|pounds?|libras?)?(?![\d.,%])", re.IGNORECASE
)
# Net and gross under one heading: which number is which nobody can tell for sure.
_BOTH_WEIGHTS = re.compile(
    r"\b(?:net\w*|n\.?\s?w\.?)[^\d\n]{0,14}/[^\d\n]{0,6}(?:gross|peso\s+bruto|bruto|g\.?\s?w)|"
    r"\b(?:gross|bruto|g\.?\s?w\.?)[^\d\n]{0,14}/[^\d\n]{0,6}(?:net|n\.?\s?w)",
    re.IGNORECASE,
)
_POUND = 0.45359237
_UNIT = (
    r"(?:packages?|pkgs?|cartons?|ctns?|cases?|boxes|bultos?|cajas?|pallets?|paletas?|bags?|sacos?|drums?|"
    r"rolls?|fardos?)"
)
_COUNT = re.compile(rf"(?<![\d.,]){_NUMBER}\s*(?:\(?[A-Za-z ]{{0,20}}\)?\s*)?{_UNIT}\b", re.IGNORECASE)
_COUNT_AFTER = re.compile(
    rf"(?:total\s+{_UNIT}|(?:no\.?|number|total|cantidad|n[°º])\s*(?:of|de)\s+{_UNIT}|total\s+bultos)\s*[:.=]?\s*{_NUMBER}(?![\d.,]|\s*kg)",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"\btotal(?:es)?\b", re.IGNORECASE)
# Scales differ by so little without anybody minding.
_TOLERANCE = 0.001


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number with the line it stands in."""

    amount: float
    line: str

    @property
    def shown(self) -> str:
        """The number as people read it."""
        return f"{self.amount:,.0f}" if self.amount.is_integer() else f"{self.amount:,.2f}"

    def agrees_with(self, amount: float) -> bool:
        """Whether another amount says the same, but for rounding."""
        return abs(self.amount - amount) <= max(0.5, _TOLERANCE * max(self.amount, amount))


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a paper says of one measure: its total when that is clear, and every number that may be meant."""

    main: Measure | None
    numbers: tuple[float, ...]


def all_weights(text: str) -> Stated:
    """The gross weights in kilograms."""
    found = list(_weights(text))
    return Stated(main=_clear(found), numbers=tuple(item.amount for item in found))


def all_packages(text: str) -> Stated:
    """The numbers of packages, by whichever unit: 120 cartons may lie on 10 pallets."""
    found = list(_counts(text))
    more = (parse_amount(match[1]) for line in text.splitlines() for match in _COUNT.finditer(line))
    return Stated(main=_clear(found), numbers=(*(item.amount for item in found), *more))


def _clear(stated: Sequence[Measure]) -> Measure | None:
    """The one value that is stated; of several only the one on a single line that says total."""
    totals = [item for item in stated if _TOTAL.search(item.line)]
    chosen = totals or stated
    return chosen[0] if chosen and len({item.amount for item in chosen}) == 1 else None


def _weights(text: str) -> Iterator[Measure]:
    for line in text.splitlines():
        if _BOTH_WEIGHTS.search(line):
            continue
        for word in _WEIGHT_WORD.finditer(line):
            match = _WEIGHT.search(line, word.end(), word.end() + 60)
            if match:
                yield Measure(amount=_kilograms(match[1], (match[2] or "").lower()), line=line)


def _kilograms(number: str, unit: str) -> float:
    if unit.startswith(("mt", "tm", "ton")):
        # Nobody ships a thousand tons as "11.286 MT".
        plain = number.replace(",", ".")
        tons = float(plain) if plain.count(".") == 1 and " " not in plain else parse_amount(number)
        return tons * 1000.0
    return parse_amount(number) * (_POUND if unit.startswith(("lb", "pound", "libra")) else 1.0)


def _counts(text: str) -> Iterator[Measure]:
    for line in text.splitlines():
        match = _COUNT_AFTER.search(line) or _COUNT.search(line)
        if match and (amount := parse_amount(match[1])).is_integer():
            yield Measure(amount=amount, line=line)


def parse_amount(text: str) -> float:
    """A number with a decimal comma or point and with or without thousands: the last mark before 1-2 digits decides."""
    plain = text.replace(" ", "").replace("'", "")
    head, mark, tail = _split_last(plain)
    # "18,440" and "1.250" are thousands; "12.5" and "612,40" are decimals; so is a second kind of mark.
    is_decimal = bool(mark) and (len(tail) != 3 or (set(head) & {",", "."}) == ({",", "."} - {mark}))
    whole = re.sub(r"\D", "", head if is_decimal else plain)
    return float(f"{whole or 0}.{tail}") if is_decimal else float(whole or 0)


def _split_last(text: str) -> tuple[str, str, str]:
    at = max(text.rfind(","), text.rfind("."))
    return (text, "", "") if at < 0 else (text[:at], text[at], text[at + 1 :])
