"""The part of bootstrap that speaks to any mail server by IMAP."""

from typing import TYPE_CHECKING

from mailbot.bootstrap_values import list_of, password_of
from mailbot.login import Security
from mailbot.ports.mailbox import MailSource
from mailbot.services.desk import Box
from mailbot.services.outlook import Outlook
from mailbot.settings import MailboxSettings, Settings

if TYPE_CHECKING:
    from mailbot.mailboxes.imap_account import ImapAccount

# Where a password is no way in any more (Microsoft ended basic authentication in 2022).
_EXCHANGE_ONLINE = frozenset({"outlook.office365.com", "outlook.office.com"})
_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.PLAIN: 143}


def imap_source(name: str, box: MailboxSettings, settings: Settings) -> MailSource:
    """One mailbox on any mail server."""
    from mailbot.mailboxes.imap import ImapMailSource

    return ImapMailSource(_account(name, box, settings))


def imap_outlook(own: Box, box: MailboxSettings, settings: Settings) -> Outlook:
    """What shows marks on the mails of a mailbox, over a connection of its own."""
    from mailbot.mailboxes.imap_marks import ImapMarks

    account = _account(own.name, box, settings)
    return Outlook(
        box=own,
        marks=ImapMarks(account),
        folders=tuple("INBOX" if name.upper() == "INBOX" else name for name in account.folders),
    )


def imap_problems(name: str, box: MailboxSettings, settings: Settings) -> list[str]:
    """What is missing to reach a mailbox of kind imap; nothing for any other."""
    prefix = f"MAILBOT_MAILBOX__{name.upper()}__"
    if box.kind != "imap":
        return []
    problems = []
    host, login = box.host or settings.imap_host, _login(box, settings)
    if host.lower() in _EXCHANGE_ONLINE and not login.token_command:
        problems.append(
            f"{prefix}HOST: Exchange Online no admite contraseñas por IMAP; ponga {prefix}KIND=graph (docs/graph.md), "
            f"o {prefix}TOKEN_COMMAND con un token XOAUTH2"
        )
    if not host:
        problems.append(f"{prefix}HOST: falta el servidor (o MAILBOT_IMAP_HOST para todos)")
    if not (login.password or login.password_command or login.token_command):
        problems.append(f"{prefix}PASSWORD: falta la contraseña, {prefix}PASSWORD_COMMAND o {prefix}TOKEN_COMMAND")
    return problems


def _account(name: str, box: MailboxSettings, settings: Settings) -> "ImapAccount":
    from mailbot.mailboxes.imap_account import ImapAccount

    security = box.security or settings.imap_security
    login = _login(box, settings)
    return ImapAccount(
        name=name,
        host=box.host or settings.imap_host,
        port=box.port or settings.imap_port or _PORTS[security],
        security=security,
        username=box.username or box.address,
        password=password_of(login.password, login.password_command),
        token_command=login.token_command or None,
        ca_file=box.ca_file or settings.imap_ca_file,
        folders=list_of(box.folders or settings.imap_folders),
        sent_folder=box.sent_folder or None,
    )


def _login(box: MailboxSettings, settings: Settings) -> MailboxSettings:
    """The mailbox with how it logs in: its own way, or the one for all."""
    if box.password or box.password_command or box.token_command:
        return box
    common = {
        "password": settings.imap_password,
        "password_command": settings.imap_password_command,
        "token_command": settings.imap_token_command,
    }
    return box.model_copy(update=common)
