"""What a mail bears over EWS, as the server keeps it: read, searched for, changed and moved.

Nothing is written but categories, the properties of a flag and our own; never subject, body or read state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.fields import FieldPath
from exchangelib.folders import Folder
from exchangelib.items import ID_ONLY, SAVE_ONLY, SEND_TO_NONE, Message
from exchangelib.properties import FolderId, ItemId
from exchangelib.restriction import Q
from exchangelib.services import GetFolder, MoveItem, UpdateItem
from exchangelib.services.find_item import FindItem
from exchangelib.services.get_item import GetItem
from exchangelib.util import TNS

from mailbot.ews.answers import Whole, moment
from mailbot.ews.asking import fields_of, good
from mailbot.ews.client import EwsClient
from mailbot.ews.failure import EwsFailure
from mailbot.ews.properties import CommonEnd, CommonStart, Dispatch, FlagStatus, TaskDue, TaskStart

_SEEN = (
    "parent_folder_id",
    "categories",
    "last_modified_time",
    "datetime_received",
    "message_id",
    "mailbot_flag_status",
    "mailbot_task_start",
    "mailbot_task_due",
    "mailbot_common_start",
    "mailbot_common_end",
    "mailbot_dispatch",
)

# A property's value; None takes it away.
Values = Mapping[str, str | int | Decimal | datetime | Sequence[str] | None]


@dataclass(frozen=True, kw_only=True)
class MarkedItem:
    """One mail; the id changes whenever it is moved, the change key whenever it is changed."""

    id: str
    change_key: str
    folder: str = ""
    message_id: str = ""
    categories: tuple[str, ...] = ()
    # 2 is flagged, 1 complete.
    flag_status: int | None = None
    # The day of the owner's own zone, as its midnight, and the instant.
    start_day: datetime | None = None
    due_day: datetime | None = None
    starts_at: datetime | None = None
    due_at: datetime | None = None
    dispatch: str = ""
    received_at: datetime | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What the account may do in a folder."""

    may_modify: bool = False
    may_delete: bool = False


class EwsMarking:
    """The marks of one mailbox; safe to use from several threads."""

    def __init__(self, client: EwsClient) -> None:
        self._client = client

    def get(self, id: str) -> MarkedItem | None:
        """The mail with that id; None when there is none (any more)."""

        def ask(account: Any) -> MarkedItem | None:
            found = _GetMarked(account=account).call(
                items=[ItemId(id=id)], additional_fields=fields_of(*_SEEN), shape=ID_ONLY
            )
            item: MarkedItem | None = next(good(found), None)
            return item

        try:
            return self._client.read(ask)
        except EwsFailure as failure:
            if failure.is_missing:
                return None
            raise

    def by_message_id(self, message_id: str, folders: Sequence[str]) -> Sequence[MarkedItem]:
        """The mails with that Message-ID in these folders."""
        return self._search(Q(mailbot_message_id=message_id), folders)

    def modified_since(self, moment: datetime, folders: Sequence[str]) -> Sequence[MarkedItem]:
        """The mails of these folders that were changed since."""
        return self._search(Q(last_modified_time__gte=EWSDateTime.from_datetime(moment)), folders)

    def arrived_since(self, moment: datetime, folders: Sequence[str]) -> Sequence[MarkedItem]:
        """The mails of these folders that arrived since."""
        return self._search(Q(datetime_received__gte=EWSDateTime.from_datetime(moment)), folders)

    def update(self, item: MarkedItem, values: Values) -> None:
        """Change these properties, unless the mail has another change key by now.

        May be repeated: the second time the change key is an old one, and nothing is done.
        """

        def ask(account: Any) -> None:
            given = {name: _given(value) for name, value in values.items()}
            message = Message(account=account, id=item.id, changekey=item.change_key, **given)
            UpdateItem(account=account).get(
                items=[(message, list(values))],
                conflict_resolution="NeverOverwrite",
                message_disposition=SAVE_ONLY,
                send_meeting_invitations_or_cancellations=SEND_TO_NONE,
                suppress_read_receipts=True,
            )

        self._client.read(ask)

    def move(self, id: str, folder: str) -> str:
        """Into that folder; the mail's new id. Asked for once: a lost answer is no reason to ask again."""

        def ask(account: Any) -> str:
            moved = MoveItem(account=account).get(items=[ItemId(id=id)], to_folder=FolderId(id=folder))
            return str(moved[0])

        return self._client.once(ask)

    def rights(self, folder: str) -> Rights:
        """What the account may do in a folder."""

        def ask(account: Any) -> Rights:
            field = FieldPath(field=Folder.get_field_by_fieldname("effective_rights"))
            found = _GetRights(account=account).call(
                folders=[FolderId(id=folder)], additional_fields=[field], shape=ID_ONLY
            )
            rights: Rights = next(good(found), Rights())
            return rights

        return self._client.read(ask)

    def _search(self, query: Any, folders: Sequence[str]) -> Sequence[MarkedItem]:
        if not folders:
            return ()
        found: Sequence[MarkedItem] = self._client.search(query, folders, by=_FindMarked, fields=_SEEN)
        return found


