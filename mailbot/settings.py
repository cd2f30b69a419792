"""Every setting of mailbot in one frozen class; the only reader of the environment.

Values come from a settings file (`settings.env`) and from `MAILBOT_*` variables, which win. All
problems are told at once.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SettingsSourceError

from mailbot.domain.drafting import DraftKind
from mailbot.domain.errors import SettingsError
from mailbot.domain.marks import Switch
from mailbot.login import Security
from mailbot.settings_ews import EwsSettings
from mailbot.settings_graph import GraphSettings
from mailbot.settings_words import known_words, mail_address, nearest, said

PREFIX = "MAILBOT_"
# Variables that tests and continuous integration read.
_OTHER_VARIABLES = frozenset({"MAILBOT_REQUIRE_SERVERS", "MAILBOT_KILLS"})
_PLACEHOLDERS = frozenset({"changeme", "change-me", "secret", "cambiar", "cambiame", "xxx", "password"})


class SendMode(StrEnum):
    """What happens to mails that are due."""

    # They are sent.
    SMTP = "smtp"
    # They are sent by Microsoft Graph, from the sender's own mailbox.
    GRAPH = "graph"
    # They are sent by an Exchange server of the office's own, from the sender's mailbox.
    EWS = "ews"
    # They are written to a folder as `.eml` and `.html`; nobody is mailed.
    FOLDER = "folder"
    # They are kept back, and everything goes on as if they had been sent: to watch for a week.
    SHADOW = "shadow"
    # They are kept back, marked as withheld.
    OFF = "off"

    @property
    def looks_first(self) -> bool:
        """Whether Sent is looked into before a mail is sent again: Exchange keeps there what has left."""
        return self in (SendMode.GRAPH, SendMode.EWS)


class MailboxSettings(BaseModel):
    """One mailbox; what is left out comes from the `MAILBOT_IMAP_*` settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    # Any mail server, or Microsoft 365 by the `MAILBOT_GRAPH_*`, or Exchange by the `MAILBOT_EWS_*` settings.
    kind: Literal["imap", "graph", "ews"] = "imap"
    # What is known of the server that it does not say itself: Exchange Online is logged into by `MAILBOT_GRAPH_*`.
    profile: Literal["", "exchange-online"] = ""
    host: str = ""
    port: int | None = None
    security: Security | None = None
    username: str = ""
    password: SecretStr | None = None
    password_command: str = ""
    token_command: str = ""
    ca_file: Path | None = None
    folders: str = ""
    sent_folder: str = ""

    @field_validator("address")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return mail_address(value)


