"""A mailbox on the loopback Graph server, behind the handles of the marks' contract."""

from datetime import timedelta

from mailbot.demo.servers.graph import GraphScript, GraphServer
from mailbot.demo.servers.graph_mail import Mail
from mailbot.domain.marks import Colour, Flag, FlagState
from mailbot.domain.message import MailKey
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.mailboxes.graph_account import GraphAccount
from mailbot.mailboxes.graph_marks import GraphMarks
from tests.contract.graph_box import ADDRESS, StaticTokens
from tests.contract.mark_boxes import MORNING, NAMED, MarkBox, Shape, at_minute, letter, message_id

_WORDS = {FlagState.NONE: "notFlagged", FlagState.FLAGGED: "flagged", FlagState.COMPLETE: "complete"}
_COLOURS = {Colour.GREEN: "preset4", Colour.RED: "preset0"}


class GraphMarkBox(MarkBox):
    """In the cloud."""

    def __init__(self) -> None:
        self.server = GraphServer(GraphScript())
        self.server.start()
        self.server.now = MORNING + timedelta(hours=1)
        self.mailbox = self.server.add_mailbox(ADDRESS, folders=(NAMED,))
        app = GraphApp(url=self.server.url, client_id=str(self.server.port), timeout=timedelta(seconds=5))
        client = GraphClient(app, tokens=StaticTokens(), sleep=lambda seconds: None)
        account = GraphAccount(name="ana", address=ADDRESS, app=app)
        self.marks = GraphMarks(account, client=client)

    def deliver(self, number: int, *, folder: str = "INBOX", minute: int | None = None) -> MailKey:
        with self.server.lock:
            there = self.mailbox.folders["inbox" if folder == "INBOX" else folder]
            self.mailbox.add(letter(number), at=at_minute(number, minute), folder=there)
        return MailKey(mailbox="ana", folder=folder, validity=1, uid=number)

    def person_sets(self, number: int, *, categories: tuple[str, ...] | None = None, flag: Flag | None = None) -> None:
        change: dict[str, object] = {}
        if categories is not None:
            change["categories"] = list(categories)
        if flag is not None:
            change["flag"] = {"flagStatus": _WORDS[flag.state]}
        with self.server.lock:
            self.server.now += timedelta(minutes=1)
            self.mailbox.patch(self._mail(number), change)

    def person_moves(self, number: int, folder: str) -> None:
        with self.server.lock:
            self.mailbox.move(self._mail(number), self.mailbox.folders[folder])

    def person_deletes(self, number: int) -> None:
        with self.server.lock:
            self.mailbox.remove(self._mail(number))

    def shape(self, number: int) -> Shape:
        mail = self._mail(number)
        paths = {folder.id: "INBOX" if path == "inbox" else path for path, folder in self.mailbox.folders.items()}
        return Shape(raw=mail.whole, is_read=mail.is_read, folder=paths[mail.folder])

    def colours(self) -> dict[str, str]:
        return {item["displayName"]: item["color"] for item in self.mailbox.categories}

    def person_colours(self, name: str, colour: Colour) -> None:
        self.mailbox.categories.append({"id": name, "displayName": name, "color": _COLOURS[colour]})

    def break_off(self) -> None:
        self.server.stop()

    def close(self) -> None:
        super().close()
        self.server.stop()

    def _mail(self, number: int) -> Mail:
        named = message_id(number)
        return next(mail for mail in self.mailbox.mails.values() if mail.header("Message-ID") == named)
