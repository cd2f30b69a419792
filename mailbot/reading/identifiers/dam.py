"""Customs declarations (DAM, formerly DUA) in the spellings of `domain.md` 2.1."""

import re

from mailbot.domain.identifiers import CUSTOMS_OFFICES, REGIMES
from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import MARK, Passage
from mailbot.reading.identifiers.series import take_series

_OFFICE = "(?:" + "|".join(sorted(CUSTOMS_OFFICES - {"000"})) + ")"
_REGIME = "(?:" + "|".join(sorted(REGIMES)) + ")"
_YEAR = r"20[0-4]\d"
_GAP = r"(?:\s{0,2}[-/.–—‑_]\s{0,2}|\s)"
_EDGE = r"(?<![\dA-Za-z])(?<![\d][-/.])"
_END = r"(?!\d|[-/.]?[A-Za-z]\d)"
_NAME = (
    r"\b(?:DAMs?|DUAs?|DSI|"
    r"declaraci[oó]n(?:es)?(?:\s+(?:aduanera|de\s+\w+|simplificada|jurada))?|declaration)(?![A-Za-z])"
)
_HINT = (
    r"(?:\s+(?:de\s+)?(?:la|las|los|el|que|termina(?:da)?s?|acaba(?:da)?|en|final|finaliza|ending|in|with|"
    r"exportaci[oó]n|importaci[oó]n|definitiva|provisional|precedente|canal|rojo|verde|naranja|anticipad[ao]|diferid[ao]))*"
)


def _orders(year: str, office: str = _OFFICE, regime: str = _REGIME, *, gap: str = _GAP) -> str:
    """The three orders in which office, year and regime are written."""
    ways = ((office, year, regime), (office, regime, year), (year, office, regime))
    return "(?:" + "|".join(gap.join(way) for way in ways) + ")"


_FULL = re.compile(rf"{_EDGE}{_orders(_YEAR)}{_GAP}\d{{4,6}}{_END}")
_RUN = re.compile(rf"(?<![\dA-Za-z]){_orders(_YEAR, gap='')}\d{{6}}(?!\d)")
# A customs payment document (CDA) is a run of digits too.
_OF_PAYMENT = re.compile(r"\bCDA\b[\s.:#°ºN]{0,6}$")
# After its name even an office or regime that does not exist, or a year of two digits, is a DAM.
_NAMED = re.compile(
    rf"{_NAME}{_HINT}{MARK}({_orders(_YEAR, r'[0-9]{3}', r'[0-9]{2}')}{_GAP}\d{{1,6}}{_END}"
    rf"|{_OFFICE}{_GAP}(?:\d\d{_GAP}{_REGIME}|{_REGIME}{_GAP}\d\d){_GAP}\d{{4,6}}{_END}"
    rf"|\d{{15}}(?!\d)|20\d\d{_GAP}{_REGIME}{_GAP}\d{{4,6}}{_END}|{_OFFICE}-\d{{6}}{_END})",
    re.IGNORECASE,
)
# "la 118-2026-10-084512 y la 084513": the article stands for the word.
_BY_ARTICLE = re.compile(r"\b(?:la|las)\s(\d{6})(?![\d\w]|[-/.,–]\s?\d|\s?(?:/|%))")
_SPEAKS_OF_DAMS = re.compile(_NAME, re.IGNORECASE)
_PARTIAL = re.compile(
    rf"{_NAME}{_HINT}{MARK}(?:…|\.{{2,3}}|\*+|-)?(\d{{4,6}})(?![\d\w]|[-/.,–]\s?(?!20\d\d\b)\d|\s?(?:/(?!20\d\d\b)|%))",
    re.IGNORECASE,
)


def find_dams(passage: Passage) -> None:
    """Take every declaration, whole or by its number alone after the word."""
    for pattern in (_FULL, _RUN):
        for match in pattern.finditer(passage.text):
            if not _OF_PAYMENT.search(passage.before(match.start())):
                _take(passage, match.start(), match.end())
    for match in _NAMED.finditer(passage.text):
        _take(passage, match.start(1), match.end(1))
    for match in _PARTIAL.finditer(passage.text):
        if not re.fullmatch(_YEAR, match[1]):
            _take(passage, match.start(1), match.end(1))
    for match in _BY_ARTICLE.finditer(passage.text):
        if passage.speaks_of(_SPEAKS_OF_DAMS):
            _take(passage, match.start(1), match.end(1))


def _take(passage: Passage, start: int, end: int) -> None:
    if passage.take(ReferenceKind.DAM, start, end, weight=3):
        take_series(passage, ReferenceKind.DAM, end, digits=4)