class Settings(EwsSettings, GraphSettings):
    """All settings. Names in files and environment are these in capitals behind `MAILBOT_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    # What is kept, and where.
    database_url: str = "sqlite:///mailbot.sqlite"
    # Which mailboxes are watched: MAILBOT_MAILBOX__<name>__ADDRESS and so on.
    mailbox: dict[str, MailboxSettings] = Field(default_factory=dict)
    imap_host: str = ""
    imap_port: int | None = Field(default=None, ge=1, le=65535)
    imap_security: Security = Security.TLS
    imap_password: SecretStr | None = None
    imap_password_command: str = ""
    imap_token_command: str = ""
    imap_ca_file: Path | None = None
    imap_folders: str = "INBOX"
    marks: str = ""  # what mailbot may do to mails in their mailboxes, words with commas (docs/outlook.md)
    drafts: str = ""  # which answers lie ready as drafts in the ESCs' mailboxes, words with commas
    poll_seconds: int = Field(default=60, ge=5, le=3600)
    since_days: int = Field(default=3, ge=0, le=3650)

    # How mails leave.
    send: SendMode = SendMode.FOLDER
    outbox_folder: Path = Path("outbox")
    sender: str = ""
    sender_name: str = "mailbot"
    smtp_host: str = ""
    smtp_port: int | None = Field(default=None, ge=1, le=65535)
    smtp_security: Security = Security.STARTTLS
    smtp_username: str = ""
    smtp_password: SecretStr | None = None
    smtp_password_command: str = ""
    smtp_token_command: str = ""
    smtp_ca_file: Path | None = None
    # A mailbox that gets a blind copy of every mail; watched, it tells what became of a mail of unknown fate.
    blind_copy: str = ""
    # Tells this mailbot from others in the header X-Mailbot of its mails.
    instance: str = Field(default="mailbot", min_length=1, max_length=60)
    # Who is told what only an administrator can mend.
    admin: str = ""
    # Signs the Message-IDs of our own mails; `mailbot init` makes one.
    secret: SecretStr | None = None

    # The office.
    office_name: str = ""
    office_hours: str = "lun-vie 09:00-13:00,14:00-18:00"
    timezone: str = "America/Lima"
    public_sector_days: bool = False
    agenda_at: str = "08:00"
    # Whether payment notices are passed on to Administración with their voucher.
    forward_payments: bool = True
    # After so many days words and attachments of mails are forgotten, and facts stay; 0 keeps them for ever.
    keep_days: int = Field(default=0, ge=0, le=36500)
    policy_file: Path | None = None
    checklist_file: Path | None = None
    templates_folder: Path | None = None
    model_file: Path | None = None
    log_level: str = "INFO"
    # Where a running service tells Prometheus and others on this machine how it is; none when left out.
    metrics_port: int | None = Field(default=None, ge=1, le=65535)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values passed in, then the environment, then the file."""
        return init_settings, env_settings, dotenv_settings

    @field_validator("sender", "admin", "blind_copy")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return mail_address(value) if value else value

    @field_validator("secret", "imap_password", "smtp_password", "graph_client_secret", "ews_password")
    @classmethod
    def _is_no_placeholder(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and value.get_secret_value().strip().lower() in _PLACEHOLDERS:
            raise ValueError("todavía tiene el valor de ejemplo: ponga uno propio")
        return value

    @field_validator("marks", "drafts")
    @classmethod
    def _are_known(cls, value: str, info: ValidationInfo) -> str:
        return known_words(value, Switch if info.field_name == "marks" else DraftKind)

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"«{value}» no es una zona horaria; por ejemplo America/Lima") from error
        return value

    @field_validator("office_hours")
    @classmethod
    def _are_hours(cls, value: str) -> str:
        from mailbot.domain.calendars import parse_hours

        parse_hours(value)
        return value

    @field_validator("agenda_at")
    @classmethod
    def _is_time(cls, value: str) -> str:
        hour, _, minute = value.partition(":")
        if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
            raise ValueError("debe ser una hora como 08:00")
        return value

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("debe ser DEBUG, INFO, WARNING o ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _sending_is_complete(self) -> "Settings":
        needed = {SendMode.SMTP: ("smtp_host", "sender"), SendMode.GRAPH: ("sender",), SendMode.EWS: ("sender",)}
        missing = [name for name in needed.get(self.send, ()) if not getattr(self, name)]
        if missing:
            names = ", ".join(f"{PREFIX}{name.upper()}" for name in missing)
            raise ValueError(f"{PREFIX}SEND={self.send} necesita también {names}")
        return self

    @property
    def poll_interval(self) -> timedelta:
        """How often a mailbox is polled where the server cannot push."""
        return timedelta(seconds=self.poll_seconds)


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings file and the environment.

    Raises `SettingsError` naming every problem and what to do about it.
    """
    problems = [*_file_problems(file), *_unknown_variables(os.environ)]
    if file is not None and not file.is_file():
        raise SettingsError(problems)
    try:
        settings = Settings(_env_file=file, _env_file_encoding="utf-8")
    except ValidationError as error:
        raise SettingsError([*problems, *_explained(error)]) from None
    except (UnicodeDecodeError, SettingsSourceError) as error:
        raise SettingsError([*problems, f"{file or 'el entorno'}: no se puede leer ({error})"]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def setting_names() -> tuple[str, ...]:
    """The name of every setting as it stands in a file; a mailbox's own with `NAME` for its name."""
    plain = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields if name != "mailbox"]
    nested = [f"{PREFIX}MAILBOX__NAME__{name.upper()}" for name in MailboxSettings.model_fields]
    return (*plain, *nested)


def _file_problems(file: Path | None) -> Iterator[str]:
    if file is None:
        return
    if not file.is_file():
        yield f"no existe el archivo de configuración {file}: créelo con «mailbot init»"
        return
    mode = stat.S_IMODE(file.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        yield f"{file} lo pueden leer otros usuarios (modo {mode:03o}): ejecute «chmod 600 {file}»"


def _unknown_variables(variables: Mapping[str, str]) -> Iterator[str]:
    known = {name for name in setting_names() if "__" not in name} | {f"{PREFIX}SETTINGS"}
    for name in sorted(variables):
        is_ours = name.startswith(PREFIX) and not name.startswith(f"{PREFIX}MAILBOX__")
        if is_ours and name not in known and name not in _OTHER_VARIABLES:
            yield f"{name}: no existe esa variable{nearest(name, known)}"


def _explained(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        name = "__".join(str(part) for part in fault["loc"]).upper()
        name = name if name.startswith(PREFIX) else f"{PREFIX}{name}"
        if fault["type"] == "extra_forbidden":
            yield f"{name}: no existe esa opción{nearest(name, setting_names())}"
        elif not fault["loc"]:
            yield said(fault["msg"])
        else:
            yield f"{name}: {said(fault['msg'])}"
