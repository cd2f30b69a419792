"""A small mail server on loopback for the demo and the tests: real IMAP and SMTP, pure Python, in memory.

pymap speaks IMAP and aiosmtpd SMTP, both on free ports in one background thread. What SMTP accepts
for a local mailbox is put into it over IMAP, at the moment the given clock shows. Not for real mail:
passwords travel in the clear, and everything is gone when it stops.
"""

import asyncio
import socket
import threading
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from mailbot.domain.clock import to_utc

LOOPBACK = "127.0.0.1"
_START_LIMIT = 20.0
# Lines in real mail exceed the 998 characters of RFC 5322 now and then.
_LONGEST_LINE = 1_000_000
_BIGGEST_MAIL = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class AcceptedMail:
    """A mail that the SMTP side took, as it came."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)


def _system_clock() -> datetime:
    return datetime.now(UTC)


class EmbeddedMailServer:
    """Serves the given mailboxes while its `with` block lasts; a mailbox's user name is its address."""

    def __init__(
        self,
        mailboxes: Sequence[str],
        *,
        password: str = "demo",  # noqa: S107
        folders: Sequence[str] = ("Enviados",),
        clock: Callable[[], datetime] = _system_clock,
        imap_port: int = 0,
        keeps_keywords: bool = False,
    ) -> None:
        self.password = password
        self.imap_port = imap_port
        self.smtp_port = 0
        self._mailboxes = {address.lower(): address for address in mailboxes}
        self._folders = tuple(folders)
        self._clock = clock
        self._keeps_keywords = keeps_keywords
        self._accepted: list[AcceptedMail] = []
        self._lock = threading.Lock()
        self._postman = _Postman(self)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="mailbot-demo-server", daemon=True)

    @property
    def accepted(self) -> tuple[AcceptedMail, ...]:
        """Every mail that SMTP took so far, for whomever."""
        with self._lock:
            return tuple(self._accepted)

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The addresses of the mailboxes."""
        return tuple(self._mailboxes.values())

    def deliver(self, raw: bytes, mailbox: str, *, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Let a mail lie in a mailbox as if it had arrived at that moment; by default now."""
        self._postman.append(mailbox, folder, raw, to_utc(at if at is not None else self._clock()))

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_START_LIMIT) or self._failure is not None:
            raise RuntimeError("the embedded mail server did not start") from self._failure
        for address in self._mailboxes.values():
            for folder in self._folders:
                self._postman.create(address, folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._postman.close()
        if self._loop is not None and self._stop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_START_LIMIT)

    def take(self, sender: str, recipients: Sequence[str], raw: bytes) -> None:
        """What SMTP does with a mail: keep it, and put it into every local mailbox it is for."""
        at = to_utc(self._clock())
        for recipient in dict.fromkeys(address.lower() for address in recipients):
            if recipient in self._mailboxes:
                self._postman.append(self._mailboxes[recipient], "INBOX", raw, at)
        with self._lock:
            self._accepted.append(AcceptedMail(at=at, sender=sender, recipients=tuple(recipients), raw=raw))

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            # Reported by the thread that waits for the start.
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        imap = await _imap_server(
            self._mailboxes.values(), self.password, self.imap_port, keeps_keywords=self._keeps_keywords
        )
        smtp = await _smtp_server(self)
        self.imap_port = imap.sockets[0].getsockname()[1]
        self.smtp_port = smtp.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        # Not `wait_closed`: from Python 3.12 on it waits for clients, which end when this loop does.
        smtp.close()
        imap.close()


class _Postman:
    """Puts mails into mailboxes over IMAP, with one connection a mailbox."""

    def __init__(self, server: EmbeddedMailServer) -> None:
        self._server = server
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def create(self, mailbox: str, folder: str) -> None:
        with self._lock:
            self._client(mailbox).create_folder(folder)

    def append(self, mailbox: str, folder: str, raw: bytes, at: datetime) -> None:
        with self._lock:
            self._client(mailbox).append(folder, raw, msg_time=at)

    def close(self) -> None:
        with self._lock:
            for client in self._clients.values():
                with suppress(Exception):
                    client.logout()
            self._clients.clear()

    def _client(self, mailbox: str) -> Any:
        from imapclient import IMAPClient

        if mailbox not in self._clients:
            client = IMAPClient(LOOPBACK, self._server.imap_port, ssl=False, timeout=30)
            # imaplib sends a mail in two pieces; without this the second waits for an acknowledgement.
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.login(mailbox, self._server.password)
            self._clients[mailbox] = client
        return self._clients[mailbox]


