"""One request to the loopback EWS server: who asks, what it names, and how its answers are written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from xml.etree.ElementTree import Element

from mailbot.demo.servers.ews_fields import node
from mailbot.demo.servers.ews_mail import Folder, Item, Mailbox, Refusal
from mailbot.demo.servers.ews_schema import long, short
from mailbot.demo.servers.ews_script import EwsFault, EwsScript


class Office(Protocol):
    """What the operations need of the server."""

    script: EwsScript
    lock: AbstractContextManager[bool]
    now: datetime
    mailboxes: dict[str, Mailbox]
    sent: list[tuple[str, bytes]]
    updates: list[tuple[str, str]]
    requests: list[str]
    streams: int

    @property
    def is_running(self) -> bool:
        """Whether it listens."""
        ...

    def fault_for(self, operation: str) -> EwsFault | None:
        """The first fault that matches, used up by one."""
        ...

    def login_of(self, header: str) -> str | None:
        """Who logs in with that header; None when nobody does."""
        ...

    def mailbox(self, address: str, login: str, acting: str | None) -> Mailbox:
        """Somebody's mailbox; raises `Refusal` when the login may not open it."""
        ...

    def all_mailboxes(self, login: str, acting: str | None) -> Sequence[Mailbox]:
        """Every mailbox that the login may open now."""
        ...

    def may_change(self, mailbox: Mailbox, folder: str, login: str, acting: str | None) -> bool:
        """Whether the login may do more there than read."""
        ...

    def may_send_as(self, address: str, mailbox: Mailbox) -> bool:
        """Whether mail from that address may leave that mailbox."""
        ...

    def deliver(self, raw: bytes, recipients: Sequence[str]) -> None:
        """Let a mail arrive in every mailbox of ours."""
        ...


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, and who makes it."""

    office: Office
    body: Element
    login: str
    acting: str | None = None
    # The operation as its answers are named.
    name: str = field(default="")

    def mailbox_of(self, id_: str, *, kind: str) -> Mailbox:
        """The mailbox that an item or folder with that id lies in."""
        for mailbox in self.office.all_mailboxes(self.login, self.acting):
            if id_ in (mailbox.items if kind == "item" else mailbox.folders):
                return mailbox
        raise Refusal("ErrorItemNotFound" if kind == "item" else "ErrorFolderNotFound")

    def folder(self, element: Element) -> tuple[Mailbox, Folder]:
        """The folder that is meant."""
        if short(element.tag) == "t:FolderId":
            mailbox = self.mailbox_of(element.attrib["Id"], kind="folder")
            return mailbox, mailbox.folders[element.attrib["Id"]]
        owner = element.findtext(f".//{long('t:EmailAddress')}") or self.acting or self.login
        mailbox = self.office.mailbox(owner, self.login, self.acting)
        if element.attrib["Id"] not in mailbox.known:
            raise Refusal("ErrorFolderNotFound")
        return mailbox, mailbox.folders[mailbox.known[element.attrib["Id"]]]

    def item(self, element: Element) -> tuple[Mailbox, Item]:
        """The item that is meant; another change key than its own is an old one."""
        mailbox = self.mailbox_of(element.attrib["Id"], kind="item")
        return mailbox, mailbox.get(element.attrib["Id"])

    def may_change(self, mailbox: Mailbox, folder: str) -> bool:
        """Whether who asks may do more in the folder than read."""
        return self.office.may_change(mailbox, folder, self.login, self.acting)

    def to_change(self, mailbox: Mailbox, folder: str) -> None:
        """Raises `Refusal` when the login may only read there."""
        if not self.may_change(mailbox, folder):
            raise Refusal("ErrorAccessDenied", "Access is denied. Check credentials and try again.")

    def own_item(self, element: Element) -> tuple[Mailbox, Item]:
        """The item that is meant, to change it."""
        mailbox, item = self.item(element)
        self.to_change(mailbox, item.folder)
        return mailbox, item

    def fields(self, shape: str) -> Sequence[Element]:
        """The properties that are asked for besides the id."""
        found = self.body.find(f"{long(shape)}/{long('t:AdditionalProperties')}")
        return () if found is None else list(found)

    def good(self, *children: Element) -> Element:
        """One success."""
        code = node("m:ResponseCode", "NoError")
        return node(f"m:{self.name}ResponseMessage", None, code, *children, ResponseClass="Success")

    def bad(self, no: Refusal, *children: Element) -> Element:
        """One failure."""
        told = (node("m:MessageText", no.text), node("m:ResponseCode", no.code), node("m:DescriptiveLinkKey", "0"))
        return node(f"m:{self.name}ResponseMessage", None, *told, *children, ResponseClass="Error")


Answers = Iterator[Element]


def inside(element: Element, name: str) -> Sequence[Element]:
    """What stands in a child of that name."""
    found = element.find(long(name))
    return () if found is None else list(found)


def part(element: Element, name: str) -> Element:
    """The child of that name; raises `Refusal` when it is missing."""
    found = element.find(long(name))
    if found is None:
        raise Refusal("ErrorSchemaValidation", name, is_fault=True)
    return found


def each(asked: Asked, elements: Sequence[Element], carry_out: Callable[[Element], Element], *empty: str) -> Answers:
    """One answer for each; a failure of one is no failure of the others."""
    for element in elements:
        try:
            yield carry_out(element)
        except Refusal as no:
            if no.is_fault:
                raise
            yield asked.bad(no, *(node(name) for name in empty))


def page_of(asked: Asked, name: str, found: Sequence[Any]) -> tuple[Sequence[Any], dict[str, str]]:
    """The page that is asked for, and what is told of its place."""
    view = asked.body.find(long(name))
    start = int(view.attrib["Offset"]) if view is not None else 0
    most = int(view.attrib.get("MaxEntriesReturned", "1000")) if view is not None else 1000
    end = min(start + most, len(found))
    return found[start:end], {
        "IndexedPagingOffset": str(end),
        "TotalItemsInView": str(len(found)),
        "IncludesLastItemInRange": "true" if end == len(found) else "false",
    }
