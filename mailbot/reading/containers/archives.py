"""ZIP archives: every file listed, unpacked only within the budget."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from mailbot.reading.containers.entry import Budget, Entry
from mailbot.reading.mime.types import type_of_name

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


def zip_entries(content: bytes, budget: Budget) -> Iterator[Entry]:
    """The files of an archive in order; nothing when it is none."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        budget.note("a ZIP archive is damaged")
        return
    with archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if not budget.take_entry():
                return
            name = _name(info)
            unpacked = _unpack(archive, info, budget)
            yield Entry(name=name, type=type_of_name(name), content=unpacked, stated_size=info.file_size)


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its writer saw it: archives of Spanish Windows use code page 850, others UTF-8 unmarked."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp850", errors="replace")


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes | None:
    if info.flag_bits & _ENCRYPTED:
        budget.note("a ZIP archive is protected by a password")
        return None
    if info.file_size > max(info.compress_size, 1) * budget.ratio and info.file_size > 100_000:
        budget.note("a file in a ZIP archive grows beyond the allowed ratio; it was not unpacked")
        return None
    if not budget.take_bytes(info.file_size):
        return None
    try:
        with archive.open(info) as stream:
            # The stated size may lie: never read more than was granted.
            return stream.read(info.file_size)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError, RuntimeError):
        budget.note("a file in a ZIP archive is damaged")
        return None
