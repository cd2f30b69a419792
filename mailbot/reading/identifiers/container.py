"""Container numbers (ISO 6346), mistyped ones too."""

import re

from mailbot.domain.identifiers import compact, has_valid_check
from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import Passage

_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}[UJZ][\s.\-]?\d{3}[\s.]?\d{3}[\s.\-/]?\d(?![\dA-Za-z])")
_SMALL = re.compile(_NUMBER.pattern, re.IGNORECASE)
_BL = re.compile(
    r"(?:\b[HMO]?B\s?/?\s?Ls?|SWB|sea\s?way\s?bill|conocimiento(?:\sde\sembarque)?|bill of lading)"
    r"(?:\s(?:no|nro|N[°º]))?\W{0,4}$",
    re.IGNORECASE,
)

# A digit was lost, or the letters are small: still a container where the word stands before it.
_WORD = r"\b(?:contenedor(?:es)?|cont|cntrs?|cntnr|ctr|ctn|containers?|unidad)\b\W{0,3}(?:n[°ºro.]{1,3}\s?)?"
_CALLED = re.compile(rf"{_WORD}$", re.IGNORECASE)
_SHORT = re.compile(
    rf"{_WORD}([A-Z]{{3}}[UJZ][\s-]?\d{{6,7}})(?![\dA-Za-z-])",
    re.IGNORECASE,
)


# Carriers' letters that begin their bills and hardly ever their containers.
_OF_BILLS = ("MAEU", "COSU", "CMDU", "HLCU")


def find_containers(passage: Passage) -> None:
    """Take every container; one in small letters only when its check digit holds."""
    for match in _SMALL.finditer(passage.text):
        is_valid = has_valid_check(ReferenceKind.CONTAINER, compact(match[0]))
        if (is_valid or _NUMBER.fullmatch(match[0])) and not _is_bl(passage, match, is_valid=bool(is_valid)):
            is_named = _CALLED.search(passage.before(match.start()))
            passage.take(ReferenceKind.CONTAINER, match.start(), match.end(), weight=3 if is_named else 2)
    for match in _SHORT.finditer(passage.text):
        passage.take(ReferenceKind.CONTAINER, match.start(1), match.end(1), weight=3)


def _is_bl(passage: Passage, match: re.Match[str], *, is_valid: bool) -> bool:
    """Whether the sender calls it a bill, or its letters do where the check digit does not speak for a container."""
    if _BL.search(passage.before(match.start(), reach=28)):
        return True
    is_name_of_bl = passage.is_name and re.match(r"[\s-]{1,3}(?:[HM]?BL|SWB)\b", passage.after(match.end()))
    return bool(is_name_of_bl) or (not is_valid and match[0].startswith(_OF_BILLS))
