"""Where earlier mail begins in plain text: the lines mail programs put above it."""

import re
from collections.abc import Sequence

from mailbot.reading.replies import words
from mailbot.reading.replies.attributions import attribution_length
from mailbot.reading.replies.header_blocks import header_block_length
from mailbot.reading.replies.marks import DECORATION

_MARKER = re.compile(
    rf"^[\s<>*]*[-_=*~#─—–‐]{{1,}}\s*(?:{words.ORIGINAL_WORDS})\b.{{0,120}}$"
    rf"|^[\s>*]*(?:{words.ORIGINAL_WORDS})\s*[-_=*~#─—–‐]{{2,}}\s*$"
    r"|^[\s>*]*[-_=]{3,}\s*(?:original|forwarded|reenviado|mensaje|message)\s*[-_=]{3,}\s*$"
    # Notes draws its rule around the author, GroupWise its signs around author and time.
    rf"|^\s*-{{3,6}}\s?[^-].{{1,120}}\b(?:{'|'.join(words.WRITING_VERBS)}):?\s*-{{3,6}}\s*$"
    r"|^[^<>]{2,80}<[^<>\s]+@[^<>\s]+>.{0,20}\d{1,2}[:.h]\d\d.{0,20}>>>\s*$"
    r"|^\s*>>>\s.{3,150}\d{1,2}[:.h]\d\d.{0,20}>>>\s*$|"
    r"^\s*>>>\s.{2,100}\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.{0,20}>>>\s*$",
    re.IGNORECASE,
)
_BARE_FORWARD = re.compile(
    rf"(?:{words.BARE_FORWARD_WORDS})\s*:?\s*$|message du \d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}\b.{{0,20}}$",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(rf"(?:{words.ANNOUNCED_FORWARD})\s*$", re.IGNORECASE)
# How those begin that have no colon.
_BARE_OPENINGS = (
    *(
        "begin",
        "inicio",
        "debut",
        "début",
        "anfang",
        "inizio",
        "início",
        "alku",
        "välit",
        "valit",
        "pocz",
        "začá",
        "zaca",
    ),
    *("начало", "ileti", "tovább", "tovabb", "vidare", "videre", "以下", "转发", "下記", "次の", "전달", "message du"),
)
_LONGEST, _SHORT = 200, 70
_INVITATION = re.compile(
    r"^(?:cu[aá]ndo|when|wann|quand|quando|wanneer)\s*:\s.*\d|^(?:reporting-mta|final-recipient)\s*:", re.IGNORECASE
)
_RULE_SIGNS = frozenset("<-_=~#─—–‐*")
# A cheap look before the long pattern.
_ABOVE_WORDS = (
    *("above", "encima", "arriba", "acima", "dessus", "oberhalb", "über", "sopra", "boven", "ovanför", "ovenfor"),
    *("powyżej", "nad ", "выше", "yukarı", "damunt", "yläpuolel", "fölé", "deasupra", "над ", "以上", "上方", "上に"),
    "위에",
)
_ASCII_ABOVE = tuple(word for word in _ABOVE_WORDS if word.isascii())
# Helpdesks ask in the words of their customers' language; the sentence names the answer, "above" and the line.
_REPLY_ABOVE = re.compile(
    r"(?:reply|replies|respond|answer|your (?:comment|response)|write|type|respond[ae]|responder|respuesta|escrib[aei]|"
    r"contest|r[eé]pon[sd]|[eé]cri[vr]|antwort|schreib|respost|digite|escrev|rispond|rispost|scriv|antwoord|reageer|"
    r"typ |svar|skriv|odpowied|odpowiad|odpov|ответ|напиш|yanıt|respon|vastau|vastaa|válasz|r[aă]spuns).{0,60}"
    r"(?:above|encima|arriba|acima|dessus|oberhalb|über|sopra|boven|ovanför|ovenfor|over denne|powyżej|nad |выше|"
    r"yukarı|damunt|yläpuolel|fölé|deasupra|над )|yukar[ıi].{0,40}(?:yanıt|yaz)|(?:上方|以上|上に|위에)",
    re.IGNORECASE,
)
_THIS_LINE = re.compile(
    r"(?:th(?:is|e)|esta|cette|dieser?|questa|deze|denn?[ae]|tej|t[eé]to|tejto|этой|bu|aquesta|tämän|acestei|la) "
    r"(?:dashed |dotted |blue )?(?:line|l[ií]ne[ao]|linha|ligne|linie|zeile|riga|regel|lijn|rad|lini|řád|čár|riad|лини|"
    r"строк|черт|çizgi|satır|l[ií]nia|viiva|rivi)|此行|此线|此線|この行|この線|이 줄|이 선",
    re.IGNORECASE,
)
_DRAWN_AROUND = re.compile(r"^\s*[>*]*\s*(?:[#\-=*_~<\[(—–]{2,}|[\[(]).*(?:[#\-=*_~>\])—–]{2,}|[\])])\s*$")
_REPLY_CHARS = 160


def is_marker(line: str) -> bool:
    """Whether a line is a client's rule above earlier mail, or asks for replies above itself."""
    if len(line) > _LONGEST:
        return False
    line = line.replace("&nbsp;", " ") if "&nbsp;" in line else line
    if _is_drawn(line) and _MARKER.match(line) is not None:
        return True
    if _announces_forward(line) or (":" in line[:20] and _INVITATION.match(line) is not None):
        return True
    return _asks_for_replies_above(line)


def _asks_for_replies_above(line: str) -> bool:
    """A helpdesk's line; a person who says "see my answer above your text" draws no signs around it."""
    words = _ASCII_ABOVE if line.isascii() else _ABOVE_WORDS
    if len(line) > _REPLY_CHARS or not any(map(line.lower().__contains__, words)):
        return False
    if _REPLY_ABOVE.search(line) is None:
        return False
    return _THIS_LINE.search(line) is not None or _DRAWN_AROUND.match(line) is not None


def _is_drawn(line: str) -> bool:
    """A cheap look that spares ordinary lines the long patterns."""
    text = line.strip(DECORATION)
    if not text:
        return False
    if text[0] in _RULE_SIGNS or text[-1] in _RULE_SIGNS or line[0] in _RULE_SIGNS or line[-1] in _RULE_SIGNS:
        return True
    return line.startswith(">>>") or line.endswith(">>>")


def _announces_forward(line: str) -> bool:
    """A line without any rule that says that a mail was sent on: "Inicio del mensaje reenviado:"."""
    text = line.strip(DECORATION)
    if not text or len(text) > _SHORT or (text[-1] not in ":：" and not text.lower().startswith(_BARE_OPENINGS)):
        return False
    return _BARE_FORWARD.match(text) is not None or (text[-1] in ":：" and _ANNOUNCED.match(text) is not None)


# Drawn through, or around the words of a program's language that no list knows.
_PLAIN_RULE = re.compile(r"^\s*(?:[-_=*─—]{5,}|(?:\* ){2}\*|[-_=*─—‐]{3,}\s*[^\W_][^-_=]{2,40}[-_=*─—‐]{3,})\s*$")


def ruled_block_start(lines: Sequence[str], start: int) -> bool:
    """A drawn line with the headers of an earlier mail right below it."""
    if not _PLAIN_RULE.match(lines[start]):
        return False
    for position in range(start + 1, min(start + 4, len(lines))):
        if lines[position].strip():
            return header_block_length(lines, position) > 0 or attribution_length(lines, position) > 0
    return False


_FORWARD_MARKER = re.compile(rf"^[\s<>*]*[-_=*~#─—–‐]{{1,}}\s*(?:{words.FORWARD_WORDS})\b", re.IGNORECASE)


def is_forward_marker(line: str) -> bool:
    """Whether a client's rule says that what follows was forwarded, not answered."""
    text = line.strip(DECORATION)
    if not text or len(line) > _LONGEST:
        return False
    if text[0] in _RULE_SIGNS or text[-1] in _RULE_SIGNS or line[0] in _RULE_SIGNS:
        return _FORWARD_MARKER.match(line) is not None
    return len(text) <= _SHORT and _announces_forward(line)
