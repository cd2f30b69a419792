"""The fields of items and folders on the loopback EWS server, as they are told."""

import base64
from collections.abc import Callable, Mapping, Sequence
from email.utils import getaddresses
from xml.etree.ElementTree import Element, SubElement

from mailbot.demo.servers.ews_mail import Item, Mailbox, Refusal, date_of, written
from mailbot.demo.servers.ews_schema import RULES, long, short

SETS = {
    "Common": "00062008-0000-0000-c000-000000000046",
    "InternetHeaders": "00020386-0000-0000-c000-000000000046",
    "PublicStrings": "00020329-0000-0000-c000-000000000046",
    "Task": "00062003-0000-0000-c000-000000000046",
}
HEADERS = SETS["InternetHeaders"]
_ORDER = [name.rstrip("?*+") for name in RULES["t:Message"].children.split()]
# What a search never gives: the content, and who else got the mail.
_NOT_IN_SEARCH = frozenset(
    {
        "item:MimeContent",
        "item:Attachments",
        "item:Body",
        "item:TextBody",
        "item:UniqueBody",
        "item:InternetMessageHeaders",
    }
    | {f"message:{name}" for name in ("ToRecipients", "CcRecipients", "BccRecipients", "ReplyTo")}
)


def node(name: str, text: str | None = None, /, *children: Element, **attributes: str) -> Element:
    """An element, its attributes and what stands in it."""
    made = Element(long(name), attributes)
    made.text = text
    made.extend(children)
    return made


def property_of(element: Element) -> str:
    """An extended property by its set, tag, name or id, and type; raises `Refusal` for one that there cannot be."""
    given = element.attrib
    kind = given["PropertyType"]
    if "PropertyTag" in given:
        if len(given) != 2:
            raise Refusal("ErrorInvalidExtendedProperty")
        tag = int(given["PropertyTag"], 0)
        if tag >= 0x8000:
            # Named properties have no fixed tag (the documentation of ExtendedFieldURI).
            raise Refusal("ErrorInvalidExtendedProperty")
        return f"0x{tag:04x}:{kind}"
    known = SETS.get(given.get("DistinguishedPropertySetId", ""), given.get("PropertySetId", "")).lower()
    if not known or ("PropertyName" in given) == ("PropertyId" in given):
        raise Refusal("ErrorInvalidExtendedProperty")
    name = given.get("PropertyName") or f"0x{int(given['PropertyId'], 0):04x}"
    return f"{known}/{name}:{kind}"


def item_element(item: Item, mailbox: Mailbox, fields: Sequence[Element], *, is_search: bool = False) -> Element:
    """What the service tells of an item: its id, and the fields that were asked for, in the schema's order."""
    told = {"t:ItemId": [node("t:ItemId", Id=item.id, ChangeKey=item.change_key)]}
    for field in fields:
        if short(field.tag) == "t:ExtendedFieldURI":
            found = extended(item, property_of(field))
            if found is not None:
                # A search gives no more of a text than this.
                found = found[:255] if is_search and field.attrib["PropertyType"] == "String" else found
                values = _values(found, field.attrib["PropertyType"])
                made = node("t:ExtendedProperty", None, _echoed(field), *values)
                told.setdefault("t:ExtendedProperty", []).append(made)
            continue
        name = field.attrib["FieldURI"]
        if is_search and name in _NOT_IN_SEARCH:
            raise Refusal("ErrorInvalidPropertyForOperation", name)
        one = field_element(item, mailbox, name)
        if one is not None:
            told[short(one.tag)] = [one]
    ordered = [element for name in _ORDER for element in told.get(name, [])]
    return node(f"t:{item.kind}", None, *ordered)


def _echoed(field: Element) -> Element:
    """The property as the service names it: at times a set by its GUID that was asked for by its name."""
    given = dict(field.attrib)
    if given.get("DistinguishedPropertySetId") == "Task":
        del given["DistinguishedPropertySetId"]
        given["PropertySetId"] = SETS["Task"]
    return node("t:ExtendedFieldURI", None, **given)


def field_element(item: Item, mailbox: Mailbox, name: str) -> Element | None:
    """One field; None when the item has none of it."""
    if name in _SPECIAL:
        return _SPECIAL[name](item)
    if name not in _PLAIN:
        raise Refusal("ErrorInvalidPropertyRequest", name)
    value = _PLAIN[name](item)
    if value is None:
        return None
    if name == "item:ParentFolderId":
        return node("t:ParentFolderId", Id=value)
    return node(f"t:{name.partition(':')[2]}", value)


def extended(item: Item, name: str) -> str | None:
    """The value of a property, some of which the service makes from the mail itself."""
    if name == "0x1035:String":
        return item.message_id or None
    if name == "0x0e07:Integer":
        return str(int(item.is_read) | (8 if item.is_draft else 0))
    if name == "0x0e06:SystemTime":
        return written(item.received_at)
    return item.properties.get(name)


def _values(value: str, kind: str) -> list[Element]:
    if not kind.endswith("Array"):
        return [node("t:Value", value)]
    return [node("t:Values", None, *(node("t:Value", part) for part in value.split("\n") if part))]


