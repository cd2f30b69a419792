"""Reply drafts of one mailbox over EWS: made by the server in the conversation, read, changed, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.items import ID_ONLY, MOVE_TO_DELETED_ITEMS, SAVE_ONLY, SEND_TO_NONE, Message, ReplyToItem
from exchangelib.properties import HTMLBody, ItemId, Mailbox, ReferenceItemId
from exchangelib.restriction import Q
from exchangelib.services import CreateItem, DeleteItem, UpdateItem
from exchangelib.services.get_item import GetItem
from exchangelib.util import TNS

from mailbot.domain.message import Address
from mailbot.ews.answers import EwsItem, Whole, item_of
from mailbot.ews.asking import fields_of, good
from mailbot.ews.client import EwsClient

# A draft that somebody changed is refused, not overwritten.
_NEVER_OVERWRITE = "NeverOverwrite"
_SHOWN = ("subject", "body", "is_draft", "to_recipients")


@dataclass(frozen=True, kw_only=True)
class EwsDraft:
    """A draft as the server holds it; what lies there and is none any more has `is_draft` False."""

    id: str
    change_key: str
    is_draft: bool
    subject: str
    to: tuple[str, ...]
    html: str


def reply(client: EwsClient, item: EwsItem, *, html: str, to: Sequence[Address]) -> None:
    """Let the server put a reply to a mail into the drafts; it quotes the mail below. Made once."""

    def ask(account: Any) -> None:
        answer = ReplyToItem(
            account=account,
            reference_item_id=ReferenceItemId(id=item.id, changekey=item.change_key),
            new_body=HTMLBody(html),
            to_recipients=_boxes(to),
        )
        CreateItem(account=account).get(
            items=[answer],
            folder=account.drafts,
            message_disposition=SAVE_ONLY,
            send_meeting_invitations=SEND_TO_NONE,
        )

    client.once(ask)


def drafts_since(client: EwsClient, since: datetime) -> Sequence[EwsDraft]:
    """Every draft that was made since."""
    query = Q(datetime_created__gte=EWSDateTime.from_datetime(since))
    listed = client.search(query, [client.folders().drafts])
    return read(client, [item.id for item in listed]) if listed else ()


def read(client: EwsClient, ids: Sequence[str]) -> Sequence[EwsDraft]:
    """Drafts by their ids; raises the failure of the first that cannot be read."""

    def ask(account: Any) -> Sequence[EwsDraft]:
        wanted = [ItemId(id=id_) for id_ in ids]
        found = _Drafts(account=account).call(items=wanted, additional_fields=fields_of(*_SHOWN), shape=ID_ONLY)
        return list(good(found))

    return client.read(ask)


def rewrite(client: EwsClient, draft: EwsDraft, *, html: str, to: Sequence[Address]) -> None:
    """Another body, on condition that the draft is as it was read."""

    def ask(account: Any) -> None:
        message = Message(
            account=account, id=draft.id, changekey=draft.change_key, body=HTMLBody(html), to_recipients=_boxes(to)
        )
        UpdateItem(account=account).get(
            items=[(message, ("body", "to_recipients"))],
            conflict_resolution=_NEVER_OVERWRITE,
            message_disposition=SAVE_ONLY,
            send_meeting_invitations_or_cancellations=SEND_TO_NONE,
            suppress_read_receipts=True,
        )

    client.once(ask)


def throw_away(client: EwsClient, draft: EwsDraft) -> None:
    """Into the deleted items, where a person finds it again."""

    def ask(account: Any) -> None:
        DeleteItem(account=account).get(
            items=[ItemId(id=draft.id, changekey=draft.change_key)],
            delete_type=MOVE_TO_DELETED_ITEMS,
            send_meeting_cancellations=SEND_TO_NONE,
            affected_task_occurrences="AllOccurrences",
            suppress_read_receipts=True,
        )

    client.once(ask)


class _Drafts(Whole, GetItem):
    """`GetItem` that gives `EwsDraft`."""

    def _elem_to_obj(self, elem: Any) -> EwsDraft:
        item = item_of(elem)
        return EwsDraft(
            id=item.id,
            change_key=item.change_key,
            is_draft=_text(elem, "IsDraft") == "true",
            subject=_text(elem, "Subject"),
            to=tuple(found.text or "" for found in elem.iterfind(f"{{{TNS}}}ToRecipients//{{{TNS}}}EmailAddress")),
            html=_text(elem, "Body"),
        )


def _text(elem: Any, name: str) -> str:
    return elem.findtext(f"{{{TNS}}}{name}") or ""


def _boxes(people: Sequence[Address]) -> list[Mailbox]:
    return [Mailbox(email_address=address.address, name=address.name or None) for address in people]
