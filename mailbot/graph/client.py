"""One HTTP conversation with Graph: token, at most four requests at once, patience, links to one host.

Mailboxes and senders share it. What goes wrong is a `GraphFailure`; they say what it means for them.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from random import SystemRandom
from urllib.parse import urlsplit

import httpx

from mailbot.domain.errors import Permanent, Transient
from mailbot.graph.answers import Answer, GraphFailure, failure_of
from mailbot.graph.app import GraphApp
from mailbot.graph.tokens import tokens_for
from mailbot.login import Tokens, tls_context

# Graph answers 429 to the fifth request at once of an application (throttling limits of Outlook).
AT_ONCE = 4
# Without this an id changes whenever its mail is moved, and could not be recognised.
_IMMUTABLE = 'IdType="ImmutableId"'
# What may pass by itself.
_BUSY = frozenset({429, 500, 502, 503, 504})
_FIRST_PAUSE = 0.5
_TRIES = 4


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request; `path` is below the version, or a whole link that Graph gave."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    content: bytes | None = field(default=None, repr=False)
    # Upload sessions live on another host and carry their own key: they never get the token.
    is_foreign: bool = False
    # The most bytes an answer may have.
    limit: int | None = None


class GraphClient:
    """Talks to Graph for one application; safe to use from several threads."""

    def __init__(
        self, app: GraphApp, *, tokens: Tokens | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._app = app
        self._tokens = tokens or tokens_for(app)
        self._sleep = sleep
        self._gate = _gate(app.url, app.client_id)
        self._lock = threading.Lock()
        self._http: httpx.Client | None = None

    @property
    def app(self) -> GraphApp:
        """Whom it speaks for."""
        return self._app

    def fresh(self) -> "GraphClient":
        """Another one for the same application, with connections of its own."""
        return GraphClient(self._app, tokens=self._tokens, sleep=self._sleep)

    def read(self, call: Call) -> Answer:
        """A request that may be repeated: a busy server is waited out as long as patience lasts."""
        left = self._app.patience.total_seconds()
        for tries in range(1, _TRIES + 1):
            try:
                return self.ask(call)
            except GraphFailure as failure:
                pause = _pause(failure, tries)
                if not _may_pass(failure) or pause > left or tries == _TRIES:
                    raise
            left -= pause
            self._sleep(pause)
        raise AssertionError("unreachable")

    def ask(self, call: Call) -> Answer:
        """A request that is made once; only a refused token, which did nothing, is tried again.

        Raises `GraphFailure`, and `Permanent` or `Transient` when there is no token.
        """
        try:
            return self._once(call, renew=False)
        except GraphFailure as failure:
            if failure.status != 401 or call.is_foreign:
                raise
        return self._once(call, renew=True)

    def close(self) -> None:
        """Let the connections go; the next request opens new ones. Never raises."""
        with self._lock:
            http, self._http = self._http, None
        if http is not None:
            http.close()

    def _once(self, call: Call, *, renew: bool) -> Answer:
        url = self._url(call)
        headers = dict(call.headers)
        if not call.is_foreign:
            headers["Authorization"] = f"Bearer {self._token(renew=renew)}"
            headers["Prefer"] = ", ".join(filter(None, [_IMMUTABLE, call.headers.get("Prefer", "")]))
        with self._gate:
            answer = self._exchange(call, url, headers)
        if answer.status >= 300:
            raise failure_of(answer)
        return answer

    def _token(self, *, renew: bool) -> str:
        try:
            return self._tokens.get(renew=renew)
        except Transient as error:
            raise GraphFailure(str(error), code="NoToken", is_unsent=True) from error
        except Permanent as error:
            raise GraphFailure(str(error), status=401, code="NoToken", is_unsent=True) from error

    def _exchange(self, call: Call, url: str, headers: Mapping[str, str]) -> Answer:
        request = self._connected().build_request(
            call.method,
            url,
            params=dict(call.params) or None,
            headers=dict(headers),
            json=call.json,
            content=call.content,
        )
        try:
            response = self._connected().send(request, stream=True)
            try:
                content = _content(response, call.limit)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise GraphFailure(_said(error, self._app), code="Unreachable", is_unsent=True) from error
        # RuntimeError: another thread closed the client.
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, RuntimeError) as error:
            raise GraphFailure(_said(error, self._app), code="Broken") from error
        return Answer(
            status=response.status_code,
            content=content,
            retry_at=_retry_at(response.headers),
            retry_after=_retry_after(response.headers),
            location=response.headers.get("Location", ""),
        )

    def _connected(self) -> httpx.Client:
        with self._lock:
            if self._http is None:
                try:
                    context = tls_context(self._app.ca_file)
                except Permanent as error:
                    raise GraphFailure(str(error), status=401, code="NoToken", is_unsent=True) from error
                self._http = httpx.Client(verify=context, timeout=self._app.timeout.total_seconds())
            return self._http

    def _url(self, call: Call) -> str:
        if not call.path.startswith(("http://", "https://")):
            return f"{self._app.url}/{call.path}"
        mine, theirs = urlsplit(self._app.url), urlsplit(call.path)
        if call.is_foreign and theirs.scheme in ("https", mine.scheme):
            return call.path
        # A link to another place would be handed our token.
        if (mine.scheme, mine.netloc) != (theirs.scheme, theirs.netloc):
            raise GraphFailure("Graph dio un enlace a otro servidor; no se sigue.", code="ForeignLink", is_unsent=True)
        return call.path


# One for all clients of an application, whatever mailbox they serve.
@lru_cache(maxsize=64)
def _gate(url: str, client_id: str) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(AT_ONCE)


def _content(response: httpx.Response, limit: int | None) -> bytes:
    if limit is None:
        return response.read()
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > limit:
            raise GraphFailure(f"pasa de {limit // 2**20} MB", status=413, code="TooLarge")
        pieces.append(piece)
    return b"".join(pieces)


def _may_pass(failure: GraphFailure) -> bool:
    return failure.status in _BUSY or failure.code == "Broken"


def _pause(failure: GraphFailure, tries: int) -> float:
    """What the server asked for, else a growing pause; a little more, so that not all come back at once."""
    asked = failure.retry_after
    seconds = asked if asked is not None else _FIRST_PAUSE * 2 ** (tries - 1)
    return seconds * SystemRandom().uniform(1.0, 1.25)


def _retry_after(headers: httpx.Headers) -> float | None:
    text = headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(text) - _server_time(headers)).total_seconds())
    return None


def _retry_at(headers: httpx.Headers) -> datetime | None:
    """By the server's own clock, since nothing here asks ours."""
    seconds = _retry_after(headers)
    if seconds is None:
        return None
    with suppress(ValueError, TypeError):
        return _server_time(headers) + timedelta(seconds=seconds)
    return None


def _server_time(headers: httpx.Headers) -> datetime:
    moment = parsedate_to_datetime(headers.get("Date", ""))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _said(error: Exception, app: GraphApp) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"{app.host} no respondió en {app.timeout.total_seconds():.0f} s."
    if isinstance(error, httpx.ConnectError):
        return f"no se alcanza {app.host} ({' '.join(str(error).split())[:120]}): revise la red y el cortafuegos."
    return f"la conexión con {app.host} se cortó ({type(error).__name__})."
