"""Where the mail of the demo's office lies: one table of kinds, each a server on loopback and how to reach it.

The mails, people and days are the same on all of them; what differs is what stands here.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from mailbot.demo.servers import LOOPBACK, AcceptedMail, EmbeddedMailServer
from mailbot.demo.servers.graph import TOKEN, GraphScript, GraphServer, graph_server
from mailbot.demo.servers.graph_mail import Mail
from mailbot.domain.clock import to_utc
from mailbot.domain.marks import Flag, FlagState
from mailbot.login import Security
from mailbot.settings import MailboxSettings, SendMode

Clock = Callable[[], datetime]
SENT_FOLDER = "Enviados"


@dataclass(frozen=True, kw_only=True)
class MarkedOnServer:
    """What one mail of an inbox bears on its server at the end."""

    mailbox: str
    subject: str
    categories: tuple[str, ...]
    flag: Flag


class Place(Protocol):
    """A server with the office's mailboxes."""

    @property
    def told(self) -> str:
        """What it is and where it listens, for people."""
        ...

    @property
    def accepted(self) -> Sequence[AcceptedMail]:
        """Every mail that mailbot sent through it so far."""
        ...

    def turn(self, now: datetime) -> None:
        """Let it be that time there; what was sent reaches those of the office who have a mailbox here."""
        ...

    def settings(self, addresses: Sequence[str]) -> Mapping[str, object]:
        """What a real office would write to have these mailboxes watched and its mails sent."""
        ...

    def deliver(self, raw: bytes, mailbox: str, *, is_sent: bool, at: datetime) -> None:
        """Let a mail lie in the inbox, or in the folder of what was sent."""
        ...

    def marked(self) -> Sequence[MarkedOnServer]:
        """The mails that bear a category or a flag, by mailbox, as the server has them."""
        ...


def box_name(address: str) -> str:
    """What a mailbox is called in settings."""
    return address.partition("@")[0].replace(".", "_")


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


class GraphPlace:
    """Microsoft 365: Microsoft Graph for everything."""

    def __init__(self, server: GraphServer) -> None:
        self._server = server
        self._accepted: list[AcceptedMail] = []

    @property
    def told(self) -> str:
        """Its address."""
        return f"Servidor de Microsoft Graph en {self._server.url}"

    @property
    def accepted(self) -> Sequence[AcceptedMail]:
        """What left."""
        self._take()
        return tuple(self._accepted)

    def turn(self, now: datetime) -> None:
        """Set its clock, and deliver."""
        self._take()
        with self._server.lock:
            self._server.now = now

    def _take(self) -> None:
        with self._server.lock:
            fresh = self._server.sent[len(self._accepted) :]
        for sender, raw in fresh:
            mail = AcceptedMail(at=self._server.now, sender=sender, recipients=recipients_of(raw), raw=raw)
            self._accepted.append(mail)
            for recipient in mail.recipients:
                if recipient in self._server.mailboxes:
                    self.deliver(raw, recipient, is_sent=False, at=mail.at)

    def settings(self, addresses: Sequence[str]) -> Mapping[str, object]:
        """Graph for every mailbox and to send, with a token from a command."""
        boxes = {box_name(name): MailboxSettings(address=name, kind="graph") for name in addresses}
        return {
            "mailbox": boxes,
            "graph_url": self._server.url,
            "graph_token_command": f"'{Path(sys.executable).as_posix()}' -c 'print(\"{TOKEN}\")'",
            "send": SendMode.GRAPH,
        }

    def deliver(self, raw: bytes, mailbox: str, *, is_sent: bool, at: datetime) -> None:
        """Into the mailbox of the cloud."""
        with self._server.lock:
            box = self._server.mailboxes[mailbox.lower()]
            box.add(raw, at=at, folder=box.folder("sentitems" if is_sent else "inbox"))

    def marked(self) -> Sequence[MarkedOnServer]:
        """As Outlook shows it."""
        with self._server.lock:
            return [
                _as_outlook_shows(box.address, mail)
                for box in self._server.mailboxes.values()
                for mail in box.mails.values()
                if mail.categories or mail.flag["flagStatus"] != "notFlagged"
            ]


def _as_outlook_shows(address: str, mail: Mail) -> MarkedOnServer:
    due = mail.flag.get("dueDateTime", {}).get("dateTime")
    states = {"flagged": FlagState.FLAGGED, "complete": FlagState.COMPLETE}
    flag = Flag(
        state=states.get(mail.flag["flagStatus"], FlagState.NONE),
        due_at=to_utc(datetime.fromisoformat(f"{due}+00:00")) if due else None,
    )
    return MarkedOnServer(mailbox=address, subject=subject_of(mail.raw), categories=tuple(mail.categories), flag=flag)


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, EmailMessage, policy=policy.default)


def subject_of(raw: bytes) -> str:
    """What a mail says that it is about."""
    return str(_parsed(raw)["Subject"] or "")


def recipients_of(raw: bytes) -> tuple[str, ...]:
    """To whom a mail goes."""
    parsed = _parsed(raw)
    people = [address for name in ("To", "Cc") if parsed[name] for address in parsed[name].addresses]
    return tuple(dict.fromkeys(person.addr_spec.lower() for person in people))


@contextmanager
def _imap(addresses: Sequence[str], clock: Clock) -> Iterator[Place]:
    with EmbeddedMailServer(addresses, clock=clock, folders=(SENT_FOLDER,), keeps_keywords=True) as server:
        yield ImapPlace(server)


@contextmanager
def _graph(addresses: Sequence[str], _clock: Clock) -> Iterator[Place]:
    with graph_server(GraphScript()) as server:
        for address in addresses:
            server.add_mailbox(address)
        yield GraphPlace(server)


@contextmanager
def _ews(addresses: Sequence[str], _clock: Clock) -> Iterator[Place]:
    from mailbot.demo.place_ews import EwsPlace
    from mailbot.demo.servers.ews import ews_server

    with ews_server() as server:
        for address in addresses:
            server.add_mailbox(address)
        yield EwsPlace(server)


# How each kind is opened; the first is the demo without a choice.
PLACES: Mapping[str, Callable[[Sequence[str], Clock], AbstractContextManager[Place]]] = {
    "imap": _imap,
    "graph": _graph,
    "ews": _ews,
}
