"""Whether a search of the loopback EWS server finds an item."""

from collections.abc import Mapping
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from mailbot.demo.servers.ews_fields import extended, field_element, property_of
from mailbot.demo.servers.ews_mail import Item, Mailbox
from mailbot.demo.servers.ews_schema import long, short


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
