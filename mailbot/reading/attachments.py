"""The files of a mail, those inside attached mails and containers too, each with its place."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from mailbot.domain.message import Attachment
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.bodies import part_name, sort_parts
from mailbot.reading.mime.tree import Part
from mailbot.reading.mime.types import true_type

_MAILS = frozenset(("message/rfc822", "message/global"))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file found inside a container: its name there and its bytes."""

    name: str
    type: str
    content: bytes
    content_id: str | None = None
    inline: bool = False


def list_attachments(root: Part, limits: ReadingLimits, *, shown_ids: frozenset[str]) -> Iterator[Attachment]:
    """Every file in order; what lies inside another one follows it."""
    for part in sort_parts(root).files:
        yield _attachment(part, shown_ids=shown_ids)
        if part.type in _MAILS:
            for inner in part.children:
                yield from list_attachments(inner, limits, shown_ids=shown_ids)


def _attachment(part: Part, *, shown_ids: frozenset[str]) -> Attachment:
    content = part.content()
    identifier = content_id(part)
    name = part_name(part)
    return Attachment(
        name=name,
        type=true_type(part.type, name, content[:64]),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        path=part.path,
        inline=_is_inline(part, identifier, shown_ids),
        content_id=identifier,
        read=partial(_read, part),
    )


def _read(part: Part) -> bytes:
    return part.content()


def content_id(part: Part) -> str | None:
    """The Content-ID without its brackets."""
    value = part.first("content-id")
    return value.decode("utf-8", errors="replace").strip().strip("<>") or None if value else None


def _is_inline(part: Part, identifier: str | None, shown_ids: frozenset[str]) -> bool:
    """A picture that stands in the text: a logo, a tracker, a pasted screenshot; never a document."""
    if identifier and identifier in shown_ids:
        return True
    return part.type.startswith("image/") and part.disposition != "attachment" and bool(identifier or part.disposition)
