"""An SMTP server that keeps what it accepts and fails on request: STARTTLS, TLS, passwords, tokens."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Session

from tests.servers.tls import Certificates


@dataclass(kw_only=True)
class SmtpScript:
    """How the sink behaves; may be changed while it runs."""

    # Recipient → answer, e.g. "450 4.2.2 full"; all others are accepted.
    recipients: dict[str, str] = field(default_factory=dict)
    sender_answer: str = "250 OK"
    # The answer to the content.
    data_answer: str = "250 OK"
    # The connection is cut after the content was taken, without an answer.
    drops_after_data: bool = False
    # The connection is cut when DATA is asked for.
    drops_at_data: bool = False
    # The answer to the content waits until this is set; None answers at once.
    answer_waits_for: threading.Event | None = None
    username: str | None = None
    password: str = "secreta"
    token: str = "token-bueno"


@dataclass(frozen=True, kw_only=True)
class TakenMail:
    """A mail the sink accepted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    is_encrypted: bool
    username: str | None


class _QuietSession(Session):
    login_data = None


class _Smtp(SMTP):
    script: SmtpScript

    def _create_session(self) -> Session:
        return _QuietSession(self.loop)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.script.drops_at_data:
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, sink: "SmtpSink") -> None:
        self._sink = sink

    async def handle_MAIL(self, _server, _session, envelope, address, options):  # noqa: N802
        if self._sink.script.sender_answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self._sink.script.sender_answer

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        answer = self._sink.script.recipients.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        script = self._sink.script
        if script.answer_waits_for is not None:
            await asyncio.to_thread(script.answer_waits_for.wait, 30)
        if script.data_answer.startswith("250"):
            self._sink.take(session, envelope)
        if script.drops_after_data:
            server.transport.abort()
        return script.data_answer

    async def auth_XOAUTH2(self, server, args):  # noqa: N802
        return await self._with_token(server, args, b"\x01auth=Bearer ")

    async def auth_OAUTHBEARER(self, server, args):  # noqa: N802
        return await self._with_token(server, args, b"\x01auth=Bearer ")

    async def _with_token(self, server, args, mark):
        import base64

        words = base64.b64decode(args[1]) if len(args) > 1 else b""
        token = words.partition(mark)[2].partition(b"\x01")[0].decode()
        if token == self._sink.script.token:
            return AuthResult(success=True, auth_data="token")
        # As Google and Microsoft do: a challenge explains, the client answers, then comes the no.
        await server.challenge_auth(base64.b64encode(b'{"status":"401"}').decode(), encode_to_b64=False)
        await server.push("535 5.7.3 Authentication unsuccessful")
        return AuthResult(success=False, handled=True)


class SmtpSink:
    """A running sink."""

    def __init__(self, script: SmtpScript) -> None:
        self.script = script
        self.port = 0
        self.connections = 0
        self._taken: list[TakenMail] = []

    @property
    def taken(self) -> tuple[TakenMail, ...]:
        """Every mail accepted so far."""
        return tuple(self._taken)

    def take(self, session: Any, envelope: Any) -> None:
        """Keep a mail."""
        login = session.auth_data
        self._taken.append(
            TakenMail(
                sender=envelope.mail_from,
                recipients=tuple(envelope.rcpt_tos),
                content=bytes(envelope.content),
                is_encrypted=session.ssl is not None or getattr(session, "is_tls", False),
                username=getattr(login, "login", b"").decode() or (login if isinstance(login, str) else None),
            )
        )


@contextmanager
def smtp_sink(
    script: SmtpScript | None = None,
    *,
    certificates: Certificates | None = None,
    security: str = "plain",
    port: int = 0,
) -> Iterator[SmtpSink]:
    """Run a sink on a free port while the block lasts; `security` is plain, starttls or tls."""
    sink = SmtpSink(script or SmtpScript())
    ready, stop = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_serve(sink, _context(certificates, security), security, port, ready, stop))
        except BaseException as error:
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    assert not failures
    try:
        yield sink
    finally:
        stop.set()
        if sink.script.answer_waits_for is not None:
            sink.script.answer_waits_for.set()
        thread.join(10)


def _context(certificates: Certificates | None, security: str) -> ssl.SSLContext | None:
    if security == "plain":
        return None
    assert certificates is not None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.cert_file, certificates.key_file)
    return context


async def _serve(
    sink: SmtpSink,
    context: ssl.SSLContext | None,
    security: str,
    port: int,
    ready: threading.Event,
    stop: threading.Event,
) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        _protocol(sink, context if security == "starttls" else None, loop),
        "127.0.0.1",
        port,
        ssl=context if security == "tls" else None,
    )
    sink.port = server.sockets[0].getsockname()[1]
    ready.set()
    with suppress(asyncio.CancelledError):
        while not stop.is_set():
            await asyncio.sleep(0.02)
    server.close()


def _protocol(sink: SmtpSink, starttls: ssl.SSLContext | None, loop: asyncio.AbstractEventLoop) -> Callable[[], SMTP]:
    def authenticated(_server, _session, _envelope, _mechanism, login) -> AuthResult:
        expected = ((sink.script.username or "").encode(), sink.script.password.encode())
        return AuthResult(success=(login.login, login.password) == expected, handled=False, auth_data=login)

    def make() -> SMTP:
        sink.connections += 1
        protocol = type("ScriptedSmtp", (_Smtp,), {"script": sink.script})
        return protocol(
            _Handler(sink),
            hostname="localhost",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_require_tls=False,
            auth_required=False,
            authenticator=authenticated,
            loop=loop,
        )

    return make
