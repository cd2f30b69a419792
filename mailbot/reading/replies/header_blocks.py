"""The headers of an earlier mail pasted into a text, as mail programs of many languages write them."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from mailbot.reading.replies import words
from mailbot.reading.replies.marks import bare

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,80}@[^\s<>()\[\],;:\"]{1,80}")
_LABEL = re.compile(r"^[^:：]{1,40}[:：]\s*")
_BOLD = re.compile(r"\*{1,2}|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")
_LINES = 16
# Recipients in a line of their own.
_LINE_CHARS = 400
_ADDRESSES = re.compile(r"^[^:]{0,100}<?[^<>\s:]+@[^<>\s:]+>?[,;]?\s*$")
_MOST_CONTINUED = 12


# Where two groups share a word the first one has it.
_KIND_OF = {
    label.replace("\\", ""): kind
    for kind, labels in reversed(
        (
            ("from", words.FROM_LABELS),
            ("date", words.DATE_LABELS),
            ("subject", words.SUBJECT_LABELS),
            ("to", words.TO_LABELS),
            ("cc", words.CC_LABELS),
            ("other", words.OTHER_LABELS),
        )
    )
    for label in labels.split("|")
}
_LABEL_CHARS = 40
_NAME_CHARS = 60


def label_of(line: str) -> str | None:
    """Which header a line of a pasted header block is: from, date, subject, to, cc, other."""
    if ":" not in line and "：" not in line:
        return None
    text = bare(line)
    label, colon, _ = text[: _LABEL_CHARS + 1].replace("：", ":").partition(":")
    return _KIND_OF.get(label.rstrip().rstrip("*_").rstrip().lower()) if colon else None


def header_block_length(lines: Sequence[str], start: int) -> int:
    """How many lines from `start` on are the pasted headers of an earlier mail; 0 when they are not."""
    first = label_of(lines[start])
    if first == "from" and _IN_ONE_LINE.match(lines[start]):
        return 1
    if first is None or first in {"other", "cc"}:
        return _notes_block_length(lines, start) or _bare_block_length(lines, start)
    seen = {first}
    end = start + 1
    misses = 0
    for position in range(start + 1, min(start + _LINES, len(lines))):
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
    if not is_block or not _is_of_mail(seen, lines[start:end]):
        return 0
    is_vertical = not _LABEL.sub("", bare(lines[start]), count=1)
    if is_vertical and end < len(lines) and bare(lines[end]):
        return end + 1 - start
    return _with_recipients(lines, end) - start


def _with_recipients(lines: Sequence[str], end: int) -> int:
    """The end of a last header of recipients, which may stand on several lines."""
    most = min(end + _MOST_CONTINUED, len(lines))
    if label_of(lines[end - 1]) not in {"to", "cc"}:
        return end
    while end < most and bare(lines[end]):
        goes_on = lines[end - 1].rstrip().endswith((",", ";", "<"))
        if not goes_on and (len(lines[end]) > _LINE_CHARS or not _ADDRESSES.match(bare(lines[end]))):
            break
        end += 1
    return end


def _is_of_mail(seen: set[str], block: Sequence[str]) -> bool:
    """A text may open with the ports it asks a freight for; a mail has a subject, an address or the time of day."""
    if "subject" in seen or any("@" in line or _CLOCK.search(line) for line in block):
        return True
    return any(_SENT.match(bare(line)) for line in block)


# Only mail is "sent"; goods and freights have a date.
_SENT = re.compile(
    r"(?:sent|enviad[oa]s?(?: el| em)?|gesendet|envoy[eé]|inviato|verzonden|skickat|sendt|l[aä]hetetty|wys[lł]ano|"
    r"odesl[aá]no|отправлено)\s*:",
    re.IGNORECASE,
)
# Where a program lost the breaks between them.
_IN_ONE_LINE = re.compile(
    r"^[>*_\s]*(?:from|de|von|da)[*_\s]*:.{3,160}[\s*_](?:sent|date|enviado(?: el)?|fecha|gesendet|datum|"
    r"envoy[eé]|inviato|data)[*_\s]*:.{3,160}[\s*_](?:to|para|an|[aà]|subject|asunto|betreff|objet|oggetto|assunto)[*_\s]*:",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_BARE_FROM = re.compile(rf"^(?:{words.FROM_LABELS})[ \t]+[\"<\w]", re.IGNORECASE)
_BARE_KINDS = tuple(
    (kind, re.compile(rf"^(?:{labels})[ \t]+(?=\S)", re.IGNORECASE))
    for kind, labels in (
        ("from", words.FROM_LABELS),
        ("to", words.TO_LABELS),
        ("cc", words.CC_LABELS),
        ("date", words.DATE_LABELS),
        ("subject", words.SUBJECT_LABELS),
    )
)
_NOTES_SENDER = re.compile(r"^(?:\"[^\"]{1,80}\"|[^<>@]{1,80})?\s*<[^<>@\s]+@[^<>@\s]+>\s*$")
_NOTES_LABELS = frozenset(
    (
        *(
            "to",
            "cc",
            "bcc",
            "subject",
            "an",
            "kopie",
            "thema",
            "betreff",
            "para",
            "asunto",
            "a",
            "ccp",
            "objet",
            "pour",
        ),
        *("oggetto", "assunto", "till", "ämne", "aan", "onderwerp", "til", "emne", "please respond to"),
    )
)
_NOTES_SUBJECTS = frozenset(
    ("subject", "thema", "betreff", "asunto", "objet", "oggetto", "assunto", "ämne", "onderwerp", "emne")
)
_NOTES_DATE = re.compile(
    r"^(?:\w+,?\s)?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},?\s+\d{1,2}:\d\d(?::\d\d)?(?:\s*[ap]\.?\s?m\.?)?$", re.I
)


def _notes_block_length(lines: Sequence[str], start: int) -> int:
    """Lotus Notes puts the sender, then the date, then recipients and subject without a From label."""
    has_address = "@" in lines[start] and _NOTES_SENDER.match(bare(lines[start])) is not None
    if not has_address and not _is_dated_below(lines, start):
        return 0
    dated = next((position for position in range(start + 1, min(start + 4, len(lines))) if bare(lines[position])), None)
    if dated is None or not _NOTES_DATE.match(bare(lines[dated])):
        return 0
    end = dated + 1
    labels = 0
    for position in range(end, min(end + 12, len(lines) - 1)):
        if bare(lines[position]).lower() in _NOTES_LABELS:
            labels += 1
            end = position + (2 if bare(lines[position + 1]).lower() not in _NOTES_LABELS else 1)
    # A name over a date may stand anywhere; with recipients and subject below it is a mail's head.
    return end - start if has_address or labels > 1 else 0


def _is_dated_below(lines: Sequence[str], start: int) -> bool:
    """A name without an address, and date and time in the very next line."""
    if start + 1 >= len(lines) or ":" not in lines[start + 1] or not 0 < len(lines[start].strip()) < _NAME_CHARS:
        return False
    return _NOTES_DATE.match(bare(lines[start + 1])) is not None


def _bare_block_length(lines: Sequence[str], start: int) -> int:
    """eM Client names its headers without a colon: all of them, one below the other."""
    if "@" not in lines[start] or not _BARE_FROM.match(bare(lines[start])):
        return 0
    end = start + 1
    while end < min(start + 6, len(lines)) and _bare_label(bare(lines[end]))[0]:
        end += 1
    return end - start if end - start >= 3 else 0


def _is_block(seen: set[str], first: str) -> bool:
    if "from" not in seen:
        return {"date", "subject", "to"} <= seen
    core = seen & {"date", "subject", "to"}
    return len(core) >= 2 or (len(core) == 1 and ("date" in core or _ADDRESS.search(first) is not None))


def header_values(lines: Sequence[str]) -> Mapping[str, str]:
    """The values of a header block by kind; a line without a label goes on with the one above."""
    values: dict[str, str] = {}
    current = ""
    has_no_colons = bool(lines) and label_of(lines[0]) is None and _BARE_FROM.match(bare(lines[0])) is not None
    for line in lines:
        kind, text = label_of(line), bare(line)
        value = _LABEL.sub("", text, count=1)
        if kind is None and has_no_colons:
            kind, value = _bare_label(text)
        if kind is not None and (kind not in values or kind == "other"):
            current = kind
            values[current] = _clean(value)
        elif text and current:
            values[current] = f"{values[current]} {_clean(text)}".strip()
    return values if "from" in values or not lines else _notes_values(lines) | values


def _bare_label(text: str) -> tuple[str | None, str]:
    """The kind of a header without a colon, and its value."""
    for kind, pattern in _BARE_KINDS:
        match = pattern.match(text)
        if match:
            return kind, text[match.end() :]
    return None, text


def _notes_values(lines: Sequence[str]) -> dict[str, str]:
    """Sender and date of a block of Notes stand first, the subject below its label."""
    written = [bare(line) for line in lines if bare(line)]
    if "@" not in written[0] or not _NOTES_SENDER.match(written[0]):
        return {}
    values = {"from": written[0], "date": written[1] if len(written) > 1 else ""}
    for label, value in pairwise(written):
        if label.lower() in _NOTES_SUBJECTS:
            values["subject"] = value
    return values


def _clean(text: str) -> str:
    return " ".join(_BOLD.sub("", text).split())
