"""How much of one mail is read. Beyond a limit the reading goes on with less and says so in `defects`."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ReadingLimits:
    """Bounds that keep a hostile or huge mail cheap; every one of them can be set."""

    # Beyond this only headers and structure are read; contents are neither decoded nor hashed.
    message_bytes: int = 64 * 1024 * 1024
    # Longer header values are cut; 10,000 recipients need about 600 kB.
    header_bytes: int = 1024 * 1024
    # More header lines than this in one part are left out.
    headers: int = 2000
    # Multiparts and mails inside each other; deeper ones stay closed as attachments.
    nesting: int = 40
    # Parts of one mail, those inside attached mails included.
    parts: int = 2000
    # Characters of body text that are kept; a page has about 3,000.
    text_chars: int = 1_000_000
    # Files listed from one ZIP, TNEF or Outlook container.
    container_entries: int = 500
    # Containers inside containers.
    container_nesting: int = 3
    # Unpacked bytes taken from one container, and the most that one packed byte may become.
    container_bytes: int = 64 * 1024 * 1024
    container_ratio: int = 200
