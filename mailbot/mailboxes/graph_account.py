"""How one mailbox in Microsoft 365 is read. Values only."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from mailbot.graph.app import GraphApp


@dataclass(frozen=True, kw_only=True)
class GraphAccount:
    """One mailbox, reached by an application that was let in."""

    name: str
    address: str
    app: GraphApp
    # What to read besides the Sent folder, the inbox first; a folder inside another is «A/B».
    folders: tuple[str, ...] = ("INBOX",)
    # None: the one that Graph knows as such, under its name in the mailbox's language.
    sent_folder: str | None = None
    # How often a wait looks: Graph cannot push to a machine that is not on the internet.
    poll_interval: timedelta = timedelta(seconds=30)
    # How often the newest mails are compared with what was handed out, in case a delta left one out.
    compare_every: timedelta = timedelta(hours=24)
    batch_count: int = 20
    # A mail above this is not fetched (Exchange's own limit is 150 MB).
    max_bytes: int = 160 * 1024 * 1024

    @property
    def root(self) -> str:
        """The mailbox's own path."""
        return f"users/{quote(self.address, safe='@')}"
