"""The fields of items on the loopback EWS server: how they are told, compared and changed."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import getaddresses
from xml.etree.ElementTree import Element, SubElement

from tests.servers.ews_mail import Item, Mailbox, Refusal, date_of, written
from tests.servers.ews_schema import RULES, long, short

_SETS = {
    "Common": "00062008-0000-0000-c000-000000000046",
    "InternetHeaders": "00020386-0000-0000-c000-000000000046",
    "PublicStrings": "00020329-0000-0000-c000-000000000046",
    "Task": "00062003-0000-0000-c000-000000000046",
}
HEADERS = _SETS["InternetHeaders"]
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
    known = _SETS.get(given.get("DistinguishedPropertySetId", ""), given.get("PropertySetId", "")).lower()
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
        made = field_element(item, mailbox, name)
        if made is not None:
            told[short(made.tag)] = [made]
    ordered = [element for name in _ORDER for element in told.get(name, [])]
    return node(f"t:{item.kind}", None, *ordered)


def _echoed(field: Element) -> Element:
    """The property as the service names it: at times a set by its GUID that was asked for by its name."""
    given = dict(field.attrib)
    if given.get("DistinguishedPropertySetId") == "Task":
        del given["DistinguishedPropertySetId"]
        given["PropertySetId"] = _SETS["Task"]
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


def _flag(value: bool) -> str:
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
    "item:IsDraft": lambda item: _flag(item.is_draft),
    "item:HasAttachments": lambda item: _flag(b"attachment" in item.raw),
    "item:Importance": lambda item: "Normal",
    "item:InReplyTo": _header("In-Reply-To"),
    "message:InternetMessageId": lambda item: item.message_id or None,
    "message:IsRead": lambda item: _flag(item.is_read),
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
    content = part.get_payload(decode=True) or b""
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


def fits(item: Item, mailbox: Mailbox, restriction: Element | None) -> bool:
    """Whether a search finds the item."""
    if restriction is None:
        return True
    return all(_holds(item, mailbox, clause) for clause in restriction)


def _holds(item: Item, mailbox: Mailbox, clause: Element) -> bool:
    name = short(clause.tag)
    if name in ("t:And", "t:Or", "t:Not"):
        told = [_holds(item, mailbox, part) for part in clause]
        return {"t:And": all(told), "t:Or": any(told), "t:Not": not all(told)}[name]
    value = _value(item, mailbox, clause[0])
    if name == "t:Exists":
        return value is not None
    wanted = next(element.attrib["Value"] for element in clause.iter(long("t:Constant")))
    if value is None:
        return False
    if name == "t:Contains":
        return _contains(value, wanted, clause.attrib)
    left, right = _comparable(value), _comparable(wanted)
    return {
        "t:IsEqualTo": left == right,
        "t:IsNotEqualTo": left != right,
        "t:IsGreaterThan": left > right,
        "t:IsGreaterThanOrEqualTo": left >= right,
        "t:IsLessThan": left < right,
        "t:IsLessThanOrEqualTo": left <= right,
    }[name]


def _value(item: Item, mailbox: Mailbox, field: Element) -> str | None:
    if short(field.tag) == "t:ExtendedFieldURI":
        return extended(item, property_of(field))
    if field.attrib["FieldURI"] == "item:Categories":
        return "\n".join(item.categories) or None
    found = field_element(item, mailbox, field.attrib["FieldURI"])
    return None if found is None else found.text


def _contains(value: str, wanted: str, how: Mapping[str, str]) -> bool:
    if how.get("ContainmentComparison", "Exact") != "Exact":
        value, wanted = value.lower(), wanted.lower()
    if how.get("ContainmentMode") == "FullString":
        return wanted in value.split("\n")
    return wanted in value


def _comparable(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except ValueError:
        return text


def set_field(item: Item, update: Element) -> str:
    """Carry out one `SetItemField` or `DeleteItemField`; the name of what was changed."""
    field = update[0]
    is_extended = short(field.tag) == "t:ExtendedFieldURI"
    name = property_of(field) if is_extended else field.attrib["FieldURI"]
    given = _given(update, name, is_extended) if short(update.tag) == "t:SetItemField" else None
    if is_extended:
        _set_extended(item, name, given)
    elif name in _SETTERS:
        _SETTERS[name](item, given)
    else:
        raise Refusal("ErrorInvalidPropertyDelete" if given is None else "ErrorInvalidPropertySet", name)
    return name


def _given(update: Element, name: str, is_extended: bool) -> Element:
    """The one new value, which has to be of the field that is named."""
    if len(update) != 2 or len(update[1]) != 1:
        raise Refusal("ErrorIncorrectUpdatePropertyCount")
    value = update[1][0]
    wanted = "t:ExtendedProperty" if is_extended else f"t:{name.partition(':')[2]}"
    if short(value.tag) != wanted or (is_extended and property_of(value[0]) != name):
        raise Refusal("ErrorUpdatePropertyMismatch")
    return value


def _set_extended(item: Item, name: str, given: Element | None) -> None:
    if given is None:
        item.properties.pop(name, None)
        return
    if name == "0x0e07:Integer":
        raise Refusal("ErrorInvalidPropertySet", "a message that was saved keeps its flags")
    item.properties[name] = extended_value(given)


def extended_value(given: Element) -> str:
    """The value of an extended property; raises `Refusal` when it is none of its type."""
    kind = given[0].attrib["PropertyType"]
    if kind.endswith("Array"):
        return "\n".join(value.text or "" for value in given.iter(long("t:Value")))
    value = given.findtext(long("t:Value")) or ""
    try:
        if kind in ("Integer", "Short", "Long"):
            return str(int(value))
        if kind in ("Double", "Float", "ApplicationTime"):
            return str(float(value))
        if kind == "SystemTime":
            return written(datetime.fromisoformat(value))
        if kind == "Boolean":
            return {"true": "true", "1": "true", "false": "false", "0": "false"}[value]
    except (ValueError, KeyError):
        raise Refusal("ErrorInvalidExtendedPropertyValue", value) from None
    return value


def _set_categories(item: Item, given: Element | None) -> None:
    names = [] if given is None else [name.text or "" for name in given]
    if len({name.lower() for name in names}) != len(names):
        raise Refusal("ErrorInvalidArgument", "a category stands twice")
    item.categories = names


def _set_read(item: Item, given: Element | None) -> None:
    item.is_read = given is not None and given.text in ("true", "1")


def _need_draft(item: Item) -> None:
    if not item.is_draft:
        raise Refusal("ErrorInvalidPropertySet", "only a draft may be rewritten")


def _set_subject(item: Item, given: Element | None) -> None:
    _need_draft(item)
    item.rewrite(Subject="" if given is None else given.text or "")


def _set_body(item: Item, given: Element | None) -> None:
    _need_draft(item)
    item.body = ("Text", "") if given is None else (given.attrib["BodyType"], given.text or "")
    item.rewrite()


def addresses(given: Element | None) -> str:
    """Recipients as they stand in a header."""
    boxes = [] if given is None else list(given.iter(long("t:Mailbox")))
    return ", ".join(box.findtext(long("t:EmailAddress")) or "" for box in boxes)


def _set_recipients(header: str) -> Callable[[Item, Element | None], None]:
    def change(item: Item, given: Element | None) -> None:
        _need_draft(item)
        item.rewrite(**{header: addresses(given)})

    return change


def _set_flag(item: Item, given: Element | None) -> None:
    """The Flag of Exchange 2013 and later: a due date without a start is refused."""
    status = "NotFlagged" if given is None else given.findtext(long("t:FlagStatus"))
    start = None if given is None else given.findtext(long("t:StartDate"))
    due = None if given is None else given.findtext(long("t:DueDate"))
    completed = None if given is None else given.findtext(long("t:CompleteDate"))
    if (start is None) != (due is None) or (status != "Flagged" and due) or (status != "Complete" and completed):
        raise Refusal("ErrorInvalidArgument", "a due date needs a start date and a flag, a complete date its end")
    numbers = {"NotFlagged": "", "Complete": "1", "Flagged": "2"}
    if status not in numbers:
        raise Refusal("ErrorSchemaValidation", f"FlagStatus {status}", is_fault=True)
    put_flag(item, numbers[status], start=start, due=due)


def put_flag(item: Item, status: str, *, start: str | None = None, due: str | None = None) -> None:
    """A flag as a mail program leaves it in the mail's properties: status, days, and the same as instants."""
    task, common = _SETS["Task"], _SETS["Common"]
    dates = {f"{task}/0x8104": start, f"{task}/0x8105": due, f"{common}/0x8516": start, f"{common}/0x8517": due}
    given = {"0x1090:Integer": status, **{f"{name}:SystemTime": value or "" for name, value in dates.items()}}
    for name, value in given.items():
        item.properties.pop(name, None)
        if value:
            item.properties[name] = written(datetime.fromisoformat(value)) if name.endswith("Time") else value


def _ignore(item: Item, given: Element | None) -> None:
    """A field that is taken and that nobody here looks at."""


_SETTERS: Mapping[str, Callable[[Item, Element | None], None]] = {
    "item:Categories": _set_categories,
    "item:Importance": _ignore,
    "item:ReminderIsSet": _ignore,
    "item:ReminderDueBy": _ignore,
    "item:ReminderMinutesBeforeStart": _ignore,
    "item:Flag": _set_flag,
    "item:Subject": _set_subject,
    "item:Body": _set_body,
    "message:IsRead": _set_read,
    "message:ToRecipients": _set_recipients("To"),
    "message:CcRecipients": _set_recipients("Cc"),
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
    return node("t:EffectiveRights", None, *(node(f"t:{name}", _flag(value)) for name, value in told.items()))
