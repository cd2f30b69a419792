"""How an Exchange server of the office's own is reached by EWS. Values only."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

# What a server of that name says of itself: major, minor and build (Microsoft's list of build numbers).
VERSIONS = {"2013": (15, 0, 847), "2016": (15, 1, 0), "2019": (15, 2, 0), "se": (15, 2, 2562)}
# Exchange Online under its own names, those of its autodiscover, and the clouds of other authorities.
_ONLINE = ("office365.com", "outlook.office.com", "outlook.com", "office365.us", "outlook.cn", "outlook.de")


class EwsAuth(StrEnum):
    """How mailbot logs in."""

    # Windows authentication, what Exchange offers from the start.
    NTLM = "ntlm"
    # Name and password in every request; only inside TLS.
    BASIC = "basic"
    # A token that a command prints (modern authentication).
    OAUTH = "oauth"


class EwsRights(StrEnum):
    """By which right one account reads the mailboxes of others."""

    # The role ApplicationImpersonation: it acts as the mailbox's owner.
    IMPERSONATION = "impersonation"
    # Full access to the mailbox, or the account is the owner's own.
    DELEGATE = "delegate"


@dataclass(frozen=True, kw_only=True)
class EwsEndpoint:
    """The server and the account that logs in to it."""

    # Empty: asked of the domain's autodiscover service.
    url: str = ""
    # Where that service is looked for, one after the other.
    discovery: tuple[str, ...] = (
        "https://autodiscover.{domain}/autodiscover/autodiscover.xml",
        "https://{domain}/autodiscover/autodiscover.xml",
    )
    auth: EwsAuth = EwsAuth.NTLM
    username: str = ""
    password: str | None = field(default=None, repr=False)
    token_command: str | None = field(default=None, repr=False)
    rights: EwsRights = EwsRights.IMPERSONATION
    version: str = "2019"
    ca_file: Path | None = None
    timeout: timedelta = timedelta(seconds=60)
    # How long one reading request waits out a busy server before it is for the caller to back off.
    patience: timedelta = timedelta(seconds=20)

    @property
    def host(self) -> str:
        """Where it is, for people."""
        return urlsplit(self.url).hostname or "autodiscover"


def is_exchange_online(host: str) -> bool:
    """Whether a server is Microsoft's own, where EWS is closed (blocked since 2026-10-01, gone on 2027-04-01)."""
    name = host.lower().rstrip(".")
    return any(name == known or name.endswith(f".{known}") for known in _ONLINE)


WHY_NOT_ONLINE = (
    "es Exchange Online, donde Microsoft cerró EWS (bloqueado desde el 1-10-2026, retirado el 1-4-2027): "
    "use Microsoft Graph, MAILBOT_MAILBOX__…__KIND=graph (docs/graph.md)"
)
