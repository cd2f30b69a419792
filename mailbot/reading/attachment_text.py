"""The text inside attachments, for finding references, types and defects.

Formats with a history of hostile files (PDF, workbooks, Word) are read in a process of their own, with
limits on time and memory; plain text is decoded here. Nothing in an attachment can stop a mail: what
could not be read carries its fault, in Spanish, for people.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.message import Attachment, Message
from mailbot.reading.html.text import html_to_text
from mailbot.reading.mime.charsets import decode_bytes
from mailbot.reading.parse import read_message
from mailbot.reading.text_limits import TextLimits
from mailbot.reading.text_process import read_apart

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_ENDINGS = (".txt", ".csv", ".tsv", ".xml", ".md", ".log", ".edi")
_MAIL_TYPE = "message/rfc822"


@dataclass(frozen=True, kw_only=True)
class AttachmentText:
    """What could be read of one attachment; `is_scan` means that it holds pictures of pages alone."""

    text: str = ""
    fault: str | None = None
    is_scan: bool = False


DEFAULT_LIMITS = TextLimits()


def extract_texts(message: Message, *, limits: TextLimits = DEFAULT_LIMITS) -> Mapping[str, AttachmentText]:
    """The text of every attachment that may hold some, by `Attachment.path`. Never raises."""
    until = time.monotonic() + limits.total_seconds
    found: dict[str, AttachmentText] = {}
    for attachment in message.attachments:
        if attachment.inline and attachment.type.startswith("image/"):
            continue
        if len(found) >= limits.files or time.monotonic() > until:
            found[attachment.path] = AttachmentText(fault="no leído: demasiados adjuntos")
        elif (text := extract_text(attachment, limits=limits)) is not None:
            found[attachment.path] = text
    return found


def extract_text(attachment: Attachment, *, limits: TextLimits = DEFAULT_LIMITS) -> AttachmentText | None:
    """The text of one attachment; None for kinds that hold none (archives, sounds, films)."""
    if attachment.size > limits.file_bytes:
        return AttachmentText(fault="demasiado grande")
    if attachment.type.startswith("image/"):
        return AttachmentText(is_scan=True)
    try:
        content = attachment.read()
    # The content comes from outside, and so does whatever its decoder trips over.
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError):
        return AttachmentText(fault="ilegible")
    kind = document_kind(content, attachment)
    if kind is None:
        return None
    if kind in ("pdf", "ooxml", "ole"):
        text, fault, is_scan = read_apart(kind, content, limits=limits)
        return AttachmentText(text=text, fault=fault, is_scan=is_scan)
    return _read_here(kind, content, limits=limits)


def document_kind(content: bytes, attachment: Attachment) -> str | None:
    """Which reader a file needs: its bytes decide, then its type and its name."""
    head = content[:1024]
    name = attachment.name.lower()
    if content.startswith(_OLE):
        return "ole"
    # Before PDF: a ZIP may hold one that is not packed.
    if content.startswith(b"PK\x03\x04"):
        is_office = b"[Content_Types].xml" in content[:4096] or name.endswith((".docx", ".xlsx", ".xlsm", ".docm"))
        return "ooxml" if is_office else None
    if b"%PDF-" in head:
        return "pdf"
    if attachment.type == _MAIL_TYPE or name.endswith(".eml"):
        return "mail"
    if attachment.type == "text/html" or name.endswith((".html", ".htm")):
        return "html"
    is_text = attachment.type.startswith("text/") or name.endswith(_TEXT_ENDINGS) or attachment.type.endswith("/xml")
    return "text" if is_text else _named_like_a_document(name)


def _named_like_a_document(name: str) -> str | None:
    """A file called like a document whose bytes are none is read as one, so that its fault is named."""
    if name.endswith(".pdf"):
        return "pdf"
    return "ooxml" if name.endswith((".xlsx", ".xlsm", ".docx", ".docm")) else None


def _read_here(kind: str, content: bytes, *, limits: TextLimits) -> AttachmentText:
    cut = content[: 4 * limits.chars]
    if kind == "mail":
        return _read_mail(content, limits=limits)
    text = decode_bytes(cut)
    if kind == "html":
        text = html_to_text(text)
    fault = "cortado" if len(content) > len(cut) or len(text) > limits.chars else None
    return AttachmentText(text=text[: limits.chars], fault=fault)


def _read_mail(content: bytes, *, limits: TextLimits) -> AttachmentText:
    try:
        message = read_message(content)
    except MessageUnreadable:
        return AttachmentText(fault="ilegible")
    return AttachmentText(text=f"{message.subject}\n{message.text}"[: limits.chars])
