"""The operations of the loopback EWS server."""

import base64
import json
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from mailbot.demo.servers.ews_asked import Answers, Asked, each, inside, page_of, part
from mailbot.demo.servers.ews_fields import attachment, folder_element, item_element, node
from mailbot.demo.servers.ews_mail import Mailbox, Refusal, Subscription
from mailbot.demo.servers.ews_schema import long, short
from mailbot.demo.servers.ews_search import fits
from mailbot.demo.servers.ews_writing import (
    create_attachment,
    create_item,
    delete_item,
    move_item,
    send_item,
    update_item,
)


def answer(asked: Asked) -> Element:
    """What the service says; raises `Refusal` for a fault."""
    operation = OPERATIONS.get(asked.name)
    if operation is None:
        raise Refusal("ErrorInvalidRequest", f"no operation {asked.name}", is_fault=True)
    return node(f"m:{asked.name}Response", None, node("m:ResponseMessages", None, *operation(asked)))


def get_folder(asked: Asked) -> Answers:
    """GetFolder."""

    def tell(element: Element) -> Element:
        mailbox, folder = asked.folder(element)
        may_change = asked.may_change(mailbox, folder.id)
        fields = asked.fields("m:FolderShape")
        return asked.good(node("m:Folders", None, folder_element(folder.id, mailbox, fields, may_change=may_change)))

    return each(asked, inside(asked.body, "m:FolderIds"), tell, "m:Folders")


def find_folder(asked: Asked) -> Answers:
    """FindFolder, shallow or deep, in pages."""

    def tell(element: Element) -> Element:
        mailbox, top = asked.folder(element)
        is_deep = asked.body.attrib["Traversal"] == "Deep"
        found = list(mailbox.below(top.id)) if is_deep else [f for f in mailbox.folders.values() if f.parent == top.id]
        page, paging = page_of(asked, "m:IndexedPageFolderView", found)
        told = [folder_element(folder.id, mailbox, asked.fields("m:FolderShape")) for folder in page]
        return asked.good(node("m:RootFolder", None, node("t:Folders", None, *told), **paging))

    return each(asked, inside(asked.body, "m:ParentFolderIds"), tell)


def create_folder(asked: Asked) -> Answers:
    """CreateFolder."""
    mailbox, above = asked.folder(inside(asked.body, "m:ParentFolderId")[0])

    def make(element: Element) -> Element:
        name = element.findtext(long("t:DisplayName")) or ""
        if any(
            folder.parent == above.id and folder.name.lower() == name.lower() for folder in mailbox.folders.values()
        ):
            raise Refusal("ErrorFolderExists")
        made = mailbox.add_folder(name, parent=above.id)
        return asked.good(node("m:Folders", None, folder_element(made.id, mailbox, ())))

    return each(asked, inside(asked.body, "m:Folders"), make, "m:Folders")


def sync_folder_items(asked: Asked) -> Answers:
    """SyncFolderItems: what happened in a folder since a state."""
    most = int(asked.body.findtext(long("m:MaxChangesReturned")) or 0)
    if not 1 <= most <= 512:
        raise Refusal("ErrorInvalidRequest", "MaxChangesReturned", is_fault=True)
    mailbox, folder = asked.folder(inside(asked.body, "m:SyncFolderId")[0])
    try:
        changes, state, is_last = mailbox.changes(folder.id, asked.body.findtext(long("m:SyncState")) or "", most=most)
        told = [_change(asked, mailbox, kind, id_) for kind, id_ in changes]
    except Refusal as no:
        last = node("m:IncludesLastItemInRange", "true")
        yield asked.bad(no, node("m:SyncState"), last)
        return
    yield asked.good(
        node("m:SyncState", state),
        node("m:IncludesLastItemInRange", "true" if is_last else "false"),
        node("m:Changes", None, *told),
    )


def _change(asked: Asked, mailbox: Mailbox, kind: str, id_: str) -> Element:
    if kind == "Delete":
        return node("t:Delete", None, node("t:ItemId", Id=id_, ChangeKey="gone"))
    item = mailbox.items[id_]
    if kind == "ReadFlagChange":
        told = node("t:ItemId", Id=id_, ChangeKey=item.change_key)
        return node("t:ReadFlagChange", None, told, node("t:IsRead", "true" if item.is_read else "false"))
    return node(f"t:{kind}", None, item_element(item, mailbox, asked.fields("m:ItemShape"), is_search=True))


def sync_folder_hierarchy(asked: Asked) -> Answers:
    """SyncFolderHierarchy: the folders that are new since a state."""
    mailbox = asked.office.mailbox(asked.acting or asked.login, asked.login, asked.acting)
    state = asked.body.findtext(long("m:SyncState")) or ""
    seen = set(json.loads(base64.b64decode(state))) if state else set()
    fresh = [id_ for id_ in mailbox.folders if id_ not in seen]
    fields = asked.fields("m:FolderShape")
    yield asked.good(
        node("m:SyncState", base64.b64encode(json.dumps(list(mailbox.folders)).encode()).decode()),
        node("m:IncludesLastFolderInRange", "true"),
        node("m:Changes", None, *(node("t:Create", None, folder_element(id_, mailbox, fields)) for id_ in fresh)),
    )


def find_item(asked: Asked) -> Answers:
    """FindItem, in pages."""

    def tell(element: Element) -> Element:
        mailbox, folder = asked.folder(element)
        wanted = asked.body.find(long("m:Restriction"))
        found = [item for item in mailbox.in_folder(folder.id) if fits(item, mailbox, wanted)]
        page, paging = page_of(asked, "m:IndexedPageItemView", found)
        told = [item_element(item, mailbox, asked.fields("m:ItemShape"), is_search=True) for item in page]
        return asked.good(node("m:RootFolder", None, node("t:Items", None, *told), **paging))

    return each(asked, inside(asked.body, "m:ParentFolderIds"), tell)


