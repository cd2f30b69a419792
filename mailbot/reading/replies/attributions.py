"""The lines by which mail programs say who wrote the mail that follows ("El mar, 3 mar 2026, Rosa escribió:")."""

import re
from collections.abc import Sequence

from mailbot.reading.replies import words
from mailbot.reading.replies.marks import bare

# Chinese, Japanese and Korean write no blank between words; the others do.
_VERB = re.compile(rf"(?<!\w)(?:{'|'.join(words.WRITING_VERBS)})(?!\w)|{words.UNSPACED_VERBS}", re.IGNORECASE)
# With an address these say it all: nobody opens a sentence of their own so.
_SURE = re.compile(rf"^(?:{words.SURE_OPENINGS})(?!\w)", re.IGNORECASE)
_OPENING = re.compile(rf"^(?:{words.OPENINGS})(?!\w)", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,80}@[^\s<>()\[\],;:\"]{1,80}")
_TIME = re.compile(r"\d{1,2}\s?[:.hH時时]\s?\d{2}|\b\d{1,2}\s?[ap]\.?\s?m\b", re.IGNORECASE)
_DAY = re.compile(
    r"\b\d{1,4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,4}\b|\d年|\d{1,2}月|\b(?:19|20)\d\d\b|\d{1,2}\.?\s+\w{3,}|"
    r"\w{3,}\.?\s+\d{1,2}\b|\d년|\d{1,2}[-/]\w{3}[-/]\d{2,4}"
)
_DATE_FIRST = re.compile(
    r"^\(?(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}|"
    r"\w{2,12}[.,]{0,2}\s+\d{1,2}[., ]"
    r"|\d{4}년|\d{1,2}\.?\s+\w{3,12}\.?\s+\d{4}|\w{2,12}[.,]{1,2}\s+(?:\d{4}|\w{3,12}\.?\s+\d{1,2}(?:st|nd|"
    r"rd|th)?[, ]))"
)
# "As Rosa wrote on Monday:" is a sender's own sentence.
_COMPARING = re.compile(
    r"(?:as|like|what|because|since|when|if|como|seg[uú]n|lo que|cuando|porque|wie|was|comme|ce que|come|"
    r"zoals|som)\s",
    re.I,
)
# Trackers of faults name the remark that is answered.
_IN_REPLY = re.compile(r"^\(?in (?:reply|response|answer) to .{2,80}\)?:?$", re.IGNORECASE)
_RULE = re.compile(r"^\s*[-_=*~#─—–‐]{2,}\s*")
_CLOSED_BY_ADDRESS = re.compile(r"@[^\s<>]{1,80}[>)\]\"']*\s*[:：]$")
_LINES_IN_ATTRIBUTION = 6
# A long name in front pushes the date to the next line; a sentence of the sender's own runs on.
_UNOPENED_LINES = 3
_UNOPENED_CHARS = 240
_ATTRIBUTION_CHARS = 500
_NAME_CHARS = 60
_OPEN_ENDS = (":", "：", "----", "---", "wrote", "写道", "寫道", "작성", ";")
_ENDS = (*_OPEN_ENDS, "...", "…", ">", "：>", "escribió", "schrieb", "a écrit", "]")


def has_writing_verb(text: str) -> bool:
    """Whether a text holds a verb of writing in any of the languages."""
    lowered = text.lower()
    return any(map(lowered.__contains__, words.VERB_STEMS)) and _VERB.search(text) is not None


def attribution_length(lines: Sequence[str], start: int) -> int:
    """How many lines from `start` on say who wrote what follows; 0 when they do not."""
    first = bare(lines[start])
    if len(first) < 3 or len(first) > 400:
        return 0
    if first[:4].lower() in {"(in ", "in r", "in a"} and _IN_REPLY.match(first) and _is_quote_ahead(lines, start + 1):
        return 1
    joined = _RULE.sub("", first)
    opens = _opens(joined)
    most = _lines_at_most(lines, start, joined, opens=opens)
    for length in range(1, most + 1):
        if _closes(joined) and _says_who_wrote(joined, lines, start + length, opens=opens or length == 1):
            return length
        if length == most or start + length >= len(lines) or len(joined) > _ATTRIBUTION_CHARS:
            return 0
        following = bare(lines[start + length])
        # Gmail breaks its line between name and verb; an empty line there is part of nothing.
        if not following and not _next_closes(lines, start + length):
            return 0
        joined = f"{joined} {following}".strip()
    return 0


