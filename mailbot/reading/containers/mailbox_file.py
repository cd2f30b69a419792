"""Mailbox files sent as attachments: `.mbox` (RFC 4155) with its mails one behind the other, Apple Mail's `.emlx`."""

import re
from collections.abc import Iterator

from mailbot.reading.containers.entry import Budget, Entry

_SEPARATOR = re.compile(rb"(?:\A|(?<=\n)\r?\n)From [^\r\n]{1,300}\b\d\d:\d\d[^\r\n]*\b\d{4}[^\r\n]{0,40}\r?\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
# The length of the mail, then the mail, then properties of Apple's own.
_COUNTED = re.compile(rb"[ \t\r\n]{0,4}(\d{1,10})[ \t]*\r?\n(?=[!-9;-~]+:)")
_KINDS = frozenset(("application/mbox", "application/x-mbox", "text/x-mbox"))


def counted_mail(content: bytes) -> bytes | None:
    """The mail inside an `.emlx` file; None when the bytes are none."""
    counted = _COUNTED.match(content)
    return content[counted.end() : counted.end() + int(counted.group(1))] if counted else None


def is_mbox(name: str, kind: str, content: bytes) -> bool:
    """Whether a file is a mailbox: called one, and it begins with the separator of one."""
    is_called = kind in _KINDS or name.lower().endswith((".mbox", ".mbx")) or name.lower() == "mbox"
    return is_called and _SEPARATOR.match(content) is not None


def mbox_entries(content: bytes, budget: Budget) -> Iterator[Entry]:
    """The mails of a mailbox file in order, numbered, without the signs that protect their lines."""
    starts = [match.span() for match in _SEPARATOR.finditer(content)]
    ends = [start for start, _ in starts[1:]] + [len(content)]
    for number, ((_, begin), end) in enumerate(zip(starts, ends, strict=True), start=1):
        if not budget.take_entry() or not budget.take_bytes(end - begin):
            return
        mail = _ESCAPED.sub(rb"\1", content[begin:end])
        yield Entry(name=f"{number}.eml", type="message/rfc822", content=mail)
