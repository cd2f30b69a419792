"""Where earlier mail begins in plain text: the lines mail programs put above it."""

import re
from collections.abc import Sequence

from mailbot.reading.replies import words
from mailbot.reading.replies.attributions import attribution_length
from mailbot.reading.replies.marks import DECORATION, bare

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,80}@[^\s<>()\[\],;:\"]{1,80}")

_MARKER = re.compile(
    rf"^[\s>*]*[-_=*~#─—–‐]{{1,}}\s*(?:{words.ORIGINAL_WORDS})\b.{{0,120}}$"
    rf"|^[\s>*]*(?:{words.ORIGINAL_WORDS})\s*[-_=*~#─—–‐]{(2,)}\s*$"
    r"|^[\s>*]*[-_=]{3,}\s*(?:original|forwarded|reenviado|mensaje|message)\s*[-_=]{3,}\s*$"
    rf"|^[\s>*]*(?:{words.BARE_FORWARD_WORDS})\s*:?\s*$"
    r"|^[\s>]*message du \d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b.{0,20}$"
    # Notes draws its rule around the author, GroupWise its signs around author and time.
    rf"|^\s*-{{3,6}}\s?[^-].{{1,120}}\b(?:{'|'.join(words.WRITING_VERBS)}):?\s*-{{3,6}}\s*$"
    r"|^\s*>>>\s.{3,150}\d{1,2}[:.h]\d\d.{0,20}>>>\s*$|"
    r"^\s*>>>\s.{2,100}\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.{0,20}>>>\s*$",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"^(?:cu[aá]ndo|when|wann|quand|quando|wanneer)\s*:\s.*\d|^(?:reporting-mta|final-recipient)\s*:", re.IGNORECASE
)
_RULE_SIGNS = "-_=~#─—–‐*"
_ABOVE_WORDS = ("above", "encima", "arriba", "acima", "dessus", "oberhalb", "über")
_REPLY_ABOVE = re.compile(
    r"(?:reply|respond|answer|type your (?:reply|response)|respond[ae]|responder|escrib[ae] su respuesta|"
    r"répondre|antworte?n?)"
    r".{0,40}(?:above|encima|arriba|acima|au-dessus|oberhalb|über).{0,40}(?:line|l[ií]nea|linha|ligne|linie|zeile)",
    re.IGNORECASE,
)


def is_marker(line: str) -> bool:
    """Whether a line is a client's rule above earlier mail, or asks for replies above itself."""
    if _may_be_marker(line) and _MARKER.match(line) is not None:
        return True
    if len(line) > 200:
        return False
    if ":" in line[:20] and _INVITATION.match(line) is not None:
        return True
    lowered = line.lower()
    return any(word in lowered for word in _ABOVE_WORDS) and _REPLY_ABOVE.search(line) is not None


def _may_be_marker(line: str) -> bool:
    """A cheap look that spares ordinary lines the long patterns: drawn at an end, or short with a colon or none."""
    text = line.strip(DECORATION)
    if not text or len(line) > 200:
        return False
    return text[0] in _RULE_SIGNS or line.startswith(">>>") or text[-1] in _RULE_SIGNS or len(text) < 70


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


_FORWARD_MARKER = re.compile(
    rf"^[\s>*]*[-_=*~#─—–‐]{{1,}}\s*(?:{words.FORWARD_WORDS})\b|^[\s>*]*(?:{words.BARE_FORWARD_WORDS})\s*:?\s*$",
    re.IGNORECASE,
)


def is_forward_marker(line: str) -> bool:
    """Whether a client's rule says that what follows was forwarded, not answered."""
    return _may_be_marker(line) and _FORWARD_MARKER.match(line) is not None


def _labels(*groups: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{'|'.join(groups)})\s*[*_]{{0,2}}\s*[:：]", re.IGNORECASE)


