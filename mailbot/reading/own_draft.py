"""Recognises a draft that mailbot itself put into a mailbox and that nobody sent."""

from email.parser import BytesHeaderParser

from mailbot.domain.drafting import DRAFT_HEADER

# Headers of a draft are short.
_HEAD = 64 * 1024


def is_own_draft(raw: bytes) -> bool:
    """Whether it bears our header and none of a server's: a mail that left was received somewhere."""
    if DRAFT_HEADER.lower().encode() not in raw[:_HEAD].lower():
        return False
    headers = BytesHeaderParser().parsebytes(raw[:_HEAD])
    return DRAFT_HEADER in headers and "Received" not in headers
