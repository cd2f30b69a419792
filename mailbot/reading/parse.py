"""Bytes of one mail in, a `Message` out: every field as a careful reader would fill it."""

import hashlib
import struct
import zipfile
import zlib
from datetime import datetime

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.message import Message
from mailbot.reading.assemble import assemble
from mailbot.reading.containers.mailbox_file import counted_mail
from mailbot.reading.containers.outlook_file import MAGIC, to_mime
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.tree import Scanner

DEFAULT_LIMITS = ReadingLimits()
_LOOK = 4096
# What Python and the libraries raise on data they do not expect.
_TRIPS = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, StopIteration),
    *(TypeError, ValueError, struct.error, zlib.error, zipfile.BadZipFile),
)


def _as_mail(raw: bytes) -> bytes:
    """The mail's bytes where a program wrapped them: Outlook, Apple Mail, an editor, an old Mac."""
    if raw.startswith(MAGIC):
        return to_mime(raw)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Saved as "Unicode" by an editor of Windows.
        return raw.decode("utf-16", errors="replace").encode("utf-8")
    counted = counted_mail(raw)
    if counted is not None:
        return counted
    return raw.replace(b"\r", b"\n") if b"\n" not in raw and b"\r" in raw else raw


def read_message(raw: bytes, *, received_at: datetime | None = None, limits: ReadingLimits = DEFAULT_LIMITS) -> Message:
    """Read one mail; its bytes raise `MessageUnreadable` and nothing else.

    An arrival without offset is the caller's mistake, not the mail's, and raises ValueError.
    """
    arrived = to_utc(received_at) if received_at else None
    if not raw[:_LOOK].strip() and not raw.strip():
        raise MessageUnreadable("el correo está vacío: no hay nada que leer")
    digest = hashlib.sha256(raw).hexdigest()
    try:
        scanner = Scanner(limits)
        root = scanner.read(_as_mail(raw))
        return assemble(root, sha256=digest, received_at=arrived, limits=limits, defects=tuple(scanner.defects))
    # Whatever a library trips over in one mail must not stop the mails behind it.
    except _TRIPS as error:
        raise MessageUnreadable(f"el correo no se puede leer ({type(error).__name__}: {error})") from error
