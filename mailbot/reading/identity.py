"""Who a message is: its Message-ID (derived where missing), the ids it answers, its content digest."""

import hashlib
import re
from collections.abc import Sequence

from mailbot.domain.message import Attachment
from mailbot.reading.mime.tree import Part
from mailbot.reading.mime.words import decode_words

_ID = re.compile(rb"<([^<>]{1,998})>")
_BARE_ID = re.compile(rb"[^\s<>,;\"'()]+@[^\s<>,;\"'()]+")
_BLANKS = re.compile(rb"\s+")
# What a transport leaves alone, so that the copies in two mailboxes and in Sent agree.
_CONTENT_HEADERS = ("from", "to", "cc", "subject", "date", "message-id")
# A References header can name every mail of a year; the root and the newest ones tell enough.
_REFERENCES = 100


def message_ids(value: bytes | None) -> tuple[str, ...]:
    """The ids in a header, each in angle brackets, in order and once."""
    if not value:
        return ()
    if b"=?" in value and b"=?" in _ID.sub(b"", value):
        # RFC 2047 allows no encoded word in an id, but Python's mailer makes one of an id longer than a line.
        value = decode_words(value).encode()
    found = [_BLANKS.sub(b"", inside) for inside in _ID.findall(value)]
    if not found:
        found = _BARE_ID.findall(value)
    ids = dict.fromkeys(f"<{_ascii(item)}>" for item in found if item)
    return tuple(ids)


def _ascii(item: bytes) -> str:
    return item.decode("utf-8", errors="replace")


def own_id(root: Part, digest: str) -> str:
    """The Message-ID header in angle brackets, or one derived from the content."""
    value = root.first("message-id")
    if value:
        ids = message_ids(value)
        if ids:
            return ids[0]
        bare = _BLANKS.sub(b"", value).strip(b"<>")
        if bare:
            return f"<{_ascii(bare)}>"
    return derived_id(digest)


def derived_id(digest: str) -> str:
    """A stable id for a message without one: the same content always gets the same."""
    return f"<{digest[:40]}@derived.invalid>"


def reference_ids(root: Part) -> tuple[str, ...]:
    """The ids of References in order; of very many the root and the newest."""
    ids = tuple(dict.fromkeys(item for value in root.all("references") for item in message_ids(value)))
    return ids if len(ids) <= _REFERENCES else ids[:1] + ids[1 - _REFERENCES :]


def content_digest(root: Part, *, text: str, files: Sequence[Attachment]) -> str:
    """SHA-256 over what no transport changes: six headers, the text, and the files of a mail.

    Line ends, transfer encodings and trace headers do change on the way, so they count for nothing.
    """
    digest = hashlib.sha256()
    for name in _CONTENT_HEADERS:
        for value in root.all(name):
            digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    digest.update("\n".join(line.rstrip() for line in text.split("\n")).strip().encode("utf-8", errors="replace"))
    for file in files:
        digest.update(f"\x00{file.name}\x00{file.sha256 or file.size}".encode("utf-8", errors="replace"))
    return digest.hexdigest()
