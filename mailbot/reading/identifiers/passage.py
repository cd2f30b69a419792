"""A stretch of text in which identifiers are looked for, and what was found in it.

Finders never read the same characters twice: what one has taken is closed to those after it.
"""

import re
from dataclasses import dataclass, field

from mailbot.domain.identifiers import has_valid_check, normal_form
from mailbot.domain.labels import ReferenceKind

# The weight of what its own word names.
NAMED = 3
# How far before an identifier a word that says what it is may stand.
REACH = 40


@dataclass(frozen=True, kw_only=True)
class Found:
    """An identifier in a passage; `weight` says how sure its kind is (3 named, 2 by shape, 1 guessed)."""

    kind: ReferenceKind
    value: str
    canonical: str
    start: int
    end: int
    weight: int
    valid: bool | None = None


@dataclass(kw_only=True)
class Passage:
    """One place of a message; `is_name` when it is a file's name, `context` is what the sender says around it."""

    text: str
    is_name: bool = False
    context: str = ""
    found: list[Found] = field(default_factory=list)
    _closed: bytearray = field(init=False, repr=False)
    _counts: dict[re.Pattern[str], int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.text = tamed(self.text)
        self._closed = bytearray(len(self.text))

    def speaks_of(self, words: re.Pattern[str]) -> bool:
        """Whether these words stand in the passage or around it."""
        return self.count(words) > 0

    def count(self, words: re.Pattern[str]) -> int:
        """How often these words stand in the passage and around it; counted once."""
        if words not in self._counts:
            self._counts[words] = len(words.findall(self.text)) + len(words.findall(self.context))
        return self._counts[words]

    def is_free(self, start: int, end: int) -> bool:
        """Whether nobody has taken any character between these places."""
        return not any(self._closed[start:end])

    def close(self, start: int, end: int) -> None:
        """Keep these characters from every later finder."""
        self._closed[start:end] = b"\x01" * (end - start)

    def before(self, start: int, *, reach: int = REACH) -> str:
        """The text just before a place, on the same line."""
        return self.text[max(0, start - reach) : start].rpartition("\n")[2]

    def after(self, end: int, *, reach: int = REACH) -> str:
        """The text just after a place, on the same line."""
        return self.text[end : end + reach].partition("\n")[0]

    def take(self, kind: ReferenceKind, start: int, end: int, *, weight: int) -> Found | None:
        """Record the identifier that stands there, unless it is taken already."""
        if not self.is_free(start, end):
            return None
        value = self.text[start:end].strip()
        canonical = normal_form(kind, value)
        found = Found(
            kind=kind,
            value=value,
            canonical=canonical,
            start=start,
            end=end,
            weight=weight,
            valid=has_valid_check(kind, canonical),
        )
        self.close(start, end)
        self.found.append(found)
        return found


def tamed(text: str) -> str:
    """The text without what no person writes and every pattern would pay for: long gaps and endless words."""
    return _ENDLESS.sub(" ", _EMPTY_LINES.sub("\n\n", _GAPS.sub("  ", text)))


_GAPS = re.compile(r"[^\S\n]{3,}")
_EMPTY_LINES = re.compile(r"\n(?:[^\S\n]{0,2}\n)+")
_ENDLESS = re.compile(r"[^\s;,|]{120,}")

# "N°", "Nro.", "No.", "#", "number", a colon or a dash between a word and its number.
MARK = (
    r"(?:\s*(?:N\s?\.?\s?[°º]\.?|number|n[úu]m(?:ero)?(?![A-Za-z])\.?|n(?:ro|r)(?![A-Za-z])\.?|n[oº]\.|"
    r"no(?![A-Za-z])\.?|#|:|=|-(?=\s)))*\s*[\"'«“(]?\s*"
)
# An identifier made of letters and digits, with its separators.
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./\-]{1,28}[A-Za-z0-9]|[0-9]{2,}")
