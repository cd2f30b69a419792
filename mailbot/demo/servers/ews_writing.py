"""The operations of the loopback EWS server that change something."""

import base64
import copy
import email.policy
import re
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, parseaddr
from xml.etree.ElementTree import Element

from mailbot.demo.servers.ews_asked import Answers, Asked, each, inside, part
from mailbot.demo.servers.ews_changing import addresses, extended_value, set_field
from mailbot.demo.servers.ews_fields import HEADERS, node, property_of
from mailbot.demo.servers.ews_mail import Folder, Item, Mailbox, Refusal, arrival_of
from mailbot.demo.servers.ews_schema import long, short


def create_item(asked: Asked) -> Answers:
    """CreateItem: a mail or a reply, kept, sent, or both."""
    disposition = asked.body.attrib.get("MessageDisposition")
    if disposition is None:
        raise Refusal("ErrorMessageDispositionRequired", is_fault=True)
    place = asked.body.find(long("m:SavedItemFolderId"))

    def make(element: Element) -> Element:
        mailbox, folder = _target(asked, place, disposition)
        asked.to_change(mailbox, folder.id)
        item = (_reply if short(element.tag) != "t:Message" else _written)(asked, mailbox, folder, element)
        if disposition == "SaveOnly":
            return asked.good(node("m:Items", None, _id_of(item)))
        _leave(asked, mailbox, item, folder if disposition == "SendAndSaveCopy" else None)
        return asked.good(node("m:Items"))

    return each(asked, inside(asked.body, "m:Items"), make, "m:Items")


def _target(asked: Asked, place: Element | None, disposition: str) -> tuple[Mailbox, Folder]:
    if place is not None:
        return asked.folder(place[0])
    mailbox = asked.office.mailbox(asked.acting or asked.login, asked.login, asked.acting)
    return mailbox, mailbox.folders[mailbox.known["drafts" if disposition != "SendAndSaveCopy" else "sentitems"]]


def _id_of(item: Item) -> Element:
    return node("t:Message", None, node("t:ItemId", Id=item.id, ChangeKey=item.change_key))


def _properties(element: Element) -> dict[str, str]:
    return {property_of(given[0]): extended_value(given) for given in element.findall(long("t:ExtendedProperty"))}


def _written(asked: Asked, mailbox: Mailbox, folder: Folder, element: Element) -> Item:
    """A message as it was given, by its MIME or field by field."""
    properties = _properties(element)
    flags = int(properties.pop("0x0e07:Integer", "9"))
    content = element.findtext(long("t:MimeContent"))
    raw = base64.b64decode(content) if content else _composed(mailbox, element)
    at = arrival_of(properties, mailbox.now)
    item = mailbox.add(raw, folder=folder.id, at=at, is_draft=bool(flags & 8))
    item.is_read = bool(flags & 1)
    properties.pop("0x0e06:SystemTime", None)
    item.properties.update(properties)
    item.categories = [name.text or "" for name in element.iter(long("t:String"))]
    body = element.find(long("t:Body"))
    if body is not None and not content:
        item.body = (body.attrib["BodyType"], body.text or "")
        item.rewrite()
    return item


def _composed(mailbox: Mailbox, element: Element) -> bytes:
    sender = addresses(element.find(long("t:From"))) or mailbox.address
    message = _new_message(sender=sender, subject=element.findtext(long("t:Subject")) or "", now=mailbox.now)
    for header in ("To", "Cc"):
        found = addresses(element.find(long(f"t:{header}Recipients")))
        if found:
            message[header] = found
    message["Message-ID"] = element.findtext(long("t:InternetMessageId")) or _message_id(mailbox)
    return message.as_bytes(policy=email.policy.SMTP)


def _new_message(*, sender: str, subject: str, now: datetime) -> EmailMessage:
    """An empty draft."""
    message = EmailMessage()
    message["Date"] = format_datetime(now)
    message["From"] = sender
    message["Subject"] = subject
    message.set_content("")
    return message


def _message_id(mailbox: Mailbox) -> str:
    return f"<{len(mailbox.log):08x}@{mailbox.address.partition('@')[2]}>"


def _reply(asked: Asked, mailbox: Mailbox, folder: Folder, element: Element) -> Item:
    """A draft in the conversation of the mail that is answered."""
    _, original = asked.item(part(element, "t:ReferenceItemId"))
    asking = original.message
    subject = str(asking["Subject"] or "")
    message = _new_message(
        sender=mailbox.address,
        subject=element.findtext(long("t:Subject")) or (subject if subject[:3].upper() == "RE:" else f"RE: {subject}"),
        now=mailbox.now,
    )
    message["To"] = addresses(element.find(long("t:ToRecipients"))) or str(asking["Reply-To"] or asking["From"])
    message["Message-ID"] = _message_id(mailbox)
    message["In-Reply-To"] = original.message_id
    message["References"] = f"{asking['References'] or ''} {original.message_id}".strip()
    item = mailbox.add(message.as_bytes(policy=email.policy.SMTP), folder=folder.id, is_draft=True)
    given = element.find(long("t:NewBodyContent"))
    if given is not None:
        item.body = (given.attrib["BodyType"], f"{given.text or ''}<hr>{_quoted(asking)}")
        item.rewrite()
    return item


def _quoted(message: EmailMessage) -> str:
    part = message.get_body(("html", "plain"))
    return str(part.get_content()) if part is not None else ""


