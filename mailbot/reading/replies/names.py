"""Whether a line is how a sender signs: full name, first name, nickname, initials, or the firm's own."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.reading.replies.closings import is_farewell

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TITLES = frozenset(
    (
        "dr",
        "dra",
        "ing",
        "lic",
        "sr",
        "sra",
        "srta",
        "mr",
        "mrs",
        "ms",
        "don",
        "doña",
        "dona",
        "prof",
        "abog",
        "econ",
        "arq",
    )
)
_PARTICLES = frozenset(
    (
        "en",
        "el",
        "al",
        "a",
        "para",
        "por",
        "de",
        "del",
        "la",
        "los",
        "las",
        "y",
        "e",
        "van",
        "von",
        "da",
        "do",
        "dos",
        "san",
        "the",
        "and",
        "of",
    )
)
_FIRST_SEGMENT = re.compile(r"\s*(?:[|·•/(<]|\s[-–—]\s|,\s)\s*")
# "O. Ch.", "W.A.": every name cut to its first letters.
_SHORTENED = re.compile(r"^(?:[^\W\d_]{1,2}\.\s?){2,4}$")
_ACCENTS = re.compile("[\u0300-\u036f]+")
# What stands in plain text for the logo beside a name.
_PICTURE = re.compile(r"^\s*\[(?:cid:|image:|https?://)[^\]]{0,300}\]\s*")
_NAME_CHARS = 60


def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).lower()


@dataclass(frozen=True, kw_only=True)
class Signer:
    """What is known of the name a message is signed with."""

    tokens: frozenset[str]
    initials: str
    # The first label of the mail domain, which mostly is the firm's name written together.
    domain: str = ""
    # The words of the local part: departments sign with them ("pagos@…").
    mailbox: frozenset[str] = frozenset()
    address: str = ""

    @classmethod
    def of(cls, sender: str) -> "Signer":
        """The signer behind a display name or an address."""
        name, _, address = sender.partition("<")
        local, _, domain = (address.rstrip("> ") or sender).partition("@")
        if not name.strip() or "@" in name:
            name = local.replace(".", " ").replace("_", " ")
        found = [word for word in _WORD.findall(fold(name)) if word not in _TITLES]
        tokens = frozenset(word for word in found if word not in _PARTICLES and len(word) > 1)
        initials = "".join(word[0] for word in found if word not in _PARTICLES)
        mailbox = frozenset(word for word in _WORD.findall(fold(local).replace(".", " ")) if len(word) >= 4)
        return cls(
            tokens=tokens,
            initials=initials,
            domain=fold(domain).partition(".")[0],
            mailbox=mailbox,
            address=f"{local}@{domain}".lower() if domain else "",
        )

    def signs(self, line: str) -> bool:
        """Whether the line begins with this signer's name in one of its forms."""
        if len(line) > 160:
            return False
        head, found = _head(line)
        if not found or len(found) > 7 or len(head) > _NAME_CHARS:
            return False
        if self._is_initials(head) or any(word in self.tokens for word in found):
            return True
        if len(found) <= 4 and head[0].isupper() and any(word in self.mailbox for word in found):
            return True
        return len(found) <= 3 and self._is_nickname(found[0])

    def is_name(self, line: str) -> bool:
        """Whether the line is nothing but this signer's name or a part of it."""
        found = _head(line)[1]
        return bool(found) and len(line) <= _NAME_CHARS and all(word in self.tokens for word in found)

    def names_firm(self, line: str) -> bool:
        """Whether the line holds a word of the firm that the sender's domain names."""
        return any(len(word) >= 5 and word in self.domain for word in _WORD.findall(fold(line)))

    def matches(self, line: str) -> int:
        """How many words of the line's beginning are this signer's."""
        return sum(word in self.tokens for word in _head(line)[1])

    def _is_nickname(self, word: str) -> bool:
        """Nicknames are mostly a name's beginning: Sole, Vale, Fio."""
        return len(word) >= 3 and any(token.startswith(word) or _near(token, word) for token in self.tokens)

    def _is_initials(self, head: str) -> bool:
        letters = "".join(character for character in fold(head) if character.isalpha())
        if _SHORTENED.match(head):
            return all(self._begins(piece) for piece in fold(head).replace(".", " ").split())
        if not 1 <= len(letters) <= 4 or head.upper() != head or len(head) > 8:
            return False
        if len(letters) == 1:
            return self.initials.startswith(letters)
        return letters == self.initials[: len(letters)] or set(letters) <= set(self.initials)

    def _begins(self, piece: str) -> bool:
        return any(token.startswith(piece) for token in self.tokens)


def _head(line: str) -> tuple[str, list[str]]:
    """The part of a line that can be a name, and its words without titles."""
    line = _PICTURE.sub("", line) if "[" in line else line
    segments = [segment for segment in _FIRST_SEGMENT.split(line.strip(" \t*_-–—~")) if segment.strip()]
    if len(segments) > 1 and is_farewell(segments[0]):
        segments = segments[1:]
    if not segments:
        return "", []
    head = segments[0].strip()
    return head, [word for word in _WORD.findall(fold(head)) if word not in _TITLES]


def _near(token: str, word: str) -> bool:
    """Mili and Milagros, Pepa and Josefa do not agree; Chichi and such stay unknown: only near forms count."""
    return len(word) >= 4 and token[:3] == word[:3]


def is_picture(line: str) -> bool:
    """Whether a line only stands for a picture: `[cid:image001.png]`."""
    return "[" in line and not _PICTURE.sub("", line).strip()


def is_sentence(line: str) -> bool:
    """A line that ends like a sentence; the full stop of an abbreviation (S.A.C., Ramos M.) is none."""
    text = line.strip()
    if text.endswith((".", "…")) and _is_abbreviation(text):
        return False
    return text.endswith((".", "?", "!", ":", ";", "…", ","))


def _is_abbreviation(text: str) -> bool:
    last = text.split()[-1] if text.split() else ""
    inner = last[:-1]
    return "." in inner or len(inner) <= 2 or (inner[0].isupper() and len(inner) <= 4)


def is_title_case(words: Sequence[str]) -> bool:
    """Mostly capital words, as names, posts and firms are written."""
    long = [word for word in words if word.isalpha() and fold(word) not in _PARTICLES]
    return bool(long) and sum(word[0].isupper() for word in long) * 5 >= len(long) * 4
