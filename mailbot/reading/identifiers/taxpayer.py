"""Taxpayer numbers (RUC), mistyped ones too where the word stands by."""

import re

from mailbot.domain.identifiers import has_valid_check
from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import Passage

_NUMBER = re.compile(
    r"(?:(?<![\dA-Za-z])(?<!\d[-./])|(?<=RUC))"
    r"(?:(?:10|15|16|17|20)\d{9}|(?:10|20)-\d{8}-\d)(?!\d|-\d(?!\d-[FEB]))"
)
_NAMED = re.compile(r"\b(?:R\.?U\.?C\.?|tax\s?(?:id|number)|consignat\w+|importador)\b", re.IGNORECASE)


def find_taxpayers(passage: Passage) -> None:
    """Take a number whose check digit holds, or any after the word RUC in the same passage."""
    for match in _NUMBER.finditer(passage.text):
        is_named = _NAMED.search(passage.text, max(0, match.start() - 160), match.start())
        is_company = match[0].startswith("20") and has_valid_check(ReferenceKind.RUC, match[0])
        if is_named or is_company:
            passage.take(ReferenceKind.RUC, match.start(), match.end(), weight=3 if is_named else 2)
