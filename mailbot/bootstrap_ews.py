"""The part of bootstrap that speaks to an Exchange server of the office's own."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailbot.bootstrap_values import list_of, password_of
from mailbot.domain.errors import SettingsError
from mailbot.ews.endpoint import WHY_NOT_ONLINE, EwsAuth, EwsEndpoint, is_exchange_online
from mailbot.ports.drafts import MailDrafts
from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.services.desk import Box
from mailbot.services.outlook import Outlook
from mailbot.settings import MailboxSettings, Settings

if TYPE_CHECKING:
    from mailbot.mailboxes.ews_account import EwsAccount


def ews_source(name: str, box: MailboxSettings, settings: Settings) -> MailSource:
    """One mailbox on the office's own Exchange server."""
    account = _account(name, box, settings)
    from mailbot.mailboxes.ews import EwsMailSource

    return EwsMailSource(account)


def ews_outlook(own: Box, box: MailboxSettings, settings: Settings) -> Outlook:
    """What shows marks on the mails of a mailbox on the office's own Exchange server."""
    account = _account(own.name, box, settings)
    from mailbot.mailboxes.ews_marks import EwsMarks

    return Outlook(box=own, marks=EwsMarks(account), folders=account.folders)


def ews_drafts(name: str, box: MailboxSettings, settings: Settings) -> MailDrafts:
    """What puts drafts into a mailbox on the office's own Exchange server."""
    account = _account(name, box, settings)
    from mailbot.mailboxes.ews_drafts import EwsDrafts

    return EwsDrafts(account)


def _account(name: str, box: MailboxSettings, settings: Settings) -> "EwsAccount":
    endpoint = _endpoint(settings)
    from mailbot.mailboxes.ews_account import EwsAccount

    names = list_of(box.folders or settings.imap_folders)
    return EwsAccount(
        name=name,
        address=box.address,
        endpoint=endpoint,
        folders=tuple("INBOX" if folder.upper() == "INBOX" else folder for folder in names),
        sent_folder=box.sent_folder or None,
        zone=ZoneInfo(settings.timezone),
        poll_interval=settings.poll_interval,
    )


def ews_sender(settings: Settings) -> MailSender:
    """What sends from the sender's mailbox."""
    endpoint = _endpoint(settings)
    from mailbot.ews.client import EwsClient
    from mailbot.senders.ews import EwsSender

    client = EwsClient(endpoint, settings.sender)
    return EwsSender(client, address=settings.sender, instance=settings.instance)


def ews_problems(settings: Settings) -> Iterator[str]:
    """What is missing to reach the server, or why it is the wrong one."""
    if find_spec("exchangelib") is None:
        yield "para Exchange falta una parte de mailbot: instale «mailbot[ews]»"
    host = EwsEndpoint(url=settings.ews_url).host
    if settings.ews_url and is_exchange_online(host):
        yield f"MAILBOT_EWS_URL: {host} {WHY_NOT_ONLINE}"
    if not settings.ews_url and not settings.ews_autodiscover:
        yield "MAILBOT_EWS_URL: falta, suele ser https://SERVIDOR/EWS/Exchange.asmx (docs/ews.md)"
    yield from _login_problems(settings)


def _login_problems(settings: Settings) -> Iterator[str]:
    if settings.ews_auth is EwsAuth.OAUTH:
        if not settings.ews_token_command:
            yield "MAILBOT_EWS_TOKEN_COMMAND: falta el comando que escribe el token (MAILBOT_EWS_AUTH=oauth)"
        return
    if not settings.ews_username:
        yield "MAILBOT_EWS_USERNAME: falta la cuenta con que se entra (DOMINIO\\cuenta o su dirección)"
    if not (settings.ews_password or settings.ews_password_command):
        yield "MAILBOT_EWS_PASSWORD: falta la contraseña o MAILBOT_EWS_PASSWORD_COMMAND"


def _endpoint(settings: Settings) -> EwsEndpoint:
    """Raises `SettingsError` naming what is missing."""
    problems = list(ews_problems(settings))
    if problems:
        raise SettingsError(problems)
    is_token = settings.ews_auth is EwsAuth.OAUTH
    return EwsEndpoint(
        url=settings.ews_url,
        auth=settings.ews_auth,
        username=settings.ews_username,
        password=None if is_token else password_of(settings.ews_password, settings.ews_password_command),
        token_command=settings.ews_token_command if is_token else None,
        rights=settings.ews_rights,
        version=settings.ews_version,
        ca_file=settings.ews_ca_file,
    )
