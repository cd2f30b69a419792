"""Lists that name the kind once: "OA-2026-001240, 1255 y 1301"."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import TOKEN, Passage

_NEXT = re.compile(
    r"\s{0,2}(?:[,;/&+]|\b[ye]\b|\band\b|,\s{0,2}[ye]\b)\s{0,2}(\d{3,6})(?![\d\w]|[-.,]\d|/\d{1,2}(?!\d))(?=\s*(?:[,;:.)?!/&+(]|\b[ye]\b|\band\b|$)|\s(?:no|ya|que|se|est[aá]n?|tienen?|siguen?|sin|con|para|del?|a[uú]n)\b)",
    re.MULTILINE,
)


def take_series(passage: Passage, kind: ReferenceKind, end: int, *, digits: int) -> None:
    """Take the bare numbers that follow an identifier as more of its kind."""
    while (match := _NEXT.match(passage.text, end)) and len(match[1]) >= digits:
        passage.take(kind, match.start(1), match.end(1), weight=3)
        end = match.end(1)


_NEXT_TOKEN = re.compile(
    rf"\s{{0,2}}(?:[,;/&+]|(?<=\s)-(?=\s)|\b[ye]\b|\band\b|,\s{{0,2}}[ye]\b)\s{{0,2}}({TOKEN.pattern})"
)


def take_tokens(passage: Passage, kind: ReferenceKind, end: int, *, like: str) -> None:
    """Take the tokens that follow an identifier and are built like it: "facturas SH-12 y SH-13"."""
    while (match := _NEXT_TOKEN.match(passage.text, end)) and _shape(match[1]) == _shape(like):
        passage.take(kind, match.start(1), match.end(1), weight=3)
        end = match.end(1)


def _shape(token: str) -> tuple[str, bool]:
    """What two numbers of one series share: the letters before the first digit, and having three digits."""
    letters = re.match(r"[^\d]*", token)
    return (letters[0].upper() if letters else ""), sum(char.isdigit() for char in token) >= 3
