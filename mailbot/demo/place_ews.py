"""The demo's office on an Exchange server of its own: EWS for everything, by an account that acts for each mailbox."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from pydantic import SecretStr

from mailbot.demo.place import Clock, MarkedOnServer, Place, box_name, recipients_of, subject_of
from mailbot.demo.servers import AcceptedMail
from mailbot.demo.servers.ews import PASSWORD, SERVICE, EwsServer, ews_server
from mailbot.demo.servers.ews_fields import SETS
from mailbot.demo.servers.ews_mail import Item
from mailbot.domain.clock import to_utc
from mailbot.domain.marks import Flag, FlagState
from mailbot.ews.endpoint import EwsAuth
from mailbot.settings import MailboxSettings, SendMode

_STATES = {"2": FlagState.FLAGGED, "1": FlagState.COMPLETE}
_DUE = f"{SETS['Common']}/0x8517:SystemTime"


class EwsPlace:
    """Exchange on a server of the office's own; it delivers what is sent by itself."""

    def __init__(self, server: EwsServer) -> None:
        self._server = server
        self._accepted: list[AcceptedMail] = []

    @property
    def told(self) -> str:
        """Its address."""
        return f"Servidor de Exchange (EWS) en {self._server.url}"

    @property
    def accepted(self) -> Sequence[AcceptedMail]:
        """What left."""
        self._take()
        return tuple(self._accepted)

    def turn(self, now: datetime) -> None:
        """Set its clock."""
        self._take()
        with self._server.lock:
            self._server.advance(now - self._server.now)

    def _take(self) -> None:
        with self._server.lock:
            for sender, raw in self._server.sent[len(self._accepted) :]:
                mail = AcceptedMail(at=self._server.now, sender=sender, recipients=recipients_of(raw), raw=raw)
                self._accepted.append(mail)

    def settings(self, addresses: Sequence[str]) -> Mapping[str, object]:
        """EWS for every mailbox and to send, by impersonation."""
        return {
            "mailbox": {box_name(name): MailboxSettings(address=name, kind="ews") for name in addresses},
            "ews_url": self._server.url,
            "ews_auth": EwsAuth.BASIC,
            "ews_username": SERVICE,
            "ews_password": SecretStr(PASSWORD),
            "send": SendMode.EWS,
        }

    def deliver(self, raw: bytes, mailbox: str, *, is_sent: bool, at: datetime) -> None:
        """Into the mailbox on the server."""
        with self._server.lock:
            box = self._server.mailboxes[mailbox.lower()]
            box.add(raw, at=at, folder=box.known["sentitems" if is_sent else "inbox"])

    def marked(self) -> Sequence[MarkedOnServer]:
        """As Outlook shows it."""
        with self._server.lock:
            shown = [
                _as_outlook_shows(box.address, item)
                for box in self._server.mailboxes.values()
                for item in box.items.values()
            ]
        return [mail for mail in shown if mail.categories or mail.flag.state is not FlagState.NONE]


def _as_outlook_shows(address: str, item: Item) -> MarkedOnServer:
    state = _STATES.get(item.properties.get("0x1090:Integer", ""), FlagState.NONE)
    due = item.properties.get(_DUE) if state is FlagState.FLAGGED else None
    flag = Flag(state=state, due_at=to_utc(datetime.fromisoformat(due)) if due else None)
    return MarkedOnServer(mailbox=address, subject=subject_of(item.raw), categories=tuple(item.categories), flag=flag)


@contextmanager
def ews_place(addresses: Sequence[str], _clock: Clock) -> Iterator[Place]:
    """Open it for these mailboxes while the block lasts."""
    with ews_server() as server:
        for address in addresses:
            server.add_mailbox(address)
        yield EwsPlace(server)
