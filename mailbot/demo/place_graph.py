"""The demo's office in Microsoft 365: Microsoft Graph for everything."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mailbot.demo.place import Clock, MarkedOnServer, Place, box_name, recipients_of, subject_of
from mailbot.demo.servers import AcceptedMail
from mailbot.demo.servers.graph import TOKEN, GraphScript, GraphServer, graph_server
from mailbot.demo.servers.graph_mail import Mail
from mailbot.domain.marks import Flag, FlagState
from mailbot.settings import MailboxSettings, SendMode


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
        due_at=datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None,
    )
    return MarkedOnServer(mailbox=address, subject=subject_of(mail.raw), categories=tuple(mail.categories), flag=flag)


@contextmanager
def graph_place(addresses: Sequence[str], _clock: Clock) -> Iterator[Place]:
    """Open it for these mailboxes while the block lasts."""
    with graph_server(GraphScript()) as server:
        for address in addresses:
            server.add_mailbox(address)
        yield GraphPlace(server)
