"""Air waybills of airlines (check digit modulo 7) and of forwarders (free form)."""

import re

from mailbot.domain.identifiers import is_valid_awb, normal_awb
from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import MARK, TOKEN, Passage

_MASTER = re.compile(
    r"(?:(?<![\dA-Za-z])(?<!\d[-./])|(?<=AWB))\d{3}\s?[-–/]\s?\d{4}(?:[\s-]?\d{4}|\d{3}\s\d)(?![\d-]|\.\d)"
)
_SPACED = re.compile(r"(?<![\dA-Za-z])(?<!\d[-./ ])(?:\d{3}\s\d{4}\s?\d{4}|\d{11})(?![\d-]|\s\d{3})")
_AIR = (
    r"(?:[MH]?AWB|HWB|air\s?way\s?bill|gu[ií]as?(?:\s+a[eé]reas?)?(?:\s+(?:hija|madre|master|house))?|house|a[eé]reo)"
)
_NAMED = re.compile(rf"\b{_AIR}s?\b{MARK}$", re.IGNORECASE)
# Three and eight digits are also how papers of Peru, accounts and phones are numbered.
_OTHER = re.compile(
    r"\b(?:factura|boleta|fact|recibo|gu[ií]a\s+de\s+remisi[oó]n|GR[TR]?|serie|cta|cuenta|c/c|account|tel\w*|cel\w*|fono|"
    r"DNI|operaci[oó]n|volante|ticket)\b[\s.:#°ºN-]{0,8}$",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    rf"\b(?:H?AWB|HWB|house\s+awb|gu[ií]a\s+(?:a[eé]rea\s+)?(?:hija|house)|awb\s+hijo|(?:la\s+)?hija)\b{MARK}-?({TOKEN.pattern})",
    re.IGNORECASE,
)


def find_awbs(passage: Passage) -> None:
    """Take master numbers that are valid or named, and house numbers after their word."""
    for match in _MASTER.finditer(passage.text):
        if _is_master(passage, match):
            passage.take(ReferenceKind.AWB, match.start(), match.end(), weight=3)
    for match in _SPACED.finditer(passage.text):
        if _is_named(passage, match):
            passage.take(ReferenceKind.AWB, match.start(), match.end(), weight=3)
    for match in _HOUSE.finditer(passage.text):
        digits = sum(char.isdigit() for char in match[1])
        if digits >= 3 and len(match[1]) >= 5:
            passage.take(ReferenceKind.AWB, match.start(1), match.end(1), weight=3)


def _is_master(passage: Passage, match: re.Match[str]) -> bool:
    before = passage.before(match.start())
    if _NAMED.search(before):
        return True
    # "118-2026-1234" is a manifest: office, year and number.
    if re.fullmatch(r"\d{3}\D{1,3}20\d\d\D\d{4}", match[0]):
        return False
    return is_valid_awb(normal_awb(match[0])) or not _OTHER.search(before)


def _is_named(passage: Passage, match: re.Match[str]) -> bool:
    if _NAMED.search(passage.before(match.start())):
        return True
    return passage.is_name and bool(re.match(r"\s?[MH]?AWB\b", passage.after(match.end()), re.IGNORECASE))
