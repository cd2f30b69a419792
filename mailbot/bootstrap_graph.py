"""The part of bootstrap that speaks to Microsoft 365."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mailbot.bootstrap_values import list_of, password_of
from mailbot.domain.errors import SettingsError
from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.services.desk import Box
from mailbot.services.outlook import Outlook
from mailbot.settings import MailboxSettings, Settings

if TYPE_CHECKING:
    from mailbot.graph.app import GraphApp
    from mailbot.graph.client import GraphClient
    from mailbot.graph.tokens import Tokens
    from mailbot.mailboxes.graph_account import GraphAccount

# Graph cannot push into an office, so a wait looks this often at least.
_LOOK = timedelta(seconds=30)


def graph_source(name: str, box: MailboxSettings, settings: Settings) -> MailSource:
    """One mailbox in Microsoft 365."""
    client = _client(settings)
    from mailbot.mailboxes.graph import GraphMailSource

    return GraphMailSource(_account(name, box, settings, client), client=client)


def graph_outlook(own: Box, box: MailboxSettings, settings: Settings) -> Outlook:
    """What shows marks on the mails of a mailbox in Microsoft 365."""
    client = _client(settings)
    from mailbot.mailboxes.graph_marks import GraphMarks

    account = _account(own.name, box, settings, client)
    return Outlook(
        box=own,
        marks=GraphMarks(account, client=client),
        folders=tuple("INBOX" if name.upper() == "INBOX" else name for name in account.folders),
    )


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
    client = _client(settings)
    from mailbot.senders.graph import GraphSender

    return GraphSender(client, address=settings.sender, instance=settings.instance)


def graph_problems(settings: Settings) -> Iterator[str]:
    """What is missing to reach Microsoft 365."""
    needed = ("httpx",) if settings.graph_token_command else ("httpx", "msal")
    if not all(find_spec(name) for name in needed):
        yield "para Microsoft 365 falta una parte de mailbot: instale «mailbot[graph]»"
    if settings.graph_token_command:
        return
    for name in ("tenant", "client_id"):
        if not getattr(settings, f"graph_{name}"):
            yield f"MAILBOT_GRAPH_{name.upper()}: falta; docs/graph.md dice dónde se encuentra"
    if not (settings.graph_client_secret or settings.graph_client_secret_command or settings.graph_certificate_file):
        yield "MAILBOT_GRAPH_CERTIFICATE_FILE o MAILBOT_GRAPH_CLIENT_SECRET: falta con qué entrar (docs/graph.md)"


def _client(settings: Settings) -> "GraphClient":
    """A client of its own for each mailbox and the sender; the token is shared.

    Raises `SettingsError` naming what is missing.
    """
    problems = list(graph_problems(settings))
    if problems:
        raise SettingsError(problems)
    from mailbot.graph.app import GraphApp
    from mailbot.graph.client import GraphClient

    app = GraphApp(
        tenant=settings.graph_tenant,
        client_id=settings.graph_client_id,
        client_secret=password_of(settings.graph_client_secret, settings.graph_client_secret_command),
        certificate_file=settings.graph_certificate_file,
        token_command=settings.graph_token_command or None,
        ca_file=settings.graph_ca_file,
        url=settings.graph_url,
    )
    return GraphClient(app, tokens=_tokens(app))


@lru_cache(maxsize=8)
def _tokens(app: "GraphApp") -> "Tokens":
    from mailbot.graph.tokens import tokens_for

    return tokens_for(app)
