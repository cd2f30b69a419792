"""Microsoft Graph on loopback: stateful, strict, and failing by script. Only what mail needs."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from mailbot.demo.servers.graph_asked import Request
from mailbot.demo.servers.graph_mail import Mailbox, Refusal
from mailbot.demo.servers.graph_routes import ROUTES, permission_for
from mailbot.demo.servers.loopback import Certificates, LoopbackService

TOKEN = "token-bueno"  # noqa: S105 - the server's own
AT_ONCE = 4


@dataclass(kw_only=True)
class GraphFault:
    """What happens to the next requests that match; None for `status` cuts the connection."""

    match: str
    status: int | None = 503
    code: str = "ServiceUnavailable"
    retry_after: int | None = None
    times: int = 1
    # The request is carried out first.
    after: bool = False
    # Nothing is answered for so long.
    delay: float = 0.0
    # Where a redirect leads.
    location: str = ""


@dataclass(kw_only=True)
class GraphScript:
    """How the server behaves; may be changed while it runs."""

    token: str = TOKEN
    denied: set[str] = field(default_factory=set)
    # By address: what the application was not granted there.
    lacking: dict[str, set[str]] = field(default_factory=dict)
    faults: list[GraphFault] = field(default_factory=list)
    # Where delta links lead; None: to the server itself.
    link_host: str | None = None
    # How long every request takes.
    delay: float = 0.0
    largest_request: int = 4 * 1024 * 1024


class GraphServer(LoopbackService):
    """A running server."""

    def __init__(self, script: GraphScript, *, port: int = 0, certificates: Certificates | None = None) -> None:
        super().__init__(port, certificates)
        self.script = script
        self.mailboxes: dict[str, Mailbox] = {}
        self.now = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
        self.lock = threading.RLock()
        # What was accepted for sending: who, and the bytes.
        self.sent: list[tuple[str, bytes]] = []
        self.uploads: dict[str, Any] = {}
        # Method and path of every request, and how many ran at once at most.
        self.requests: list[str] = []
        self.most_at_once = 0
        self._running = 0

    @property
    def url(self) -> str:
        """What stands for https://graph.microsoft.com/v1.0."""
        return f"{self.root}/v1.0"

    @property
    def root(self) -> str:
        """Scheme, host and port."""
        return f"{'http' if self._certificates is None else 'https'}://127.0.0.1:{self._port}"

    def add_mailbox(self, address: str, *, folders: tuple[str, ...] = ()) -> Mailbox:
        """Somebody gets a mailbox."""
        self.mailboxes[address.lower()] = Mailbox(address, folders=folders)
        self.mailboxes[address.lower()].clock = lambda: self.now
        return self.mailboxes[address.lower()]

    def lose_tokens(self) -> None:
        """Every delta link stops to hold."""
        with self.lock:
            for mailbox in self.mailboxes.values():
                mailbox.tokens.clear()

    def start(self) -> None:
        """Listen."""
        self.listen(type("Handler", (_Handler,), {"graph": self}))

    def fault_for(self, line: str) -> GraphFault | None:
        """The first fault that matches, used up by one."""
        with self.lock:
            for fault in self.script.faults:
                if fault.times > 0 and re.search(fault.match, line):
                    fault.times -= 1
                    return fault
        return None

    @contextmanager
    def counted(self, line: str) -> Iterator[int]:
        """How many requests run now, this one included."""
        with self.lock:
            self.requests.append(line)
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
            running = self._running
        try:
            yield running
        finally:
            with self.lock:
                self._running -= 1

    def answer(self, request: Request) -> tuple[int, Any]:
        """What the service says; raises `Refusal`."""
        route: Any
        for method, pattern, route in ROUTES:
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                words = [unquote(word) for word in found.groups()]
                with self.lock:
                    if pattern.startswith("/upload/"):
                        return route(self, request, *words)  # type: ignore[no-any-return]
                    return route(self, request, self._mailbox(words[0], request), *words[1:])  # type: ignore[no-any-return]
        raise Refusal(400, "BadRequest", f"no route for {request.method} {request.path}")

    def _mailbox(self, address: str, request: Request) -> Mailbox:
        mailbox = self.mailboxes.get(address.lower())
        if mailbox is None:
            raise Refusal(404, "ErrorInvalidUser")
        if address.lower() in self.script.denied:
            raise Refusal(403, "ErrorAccessDenied")
        if permission_for(request.method, request.path) in self.script.lacking.get(address.lower(), ()):
            raise Refusal(403, "ErrorAccessDenied")
        return mailbox


@contextmanager
def graph_server(
    script: GraphScript | None = None, *, certificates: Certificates | None = None
) -> Iterator[GraphServer]:
    """Run a server while the block lasts."""
    server = GraphServer(script or GraphScript(), certificates=certificates)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _Handler(BaseHTTPRequestHandler):
    graph: GraphServer
    protocol_version = "HTTP/1.1"
    # Headers and body in one go: else each waits for the one before to be acknowledged.
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        line = f"{self.command} {self.path}"
        fault = self.graph.fault_for(line)
        if fault is None:
            self._reply(*self._served(line, body))
            return
        if fault.after:
            self._served(line, body)
        time.sleep(fault.delay)
        if fault.status is None:
            self.close_connection = True
            return
        asks = {"Retry-After": str(fault.retry_after or ""), "Location": fault.location}
        told = {name: value for name, value in asks.items() if value}
        self._reply(fault.status, {"error": {"code": fault.code, "message": "scripted"}}, told)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815

    def _served(self, line: str, body: bytes) -> tuple[int, Any]:
        with self.graph.counted(line) as running:
            time.sleep(self.graph.script.delay)
            try:
                return self._checked(body, running)
            except Refusal as no:
                return no.status, {"error": {"code": no.code, "message": no.message}}

    def _checked(self, body: bytes, running: int) -> tuple[int, Any]:
        if running > AT_ONCE:
            raise Refusal(429, "ApplicationThrottled")
        url = urlsplit(self.path)
        has_token = self.headers.get("Authorization") == f"Bearer {self.graph.script.token}"
        if url.path.startswith("/upload/"):
            if "Authorization" in self.headers:
                raise Refusal(401, "InvalidAuthenticationToken", "an upload url carries its own key")
        elif not has_token:
            raise Refusal(401, "InvalidAuthenticationToken")
        if len(body) > self.graph.script.largest_request:
            raise Refusal(413, "RequestEntityTooLarge")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        return self.graph.answer(
            Request(
                method=self.command,
                path=url.path.removeprefix("/v1.0"),
                query=query,
                headers=dict(self.headers.items()),
                body=body,
            )
        )

    def _reply(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        is_bytes = isinstance(answer, bytes)
        content = answer if is_bytes else b"" if answer is None else json.dumps(answer).encode()
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.graph.now, usegmt=True))
        self.send_header("Content-Type", "text/plain" if is_bytes else "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
