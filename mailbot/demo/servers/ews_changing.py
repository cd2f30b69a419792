"""How the fields of an item on the loopback EWS server are changed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from xml.etree.ElementTree import Element

from mailbot.demo.servers.ews_fields import SETS, property_of
from mailbot.demo.servers.ews_mail import Item, Refusal, written
from mailbot.demo.servers.ews_schema import long, short


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
    task, common = SETS["Task"], SETS["Common"]
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
