"""Vessels with their voyage: "MN PACIFIC HERON 602E", "nave Cape Ocoña", "OCEANIS LIMA V.061N"."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import Passage

_WORD = (
    r"(?:(?i:motonave|nave|buque|vapor|barco|vessel|vsl|M\s?/?\s?[NVT])(?i:\s+(?:is|es|la|el|nueva|nuevo|ser[áa]))*)"
)
_VOYAGE = r"(?:(?i:v(?:iaje|je|oyage|oy|y|\.)?)[.:\s]{0,2}(?i:n[°º.]\s?)?)?\d{1,4}[A-Z]?(?![\w/:.-]*\d)"
_V = r"(?i:v(?:iaje|je|oyage|oy|y)?)"
_DIRECTED = rf"(?:{_V}[.:\s]{{1,2}}(?=\d))?\d{{2,4}}[NSEWRB]\b|{_V}[.:]\s?\d{{1,4}}[A-Z]?\b"
_TITLE = r"[A-ZÁÉÍÓÚÑ][A-Za-zÁÉÍÓÚÑáéíóúñ]+"
_CAPITALS = r"[A-ZÁÉÍÓÚÑ]{3,}"
_NUMERAL = r"(?:[IVX]{1,4}|\d{1,2})\b"
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9]){_WORD}[\s:\"“'(]{{1,3}}"
    rf"({_TITLE}(?:\s+(?:de\s+|del\s+|of\s+)?{_TITLE}){{0,3}}(?:\s+{_NUMERAL})?(?:\s*/?\s*(?:{_DIRECTED}|{_VOYAGE}))?)"
)
_BY_VOYAGE = re.compile(rf"(?<![A-Za-z0-9])({_TITLE}(?:\s{_TITLE}){{1,2}}(?:\s{_NUMERAL})?\s(?:/\s)?(?:{_DIRECTED}))")


def find_vessels(passage: Passage) -> None:
    """Take a name after its word, or two names before a voyage with its direction."""
    for pattern in (_BY_VOYAGE, _NAMED):
        for match in pattern.finditer(passage.text):
            passage.take(ReferenceKind.VESSEL, match.start(1), match.end(1), weight=3 if pattern is _NAMED else 2)
