"""A row of the tables that tell what an attachment is."""

import re
from dataclasses import dataclass

from mailbot.domain.labels import DocumentType


@dataclass(frozen=True, kw_only=True)
class TypeRule:
    """A pattern and the type it speaks for."""

    type: DocumentType
    pattern: re.Pattern[str]
    confidence: float


def rule(type: DocumentType, confidence: float, *alternatives: str) -> TypeRule:
    """A row: the type, how sure it is, and patterns of which one must match; a blank in them is written `_`."""
    joined = "|".join(f"(?:{alternative})" for alternative in alternatives).replace("_", " ")
    return TypeRule(type=type, pattern=re.compile(joined), confidence=confidence)


def words(*lines: str) -> str:
    """Alternatives that must stand as whole words."""
    return rf"\b(?:{'|'.join(word for line in lines for word in line.split())})\b"
