"""How mailbot is known to Microsoft 365 and how its Graph is reached. Values only."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

GRAPH_URL = "https://graph.microsoft.com/v1.0"
# The clouds of the United States' and China's authorities have their own doors.
_LOGINS = {
    "graph.microsoft.us": "https://login.microsoftonline.us",
    "dod-graph.microsoft.us": "https://login.microsoftonline.us",
    "microsoftgraph.chinacloudapi.cn": "https://login.partner.microsoftonline.cn",
}
_IMAP = {
    "graph.microsoft.us": "outlook.office365.us",
    "dod-graph.microsoft.us": "outlook.office365.us",
    "microsoftgraph.chinacloudapi.cn": "partner.outlook.cn",
}


@dataclass(frozen=True, kw_only=True)
class GraphApp:
    """The registered application. Give a secret, a certificate, a file of logins, or a command."""

    tenant: str = ""
    client_id: str = ""
    client_secret: str | None = field(default=None, repr=False)
    # One PEM file with the private key and the certificate.
    certificate_file: Path | None = None
    # Prints an access token for Graph; used instead of secret and certificate.
    token_command: str | None = field(default=None, repr=False)
    # Where the logins of persons are kept (`mailbot login`); then mailbot acts as they, not as the application.
    token_file: Path | None = None
    # Where Microsoft's login is; empty: known by the cloud.
    login_url: str = ""
    url: str = GRAPH_URL
    ca_file: Path | None = None
    timeout: timedelta = timedelta(seconds=60)
    # How long one reading request waits out a busy server before it is for the caller to back off.
    patience: timedelta = timedelta(seconds=20)

    @property
    def host(self) -> str:
        """The one host that ever gets the token."""
        return urlsplit(self.url).hostname or ""

    @property
    def authority(self) -> str:
        """Who gives out tokens for the tenant."""
        login = self.login_url or _LOGINS.get(self.host, "https://login.microsoftonline.com")
        return f"{login}/{self.tenant}"

    @property
    def scope(self) -> str:
        """Everything that was granted to the application."""
        return f"https://{self.host}/.default"

    @property
    def imap_scope(self) -> str:
        """The same for IMAP, whose tokens are others."""
        return f"https://{_IMAP.get(self.host, 'outlook.office365.com')}/.default"