_FROM = _labels(words.FROM_LABELS)
_DATE = _labels(words.DATE_LABELS)
_TO = _labels(words.TO_LABELS)
_CC = _labels(words.CC_LABELS)
_SUBJECT = _labels(words.SUBJECT_LABELS)
_OTHER = _labels(words.OTHER_LABELS)
_KINDS = (("from", _FROM), ("date", _DATE), ("subject", _SUBJECT), ("to", _TO), ("cc", _CC), ("other", _OTHER))


def label_of(line: str) -> str | None:
    """Which header a line of a pasted header block is: from, date, subject, to, cc, other."""
    text = bare(line)
    if ":" not in text[:40] and "：" not in text[:40]:
        return None
    for kind, pattern in _KINDS:
        if pattern.match(text):
            return kind
    return None


def header_block_length(lines: Sequence[str], start: int) -> int:
    """How many lines from `start` on are the pasted headers of an earlier mail; 0 when they are not."""
    first = label_of(lines[start])
    if first is None or first in {"other", "cc"}:
        return _notes_block_length(lines, start) or _bare_block_length(lines, start)
    seen = {first}
    end = start + 1
    misses = 0
    for position in range(start + 1, min(start + 16, len(lines))):
        kind = label_of(lines[position])
        if kind is not None and (kind not in seen or kind in {"other", "cc"}):
            seen.add(kind)
            end = position + 1
            misses = 0
            continue
        # Long recipient lists run over several lines; some clients put empty lines between headers.
        misses += 1
        if misses > 3:
            break
    is_apart = start == 0 or not lines[start - 1].strip()
    is_block = _is_block(seen, lines[start]) or (is_apart and {"from", "subject"} <= seen and end - start == len(seen))
    if not is_block or (start == 0 and not _is_of_mail(seen, lines[:end])):
        return 0
    return end - start


def _is_of_mail(seen: set[str], block: Sequence[str]) -> bool:
    """A text may open with the ports it asks a freight for; a mail has a subject, an address or the time of day."""
    return "subject" in seen or any("@" in line or _CLOCK.search(line) for line in block)


_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_BARE_FROM = re.compile(rf"^(?:{words.FROM_LABELS})[ \t]+[\"<\w]", re.IGNORECASE)
_BARE_OTHER = re.compile(
    rf"^(?:{words.TO_LABELS}|{words.CC_LABELS}|{words.DATE_LABELS}|{words.SUBJECT_LABELS})[ \t]+\S", re.IGNORECASE
)
_NOTES_SENDER = re.compile(r"^(?:\"[^\"]{1,80}\"|[^<>@]{1,80})?\s*<[^<>@\s]+@[^<>@\s]+>\s*$")
_NOTES_DATE = re.compile(
    r"^(?:\w+,?\s)?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},?\s+\d{1,2}:\d\d(?::\d\d)?(?:\s*[ap]\.?\s?m\.?)?$", re.I
)


def _notes_block_length(lines: Sequence[str], start: int) -> int:
    """Lotus Notes puts the sender, then the date, then recipients and subject without a From label."""
    if "@" not in lines[start] or not _NOTES_SENDER.match(bare(lines[start])):
        return 0
    dated = next((position for position in range(start + 1, min(start + 4, len(lines))) if bare(lines[position])), None)
    if dated is None or not _NOTES_DATE.match(bare(lines[dated])):
        return 0
    return dated + 1 - start


def _bare_block_length(lines: Sequence[str], start: int) -> int:
    """eM Client names its headers without a colon: all of them, one below the other."""
    if "@" not in lines[start] or not _BARE_FROM.match(bare(lines[start])):
        return 0
    end = start + 1
    while end < min(start + 6, len(lines)) and _BARE_OTHER.match(bare(lines[end])):
        end += 1
    return end - start if end - start >= 3 else 0


def _is_block(seen: set[str], first: str) -> bool:
    if "from" not in seen:
        return {"date", "subject", "to"} <= seen
    core = seen & {"date", "subject", "to"}
    return len(core) >= 2 or (len(core) == 1 and ("date" in core or _ADDRESS.search(first) is not None))
