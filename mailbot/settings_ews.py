"""The settings that tell how an Exchange server of the office's own is reached; part of `Settings`."""

import re
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from mailbot.ews.endpoint import EwsAuth, EwsRights


class EwsSettings(BaseSettings):
    """`MAILBOT_EWS_*`, for mailboxes of kind ews and for sending by ews."""

    # Where EWS is; empty with `ews_autodiscover`, which asks the domain.
    ews_url: str = ""
    ews_autodiscover: bool = False
    ews_version: Literal["2013", "2016", "2019", "se"] = "2019"
    # The account that reads all mailboxes, and how it logs in.
    ews_auth: EwsAuth = EwsAuth.NTLM
    ews_username: str = ""
    ews_password: SecretStr | None = None
    ews_password_command: str = ""
    ews_token_command: str = ""
    ews_rights: EwsRights = EwsRights.IMPERSONATION
    ews_ca_file: Path | None = None

    @field_validator("ews_url")
    @classmethod
    def _carries_a_password(cls, value: str) -> str:
        if value and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", value):
            raise ValueError("debe empezar por https://: por ahí viaja la contraseña")
        return value