class _GetMarked(Whole, GetItem):
    """`GetItem` that gives `MarkedItem`."""

    def _elem_to_obj(self, elem: Any) -> MarkedItem:
        return _item_of(elem)


class _FindMarked(Whole, FindItem):
    """`FindItem` that gives `MarkedItem`."""

    def _elem_to_obj(self, elem: Any) -> MarkedItem:
        return _item_of(elem)


class _GetRights(Whole, GetFolder):
    """`GetFolder` that gives `Rights`."""

    def _elems_to_objs(self, elems: Any) -> Any:
        for elem in elems:
            yield elem if isinstance(elem, Exception) else _rights_of(elem)


def _rights_of(elem: Any) -> Rights:
    """What was not told is not allowed."""
    path = f"{{{TNS}}}EffectiveRights/{{{TNS}}}"
    return Rights(
        may_modify=elem.findtext(f"{path}Modify") == "true", may_delete=elem.findtext(f"{path}Delete") == "true"
    )


def _item_of(elem: Any) -> MarkedItem:
    item_id = elem.find(f"{{{TNS}}}ItemId")
    folder = elem.find(f"{{{TNS}}}ParentFolderId")
    told = elem.findall(f"{{{TNS}}}ExtendedProperty")
    return MarkedItem(
        id=item_id.get("Id", ""),
        change_key=item_id.get("ChangeKey", ""),
        folder="" if folder is None else folder.get("Id", ""),
        message_id=(elem.findtext(f"{{{TNS}}}InternetMessageId") or "").strip(),
        categories=tuple(name.text or "" for name in elem.iterfind(f"{{{TNS}}}Categories/{{{TNS}}}String")),
        flag_status=_value(told, FlagStatus),
        start_day=_value(told, TaskStart),
        due_day=_value(told, TaskDue),
        starts_at=_value(told, CommonStart),
        due_at=_value(told, CommonEnd),
        dispatch=_value(told, Dispatch) or "",
        received_at=moment(elem.findtext(f"{{{TNS}}}DateTimeReceived")),
        modified_at=moment(elem.findtext(f"{{{TNS}}}LastModifiedTime")),
    )


def _value(told: Sequence[Any], kind: Any) -> Any:
    """What the mail has of a property; None when it has none of it."""
    found = next((elem for elem in told if kind.is_property_instance(elem)), None)
    if found is None:
        return None
    if kind.property_type == "SystemTime":
        return moment(found.findtext(f"{{{TNS}}}Value"))
    return kind.from_xml(found, account=None)


def _given(value: Any) -> Any:
    return EWSDateTime.from_datetime(value) if isinstance(value, datetime) else value
