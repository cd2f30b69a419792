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
_ABOVE_WORDS = ("above", "encima", "arriba", "acima", "dessus", "oberhalb", "über")
_REPLY_ABOVE = re.compile(
    r"(?:reply|respond|answer|type your (?:reply|response)|respond[ae]|responder|escrib[ae] su respuesta|"
    r"répondre|antworte?n?)"
    r".{0,40}(?:above|encima|arriba|acima|au-dessus|oberhalb|über).{0,40}(?:line|l[ií]nea|linha|ligne|linie|zeile)",
    re.IGNORECASE,
)


def is_marker(line: str) -> bool:
    """Whether a line is a client's rule above earlier mail, or asks for replies above itself."""
    if len(line) > _LONGEST:
        return False
    if _is_drawn(line) and _MARKER.match(line) is not None:
        return True
    if _announces_forward(line) or (":" in line[:20] and _INVITATION.match(line) is not None):
        return True
    lowered = line.lower()
    return any(word in lowered for word in _ABOVE_WORDS) and _REPLY_ABOVE.search(line) is not None


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
