"""One mailbox each on every kind of server, behind the same handles, for the mailbox contract."""

import abc
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailbot.demo.servers import EmbeddedMailServer
from mailbot.domain.errors import MailboxUnavailable
from mailbot.login import CommandTokens, Security
from mailbot.mailboxes.imap import ImapAccount, ImapMailSource
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.ports.mailbox import MailSource
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.imap_client import mail_program

# A folder besides the inbox that may be thrown away; its name has to survive modified UTF-7.
EXTRA = "Año & despachos ñandú"
# Small, so that few mails make several batches.
BATCH = 4


class Box(abc.ABC):
    """A mailbox as its owner sees it, and the source that reads it."""

    source: MailSource

    def deliver(self, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Let a mail arrive."""
        self.deliver_all([(raw, at)], folder)

    @abc.abstractmethod
    def deliver_all(self, mails: Sequence[tuple[bytes, datetime]], folder: str = "INBOX") -> None:
        """Let mails arrive one after the other."""

    @abc.abstractmethod
    def remove_first(self, folder: str = "INBOX") -> None:
        """Delete the oldest mail."""

    @abc.abstractmethod
    def renew(self, folder: str) -> None:
        """Give the folder another UIDVALIDITY with the same mails in it."""

    @abc.abstractmethod
    def break_off(self) -> None:
        """Let the server go away."""

    @abc.abstractmethod
    def mend(self) -> None:
        """Let it come back."""


class MemoryBox(Box):
    """In memory."""

    def __init__(self) -> None:
        self.source = self._memory = MemoryMailSource("ana", folders=("INBOX", EXTRA, "Enviados"), batch_count=BATCH)

    def deliver_all(self, mails: Sequence[tuple[bytes, datetime]], folder: str = "INBOX") -> None:
        for raw, at in mails:
            self._memory.add(raw, at=at, folder=folder)

    def remove_first(self, folder: str = "INBOX") -> None:
        self._memory.remove(next(iter(self._memory.fetch(folder, None)))[0].key)

    def renew(self, folder: str) -> None:
        self._memory.renew(folder)

    def break_off(self) -> None:
        self._memory.fail_with(MailboxUnavailable("gone"))

    def mend(self) -> None:
        self._memory.fail_with(None)


class ImapBox(Box):
    """On an IMAP server; the owner's own mail program is a second client."""

    def __init__(self, account: ImapAccount) -> None:
        self.account = account
        self.source = ImapMailSource(account)

    @abc.abstractmethod
    def client(self) -> Any:
        """The owner's mail program, as a context manager."""

    def deliver_all(self, mails: Sequence[tuple[bytes, datetime]], folder: str = "INBOX") -> None:
        with self.client() as client:
            for raw, at in mails:
                client.append(folder, raw, msg_time=at)

    def remove_first(self, folder: str = "INBOX") -> None:
        with self.client() as client:
            client.select_folder(folder)
            client.delete_messages(min(client.search()))
            client.expunge()

    def renew(self, folder: str) -> None:
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            kept = client.fetch(client.search(), ["BODY.PEEK[]", "INTERNALDATE"])
        with self.client() as client:
            client.delete_folder(folder)
            client.create_folder(folder)
            for _, mail in sorted(kept.items()):
                client.append(folder, mail[b"BODY[]"], msg_time=mail[b"INTERNALDATE"])

    def flags(self, folder: str = "INBOX") -> dict[int, frozenset[bytes]]:
        """Every mail's flags as the owner sees them; \\Recent is the session's, not the mail's."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["FLAGS"])
        return {uid: frozenset(mail[b"FLAGS"]) - {b"\\Recent"} for uid, mail in found.items()}

    def mark(self, uid: int, flags: list[bytes]) -> None:
        """The owner reads or flags a mail."""
        with self.client() as client:
            client.select_folder("INBOX")
            client.add_flags([uid], flags)


class EmbeddedBox(ImapBox):
    """On the embedded server of the demo."""

    def __init__(self) -> None:
        self._server: EmbeddedMailServer | None = None
        self._start(0)
        super().__init__(
            ImapAccount(
                name="ana",
                host="127.0.0.1",
                port=self._started.imap_port,
                security=Security.PLAIN,
                username="ana@broker.example",
                password="demo",
                folders=("INBOX", EXTRA),
                batch_count=BATCH,
                timeout=timedelta(seconds=5),
            )
        )

    def client(self) -> Any:
        return mail_program(self.account.port, "ana@broker.example", "demo")

    def break_off(self) -> None:
        self._started.__exit__(None, None, None)
        self._server = None

    def mend(self) -> None:
        self._start(self.account.port)

    def close(self) -> None:
        """Stop the server if it runs."""
        if self._server is not None:
            self.break_off()

    @property
    def _started(self) -> EmbeddedMailServer:
        assert self._server is not None
        return self._server

    def _start(self, port: int) -> None:
        server = EmbeddedMailServer(["ana@broker.example"], folders=(EXTRA, "Enviados"), imap_port=port)
        self._server = server.__enter__()


class DovecotBox(ImapBox):
    """On a real Dovecot, encrypted or not, by password or by token."""

    def __init__(self, server: Dovecot, login: str, folder: Path) -> None:
        self._server = server
        self.user = server.new_user()
        token_file = folder / "token"
        token_file.write_text(server.token(self.user))
        printing = [sys.executable, "-c", f"print(open({str(token_file)!r}).read())"]
        is_tls, is_plain = login in ("tls", "xoauth2"), login == "plain"
        super().__init__(
            ImapAccount(
                name="ana",
                host="localhost",
                port=server.imaps_port if is_tls else server.imap_port,
                security=Security.TLS if is_tls else Security(login),
                username=self.user,
                password=None if login == "xoauth2" else PASSWORD,
                tokens=CommandTokens(shlex.join(printing), keeps=False) if login == "xoauth2" else None,
                ca_file=None if is_plain else server.certificates.ca_file,
                folders=("INBOX", EXTRA),
                batch_count=BATCH,
                timeout=timedelta(seconds=10),
            )
        )
        with self.client() as client:
            client.create_folder(EXTRA)

    def client(self) -> Any:
        return self._server.client(self.user)

    def break_off(self) -> None:
        self._server.stop()

    def mend(self) -> None:
        self._server.start()
