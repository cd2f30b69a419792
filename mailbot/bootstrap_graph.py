"""The part of bootstrap that speaks to Microsoft 365."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mailbot.bootstrap_values import list_of, password_of
from mailbot.domain.errors import SettingsError
from mailbot.ports.drafts import MailDrafts
from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.services.desk import Box
from mailbot.services.outlook import Outlook
from mailbot.settings import MailboxSettings, Settings
from mailbot.settings_graph import GraphLogin

if TYPE_CHECKING:
    from mailbot.graph.app import GraphApp
    from mailbot.graph.client import GraphClient
    from mailbot.graph.person import PersonTokens
    from mailbot.login import Tokens
    from mailbot.mailboxes.graph_account import GraphAccount

# Graph cannot push into an office, so a wait looks this often at least.
_LOOK = timedelta(seconds=30)


def graph_source(name: str, box: MailboxSettings, settings: Settings) -> MailSource:
    """One mailbox in Microsoft 365."""
    client = _client(settings, box.address)
    from mailbot.mailboxes.graph import GraphMailSource

    return GraphMailSource(_account(name, box, settings, client), client=client)


def graph_outlook(own: Box, box: MailboxSettings, settings: Settings) -> Outlook:
    """What shows marks on the mails of a mailbox in Microsoft 365."""
    client = _client(settings, box.address)
    from mailbot.mailboxes.graph_marks import GraphMarks

    account = _account(own.name, box, settings, client)
    return Outlook(
        box=own,
        marks=GraphMarks(account, client=client),
        folders=tuple("INBOX" if name.upper() == "INBOX" else name for name in account.folders),
    )


def graph_drafts(name: str, box: MailboxSettings, settings: Settings) -> MailDrafts:
    """What puts drafts into a mailbox in Microsoft 365."""
    client = _client(settings, box.address)
    from mailbot.mailboxes.graph_drafts import GraphDrafts

    return GraphDrafts(_account(name, box, settings, client), client=client)


def _account(name: str, box: MailboxSettings, settings: Settings, client: "GraphClient") -> "GraphAccount":
    from mailbot.mailboxes.graph_account import GraphAccount

    return GraphAccount(
        name=name,
        address=box.address,
        app=client.app,
        folders=list_of(box.folders or settings.imap_folders),
        sent_folder=box.sent_folder or None,
        poll_interval=min(settings.poll_interval, _LOOK),
    )


def graph_sender(settings: Settings) -> MailSender:
    """What sends from the sender's mailbox."""
    client = _client(settings, settings.sender)
    from mailbot.senders.graph import GraphSender

    return GraphSender(client, address=settings.sender, instance=settings.instance)


def graph_problems(settings: Settings, *, needed: tuple[str, ...] = ("httpx", "msal")) -> Iterator[str]:
    """What is missing to reach Microsoft 365."""
    if settings.graph_token_command:
        needed = tuple(name for name in needed if name != "msal")
    if not all(find_spec(name) for name in needed):
        yield "para Microsoft 365 falta una parte de mailbot: instale «mailbot[graph]»"
    if settings.graph_token_command:
        return
    for name in ("tenant", "client_id"):
        if not getattr(settings, f"graph_{name}"):
            yield f"MAILBOT_GRAPH_{name.upper()}: falta; docs/graph.md dice dónde se encuentra"
    has_key = settings.graph_client_secret or settings.graph_client_secret_command or settings.graph_certificate_file
    if settings.graph_login is GraphLogin.APP and not has_key:
        yield "MAILBOT_GRAPH_CERTIFICATE_FILE o MAILBOT_GRAPH_CLIENT_SECRET: falta con qué entrar (docs/graph.md)"


def imap_tokens(address: str, settings: Settings) -> "Tokens":
    """What logs in to a mailbox of Exchange Online over IMAP."""
    # A command prints tokens for Graph, which open no mailbox over IMAP.
    app = _app(settings.model_copy(update={"graph_token_command": ""}))
    return _tokens(app, app.imap_scope, _whose(address, settings))


def person_tokens(address: str, settings: Settings, *, is_imap: bool = False) -> "PersonTokens":
    """The login of a person at Microsoft, to be made or renewed."""
    from mailbot.graph.person import PersonTokens

    app = _app(settings)
    scope = app.imap_scope if is_imap else app.scope
    return PersonTokens(app, file=settings.graph_token_file, scope=scope, username=address)


def _client(settings: Settings, address: str) -> "GraphClient":
    """A client of its own for each mailbox and the sender; the token is shared.

    Raises `SettingsError` naming what is missing.
    """
    problems = list(graph_problems(settings))
    if problems:
        raise SettingsError(problems)
    from mailbot.graph.client import GraphClient

    app = _app(settings)
    return GraphClient(app, tokens=_tokens(app, app.scope, _whose(address, settings)))


def _app(settings: Settings) -> "GraphApp":
    from mailbot.graph.app import GraphApp

    return GraphApp(
        tenant=settings.graph_tenant,
        client_id=settings.graph_client_id,
        client_secret=password_of(settings.graph_client_secret, settings.graph_client_secret_command),
        certificate_file=settings.graph_certificate_file,
        token_command=settings.graph_token_command or None,
        token_file=settings.graph_token_file if settings.graph_login is GraphLogin.DEVICE else None,
        login_url=settings.graph_login_url,
        ca_file=settings.graph_ca_file,
        url=settings.graph_url,
    )


def _whose(address: str, settings: Settings) -> str:
    """Whose login a mailbox needs; the application's own is the same for all."""
    return address.lower() if settings.graph_login is GraphLogin.DEVICE else ""


@lru_cache(maxsize=256)
def _tokens(app: "GraphApp", scope: str, username: str) -> "Tokens":
    from mailbot.graph.tokens import tokens_for

    return tokens_for(app, scope=scope, username=username)
