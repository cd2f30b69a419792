"""Makes exchangelib talk the way mailbot wants: own TLS, own login, own patience, and silent logs.

exchangelib keeps its connections and its adapter class for the whole process; here every mailbox has
its own. Nothing of exchangelib but this folder is known to the rest of mailbot.
"""

import logging
import ssl
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from random import SystemRandom
from typing import Any

import requests
from exchangelib.account import Account
from exchangelib.configuration import Configuration
from exchangelib.credentials import DELEGATE, IMPERSONATION
from exchangelib.ewsdatetime import UTC
from exchangelib.protocol import FailFast, Protocol
from exchangelib.transport import DEFAULT_HEADERS, NOAUTH
from exchangelib.util import is_xml
from exchangelib.version import Build, Version
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import get_environ_proxies
from requests_ntlm import HttpNtlmAuth
from urllib3.exceptions import NewConnectionError

from mailbot.domain.errors import Permanent
from mailbot.ews.endpoint import VERSIONS, EwsAuth, EwsEndpoint, EwsRights
from mailbot.ews.failure import EwsFailure
from mailbot.ews.tokens import CommandTokens
from mailbot.login import tls_context

# One for the stream of notifications, and others beside it: a query that has to wait for the stream waits for ever.
CONNECTIONS = 3
# These write whole requests and answers, with the mails in them, and what they log in with.
_TALKATIVE = ("exchangelib", "requests_ntlm", "requests_oauthlib", "oauthlib", "spnego")


def silence() -> None:
    """Let no library write the words of a mail or a secret into a log, whatever level the log has."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        # A child with a level of its own would not listen to its parent.
        for child in [known for known in logging.root.manager.loggerDict if known.startswith(f"{name}.")]:
            logging.getLogger(child).setLevel(logging.NOTSET)


def account_for(endpoint: EwsEndpoint, address: str) -> Any:
    """One mailbox with connections of its own; nothing is connected yet."""
    silence()
    config = Configuration(
        service_endpoint=endpoint.url,
        auth_type=NOAUTH,
        version=Version(Build(*VERSIONS[endpoint.version])),
        retry_policy=_Strict(endpoint),
        max_connections=CONNECTIONS,
    )
    rights = IMPERSONATION if endpoint.rights is EwsRights.IMPERSONATION else DELEGATE
    account = Account(address, access_type=rights, config=config, default_timezone=UTC)
    # The library shares connections of the same server and user; a stream would take them from the others.
    with suppress(KeyError):
        del Protocol[config]
    account.protocol = type.__call__(_Connections, config, endpoint)
    return account


class _Connections(Protocol):
    """The connections of one mailbox. They log in by themselves, so the library is told that nobody has to."""

    # The server alone says how long to wait; the library would make up a time.
    RETRY_WAIT = 0

    def __init__(self, config: Any, endpoint: EwsEndpoint) -> None:
        super().__init__(config=config)
        self._endpoint = endpoint
        self.TIMEOUT = endpoint.timeout.total_seconds()
        self._tls = new_context(endpoint)
        self.tokens = tokens_for(endpoint)

    def create_session(self) -> requests.Session:
        """One more connection, with two marks that the library reads."""
        session = new_session(self._endpoint, self._tls, self.tokens)
        session.session_id = SystemRandom().randint(10000, 99999)  # type: ignore[attr-defined]
        session.usage_count = 0  # type: ignore[attr-defined]
        return session


def new_session(endpoint: EwsEndpoint, context: ssl.SSLContext, tokens: CommandTokens | None) -> requests.Session:
    """A connection that logs in by itself."""
    session = requests.Session()
    session.headers.update(DEFAULT_HEADERS)
    session.headers["User-Agent"] = "mailbot"
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(endpoint, context))
    session.auth = _login(endpoint, tokens)
    session.proxies.update(get_environ_proxies(endpoint.url))
    # A .netrc file would take the place of the login.
    session.trust_env = False
    return session


def _login(endpoint: EwsEndpoint, tokens: CommandTokens | None) -> AuthBase:
    if tokens is not None:
        return _Bearer(tokens)
    if endpoint.auth is EwsAuth.BASIC:
        return HTTPBasicAuth(endpoint.username.encode(), (endpoint.password or "").encode())
    return HttpNtlmAuth(endpoint.username, endpoint.password or "")


class _Bearer(AuthBase):
    """The token in every request; asked for again when it was refused."""

    def __init__(self, tokens: CommandTokens) -> None:
        self._tokens = tokens

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._tokens.get()}"
        return request


class _Adapter(HTTPAdapter):
    """Verifies against the office's own authority too, and says what became of a request that broke."""

    def __init__(self, endpoint: EwsEndpoint, context: ssl.SSLContext) -> None:
        self._endpoint = endpoint
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=1, pool_block=True, max_retries=0)

    def init_poolmanager(self, *words: Any, **named: Any) -> None:
        """With our context."""
        super().init_poolmanager(*words, ssl_context=self._context, **named)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context verifies; the list of authorities that the library brings is not added to it."""

    def send(self, request: Any, *words: Any, **named: Any) -> requests.Response:
        """One request; `EwsFailure` when there was no answer."""
        host = self._endpoint.host
        try:
            return super().send(request, *words, **named)
        except requests.exceptions.SSLError as error:
            raise EwsFailure(
                f"el certificado de {host} no es de confianza", code="Certificate", is_unsent=True
            ) from error
        except requests.exceptions.ConnectTimeout as error:
            raise EwsFailure(f"{host} no respondió", code="Unreachable", is_unsent=True) from error
        except requests.exceptions.RequestException as error:
            if _is_unconnected(error):
                raise EwsFailure(f"no se alcanza {host}", code="Unreachable", is_unsent=True) from error
            raise EwsFailure(f"la conexión con {host} se cortó ({type(error).__name__})", code="Broken") from error


class _Strict(FailFast):
    """Waits for nothing itself: whatever is no answer of EWS is told with its status and what it asks for."""

    def __init__(self, endpoint: EwsEndpoint) -> None:
        self._endpoint = endpoint

    def raise_response_errors(self, response: requests.Response) -> None:
        """A fault of SOAP comes with status 500 and is an answer."""
        status = response.status_code
        if status == 200 or (status == 500 and response.content and is_xml(response.content)):
            return
        retry_after = _retry_after(response)
        raise EwsFailure(
            f"{self._endpoint.host} contestó HTTP {status}",
            status=status,
            retry_after=retry_after,
            retry_at=later(response.headers.get("Date", ""), retry_after),
        )


def tokens_for(endpoint: EwsEndpoint) -> CommandTokens | None:
    """Where the tokens come from, if it logs in by token."""
    return CommandTokens(endpoint.token_command) if endpoint.token_command else None


def new_context(endpoint: EwsEndpoint) -> ssl.SSLContext:
    """A context of its own: HTTP marks it with its protocol, which a mail server need not like."""
    try:
        tls_context(endpoint.ca_file)
    except Permanent as error:
        raise EwsFailure(str(error), code="CaFile", is_unsent=True) from error
    context = ssl.create_default_context()
    if endpoint.ca_file is not None:
        context.load_verify_locations(cafile=str(endpoint.ca_file))
    return context


def _is_unconnected(error: BaseException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _retry_after(response: requests.Response) -> float | None:
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    with suppress(ValueError, TypeError):
        wanted = parsedate_to_datetime(text) - parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, wanted.total_seconds())
    return None


def later(date: str, seconds: float | None) -> datetime | None:
    """So many seconds after the moment of an answer, by the server's own clock."""
    if seconds is None:
        return None
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(date) + timedelta(seconds=seconds)
    return None
