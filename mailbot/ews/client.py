"""One mailbox over EWS: what mailbot asks of it, with patience, in mailbot's own values.

What goes wrong is an `EwsFailure`; mailboxes and senders say what it means for them.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.folders import DEEP, FolderCollection
from exchangelib.items import HARD_DELETE, ID_ONLY, SAVE_ONLY, SEND_TO_NONE, SHALLOW, Message
from exchangelib.properties import FolderId, ItemId
from exchangelib.restriction import Q, Restriction
from exchangelib.services import CreateItem, DeleteItem, SendItem

from mailbot.ews.answers import Contents, EwsItem, FindItems, SyncItems
from mailbot.ews.asking import asked, failure_of, fields_of, good, pause_after
from mailbot.ews.discovery import discovered
from mailbot.ews.endpoint import WHY_NOT_ONLINE, EwsEndpoint, is_exchange_online
from mailbot.ews.failure import EwsFailure
from mailbot.ews.properties import register
from mailbot.ews.wire import account_for

_TRIES = 4
# What a page of a synchronisation may hold at most (MaxChangesReturned).
_PAGE = 512
_LISTED = ("datetime_received", "size", "parent_folder_id")

Got = TypeVar("Got")


@dataclass(frozen=True, kw_only=True)
class EwsFolder:
    """One folder; `name` is its path, with `/` between folder and folder inside."""

    id: str
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class EwsFolders:
    """Every folder of a mailbox that people see, and the ids of those that have a part to play."""

    all: tuple[EwsFolder, ...]
    inbox: str
    sent: str
    drafts: str
    outbox: str


@dataclass(frozen=True, kw_only=True)
class Changes:
    """One page of a synchronisation: items that are new or changed, and where the next page goes on."""

    items: tuple[EwsItem, ...]
    state: str
    is_last: bool


class EwsClient:
    """Talks to EWS for one mailbox; safe to use from several threads."""

    def __init__(self, endpoint: EwsEndpoint, address: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._endpoint = endpoint
        self._address = address
        self._sleep = sleep
        self._lock = threading.Lock()
        self._account: Any = None
        # By id, as the library wants them in a search.
        self._folders: dict[str, Any] = {}

    @property
    def endpoint(self) -> EwsEndpoint:
        """Where it talks to; with the address that autodiscover gave, once it was asked."""
        return self._endpoint

    @property
    def address(self) -> str:
        """Whose mailbox."""
        return self._address

    def fresh(self, address: str | None = None) -> "EwsClient":
        """Another one for the same or another mailbox, with connections of its own."""
        return EwsClient(self._endpoint, address or self._address, sleep=self._sleep)

    def close(self) -> None:
        """Let the connections go; the next request opens new ones. Never raises."""
        with self._lock:
            account, self._account = self._account, None
            self._folders = {}
        if account is not None:
            account.protocol.close()

    def read(self, ask: Callable[[Any], Got]) -> Got:
        """A request that may be repeated: a busy server is waited out as long as patience lasts."""
        left = self._endpoint.patience.total_seconds()
        for tries in range(1, _TRIES + 1):
            try:
                return self.once(ask)
            except EwsFailure as failure:
                pause = pause_after(failure, tries)
                if not failure.may_pass or pause > left or tries == _TRIES:
                    raise
            left -= pause
            self._sleep(pause)
        raise AssertionError("unreachable")

    def once(self, ask: Callable[[Any], Got]) -> Got:
        """A request that is made once; only a refused token, which did nothing, is asked for again."""
        account = self._connected()
        try:
            return asked(account, ask)
        except EwsFailure as failure:
            if failure.status != 401 or account.protocol.tokens is None or failure.code == "NoToken":
                raise
        account.protocol.tokens.forget()
        return asked(account, ask)

    def folders(self) -> EwsFolders:
        """Every folder below the top of what people see, by path."""
        return self.read(self._listed_folders)

    def changes(self, folder: str, state: str) -> Changes:
        """The page of the folder's synchronisation that follows the state; without one, its beginning."""

        def ask(account: Any) -> Changes:
            service = SyncItems(account=account)
            items = service.call(
                folder=FolderId(id=folder),
                shape=ID_ONLY,
                additional_fields=fields_of(*_LISTED),
                sync_state=state or None,
                ignore=None,
                max_changes_returned=_PAGE,
                sync_scope=None,
            )
            listed = tuple(good(items))
            is_last = bool(service.includes_last_item_in_range)
            return Changes(items=listed, state=service.sync_state or "", is_last=is_last)

        return self.read(ask)

    def contents(self, ids: Sequence[str]) -> Sequence[bytes | EwsFailure]:
        """Each mail's MIME, in order, or why there is none."""

        def ask(account: Any) -> Sequence[bytes | EwsFailure]:
            wanted = [ItemId(id=id_) for id_ in ids]
            found = Contents(account=account).call(
                items=wanted, additional_fields=fields_of("mime_content"), shape=ID_ONLY
            )
            return [_content(item) for item in found]

        got = self.read(ask)
        if len(got) != len(ids):
            raise EwsFailure("Exchange no contestó por cada correo", code="Malformed")
        return got

    def find(self, message_id: str, folders: Sequence[str]) -> Sequence[EwsItem]:
        """Where the mail with that Message-ID lies among these folders."""
        return self.search(Q(mailbot_message_id=message_id), folders)

    def arrived(self, folder: str, since: datetime) -> Sequence[EwsItem]:
        """What lies in the folder of the mails that arrived since."""
        return self.search(Q(datetime_received__gte=EWSDateTime.from_datetime(since)), [folder])

    def search(
        self, query: Any, folders: Sequence[str], *, by: Any = FindItems, fields: Sequence[str] = _LISTED
    ) -> Sequence[Any]:
        """What a service finds in these folders: every item that the query holds for, as that service gives it."""

        def ask(account: Any) -> Sequence[Any]:
            places = [self._known(account, folder) for folder in folders]
            found = by(account=account).call(
                folders=places,
                additional_fields=fields_of(*fields),
                restriction=Restriction(query, folders=places, applies_to=Restriction.ITEMS),
                order_fields=None,
                shape=ID_ONLY,
                query_string=None,
                depth=SHALLOW,
                calendar_view=None,
                max_items=None,
                offset=0,
            )
            return list(good(found))

        return self.read(ask)

    @property
    def server(self) -> str:
        """What the server said last of its version."""
        account = self._account
        return str(account.version.build) if account is not None else self._endpoint.version

    def create(self, raw: bytes, folder: str, *, filed_at: datetime | None = None) -> EwsItem:
        """Put a mail into a folder: a draft, or with `filed_at` a mail that was sent then and read."""

        def ask(account: Any) -> EwsItem:
            message = Message(account=account, mime_content=raw)
            if filed_at is not None:
                message.mailbot_message_flags = 1
                message.mailbot_delivery_time = EWSDateTime.from_datetime(filed_at)
            made = CreateItem(account=account).get(
                items=[message],
                folder=self._known(account, folder),
                message_disposition=SAVE_ONLY,
                send_meeting_invitations=SEND_TO_NONE,
            )
            return EwsItem(id=made.id, change_key=made.changekey, folder=folder)

        return self.once(ask)

    def send(self, item: EwsItem, sent: str) -> None:
        """Let a draft leave; Exchange files it in the folder `sent`. Made once, whatever happens."""

        def ask(account: Any) -> None:
            wanted = [ItemId(id=item.id, changekey=item.change_key)]
            SendItem(account=account).get(items=wanted, saved_item_folder=FolderId(id=sent))

        self.once(ask)

    def delete(self, item: EwsItem) -> None:
        """Take away a draft of ours for good."""

        def ask(account: Any) -> None:
            DeleteItem(account=account).get(
                items=[ItemId(id=item.id)],
                delete_type=HARD_DELETE,
                send_meeting_cancellations=SEND_TO_NONE,
                affected_task_occurrences="AllOccurrences",
                suppress_read_receipts=True,
            )

        self.once(ask)

    def _connected(self) -> Any:
        with self._lock:
            if self._account is None:
                register()
                if not self._endpoint.url:
                    self._endpoint = discovered(self._endpoint, self._address)
                if is_exchange_online(self._endpoint.host):
                    raise EwsFailure(f"{self._endpoint.host} {WHY_NOT_ONLINE}", code="Online", is_unsent=True)
                self._account = account_for(self._endpoint, self._address)
            return self._account

    def _known(self, account: Any, folder: str) -> Any:
        if folder not in self._folders:
            self._listed_folders(account)
        if folder not in self._folders:
            raise EwsFailure("la carpeta ya no existe", code="ErrorFolderNotFound", is_unsent=True)
        return self._folders[folder]

    def _listed_folders(self, account: Any) -> EwsFolders:
        top = account.msg_folder_root
        own = {"inbox": account.inbox, "sent": account.sent, "drafts": account.drafts, "outbox": account.outbox}
        below = list(FolderCollection(account=account, folders=[top]).find_folders(depth=DEEP))
        known = {folder.id: folder for folder in (*own.values(), *good(below))}
        self._folders = known
        listed = [
            EwsFolder(id=folder.id, name=_path(folder, known), count=folder.total_count or 0)
            for folder in known.values()
            if (folder.folder_class or "IPF.Note").startswith("IPF.Note")
        ]
        return EwsFolders(all=tuple(listed), **{name: folder.id for name, folder in own.items()})


def _content(found: Any) -> bytes | EwsFailure:
    if isinstance(found, bytes):
        return found
    if isinstance(found, Exception):
        return failure_of(found)
    return EwsFailure("Exchange no dio el contenido", code="ErrorMimeContentConversionFailed")


def _path(folder: Any, known: dict[str, Any]) -> str:
    """Its name behind those of the folders that it lies in."""
    names = [folder.name]
    above = known.get(folder.parent_folder_id.id if folder.parent_folder_id else "")
    # A tree deeper than this is a circle or a joke.
    while above is not None and len(names) < 12:
        names.insert(0, above.name)
        above = known.get(above.parent_folder_id.id if above.parent_folder_id else "")
    return "/".join(names)
