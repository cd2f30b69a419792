"""How one mailbox on an Exchange server of the office's own is read. Values only."""

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo

from mailbot.ews.endpoint import EwsEndpoint


@dataclass(frozen=True, kw_only=True)
class EwsAccount:
    """One mailbox, reached by the account of the endpoint."""

    name: str
    address: str
    endpoint: EwsEndpoint
    # What to read besides the Sent folder, the inbox first; a folder inside another is «A/B».
    folders: tuple[str, ...] = ("INBOX",)
    # None: the one that Exchange knows as such, under its name in the mailbox's language.
    sent_folder: str | None = None
    # In which its owner reads dates.
    zone: tzinfo = UTC
    # How often a wait looks where the server grants no notifications.
    poll_interval: timedelta = timedelta(seconds=30)
    batch_count: int = 20
    # A mail above this is not fetched.
    max_bytes: int = 160 * 1024 * 1024
