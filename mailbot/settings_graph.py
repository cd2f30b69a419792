"""The settings that tell how Microsoft 365 is reached; part of `Settings`."""

import re
from enum import StrEnum
from pathlib import Path

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings


class GraphLogin(StrEnum):
    """As whom mailbot enters Microsoft 365."""

    # As the registered application, with a secret or a certificate.
    APP = "app"
    # As the persons who ran `mailbot login` and typed a code into a browser.
    DEVICE = "device"


class GraphSettings(BaseSettings):
    """`MAILBOT_GRAPH_*`: for mailboxes of kind graph, for Exchange Online over IMAP, and for sending by graph."""

    # The application by which Microsoft 365 knows mailbot.
    graph_tenant: str = ""
    graph_client_id: str = ""
    graph_client_secret: SecretStr | None = None
    graph_client_secret_command: str = ""
    graph_certificate_file: Path | None = None
    graph_token_command: str = ""
    graph_login: GraphLogin = GraphLogin.APP
    # Where the logins of persons are kept; only the owner can read it.
    graph_token_file: Path = Path("mailbot-logins.json")
    graph_ca_file: Path | None = None
    graph_url: str = "https://graph.microsoft.com/v1.0"
    # Where to log in; known by itself in Microsoft's clouds.
    graph_login_url: str = ""

    @field_validator("graph_url")
    @classmethod
    def _carries_a_token(cls, value: str) -> str:
        if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", value):
            raise ValueError("debe empezar por https://: por ahí viaja el token")
        return value.rstrip("/")

    @field_validator("graph_login_url")
    @classmethod
    def _carries_a_secret(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            raise ValueError("debe empezar por https://: por ahí viaja el secreto")
        return value.rstrip("/")
