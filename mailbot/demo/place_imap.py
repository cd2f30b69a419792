"""The demo's office on any mail server: IMAP that keeps keywords, and SMTP."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from pydantic import SecretStr

from mailbot.demo.place import Clock, MarkedOnServer, Place, box_name, subject_of
from mailbot.demo.servers import LOOPBACK, AcceptedMail, EmbeddedMailServer
from mailbot.domain.marks import Flag, FlagState
from mailbot.login import Security
from mailbot.settings import MailboxSettings, SendMode

SENT_FOLDER = "Enviados"


class ImapPlace:
    """Any mail server: IMAP with keywords, and SMTP."""

    def __init__(self, server: EmbeddedMailServer) -> None:
        self._server = server

    @property
    def told(self) -> str:
        """Both ports."""
        return f"Servidor IMAP en {LOOPBACK}:{self._server.imap_port} y SMTP en {LOOPBACK}:{self._server.smtp_port}"

    @property
    def accepted(self) -> Sequence[AcceptedMail]:
        """What SMTP took."""
        return self._server.accepted

    def turn(self, now: datetime) -> None:
        """Nothing: it has the demo's clock, and delivers by itself."""

    def settings(self, addresses: Sequence[str]) -> Mapping[str, object]:
        """IMAP for every mailbox, SMTP to send."""
        boxes = {box_name(name): MailboxSettings(address=name, sent_folder=SENT_FOLDER) for name in addresses}
        return {
            "mailbox": boxes,
            "imap_host": LOOPBACK,
            "imap_port": self._server.imap_port,
            "imap_security": Security.PLAIN,
            "imap_password": SecretStr(self._server.password),
            "send": SendMode.SMTP,
            "smtp_host": LOOPBACK,
            "smtp_port": self._server.smtp_port,
            "smtp_security": Security.PLAIN,
        }

    def deliver(self, raw: bytes, mailbox: str, *, is_sent: bool, at: datetime) -> None:
        """By APPEND."""
        self._server.deliver(raw, mailbox, folder=SENT_FOLDER if is_sent else "INBOX", at=at)

    def marked(self) -> Sequence[MarkedOnServer]:
        """As another mail program sees it."""
        return [mail for address in self._server.mailboxes for mail in self._marked_in(address)]

    def _marked_in(self, address: str) -> Iterator[MarkedOnServer]:
        from imapclient import IMAPClient

        with IMAPClient(LOOPBACK, self._server.imap_port, ssl=False, timeout=30) as client:
            client.login(address, self._server.password)
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(), ["FLAGS", "BODY.PEEK[HEADER]"])
        for _, mail in sorted(found.items()):
            flags = {flag.decode() for flag in mail[b"FLAGS"]}
            names = tuple(sorted(flag for flag in flags if not flag.startswith("\\")))
            flag = Flag(state=FlagState.FLAGGED if "\\Flagged" in flags else FlagState.NONE)
            if names or flag.state is not FlagState.NONE:
                subject = subject_of(mail[b"BODY[HEADER]"])
                yield MarkedOnServer(mailbox=address, subject=subject, categories=names, flag=flag)


@contextmanager
def imap_place(addresses: Sequence[str], clock: Clock) -> Iterator[Place]:
    """Open it for these mailboxes while the block lasts."""
    with EmbeddedMailServer(addresses, clock=clock, folders=(SENT_FOLDER,), keeps_keywords=True) as server:
        yield ImapPlace(server)
