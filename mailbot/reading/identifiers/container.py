"""Container numbers (ISO 6346), mistyped ones too."""

import re

from mailbot.domain.identifiers import compact, has_valid_check
from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import Passage

_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}[UJZ][\s.\-]?\d{3}[\s.]?\d{3}[\s.\-/]?\d(?![\dA-Za-z])")
_SMALL = re.compile(_NUMBER.pattern, re.IGNORECASE)
_BL = re.compile(r"(?:\b[HMO]?B\s?/?\s?L|SWB|conocimiento)\W{0,4}$", re.IGNORECASE)

# A digit was lost: still a container where the word stands before it.
_SHORT = re.compile(
    r"\b(?:contenedor(?:es)?|cntr|ctr|container|unidad)\b\W{0,3}(?:n[°ºro.]{1,3}\s?)?([A-Z]{3}[UJZ]\s?\d{6})(?![\dA-Za-z-])",
    re.IGNORECASE,
)


def find_containers(passage: Passage) -> None:
    """Take every container; one in small letters only when its check digit holds."""
    for match in _SMALL.finditer(passage.text):
        is_valid = has_valid_check(ReferenceKind.CONTAINER, compact(match[0]))
        is_bl = not is_valid and _BL.search(passage.before(match.start(), reach=16))
        if not is_bl and (is_valid or _NUMBER.fullmatch(match[0])):
            passage.take(ReferenceKind.CONTAINER, match.start(), match.end(), weight=3)
    for match in _SHORT.finditer(passage.text):
        passage.take(ReferenceKind.CONTAINER, match.start(1), match.end(1), weight=3)
