"""Where earlier mail begins in plain text: the lines mail programs put above it."""

import re
from collections.abc import Sequence

from mailbot.reading.replies import words

_VERB = re.compile("|".join(rf"(?<!\w)(?:{verb})(?!\w)" for verb in words.WRITING_VERBS), re.IGNORECASE)
_OPENING = re.compile(rf"^(?:{words.OPENINGS})(?!\w)", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,80}@[^\s<>()\[\],;:\"]{1,80}")
_TIME = re.compile(r"\d{1,2}\s?[:.hH]\s?\d{2}|\b\d{1,2}\s?[ap]\.?\s?m\b", re.IGNORECASE)
_DAY = re.compile(
    r"\b\d{1,4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,4}\b|\d年|\d{1,2}月|\b(?:19|20)\d\d\b|\d{1,2}\.?\s+\w{3,}|"
    r"\w{3,}\.?\s+\d{1,2}\b|\d년"
)
_DATE_FIRST = re.compile(
    r"^(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\w{2,12}[.,]{0,2}\s+\d{1,2}[., ]"
    r"|\d{4}년|\d{1,2}\s+\w{3,12}\.?\s+\d{4})"
)
_DECORATION = " \t>*_|•"
_LINES_IN_ATTRIBUTION = 6
_ATTRIBUTION_CHARS = 500
_NAME_CHARS = 60

_RULE = re.compile(r"^\s*[-_=*~#─—–‐]{2,}\s*")
_MARKER = re.compile(
    rf"^[\s>*]*[-_=*~#─—–‐]{{1,}}\s*(?:{words.ORIGINAL_WORDS})\b.{{0,120}}$"
    rf"|^[\s>*]*(?:{words.ORIGINAL_WORDS})\s*[-_=*~#─—–‐]{(2,)}\s*$"
    r"|^[\s>*]*[-_=]{3,}\s*(?:original|forwarded|reenviado|mensaje|message)\s*[-_=]{3,}\s*$"
    rf"|^[\s>*]*(?:{words.BARE_FORWARD_WORDS})\s*:?\s*$",
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


def has_writing_verb(text: str) -> bool:
    """Whether a text holds a verb of writing in any of the languages."""
    lowered = text.lower()
    return any(stem in lowered for stem in words.VERB_STEMS) and _VERB.search(text) is not None


def bare(line: str) -> str:
    """A line without the quote marks and bold marks around it."""
    return line.lstrip(_DECORATION).rstrip(" \t*_")


def attribution_length(lines: Sequence[str], start: int) -> int:
    """How many lines from `start` on say who wrote what follows; 0 when they do not."""
    first = bare(lines[start])
    if len(first) < 3 or len(first) > 400:
        return 0
    joined = _RULE.sub("", first)
    opens = bool(_OPENING.match(joined) or _DATE_FIRST.match(joined) or ("@" in joined and _ADDRESS.search(joined)))
    if not opens and not _closes(joined):
        return 0
    for length in range(1, _LINES_IN_ATTRIBUTION + 1):
        if _closes(joined) and (opens or length == 1) and _says_who_wrote(joined, lines, start + length):
            return length
        if not opens or start + length >= len(lines) or len(joined) > _ATTRIBUTION_CHARS:
            return 0
        following = bare(lines[start + length])
        # Gmail breaks its line between name and verb; an empty line there is part of nothing.
        if not following and not _next_closes(lines, start + length):
            return 0
        joined = f"{joined} {following}".strip()
    return 0


def _next_closes(lines: Sequence[str], position: int) -> bool:
    following = bare(lines[position + 1]) if position + 1 < len(lines) else ""
    return bool(following) and len(following) < 60 and _closes(following) and has_writing_verb(following)


def _closes(text: str) -> bool:
    return text.endswith(
        (":", "：", ">", "wrote", "----", "---", "写道", "작성", "：>", ";", "escribió", "schrieb", "a écrit", "]")
    )


def _says_who_wrote(text: str, lines: Sequence[str], following: int) -> bool:
    has_address = "@" in text and _ADDRESS.search(text) is not None
    has_verb = has_writing_verb(text)
    has_date = _TIME.search(text) is not None or _DAY.search(text) is not None
    ends_open = text.endswith((":", "：", "----", "---", "wrote", "写道", "작성", ";"))
    if has_verb and ends_open and (has_date or has_address) and (_is_headed(text) or has_address):
        return True
    if has_address and has_date and _DATE_FIRST.match(text) and text.endswith((":", ">", "：", "]")):
        # Older Gmail and Asian clients: date, name and address without a verb.
        return True
    return (has_verb or has_address) and ends_open and _is_quote_ahead(lines, following)


def _is_headed(text: str) -> bool:
    """An attribution opens with its preposition or a date, or is a name, the verb and then the date."""
    if _OPENING.match(text) or _DATE_FIRST.match(text):
        return True
    verb = _VERB.search(text)
    if verb is None or verb.start() > _NAME_CHARS:
        return False
    rest = text[verb.end() :]
    return _TIME.search(rest) is not None or _DAY.search(rest) is not None


def _is_quote_ahead(lines: Sequence[str], position: int) -> bool:
    for line in lines[position : position + 3]:
        if line.strip():
            return line.lstrip().startswith((">", "|"))
    return False


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
    text = line.strip(_DECORATION)
    if not text or len(line) > 200:
        return False
    return text[0] in _RULE_SIGNS or text[-1] in _RULE_SIGNS or len(text) < 70


_PLAIN_RULE = re.compile(r"^\s*[-_=*─—]{5,}\s*$")


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
        return _notes_block_length(lines, start)
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
    return end - start if is_block else 0


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


def _is_block(seen: set[str], first: str) -> bool:
    if "from" not in seen:
        return {"date", "subject", "to"} <= seen
    core = seen & {"date", "subject", "to"}
    return len(core) >= 2 or (len(core) == 1 and ("date" in core or _ADDRESS.search(first) is not None))