def update_item(asked: Asked) -> Answers:
    """UpdateItem, all or nothing for each item."""
    resolution = asked.body.attrib["ConflictResolution"]
    if "MessageDisposition" not in asked.body.attrib:
        raise Refusal("ErrorMessageDispositionRequired", is_fault=True)

    def change(element: Element) -> Element:
        reference = part(element, "t:ItemId")
        mailbox, item = asked.own_item(reference)
        key = reference.attrib.get("ChangeKey")
        if key is None and resolution != "AlwaysOverwrite":
            raise Refusal("ErrorChangeKeyRequired")
        if key != item.change_key and resolution == "NeverOverwrite":
            raise Refusal("ErrorIrresolvableConflict")
        asked.office.updates += [(item.id, name) for name in _all_or_none(item, inside(element, "t:Updates"))]
        mailbox.touch(item)
        return asked.good(node("m:Items", None, _id_of(item)), node("m:ConflictResults", None, node("t:Count", "0")))

    return each(asked, inside(asked.body, "m:ItemChanges"), change, "m:Items")


def _all_or_none(item: Item, updates: Sequence[Element]) -> list[str]:
    """Carry out every update of one item; when one is refused, the item is as it was."""
    before = copy.deepcopy(item.__dict__)
    try:
        return [set_field(item, update) for update in updates]
    except Refusal:
        item.__dict__.update(before)
        raise


def create_attachment(asked: Asked) -> Answers:
    """CreateAttachment."""
    parent = part(asked.body, "m:ParentItemId")

    def attach(element: Element) -> Element:
        mailbox, item = asked.own_item(parent)
        number = item.attach(
            element.findtext(long("t:Name")) or "",
            element.findtext(long("t:ContentType")) or "application/octet-stream",
            base64.b64decode(element.findtext(long("t:Content")) or ""),
        )
        mailbox.touch(item)
        named = {"Id": f"{item.id}#{number}", "RootItemId": item.id, "RootItemChangeKey": item.change_key}
        file = node("t:FileAttachment", None, node("t:AttachmentId", None, **named))
        return asked.good(node("m:Attachments", None, file))

    return each(asked, inside(asked.body, "m:Attachments"), attach, "m:Attachments")


def send_item(asked: Asked) -> Answers:
    """SendItem: a draft leaves."""
    saves = asked.body.attrib["SaveItemToFolder"] == "true"
    place = asked.body.find(long("m:SavedItemFolderId"))

    def send(element: Element) -> Element:
        mailbox, item = asked.item(element)
        if "ChangeKey" not in element.attrib:
            raise Refusal("ErrorChangeKeyRequired")
        if element.attrib["ChangeKey"] != item.change_key:
            raise Refusal("ErrorStaleObject")
        if not item.is_draft:
            raise Refusal("ErrorInvalidOperation", "a message that left already")
        folder = asked.folder(place[0])[1] if place is not None else mailbox.folders[mailbox.known["sentitems"]]
        _leave(asked, mailbox, item, folder if saves else None)
        return asked.good()

    return each(asked, inside(asked.body, "m:ItemIds"), send)


def _leave(asked: Asked, mailbox: Mailbox, item: Item, folder: Folder | None) -> None:
    message = item.message
    recipients = [a for _, a in getaddresses([str(message[name] or "") for name in ("To", "Cc", "Bcc")]) if a]
    if not recipients or not all(re.fullmatch(r"[^@\s]+@[^@\s]+", address) for address in recipients):
        raise Refusal("ErrorInvalidRecipients")
    if not asked.office.may_send_as(parseaddr(str(message["From"] or mailbox.address))[1], mailbox):
        raise Refusal("ErrorSendAsDenied")
    item.raw = _with_headers(item)
    asked.office.sent.append((mailbox.address, item.raw))
    item.is_draft, item.is_read, item.received_at = False, True, mailbox.now
    if folder is None:
        mailbox.remove(item)
    else:
        mailbox.move(item, folder.id)
    asked.office.deliver(item.raw, recipients)


def _with_headers(item: Item) -> bytes:
    """The mail with the headers that were set as properties; a name without `x-` never leaves as a header."""
    lines = [
        f"{name.partition('/')[2].rpartition(':')[0]}: {value}\r\n"
        for name, value in item.properties.items()
        if name.startswith((f"{HEADERS}/x-", f"{HEADERS}/X-"))
    ]
    return "".join(lines).encode() + item.raw


def move_item(asked: Asked) -> Answers:
    """MoveItem: under another id."""
    _, folder = asked.folder(inside(asked.body, "m:ToFolderId")[0])

    def move(element: Element) -> Element:
        mailbox, item = asked.own_item(element)
        return asked.good(node("m:Items", None, _id_of(mailbox.move(item, folder.id))))

    return each(asked, inside(asked.body, "m:ItemIds"), move, "m:Items")


def delete_item(asked: Asked) -> Answers:
    """DeleteItem, into the bin or for good."""

    def remove(element: Element) -> Element:
        mailbox, item = asked.own_item(element)
        if asked.body.attrib["DeleteType"] == "MoveToDeletedItems":
            mailbox.move(item, mailbox.known["deleteditems"])
        else:
            mailbox.remove(item)
        return asked.good()

    return each(asked, inside(asked.body, "m:ItemIds"), remove)
