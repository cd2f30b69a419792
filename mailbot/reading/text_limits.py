"""How much is read of the attachments of one mail, in whichever process."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TextLimits:
    """Bounds that keep a hostile or huge attachment cheap; every one of them can be set."""

    # Characters kept of one attachment.
    chars: int = 200_000
    # A set of shipping papers has under 40 pages; scans of 200 pages hold no more text.
    pages: int = 60
    rows: int = 5_000
    # Files read of one mail; the rest is named but not opened.
    files: int = 40
    # A larger file is not opened.
    file_bytes: int = 32 * 1024 * 1024
    # Bytes that a workbook or Word file may unpack to, and its most believable ratio.
    unpacked_bytes: int = 256 * 1024 * 1024
    unpacked_ratio: int = 200
    # For one file, and for all files of one mail.
    seconds: float = 10.0
    total_seconds: float = 30.0
    # Address space of the reading process.
    memory_bytes: int = 1024 * 1024 * 1024
