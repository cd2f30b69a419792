"""An Exchange server's EWS on loopback: stateful, strict, and failing by script. Only what mail needs."""

import base64
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import register_namespace

from mailbot.demo.servers.ews_http import EwsHandler
from mailbot.demo.servers.ews_mail import Mailbox, Refusal
from mailbot.demo.servers.ews_schema import PREFIXES
from mailbot.demo.servers.ews_script import PASSWORD, SERVICE, TOKEN, EwsFault, EwsScript
from mailbot.demo.servers.loopback import Certificates, LoopbackService

__all__ = ["PASSWORD", "SERVICE", "TOKEN", "EwsFault", "EwsScript", "EwsServer", "ews_server"]

PATH = "/EWS/Exchange.asmx"


class EwsServer(LoopbackService):
    """A running server."""

    def __init__(self, script: EwsScript, *, port: int = 0, certificates: Certificates | None = None) -> None:
        for prefix, space in PREFIXES.items():
            register_namespace(prefix, space)
        super().__init__(port, certificates)
        self.script = script
        self.mailboxes: dict[str, Mailbox] = {}
        self.now = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
        self.lock = threading.RLock()
        # What was accepted for sending: from which mailbox, and the bytes.
        self.sent: list[tuple[str, bytes]] = []
        # Every field of every item that somebody changed by a request.
        self.updates: list[tuple[str, str]] = []
        # The operation of every request that was carried out, and where from.
        self.requests: list[str] = []
        self.streams = 0

    @property
    def url(self) -> str:
        """Its endpoint."""
        scheme = "http" if self._certificates is None else "https"
        return f"{scheme}://localhost:{self._port}{PATH}"

    def add_mailbox(self, address: str, *, folders: tuple[str, ...] = ()) -> Mailbox:
        """Somebody gets a mailbox."""
        self.mailboxes[address.lower()] = Mailbox(address.lower(), folders=folders, now=self.now)
        return self.mailboxes[address.lower()]

    def advance(self, by: timedelta) -> None:
        """Let time pass on the server."""
        self.now += by
        for mailbox in self.mailboxes.values():
            mailbox.now = self.now

    def mailbox(self, address: str, login: str, acting: str | None) -> Mailbox:
        """Somebody's mailbox, if the login may open it."""
        found = self.mailboxes.get(address.lower())
        if found is None:
            raise Refusal("ErrorNonExistentMailbox")
        if not self._may_open(found, login, acting):
            raise Refusal("ErrorAccessDenied")
        return found

    def all_mailboxes(self, login: str, acting: str | None) -> Sequence[Mailbox]:
        """Every mailbox that the login may open now."""
        return [mailbox for mailbox in self.mailboxes.values() if self._may_open(mailbox, login, acting)]

    def may_change(self, mailbox: Mailbox, folder: str, login: str, acting: str | None) -> bool:
        """Everybody but those who may only read."""
        places = (mailbox.address, f"{mailbox.address}/{mailbox.folders[folder].distinguished}")
        return acting is not None or not any(login in self.script.readers.get(place, ()) for place in places)

    def may_send_as(self, address: str, mailbox: Mailbox) -> bool:
        """From its own address, or with the right to send as another."""
        return address.lower() == mailbox.address or mailbox.address in self.script.send_as.get(address.lower(), ())

    def deliver(self, raw: bytes, recipients: Sequence[str]) -> None:
        """Into the inbox of every recipient who has a mailbox here."""
        for address in recipients:
            mailbox = self.mailboxes.get(address.lower())
            if mailbox is not None:
                mailbox.add(raw, folder=mailbox.known["inbox"])

    def _may_open(self, mailbox: Mailbox, login: str, acting: str | None) -> bool:
        if acting is not None:
            return mailbox.address == acting.lower()
        return mailbox.address == login or login in self.script.delegates.get(mailbox.address, ())

    def start(self) -> None:
        """Listen."""
        self.listen(type("Handler", (EwsHandler,), {"ews": self}))

    def fault_for(self, operation: str) -> EwsFault | None:
        """The first fault that matches, used up by one."""
        with self.lock:
            for fault in self.script.faults:
                if fault.times > 0 and re.search(fault.match, operation):
                    fault.times -= 1
                    return fault
        return None

    def login_of(self, header: str) -> str | None:
        """Who logs in with that header; None when nobody does."""
        if self.script.auth == "none":
            return SERVICE
        kind, _, value = header.partition(" ")
        if self.script.auth == "bearer":
            return SERVICE if (kind, value) == ("Bearer", self.script.token) else None
        if kind != "Basic":
            return None
        name, _, password = base64.b64decode(value).decode().partition(":")
        return name.lower() if password == PASSWORD else None


@contextmanager
def ews_server(script: EwsScript | None = None, *, certificates: Certificates | None = None) -> Iterator[EwsServer]:
    """Run a server while the block lasts."""
    server = EwsServer(script or EwsScript(), certificates=certificates)
    server.start()
    try:
        yield server
    finally:
        server.stop()
