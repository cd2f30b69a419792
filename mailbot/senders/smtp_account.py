"""How one SMTP server is reached. Values only."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from mailbot.login import Security


@dataclass(frozen=True, kw_only=True)
class SmtpAccount:
    """One SMTP server. Without a username it is used without logging in (a relay of the office)."""

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    # Prints an OAuth access token; used instead of a password.
    token_command: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    timeout: timedelta = timedelta(seconds=60)
    # Stands in the header by which mailbots know each other's mail.
    instance: str = "mailbot"
    # Gets every mail without being named in it.
    blind_copy: str | None = None

    @property
    def place(self) -> str:
        """Server and port, for people."""
        return f"{self.host}:{self.port}"

    @property
    def hello_name(self) -> str:
        """What to call ourselves: asking the DNS for this machine's name can hang for long."""
        domain = (self.username or "").rpartition("@")[2]
        return domain if domain and domain.isascii() else "localhost.localdomain"