async def _imap_server(mailboxes: Iterable[str], password: str, port: int, *, keeps_keywords: bool) -> asyncio.Server:
    from proxyprotocol.result import ProxyResultLocal
    from proxyprotocol.sock import SocketInfo
    from pymap.backend.dict import Login
    from pymap.imap import IMAPServer
    from pymap.user import UserMetadata

    config = _imap_config()
    config.apply_context()
    login = Login(config)
    for mailbox in mailboxes:
        login.users_dict[mailbox] = UserMetadata(config, mailbox, password=password)
        if keeps_keywords:
            config.set_cache[mailbox] = _with_keywords()
    imap, sessions = IMAPServer(login, config), set[asyncio.Task[None]]()

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await imap(reader, writer, SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes))

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The loop holds tasks weakly only: one that nobody holds may be collected in mid-session.
        task = asyncio.create_task(session(reader, writer))
        sessions.add(task)
        task.add_done_callback(sessions.discard)

    return await asyncio.start_server(serve, LOOPBACK, port)


def _with_keywords() -> Any:
    """The folders of a mailbox that keeps any keyword, which pymap's own do not."""
    from pymap.backend.dict.filter import FilterSet
    from pymap.backend.dict.mailbox import MailboxData, MailboxSet
    from pymap.parsing.specials.flag import Flag, Recent, Wildcard, get_system_flags

    class KeywordFolder(MailboxData):
        @property
        def permanent_flags(self) -> frozenset[Flag]:
            return (get_system_flags() - {Recent}) | {Wildcard}

    class KeywordFolders(MailboxSet):
        def __init__(self) -> None:
            super().__init__()
            self._inbox = KeywordFolder(self._content_cache, self._thread_cache)

    return KeywordFolders(), FilterSet()


def _imap_config() -> Any:
    from pymap.backend.dict import Config
    from pymap.concurrent import Subsystem
    from pysasl.hashing import Cleartext

    class LoopbackConfig(Config):
        # pymap would ask the DNS for this machine's name at every connection.
        greeting = b"mailbot demo server"

    return LoopbackConfig(
        Namespace(passlib_cfg=None, proxy_protocol=None),
        host=LOOPBACK,
        port=0,
        demo_data=False,
        demo_user="",
        demo_password="",
        tls_enabled=False,
        reject_dnsbl=False,
        hash_context=Cleartext(),
        cpu_subsystem=Subsystem.for_asyncio(),
    )


async def _smtp_server(server: EmbeddedMailServer) -> asyncio.Server:
    from aiosmtpd.smtp import SMTP, AuthResult, Session

    class QuietSession(Session):
        # aiosmtpd sets this old attribute itself and then warns of it.
        login_data = None

    class LoopbackSMTP(SMTP):
        line_length_limit = _LONGEST_LINE

        def _create_session(self) -> Session:
            return QuietSession(self.loop)

    class Handler:
        async def handle_DATA(self, _smtp: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            # In another thread: this one serves the IMAP connection that the mail is put through.
            await asyncio.to_thread(server.take, envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content)
            return "250 2.0.0 OK"

    def authenticated(_smtp: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> Any:
        is_right = getattr(login, "password", b"") == server.password.encode()
        return AuthResult(success=is_right, handled=False)

    def protocol() -> SMTP:
        return LoopbackSMTP(
            Handler(),
            hostname="localhost",
            data_size_limit=_BIGGEST_MAIL,
            auth_require_tls=False,
            authenticator=authenticated,
            loop=asyncio.get_running_loop(),
        )

    return await asyncio.get_running_loop().create_server(protocol, LOOPBACK, 0)
