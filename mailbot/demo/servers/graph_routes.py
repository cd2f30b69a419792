"""The routes of the loopback Graph server; those here only read."""

import email
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mailbot.demo.servers.graph_asked import Request, shown
from mailbot.demo.servers.graph_mail import Folder, Mail, Mailbox, Refusal
from mailbot.demo.servers.graph_writing import (
    add_category,
    attach,
    categories,
    create,
    create_reply,
    create_upload,
    delete,
    move,
    patch,
    send,
    send_mail,
    upload,
)

if TYPE_CHECKING:
    from mailbot.demo.servers.graph import GraphServer


def _filtered(mails: list[Mail], wanted: str | None) -> list[Mail]:
    """The few filters that the service is asked for."""
    if wanted is None:
        return mails
    if named := re.fullmatch(r"internetMessageId eq '((?:[^']|'')*)'", wanted):
        return [mail for mail in mails if mail.header("Message-ID") == named[1].replace("''", "'")]
    if since := re.fullmatch(r"(receivedDateTime|lastModifiedDateTime) ge (\S+Z)", wanted):
        start = datetime.fromisoformat(since[2])
        if since[1] == "receivedDateTime":
            return [mail for mail in mails if mail.received_at >= start]
        return [mail for mail in mails if (mail.changed_at or mail.received_at) >= start]
    if marked := re.fullmatch(
        r"singleValueExtendedProperties/Any\(ep: ep/id eq '([^']+)' and ep/value eq '([^']+)'\)", wanted
    ):
        return [mail for mail in mails if mail.properties.get(marked[1]) == marked[2]]
    raise Refusal(400, "ErrorInvalidUrlQueryFilter")


def all_messages(server: "GraphServer", request: Request, mailbox: Mailbox) -> tuple[int, Any]:
    """The mails of all folders."""
    mails = _filtered(list(mailbox.mails.values()), request.query.get("$filter"))
    return _list(server, request, [shown(mail, request) for mail in mails])


def _folder_shown(folder: Folder, mailbox: Mailbox) -> dict[str, Any]:
    return {
        "id": folder.id,
        "displayName": folder.name,
        "childFolderCount": sum(other.parent == folder.id for other in mailbox.folders.values()),
        "totalItemCount": len(mailbox.in_folder(folder)),
    }


def _list(server: "GraphServer", request: Request, items: list[Any]) -> tuple[int, Any]:
    skip = int(request.query.get("$skip", "0"))
    body: dict[str, Any] = {"value": items[skip : skip + request.page]}
    if len(items) > skip + request.page:
        query = "&".join(f"{name}={value}" for name, value in request.query.items() if name != "$skip")
        body["@odata.nextLink"] = f"{server.url}{request.path}?{query}&$skip={skip + request.page}"
    return 200, body


def folders(server: "GraphServer", request: Request, mailbox: Mailbox) -> tuple[int, Any]:
    """The folders at the top."""
    top = [folder for folder in mailbox.folders.values() if folder.parent is None]
    return _list(server, request, [_folder_shown(folder, mailbox) for folder in top])


