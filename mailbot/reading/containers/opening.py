"""Which files are containers, and what lies inside them, however deep, within one budget."""

from collections.abc import Iterator

from mailbot.reading.containers.archives import zip_entries
from mailbot.reading.containers.entry import Budget, Entry
from mailbot.reading.containers.mailbox_file import counted_mail, is_mbox, mbox_entries
from mailbot.reading.containers.outlook_file import is_outlook_file, to_mime
from mailbot.reading.containers.tnef import is_tnef, tnef_entries

_ZIP_TYPES = frozenset(("application/zip", "application/x-zip-compressed", "application/x-zip", "multipart/x-zip"))
_ZIP_MAGIC = b"PK\x03\x04"
_MAIL_KINDS = frozenset(("message/rfc822", "message/global", "message/news"))


def entries_inside(name: str, kind: str, content: bytes, budget: Budget) -> Iterator[Entry]:
    """The files directly inside a container; nothing for an ordinary file."""
    if is_tnef(content):
        yield from tnef_entries(content, budget)
    elif content.startswith(_ZIP_MAGIC) and (kind in _ZIP_TYPES or name.lower().endswith(".zip")):
        yield from zip_entries(content, budget)
    elif is_mbox(name, kind, content):
        yield from mbox_entries(content, budget)


def mail_inside(name: str, kind: str, content: bytes, budget: Budget) -> bytes | None:
    """The bytes of the mail that a file is, when it is one: an `.eml`, `.emlx` or `.msg` sent as one."""
    if is_outlook_file(content):
        try:
            return to_mime(content)
        except ValueError:
            budget.note("an Outlook file is damaged")
            return None
    if name.lower().endswith(".emlx"):
        return counted_mail(content)
    is_mail = name.lower().endswith(".eml") or kind in _MAIL_KINDS
    return content if is_mail and b":" in content[:200] else None
