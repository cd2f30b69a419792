"""How one IMAP mailbox is reached and read. Values only."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from mailbot.login import Security, Tokens

# Servers that file a copy of every mail they send: a second copy would only confuse people.
_SERVERS_THAT_FILE = ("imap.gmail.com", "outlook.office365.com", "imap-mail.outlook.com")


@dataclass(frozen=True, kw_only=True)
class ImapAccount:
    """One mailbox. Give `password`, or `tokens` that give an OAuth access token."""

    name: str
    host: str
    port: int = 993
    security: Security = Security.TLS
    username: str
    password: str | None = field(default=None, repr=False)
    tokens: Tokens | None = field(default=None, repr=False)
    ca_file: Path | None = None
    # What to read besides the Sent folder, the inbox first.
    folders: tuple[str, ...] = ("INBOX",)
    # None: found by SPECIAL-USE or by its usual names.
    sent_folder: str | None = None
    # Whether the server itself files what is sent; None: known by its name.
    files_sent: bool | None = None
    timeout: timedelta = timedelta(seconds=30)
    # Longest stretch of one IDLE; RFC 2177 says under 29 minutes, many firewalls forget sooner.
    idle_renewal: timedelta = timedelta(minutes=5)
    batch_count: int = 50
    batch_bytes: int = 8 * 1024 * 1024
    # A mail above this is not fetched (Exchange's own limit is 150 MB).
    max_bytes: int = 160 * 1024 * 1024

    @property
    def place(self) -> str:
        """Server and port, for people."""
        return f"{self.host}:{self.port}"

    @property
    def server_files_sent(self) -> bool:
        """Whether a copy in Sent appears by itself."""
        return self.host.lower() in _SERVERS_THAT_FILE if self.files_sent is None else self.files_sent
