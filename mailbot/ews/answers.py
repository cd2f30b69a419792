"""What EWS answers, as mailbot's own values; exchangelib's objects go no further than here.

Only what is asked for is read, so an item of a class that exchangelib does not know harms nobody.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchangelib.services.common import EWSService
from exchangelib.services.find_item import FindItem
from exchangelib.services.get_item import GetItem
from exchangelib.services.sync_folder_hierarchy import SyncFolder
from exchangelib.services.sync_folder_items import SyncFolderItems
from exchangelib.util import TNS, DummyResponse

_GONE = frozenset({f"{{{TNS}}}Delete", f"{{{TNS}}}ReadFlagChange"})


@dataclass(frozen=True, kw_only=True)
class EwsItem:
    """One item as a list tells of it; the id changes whenever the item is moved."""

    id: str
    change_key: str = ""
    folder: str = ""
    received_at: datetime | None = None
    size: int = 0


class Whole(EWSService):
    """A service whose answer is parsed in one go: exchangelib would hand it to the parser byte by byte."""

    @classmethod
    def _get_soap_parts(cls, response: Any) -> Any:
        parse = super()._get_soap_parts
        return parse(DummyResponse(content=response.content))


class SyncItems(Whole, SyncFolderItems):
    """`SyncFolderItems` that tells of items there are, and hands an error on."""

    def _get_element_container(self, message: Any, name: str | None = None) -> Any:
        # exchangelib looks for the state first, and stumbles where an error has none.
        if message.get("ResponseClass") == "Error":
            return super(SyncFolder, self)._get_element_container(message, name)
        return super()._get_element_container(message, name)

    def _elems_to_objs(self, elems: Any) -> Iterator[Any]:
        for elem in elems:
            if isinstance(elem, Exception):
                yield elem
            elif elem.tag not in _GONE and len(elem):
                yield item_of(elem[0])


class FindItems(Whole, FindItem):
    """`FindItem` that gives `EwsItem`."""

    def _elem_to_obj(self, elem: Any) -> EwsItem:
        return item_of(elem)


class Contents(Whole, GetItem):
    """`GetItem` that gives a mail's bytes; None where the server has none for it."""

    def _elem_to_obj(self, elem: Any) -> bytes | None:
        found = elem.findtext(f"{{{TNS}}}MimeContent")
        try:
            return base64.b64decode(found) if found else None
        except binascii.Error:
            return None


def item_of(elem: Any) -> EwsItem:
    """What an item's element says."""
    item_id = elem.find(f"{{{TNS}}}ItemId")
    folder = elem.find(f"{{{TNS}}}ParentFolderId")
    size = elem.findtext(f"{{{TNS}}}Size") or ""
    return EwsItem(
        id="" if item_id is None else item_id.get("Id", ""),
        change_key="" if item_id is None else item_id.get("ChangeKey", ""),
        folder="" if folder is None else folder.get("Id", ""),
        received_at=moment(elem.findtext(f"{{{TNS}}}DateTimeReceived")),
        size=int(size) if size.isdigit() else 0,
    )


def moment(text: str | None) -> datetime | None:
    """An instant in UTC; None when it is missing or none."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
