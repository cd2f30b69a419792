"""Lists that name the kind once: "OA-2026-001240, 1255 y 1301"."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import Passage

_NEXT = re.compile(
    r"\s{0,2}(?:[,;/&+]|\b[ye]\b|\band\b|,\s{0,2}[ye]\b)\s{0,2}(\d{3,6})(?![\d\w]|[-/.,]\d)(?=\s*(?:[,;:.)?!/&+(]|\b[ye]\b|\band\b|$))",
    re.MULTILINE,
)


def take_series(passage: Passage, kind: ReferenceKind, end: int, *, digits: int) -> None:
    """Take the bare numbers that follow an identifier as more of its kind."""
    while (match := _NEXT.match(passage.text, end)) and len(match[1]) >= digits:
        passage.take(kind, match.start(1), match.end(1), weight=3)
        end = match.end(1)