def folder(_server: "GraphServer", _request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """One folder."""
    return 200, _folder_shown(mailbox.folder(id), mailbox)


def child_folders(server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """The folders in a folder."""
    inside = [found for found in mailbox.folders.values() if found.parent == mailbox.folder(id).id]
    return _list(server, request, [_folder_shown(found, mailbox) for found in inside])


def messages(server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """The mails of a folder, by Message-ID if asked."""
    mails = _filtered(mailbox.in_folder(mailbox.folder(id)), request.query.get("$filter"))
    return _list(server, request, [shown(mail, request) for mail in mails])


def delta(server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """A page of a round; the token remembers what was asked for at first."""
    found = mailbox.folder(id)
    token = request.query.get("$skiptoken") or request.query.get("$deltatoken")
    if token is None:
        fields = set(filter(None, request.query.get("$select", "").split(",")))
        items = [{"id": mail.id} for mail in mailbox.in_folder(found)]
        return _delta_page(server, request, mailbox, found, {"fields": fields, "items": items})
    held = mailbox.tokens.get(token)
    if held is None or held["folder"] != found.id:
        raise Refusal(410, "SyncStateNotFound")
    if "items" not in held:
        held = {**held, "items": mailbox.changes(found, held["since"])}
    return _delta_page(server, request, mailbox, found, held)


def _delta_page(
    server: "GraphServer", request: Request, mailbox: Mailbox, found: Folder, held: dict[str, Any]
) -> tuple[int, Any]:
    items, rest = held["items"][: request.page], held["items"][request.page :]
    kept = {"fields": held["fields"], "folder": found.id, "end": held.get("end", len(found.history))}
    token = uuid4().hex
    if rest:
        mailbox.tokens[token] = {**kept, "items": rest}
    else:
        mailbox.tokens[token] = {"fields": held["fields"], "folder": found.id, "since": kept["end"]}
    base = server.url if server.script.link_host is None else f"https://{server.script.link_host}/v1.0"
    word = ("nextLink", "$skiptoken") if rest else ("deltaLink", "$deltatoken")
    link = f"{base}{request.path}?{word[1]}={token}"
    shown = [_delta_item(item, request, mailbox, held["fields"]) for item in items]
    return 200, {"value": shown, f"@odata.{word[0]}": link}


def _delta_item(item: dict[str, Any], request: Request, mailbox: Mailbox, fields: set[str]) -> dict[str, Any]:
    mail = mailbox.mails.get(item["id"])
    if set(item) == {"id"} and mail is not None:
        return shown(mail, request, fields)
    return item


def message(_server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """One mail."""
    return 200, shown(mailbox.mail(id), request)


def mime(_server: "GraphServer", _request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """Its bytes."""
    return 200, mailbox.mail(id).whole


def attachments(_server: "GraphServer", _request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """The files in it."""
    parsed = email.message_from_bytes(mailbox.mail(id).whole)
    names = [part.get_filename() for part in parsed.walk() if part.get_filename()]
    return 200, {"value": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": name} for name in names]}


def permission_for(method: str, path: str) -> str:
    """What the application has to be granted for a request."""
    if path.endswith(("/send", "/sendMail")):
        return "Mail.Send"
    if "/outlook/masterCategories" in path:
        return "MailboxSettings.ReadWrite"
    return "Mail.Read" if method == "GET" else "Mail.ReadWrite"


_USER = r"/users/([^/]+)"
_MAIL = rf"{_USER}/messages/([^/]+)"
_FOLDER = rf"{_USER}/mailFolders/([^/]+)"
ROUTES = (
    ("GET", rf"{_USER}/mailFolders", folders),
    ("GET", _FOLDER, folder),
    ("GET", rf"{_FOLDER}/childFolders", child_folders),
    ("GET", rf"{_FOLDER}/messages", messages),
    ("GET", rf"{_FOLDER}/messages/delta", delta),
    ("GET", _MAIL, message),
    ("GET", rf"{_MAIL}/\$value", mime),
    ("GET", rf"{_MAIL}/attachments", attachments),
    ("PATCH", _MAIL, patch),
    ("DELETE", _MAIL, delete),
    ("POST", rf"{_MAIL}/move", move),
    ("GET", rf"{_USER}/messages", all_messages),
    ("POST", rf"{_USER}/messages", create),
    ("POST", rf"{_MAIL}/createReply", create_reply),
    ("POST", rf"{_MAIL}/attachments", attach),
    ("POST", rf"{_MAIL}/attachments/createUploadSession", create_upload),
    ("PUT", r"/upload/([^/]+)", upload),
    ("POST", rf"{_MAIL}/send", send),
    ("POST", rf"{_USER}/sendMail", send_mail),
    ("GET", rf"{_USER}/outlook/masterCategories", categories),
    ("POST", rf"{_USER}/outlook/masterCategories", add_category),
)