def get_item(asked: Asked) -> Answers:
    """GetItem."""
    fields = asked.fields("m:ItemShape")
    wants_content = any(element.attrib.get("FieldURI") == "item:MimeContent" for element in fields)

    def tell(element: Element) -> Element:
        mailbox, item = asked.item(element)
        if item.fault and wants_content:
            raise Refusal(item.fault)
        return asked.good(node("m:Items", None, item_element(item, mailbox, fields)))

    return each(asked, inside(asked.body, "m:ItemIds"), tell, "m:Items")


def get_attachment(asked: Asked) -> Answers:
    """GetAttachment."""

    def tell(element: Element) -> Element:
        id_, _, number = element.attrib["Id"].rpartition("#")
        mailbox = asked.mailbox_of(id_, kind="item")
        return asked.good(node("m:Attachments", None, attachment(mailbox.get(id_), int(number), has_content=True)))

    return each(asked, inside(asked.body, "m:AttachmentIds"), tell)


def subscribe(asked: Asked) -> Answers:
    """Subscribe, to a stream."""
    request = asked.body[0]
    if short(request.tag) != "m:StreamingSubscriptionRequest":
        raise Refusal("ErrorInvalidRequest", "only streaming here", is_fault=True)
    found = [asked.folder(element) for element in inside(request, "t:FolderIds")]
    mailbox = found[0][0]
    kinds = frozenset(element.text or "" for element in request.iter(long("t:EventType")))
    made = Subscription(
        id=f"sub-{mailbox.address}-{len(mailbox.subscriptions)}-{len(mailbox.log)}",
        folders=frozenset(folder.id for _, folder in found),
        kinds=kinds,
    )
    mailbox.subscriptions[made.id] = made
    yield asked.good(node("m:SubscriptionId", made.id))


def unsubscribe(asked: Asked) -> Answers:
    """Unsubscribe."""
    wanted = asked.body.findtext(long("m:SubscriptionId")) or ""
    for mailbox in asked.office.all_mailboxes(asked.login, asked.acting):
        if mailbox.subscriptions.pop(wanted, None) is not None:
            yield asked.good()
            return
    yield asked.bad(Refusal("ErrorSubscriptionNotFound"))


def get_user_configuration(asked: Asked) -> Answers:
    """GetUserConfiguration: what Outlook keeps by a folder."""
    name = part(asked.body, "m:UserConfigurationName")
    mailbox, folder = asked.folder(name[0])
    content = mailbox.configurations.get(f"{folder.distinguished}/{name.attrib['Name']}")
    if content is None:
        yield asked.bad(Refusal("ErrorItemNotFound"))
        return
    told = node("t:UserConfigurationName", None, node("t:FolderId", Id=folder.id), Name=name.attrib["Name"])
    data = node("t:XmlData", base64.b64encode(content).decode())
    yield asked.good(node("m:UserConfiguration", None, told, data))


def write_user_configuration(asked: Asked) -> Answers:
    """CreateUserConfiguration and UpdateUserConfiguration."""
    given = part(asked.body, "m:UserConfiguration")
    name = part(given, "t:UserConfigurationName")
    mailbox, folder = asked.folder(name[0])
    if not asked.may_change(mailbox, folder.id):
        yield asked.bad(Refusal("ErrorAccessDenied"))
        return
    key = f"{folder.distinguished}/{name.attrib['Name']}"
    if (key in mailbox.configurations) == (asked.name == "CreateUserConfiguration"):
        code = "ErrorItemSave" if asked.name == "CreateUserConfiguration" else "ErrorItemNotFound"
        yield asked.bad(Refusal(code))
        return
    mailbox.configurations[key] = base64.b64decode(given.findtext(long("t:XmlData")) or "")
    yield asked.good()


def convert_id(asked: Asked) -> Answers:
    """ConvertId, by which clients feel for the version; no id is understood."""
    for _ in inside(asked.body, "m:SourceIds"):
        yield asked.bad(Refusal("ErrorInvalidIdMalformed"))


def resolve_names(asked: Asked) -> Answers:
    """ResolveNames."""
    wanted = (asked.body.findtext(long("m:UnresolvedEntry")) or "").lower().removeprefix("smtp:")
    for mailbox in asked.office.all_mailboxes(asked.login, asked.acting):
        if mailbox.address.startswith(wanted):
            box = node("t:Mailbox", None, node("t:Name", mailbox.address), node("t:EmailAddress", mailbox.address))
            found = node("t:Resolution", None, box)
            yield asked.good(node("m:ResolutionSet", None, found, TotalItemsInView="1", IncludesLastItemInRange="true"))
            return
    yield asked.bad(Refusal("ErrorNameResolutionNoResults"))


OPERATIONS: Mapping[str, Callable[[Asked], Answers]] = {
    "GetFolder": get_folder,
    "FindFolder": find_folder,
    "CreateFolder": create_folder,
    "SyncFolderItems": sync_folder_items,
    "SyncFolderHierarchy": sync_folder_hierarchy,
    "FindItem": find_item,
    "GetItem": get_item,
    "CreateItem": create_item,
    "UpdateItem": update_item,
    "SendItem": send_item,
    "MoveItem": move_item,
    "DeleteItem": delete_item,
    "CreateAttachment": create_attachment,
    "GetAttachment": get_attachment,
    "Subscribe": subscribe,
    "Unsubscribe": unsubscribe,
    "GetUserConfiguration": get_user_configuration,
    "UpdateUserConfiguration": write_user_configuration,
    "CreateUserConfiguration": write_user_configuration,
    "ConvertId": convert_id,
    "ResolveNames": resolve_names,
}
