"""Mailboxes on IMAP servers, behind the handles of the marks' contract: a good one and a poor one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from imapclient import IMAPClient

from mailbot.demo.servers import EmbeddedMailServer
from mailbot.domain.marks import Colour, Flag, FlagState
from mailbot.domain.message import MailKey
from mailbot.login import Security
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_marking import MOST_KEYWORDS
from mailbot.mailboxes.imap_marks import ImapMarks
from tests.contract.mark_boxes import NAMED, OTHER, MarkBox, Shape, at_minute, letter, message_id
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.imap_client import mail_program

_SYSTEM = ("\\Seen", "\\Recent", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft")


class ImapMarkBox(MarkBox):
    """On an IMAP server; the owner's own mail program is a second client."""

    def __init__(self, account: ImapAccount) -> None:
        self.account = account
        self.marks = ImapMarks(account)

    def client(self) -> Any:
        """The owner's mail program, as a context manager."""
        return mail_program(self.account.port, self.account.username, self.account.password or "")

    def deliver(self, number: int, *, folder: str = "INBOX", minute: int | None = None) -> MailKey:
        with self.client() as client:
            client.append(folder, letter(number), msg_time=at_minute(number, minute))
            state = client.select_folder(folder, readonly=True)
            uid = max(client.search(["HEADER", "Message-ID", message_id(number)]))
        return MailKey(mailbox="ana", folder=folder, validity=state[b"UIDVALIDITY"], uid=uid)

    def person_sets(self, number: int, *, categories: tuple[str, ...] | None = None, flag: Flag | None = None) -> None:
        with self._opened(number) as (client, uid):
            if categories is not None:
                client.remove_flags([uid], [name for name in _flags(client, uid) if name not in _SYSTEM])
                client.add_flags([uid], list(categories))
            if flag is not None:
                act = client.add_flags if flag.state is FlagState.FLAGGED else client.remove_flags
                act([uid], ["\\Flagged"])

    def person_moves(self, number: int, folder: str) -> None:
        with self._opened(number) as (client, uid):
            client.move([uid], folder)

    def person_deletes(self, number: int) -> None:
        with self._opened(number) as (client, uid):
            client.delete_messages([uid])
            client.expunge()

    def shape(self, number: int) -> Shape:
        with self._opened(number, readonly=True) as (client, uid):
            raw = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
            return Shape(raw=raw, is_read="\\Seen" in _flags(client, uid), folder=self._folder)

    def colours(self) -> dict[str, str]:
        return {}

    def person_colours(self, name: str, colour: Colour) -> None:
        """IMAP has no list of categories."""

    @contextmanager
    def _opened(self, number: int, *, readonly: bool = False) -> Iterator[tuple[IMAPClient, int]]:
        """The folder in which the mail lies, and its uid; the inbox first."""
        with self.client() as client:
            for folder in ("INBOX", NAMED, OTHER):
                client.select_folder(folder, readonly=readonly)
                uids = client.search(["HEADER", "Message-ID", message_id(number)])
                if uids:
                    self._folder = folder
                    yield client, max(uids)
                    return
        raise AssertionError("the mail is nowhere")


class DovecotMarkBox(ImapMarkBox):
    """On a real Dovecot, which keeps any keyword and counts changes."""

    def __init__(self, server: Dovecot) -> None:
        self._server = server
        account = ImapAccount(
            name="ana",
            host="127.0.0.1",
            port=server.imap_port,
            security=Security.PLAIN,
            username=server.new_user(),
            password=PASSWORD,
            timeout=timedelta(seconds=10),
        )
        super().__init__(account)
        with self.client() as client:
            for folder in (OTHER, NAMED):
                client.create_folder(folder)

    def fill_up(self) -> bool:
        self.deliver(50)
        self.person_sets(50, categories=("Reclamo", *(f"etiqueta{number}" for number in range(MOST_KEYWORDS - 1))))
        return True

    def break_off(self) -> None:
        self._server.stop()

    def close(self) -> None:
        super().close()
        if not self._server.is_running:
            self._server.start()


class EmbeddedMarkBox(ImapMarkBox):
    """On the server of the demo: no keywords, no numbers of changes, as Exchange Online over IMAP."""

    def __init__(self) -> None:
        self._server = EmbeddedMailServer(["ana@broker.example"], folders=(OTHER, NAMED)).__enter__()
        account = ImapAccount(
            name="ana",
            host="127.0.0.1",
            port=self._server.imap_port,
            security=Security.PLAIN,
            username="ana@broker.example",
            password="demo",
            timeout=timedelta(seconds=5),
        )
        super().__init__(account)
        self._runs = True

    def break_off(self) -> None:
        self._server.__exit__(None, None, None)
        self._runs = False

    def close(self) -> None:
        super().close()
        if self._runs:
            self.break_off()


def _flags(client: IMAPClient, uid: int) -> list[str]:
    return [flag.decode() for flag in client.fetch([uid], ["FLAGS"])[uid][b"FLAGS"]]
