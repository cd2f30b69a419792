"""A mailbox on the loopback EWS server, behind the handles of the marks' contract."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from defusedxml.ElementTree import fromstring

from mailbot.demo.servers.ews import EwsScript, EwsServer
from mailbot.demo.servers.ews_changing import put_flag
from mailbot.demo.servers.ews_mail import Item, written
from mailbot.domain.marks import Colour, Flag, FlagState
from mailbot.domain.message import MailKey
from mailbot.ews.client import EwsClient
from mailbot.mailboxes.ews_account import EwsAccount
from mailbot.mailboxes.ews_marks import EwsMarks
from tests.contract.ews_box import ADDRESS, endpoint_of
from tests.contract.mark_boxes import MORNING, NAMED, OTHER, MarkBox, Shape, at_minute, letter, message_id

LIMA = ZoneInfo("America/Lima")
LIST = "calendar/CategoryList"
_STATUS = {FlagState.NONE: "", FlagState.FLAGGED: "2", FlagState.COMPLETE: "1"}
_PLACES = {Colour.GREEN: "4", Colour.RED: "0"}


class EwsMarkBox(MarkBox):
    """On the office's own Exchange server."""

    def __init__(self, script: EwsScript | None = None, **changes: object) -> None:
        self.server = EwsServer(script or EwsScript())
        self.server.start()
        self.server.now = MORNING + timedelta(hours=1)
        self.mailbox = self.server.add_mailbox(ADDRESS, folders=(OTHER,))
        self.mailbox.add_folder(NAMED.rpartition("/")[2], parent=self.mailbox.folder_named(OTHER).id)
        self.pauses: list[float] = []
        endpoint = endpoint_of(self.server, **changes)
        account = EwsAccount(name="ana", address=ADDRESS, endpoint=endpoint, zone=LIMA)
        self.marks = EwsMarks(account, client=EwsClient(endpoint, ADDRESS, sleep=self.pauses.append))

    def deliver(self, number: int, *, folder: str = "INBOX", minute: int | None = None) -> MailKey:
        with self.server.lock:
            self.mailbox.add(letter(number), at=at_minute(number, minute), folder=self._id_of(folder))
        return MailKey(mailbox="ana", folder=folder, validity=1, uid=number)

    def person_sets(self, number: int, *, categories: tuple[str, ...] | None = None, flag: Flag | None = None) -> None:
        with self.server.lock:
            self.server.advance(timedelta(minutes=1))
            item = self.item(number)
            if categories is not None:
                item.categories = list(categories)
            if flag is not None:
                put_flag(item, _STATUS[flag.state])
            self.mailbox.touch(item)

    def person_moves(self, number: int, folder: str) -> None:
        with self.server.lock:
            self.mailbox.move(self.item(number), self._id_of(folder))

    def person_deletes(self, number: int) -> None:
        with self.server.lock:
            self.mailbox.remove(self.item(number))

    def shape(self, number: int) -> Shape:
        item = self.item(number)
        return Shape(raw=item.raw, is_read=item.is_read, folder=self._path_of(item.folder))

    def colours(self) -> dict[str, str]:
        document = self.mailbox.configurations.get(LIST)
        return {} if document is None else {item.attrib["name"]: item.attrib["color"] for item in fromstring(document)}

    def person_colours(self, name: str, colour: Colour) -> None:
        self.mailbox.configurations[LIST] = (
            '<?xml version="1.0"?><categories default="Cliente" lastSavedSession="5" '
            f'lastSavedTime="{written(MORNING)}" xmlns="CategoryList.xsd"><category name="{name}" '
            f'color="{_PLACES[colour]}" keyboardShortcut="3" usageCount="7" lastTimeUsed="{written(MORNING)}" '
            'lastSessionUsed="4" guid="{2B7FC69C-7046-44A2-8FF3-007D7467DC82}" renameOnFirstUse="0"/></categories>'
        ).encode()

    def break_off(self) -> None:
        self.server.stop()

    def close(self) -> None:
        super().close()
        self.server.stop()

    def item(self, number: int) -> Item:
        """The mail as it lies on the server."""
        named = message_id(number)
        return next(item for item in self.mailbox.items.values() if item.message_id == named)

    def _id_of(self, folder: str) -> str:
        return self.mailbox.folder_named(folder.rpartition("/")[2]).id

    def _path_of(self, id_: str) -> str:
        return next(name for name in ("INBOX", NAMED, OTHER) if self._id_of(name) == id_)
