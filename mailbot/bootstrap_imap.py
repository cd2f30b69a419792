"""The part of bootstrap that speaks to any mail server by IMAP."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailbot.bootstrap_graph import graph_problems, imap_tokens
from mailbot.bootstrap_values import list_of, password_of
from mailbot.login import CommandTokens, Security
from mailbot.ports.drafts import MailDrafts
from mailbot.ports.mailbox import MailSource
from mailbot.services.desk import Box
from mailbot.services.outlook import Outlook
from mailbot.settings import MailboxSettings, Settings

if TYPE_CHECKING:
    from mailbot.login import Tokens
    from mailbot.mailboxes.imap_account import ImapAccount

# Where a password is no way in any more (Microsoft ended basic authentication in 2022).
_ONLINE = "outlook.office365.com"
_EXCHANGE_ONLINE = frozenset({_ONLINE, "outlook.office.com", "outlook.office365.us", "partner.outlook.cn"})
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


def imap_drafts(name: str, box: MailboxSettings, settings: Settings) -> MailDrafts:
    """What puts drafts into a mailbox, over a connection of its own."""
    from mailbot.mailboxes.imap_drafts import ImapDrafts

    return ImapDrafts(_account(name, box, settings))


def imap_problems(name: str, box: MailboxSettings, settings: Settings) -> list[str]:
    """What is missing to reach a mailbox of kind imap; nothing for any other."""
    prefix = f"MAILBOT_MAILBOX__{name.upper()}__"
    if box.kind != "imap":
        return []
    login = _login(box, settings)
    if is_exchange_online(box, settings):
        return list(_online_problems(prefix, login, settings))
    problems = []
    if not (box.host or settings.imap_host):
        problems.append(f"{prefix}HOST: falta el servidor (o MAILBOT_IMAP_HOST para todos)")
    if not (login.password or login.password_command or login.token_command):
        problems.append(f"{prefix}PASSWORD: falta la contraseña, {prefix}PASSWORD_COMMAND o {prefix}TOKEN_COMMAND")
    return problems


def is_exchange_online(box: MailboxSettings, settings: Settings) -> bool:
    """Whether a mailbox of kind imap lies in Exchange Online, by its profile or by the server's name."""
    host = (box.host or settings.imap_host).lower()
    return box.kind == "imap" and (box.profile == "exchange-online" or host in _EXCHANGE_ONLINE)


def _online_problems(prefix: str, login: MailboxSettings, settings: Settings) -> Iterator[str]:
    if login.token_command:
        return
    if login.password or login.password_command:
        yield (
            f"{prefix}PASSWORD: Exchange Online no admite contraseñas por IMAP; quítela y ponga MAILBOT_GRAPH_* para "
            f"entrar con XOAUTH2 (docs/graph.md), o mejor {prefix}KIND=graph"
        )
    # A command prints tokens for Graph, which open no mailbox over IMAP.
    yield from graph_problems(settings.model_copy(update={"graph_token_command": ""}), needed=("msal",))


def _account(name: str, box: MailboxSettings, settings: Settings) -> "ImapAccount":
    from mailbot.mailboxes.imap_account import ImapAccount

    security = box.security or settings.imap_security
    login, is_online = _login(box, settings), is_exchange_online(box, settings)
    return ImapAccount(
        name=name,
        host=box.host or settings.imap_host or (_ONLINE if is_online else ""),
        port=box.port or settings.imap_port or _PORTS[security],
        security=security,
        username=box.username or box.address,
        password=password_of(login.password, login.password_command),
        tokens=_tokens(box, login, settings),
        ca_file=box.ca_file or settings.imap_ca_file,
        folders=list_of(box.folders or settings.imap_folders),
        sent_folder=box.sent_folder or None,
        files_sent=True if is_online else None,
    )


def _tokens(box: MailboxSettings, login: MailboxSettings, settings: Settings) -> "Tokens | None":
    """What gives a token: any command, or in Exchange Online what `MAILBOT_GRAPH_*` say."""
    if login.token_command:
        # A connection lasts longer than most tokens: it is asked for anew each time.
        return CommandTokens(login.token_command, keeps=False)
    return imap_tokens(box.username or box.address, settings) if is_exchange_online(box, settings) else None


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
