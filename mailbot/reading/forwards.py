"""Mails that were sent on inside another one: attached, or pasted below a header block."""

from mailbot.domain.message import Forwarded
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.tree import Part
from mailbot.reading.mime.words import decode_header
from mailbot.reading.texts import body_text


def find_forwarded(root: Part, text: str, limits: ReadingLimits) -> tuple[Forwarded, ...]:
    """Every mail found inside, in order."""
    return tuple(_attached(part, limits) for part in root.walk() if part.type == "message/rfc822" and part.children)


def _attached(part: Part, limits: ReadingLimits) -> Forwarded:
    inner = part.children[0]
    return Forwarded(
        sender=_header(inner, "from"),
        subject=_header(inner, "subject"),
        date=_header(inner, "date"),
        text=body_text(inner, limits).text,
    )


def _header(part: Part, name: str) -> str:
    value = part.first(name)
    return decode_header(value) if value else ""