def _header(name: str) -> Callable[[Item], str | None]:
    return lambda item: str(item.message[name] or "").replace("\r", " ").replace("\n", " ").strip() or None


def truth(value: bool) -> str:
    """As a schema writes it."""
    return "true" if value else "false"


_PLAIN: Mapping[str, Callable[[Item], str | None]] = {
    "item:ParentFolderId": lambda item: item.folder,
    "item:ItemClass": lambda item: "IPM.Note",
    "item:Subject": _header("Subject"),
    "item:DateTimeReceived": lambda item: written(item.received_at),
    "item:DateTimeSent": lambda item: written(date_of(item)),
    "item:DateTimeCreated": lambda item: written(item.created_at),
    "item:LastModifiedTime": lambda item: written(item.modified_at),
    "item:Size": lambda item: str(len(item.raw)),
    "item:IsDraft": lambda item: truth(item.is_draft),
    "item:HasAttachments": lambda item: truth(b"attachment" in item.raw),
    "item:Importance": lambda item: "Normal",
    "item:InReplyTo": _header("In-Reply-To"),
    "message:InternetMessageId": lambda item: item.message_id or None,
    "message:IsRead": lambda item: truth(item.is_read),
    "message:References": _header("References"),
    "message:ConversationTopic": _header("Subject"),
}


def _body(item: Item) -> Element:
    kind, text = item.body or ("Text", _text_of(item))
    return node("t:Body", text, BodyType=kind)


def _text_of(item: Item) -> str:
    part = item.message.get_body(("html", "plain"))
    return str(part.get_content()) if part is not None else ""


def attachment(item: Item, number: int, *, has_content: bool = False) -> Element:
    """One file of an item, as lists tell of it or with what is in it."""
    part = list(item.message.iter_attachments())[number]
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    told = [node("t:AttachmentId", Id=f"{item.id}#{number}"), node("t:Name", part.get_filename() or "")]
    told += [node("t:ContentType", part.get_content_type()), node("t:Size", str(len(content)))]
    if has_content:
        told.append(node("t:Content", base64.b64encode(content).decode()))
    return node("t:FileAttachment", None, *told)


def _attachments(item: Item) -> Element | None:
    count = len(list(item.message.iter_attachments()))
    return node("t:Attachments", None, *(attachment(item, number) for number in range(count))) if count else None


def _recipients(name: str, header: str) -> Callable[[Item], Element | None]:
    def made(item: Item) -> Element | None:
        found = getaddresses([str(item.message[header] or "")])
        boxes = [node("t:Mailbox", None, node("t:Name", n or a), node("t:EmailAddress", a)) for n, a in found if a]
        return node(f"t:{name}", None, *boxes) if boxes else None

    return made


_SPECIAL: Mapping[str, Callable[[Item], Element | None]] = {
    "item:MimeContent": lambda item: node("t:MimeContent", base64.b64encode(item.raw).decode(), CharacterSet="UTF-8"),
    "item:Categories": lambda item: (
        node("t:Categories", None, *(node("t:String", name) for name in item.categories)) if item.categories else None
    ),
    "item:Attachments": _attachments,
    "item:Body": _body,
    "message:ToRecipients": _recipients("ToRecipients", "To"),
    "message:CcRecipients": _recipients("CcRecipients", "Cc"),
    "message:From": _recipients("From", "From"),
}


def folder_element(folder_id: str, mailbox: Mailbox, fields: Sequence[Element], *, may_change: bool = True) -> Element:
    """What the service tells of a folder."""
    folder = mailbox.folders[folder_id]
    told: dict[str, str] = {
        "folder:FolderClass": folder.folder_class or "",
        "folder:DisplayName": folder.name,
        "folder:TotalCount": str(len(mailbox.in_folder(folder_id))),
        "folder:ChildFolderCount": str(sum(f.parent == folder_id for f in mailbox.folders.values())),
        "folder:UnreadCount": str(sum(not item.is_read for item in mailbox.in_folder(folder_id))),
    }
    made = node("t:CalendarFolder" if folder.distinguished == "calendar" else "t:Folder")
    SubElement(made, long("t:FolderId"), {"Id": folder.id, "ChangeKey": "AQAAAA=="})
    wanted = {field.attrib["FieldURI"] for field in fields if "FieldURI" in field.attrib}
    if "folder:ParentFolderId" in wanted and folder.parent:
        SubElement(made, long("t:ParentFolderId"), {"Id": folder.parent})
    for name, value in told.items():
        if name in wanted and value:
            SubElement(made, long(f"t:{name.partition(':')[2]}")).text = value
    if "folder:EffectiveRights" in wanted:
        made.append(_rights(may_change))
    if "folder:DistinguishedFolderId" in wanted and folder.distinguished:
        SubElement(made, long("t:DistinguishedFolderId")).text = folder.distinguished
    return made


def _rights(may_change: bool) -> Element:
    """What the login may do in a folder."""
    changing = ("CreateAssociated", "CreateContents", "CreateHierarchy", "Delete", "Modify")
    told = {**dict.fromkeys(changing, may_change), "Read": True, "ViewPrivateItems": may_change}
    return node("t:EffectiveRights", None, *(node(f"t:{name}", truth(value)) for name, value in told.items()))
