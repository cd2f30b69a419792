"""The mailbox's master list of categories (MS-OXOCFG 2.2.5.2.2): an XML document that Outlook keeps by the calendar.

Whatever else stands in it is written back as it was.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_DNS, uuid5
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mailbot.ews.client import EwsClient
from mailbot.ews.failure import EwsFailure

_NAME = "CategoryList"
_SPACE = "CategoryList.xsd"
# As Outlook writes what never happened.
_NEVER = "1601-01-01T00:00:00.000"
_USES = ("Notes", "Journal", "Contacts", "Tasks", "Calendar", "Mail", "")


class EwsCategories:
    """The list of one mailbox."""

    def __init__(self, client: EwsClient) -> None:
        self._client = client

    def folder(self) -> str:
        """The id of the folder where the list lies: the calendar."""
        return self._client.read(lambda account: str(account.calendar.id))

    def names(self) -> Sequence[str] | None:
        """What the categories are called; None when the list cannot be understood."""
        document = self._document()
        tree = _parsed(document) if document is not None else _empty()
        return None if tree is None else _names(tree)

    def add(self, colours: Mapping[str, int]) -> None:
        """Add those that are not there, by the place of their colour in Outlook's palette; others stay as they are.

        A list that cannot be understood is left alone: it is somebody's.
        """
        document = self._document()
        tree = _empty() if document is None else _parsed(document)
        if tree is None:
            return
        there = {name.casefold() for name in _names(tree)}
        fresh = {name: colour for name, colour in colours.items() if name.casefold() not in there}
        if fresh:
            tree.extend([_category(name, colour) for name, colour in fresh.items()])
            # Outlook writes the document without prefixes.
            register_namespace("", _SPACE)
            self._write(tostring(tree, encoding="utf-8", xml_declaration=True), is_new=document is None)

    def _document(self) -> bytes | None:
        """The list as it stands; None when the mailbox has none yet."""

        def ask(account: Any) -> bytes | None:
            found = account.calendar.get_user_configuration(name=_NAME, properties="XmlData")
            document: bytes | None = found.xml_data
            return document

        try:
            return self._client.read(ask)
        except EwsFailure as failure:
            if failure.code == "ErrorItemNotFound":
                return None
            raise

    def _write(self, document: bytes, *, is_new: bool) -> None:
        def ask(account: Any) -> None:
            calendar = account.calendar
            write = calendar.create_user_configuration if is_new else calendar.update_user_configuration
            write(name=_NAME, xml_data=document)

        self._client.once(ask)


def _parsed(document: bytes) -> Element | None:
    try:
        tree: Element = fromstring(document.strip())
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return tree if tree.tag == f"{{{_SPACE}}}categories" else None


def _empty() -> Element:
    return Element(f"{{{_SPACE}}}categories", {"default": "", "lastSavedSession": "0", "lastSavedTime": _NEVER})


def _names(tree: Element) -> Sequence[str]:
    return [element.get("name", "") for element in tree.iterfind(f"{{{_SPACE}}}category")]


def _category(name: str, colour: int) -> Element:
    # The same in every mailbox and every run, so that two runs at once add one category.
    guid = str(uuid5(NAMESPACE_DNS, f"{name.casefold()}.categories.mailbot")).upper()
    given = {"name": name, "color": str(colour), "keyboardShortcut": "0", "usageCount": "0"}
    used = {f"lastTimeUsed{use}": _NEVER for use in _USES}
    return Element(f"{{{_SPACE}}}category", {**given, **used, "lastSessionUsed": "0", "guid": f"{{{guid}}}"})