def _opens(text: str) -> bool:
    """Whether a line begins as an attribution does, or holds an address."""
    return bool(_OPENING.match(text) or _DATE_FIRST.match(text) or ("@" in text and _ADDRESS.search(text)))


def _lines_at_most(lines: Sequence[str], start: int, first: str, *, opens: bool) -> int:
    """How many lines an attribution that begins here may take."""
    if opens:
        return _LINES_IN_ATTRIBUTION
    if _closes(first):
        return 1
    is_apart = start == 0 or not bare(lines[start - 1])
    return _UNOPENED_LINES if is_apart and len(first) < 100 and _heralds(first, lines, start) else 0


def _heralds(first: str, lines: Sequence[str], start: int) -> bool:
    """Whether a line that begins with a name, a weekday or a verb goes on to tell address or time."""
    following = bare(lines[start + 1]) if start + 1 < len(lines) else ""
    if first.endswith((".", "!", "?", ",")):
        return False
    is_dated = _DAY.search(first) is not None and (_TIME.search(first) is not None or has_writing_verb(first))
    if not is_dated and not (_closes(following) and (has_writing_verb(first) or has_writing_verb(following))):
        return False
    # The line below may be the whole attribution, and this one the sender's own.
    return not following or not attribution_length(lines, start + 1)


def _next_closes(lines: Sequence[str], position: int) -> bool:
    following = bare(lines[position + 1]) if position + 1 < len(lines) else ""
    if not following or len(following) >= 60 or _OPENING.match(following) or _DATE_FIRST.match(following):
        return False
    return _closes(following) and has_writing_verb(following)


def _closes(text: str) -> bool:
    return text.endswith(_ENDS)


def _says_who_wrote(text: str, lines: Sequence[str], following: int, *, opens: bool) -> bool:
    has_address = "@" in text and _ADDRESS.search(text) is not None
    has_verb = has_writing_verb(text)
    has_time = _TIME.search(text) is not None
    has_date = has_time or _DAY.search(text) is not None
    ends_open = text.endswith(_OPEN_ENDS)
    if not opens:
        is_whole = has_verb and ends_open and has_date and (has_address or has_time)
        return is_whole and len(text) < _UNOPENED_CHARS
    if has_verb and ends_open and (has_date or has_address) and (_is_headed(text) or has_address):
        return True
    if (
        has_address
        and ends_open
        and (_SURE.match(text) or (has_time and _OPENING.match(text) and _CLOSED_BY_ADDRESS.search(text)))
    ):
        return True
    if has_address and has_date and _DATE_FIRST.match(text) and text.endswith((":", ">", "：", "]")):
        # Older Gmail and Asian clients: date, name and address without a verb.
        return True
    ends_open = ends_open or text.endswith(("...", "…"))
    return (has_verb or has_address) and ends_open and _is_quote_ahead(lines, following)


def _is_headed(text: str) -> bool:
    """An attribution opens with its preposition or a date, or is a name, the verb and then the date."""
    if _OPENING.match(text) or _DATE_FIRST.match(text):
        return True
    verb = _VERB.search(text)
    if verb is None or verb.start() > _NAME_CHARS or _COMPARING.match(text):
        return False
    if verb.group() in words.UNSPACED_VERBS and _TIME.search(text):
        # Chinese, Japanese and Korean put the verb last.
        return True
    rest = text[verb.end() :]
    return _TIME.search(rest) is not None or _DAY.search(rest) is not None


def _is_quote_ahead(lines: Sequence[str], position: int) -> bool:
    for line in lines[position : position + 3]:
        if line.strip():
            return line.lstrip().startswith((">", "|"))
    return False
