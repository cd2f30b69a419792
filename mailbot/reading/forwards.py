"""Mails that were sent on inside another one: attached, or pasted below a header block."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mailbot.domain.message import Forwarded
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.addresses import parse_addresses
from mailbot.reading.mime.tree import Part
from mailbot.reading.mime.words import decode_header
from mailbot.reading.replies.attributions import attribution_length
from mailbot.reading.replies.header_blocks import header_block_length, header_values
from mailbot.reading.replies.marks import bare
from mailbot.reading.replies.separators import (
    is_forward_marker,
    is_marker,
    ruled_block_start,
)
from mailbot.reading.subjects import is_forward_subject, strip_marks
from mailbot.reading.texts import body_text

_MOST = 20
_MAILS = frozenset(("message/rfc822", "message/global"))
_LINES = 3000
_MAILTO = re.compile(r"\s*[<\[(](?:mailto|smtp):\s*([^\s<>\[\]()]+)[>\])]+", re.IGNORECASE)
_QUOTED_NAME = re.compile(r"^[\"']([^\"']{1,100})[\"']\s*(?=<)")
_WRITTEN_BY = re.compile(r"[,;]?\s*(?:\"?([^\"<>,;:]{2,60})\"?\s*)?[<(\[]([^\s<>()\[\]]+@[^\s<>()\[\]]+)[>)\]]")
_QUOTE_SIGN = re.compile(r"^\s{0,2}>\s?")


def attached_mails(root: Part, opened: Sequence[Part], limits: ReadingLimits) -> tuple[Forwarded, ...]:
    """The mails attached to this one, and those `opened` inside its files, each with all that stood in it."""
    inside = [part.children[0] for part in root.walk() if part.type in _MAILS and part.children]
    return tuple(_attached(inner, limits) for inner in (inside + list(opened))[:_MOST])


def _attached(inner: Part, limits: ReadingLimits) -> Forwarded:
    return Forwarded(
        sender=_sender(inner),
        subject=_header(inner, "subject"),
        date=_header(inner, "date"),
        text=body_text(inner, limits).text,
    )


def _sender(part: Part) -> str:
    """The first author as `Name <address>`."""
    found = parse_addresses(part.first("from") or b"")
    if not found:
        return ""
    author = found[0]
    return f"{author.name} <{author.address}>" if author.name and author.address else author.address or author.name


def _header(part: Part, name: str) -> str:
    value = part.first(name)
    return decode_header(value) if value else ""


def find_pasted(*, subject: str, text: str, new_text: str) -> tuple[Forwarded, ...]:
    """Mails pasted into the text, newest first, when the mail forwards them rather than answers them."""
    lines = text.split("\n", _LINES)
    forwards = is_forward_subject(subject) or not new_text.strip() or any(is_forward_marker(line) for line in lines)
    if not forwards:
        return ()
    starts = islice(_starts(lines), _MOST)
    return tuple(_pasted(lines, start, strip_marks(subject)) for start in starts)


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a pasted mail's headers stand and where its text begins."""

    headers: int
    body: int
    is_attribution: bool = False


def _starts(lines: Sequence[str]) -> Iterator[_Start]:
    position = 0
    while position < len(lines):
        if not bare(lines[position]) or (is_marker(lines[position]) or ruled_block_start(lines, position)):
            position += 1
            continue
        length = header_block_length(lines, position)
        if length:
            yield _Start(position, position + length)
            position += length
            continue
        length = attribution_length(lines, position)
        if length:
            yield _Start(position, position + length, is_attribution=True)
        position += max(length, 1)


def _pasted(lines: Sequence[str], start: _Start, matter: str) -> Forwarded:
    quoted = lines[start.headers].lstrip().startswith(">")
    body = [_QUOTE_SIGN.sub("", line) if quoted or start.is_attribution else line for line in lines[start.body :]]
    text = "\n".join(line.rstrip() for line in body).strip()
    if start.is_attribution:
        return _from_attribution(" ".join(bare(line) for line in lines[start.headers : start.body]), matter, text)
    values = header_values(lines[start.headers : start.body])
    return Forwarded(
        sender=clean_sender(values.get("from", "")),
        subject=values.get("subject", ""),
        date=values.get("date", ""),
        text=text,
    )


def _from_attribution(line: str, matter: str, text: str) -> Forwarded:
    match = _WRITTEN_BY.search(line)
    sender = f"{(match.group(1) or '').strip()} <{match.group(2)}>".strip() if match else ""
    date = line[: match.start()] if match else line
    return Forwarded(sender=sender, subject=matter, date=date.strip(" ,"), text=text)


def clean_sender(value: str) -> str:
    """`Rosa [mailto:rosa@…]` and doubled addresses as `Rosa <rosa@…>`."""
    value = re.sub(r"<([^<>]+@[^<>]+)<mailto:[^<>]*>>", r"<\1>", value)
    value = re.sub(r"([^\s<>]+@[^\s<>]+)\s*<mailto:\1>", r"\1", value, flags=re.IGNORECASE)
    value = _MAILTO.sub(r" <\1>", value).strip()
    return _QUOTED_NAME.sub(r"\1 ", value).strip('"')
