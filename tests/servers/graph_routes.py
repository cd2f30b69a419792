"""The routes of the loopback Graph server; each is strict where the real service is."""

import base64
import email
import email.utils
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.servers.graph_mail import PRESETS, Folder, Mail, Mailbox, Refusal, from_base64, from_json

if TYPE_CHECKING:
    from tests.servers.graph import GraphServer

# "3 MB" is read strictly on both sides: by the larger reading of it a file is too large, by the smaller too small.
_ATTACHMENT_LIMIT = 3 * 1024 * 1024
_UPLOAD_LEAST = 3_000_000
_CHUNK_UNIT = 320 * 1024


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Its body."""
        try:
            return dict(json.loads(self.body or b"{}"))
        except ValueError as error:
            raise Refusal(400, "BadRequest") from error

    @property
    def is_immutable(self) -> bool:
        """Whether ids are to last."""
        return 'IdType="ImmutableId"' in self.headers.get("Prefer", "")

    @property
    def page(self) -> int:
        """How much one page holds."""
        preferred = re.search(r"odata\.maxpagesize=(\d+)", self.headers.get("Prefer", ""))
        return int(preferred[1]) if preferred else int(self.query.get("$top", "10"))


def _shown(mail: Mail, request: Request, fields: set[str] | None = None) -> dict[str, Any]:
    everything = {
        "id": mail.id if request.is_immutable else mail.moving_id,
        "receivedDateTime": mail.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "parentFolderId": mail.folder,
        "isDraft": mail.is_draft,
        "isRead": mail.is_read,
        "categories": mail.categories,
        "flag": mail.flag,
        "subject": mail.header("Subject"),
        "internetMessageId": mail.header("Message-ID"),
        "internetMessageHeaders": mail.headers,
        "body": {"contentType": "html", "content": mail.content},
        "toRecipients": [{"emailAddress": {"address": address}} for address in mail.recipients],
        "changeKey": f"CK{mail.changes}",
        "lastModifiedDateTime": (mail.changed_at or mail.received_at).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "singleValueExtendedProperties": _properties(mail, request),
    }
    wanted = fields or set(filter(None, request.query.get("$select", "").split(",")))
    # Headers come only when they are asked for by name.
    wanted = wanted or everything.keys() - {"internetMessageHeaders"}
    wanted -= {"singleValueExtendedProperties"}
    if "$expand" in request.query:
        wanted.add("singleValueExtendedProperties")
    unknown = wanted - everything.keys()
    if unknown:
        raise Refusal(400, "BadRequest", f"unknown property {unknown}")
    return {name: everything[name] for name in everything if name == "id" or name in wanted}


def _properties(mail: Mail, request: Request) -> list[dict[str, str]]:
    """Those that the expansion names; without one there are none."""
    named = re.fullmatch(
        r"singleValueExtendedProperties\(\$filter=(id eq '[^']+'(?: or id eq '[^']+')*)\)",
        request.query.get("$expand", ""),
    )
    if "$expand" in request.query and named is None:
        raise Refusal(400, "ErrorInvalidUrlQuery", "$expand")
    ids = re.findall(r"'([^']+)'", named[1]) if named else []
    return [{"id": name, "value": mail.properties[name]} for name in ids if name in mail.properties]


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
    return _list(server, request, [_shown(mail, request) for mail in mails])


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
    return _list(server, request, [_shown(mail, request) for mail in mails])


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
        return _shown(mail, request, fields)
    return item


def message(_server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """One mail."""
    return 200, _shown(mailbox.mail(id), request)


def mime(_server: "GraphServer", _request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """Its bytes."""
    return 200, mailbox.mail(id).whole


def attachments(_server: "GraphServer", _request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """The files in it."""
    parsed = email.message_from_bytes(mailbox.mail(id).whole)
    names = [part.get_filename() for part in parsed.walk() if part.get_filename()]
    return 200, {"value": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": name} for name in names]}


def patch(_server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """Mark, flag, categorise."""
    mail, condition = mailbox.mail(id), request.headers.get("If-Match")
    if condition is not None and condition != f'W/"CK{mail.changes}"':
        raise Refusal(412, "ErrorIrresolvableConflict")
    mailbox.patch(mail, request.json)
    return 200, _shown(mailbox.mail(id), request)


def delete(_server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """Delete a mail."""
    mail, condition = mailbox.mail(id), request.headers.get("If-Match")
    if condition is not None and condition != f'W/"CK{mail.changes}"':
        raise Refusal(412, "ErrorIrresolvableConflict")
    mailbox.remove(mail)
    return 204, None


def move(_server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """Into another folder."""
    mail = mailbox.mail(id)
    mailbox.move(mail, mailbox.folder(request.json.get("destinationId", "")))
    return 201, _shown(mail, request)


def create(server: "GraphServer", request: Request, mailbox: Mailbox) -> tuple[int, Any]:
    """A draft, from JSON or MIME."""
    is_mime = request.headers.get("Content-Type", "").startswith("text/plain")
    raw = from_base64(request.body) if is_mime else from_json(request.json, sender=mailbox.address)
    mail = mailbox.add(raw, at=server.now, folder=mailbox.folder("drafts"), is_draft=True)
    return 201, _shown(mail, request)


def create_reply(server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """A draft in the conversation; a comment or a body, not both."""
    asked = mailbox.mail(id)
    if request.headers.get("Content-Type", "").startswith("text/plain"):
        return _reply_from_mime(server, request, mailbox, asked)
    words = request.json
    if words.get("comment") and words.get("message", {}).get("body"):
        raise Refusal(400, "ErrorInvalidRequest", "comment and message.body")
    reply = {
        "subject": f"RE: {asked.header('Subject')}",
        "toRecipients": [{"emailAddress": {"address": email.utils.parseaddr(asked.header("From"))[1]}}],
        "body": words.get("message", {}).get("body") or {"content": words.get("comment", "")},
    }
    if not reply["body"]["content"]:
        reply["body"] = {"content": f"<blockquote>{asked.content}</blockquote>"}
    raw = f"In-Reply-To: {asked.header('Message-ID')}\r\n".encode() + from_json(reply, sender=mailbox.address)
    mail = mailbox.add(raw, at=server.now, folder=mailbox.folder("drafts"), is_draft=True)
    born = words.get("message", {})
    if "singleValueExtendedProperties" in born:
        mailbox.patch(mail, {"singleValueExtendedProperties": born["singleValueExtendedProperties"]})
    return 201, _shown(mail, request)


def _reply_from_mime(server: "GraphServer", request: Request, mailbox: Mailbox, asked: Mail) -> tuple[int, Any]:
    """A reply given whole, in the conversation of what it answers; under a Message-ID of the service's own."""
    raw = from_base64(request.body)
    draft = mailbox.add(raw, at=server.now, folder=mailbox.folder("drafts"), is_draft=True)
    draft.conversation = asked.conversation or asked.id
    asked.conversation = draft.conversation
    draft.rewrite({"internetMessageId": f"<{draft.id.strip('=')}@outlook.example>"})
    return 201, _shown(draft, request)


def attach(_server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """A file of at most 3 MB to a draft."""
    mail, given = mailbox.mail(id), request.json
    content = base64.b64decode(given["contentBytes"])
    if given.get("@odata.type") != "#microsoft.graph.fileAttachment":
        raise Refusal(400, "BadRequest", "@odata.type")
    if len(content) >= _ATTACHMENT_LIMIT:
        raise Refusal(413, "RequestEntityTooLarge")
    mail.files.append((given["name"], given.get("contentType", "application/octet-stream"), content))
    return 201, {"id": uuid4().hex}


def create_upload(server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """Where a larger file is put, piece by piece."""
    item = request.json["AttachmentItem"]
    if item["attachmentType"] != "file" or item["size"] < _UPLOAD_LEAST:
        raise Refusal(400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize")
    key = uuid4().hex
    server.uploads[key] = (mailbox.mail(id), item, bytearray())
    return 201, {"uploadUrl": f"{server.root}/upload/{key}", "nextExpectedRanges": ["0-"]}


def upload(server: "GraphServer", request: Request, key: str) -> tuple[int, Any]:
    """A piece, in order."""
    if key not in server.uploads:
        raise Refusal(404, "ErrorItemNotFound")
    mail, item, taken = server.uploads[key]
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", request.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != len(taken) or int(found[3]) != item["size"]:
        raise Refusal(416, "ErrorInvalidRange")
    if len(request.body) != int(found[2]) - int(found[1]) + 1:
        raise Refusal(400, "ErrorInvalidRange")
    is_last = len(taken) + len(request.body) >= item["size"]
    if not is_last and len(request.body) % _CHUNK_UNIT:
        raise Refusal(400, "ErrorInvalidRange", "a piece is a multiple of 320 KiB")
    taken.extend(request.body)
    if not is_last:
        return 200, {"nextExpectedRanges": [f"{len(taken)}-"]}
    mail.files.append((item["name"], item.get("contentType", "application/octet-stream"), bytes(taken)))
    del server.uploads[key]
    return 201, None


def send(server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """Send a draft; it lies in Sent afterwards, with the same immutable id."""
    mail = mailbox.mail(id)
    if not mail.is_draft:
        raise Refusal(400, "ErrorInvalidOperation", "not a draft")
    _check_recipients(mail.raw, mailbox)
    server.sent.append((mailbox.address, mail.whole))
    mail.is_draft, mail.is_read, mail.received_at = False, True, server.now
    mailbox.move(mail, mailbox.folder("sentitems"))
    return 202, None


def send_mail(server: "GraphServer", request: Request, mailbox: Mailbox) -> tuple[int, Any]:
    """Send at once, from JSON or MIME; a copy in Sent, no id."""
    if request.headers.get("Content-Type", "").startswith("text/plain"):
        raw, keeps = from_base64(request.body), True
    else:
        raw = from_json(request.json.get("message", {}), sender=mailbox.address)
        keeps = request.json.get("saveToSentItems", True)
    _check_recipients(raw, mailbox)
    server.sent.append((mailbox.address, raw))
    if keeps:
        mailbox.add(raw, at=server.now, folder=mailbox.folder("sentitems")).is_read = True
    return 202, None


def _check_recipients(raw: bytes, mailbox: Mailbox) -> None:
    parsed = email.message_from_bytes(raw)
    if not (parsed["To"] or parsed["Cc"] or parsed["Bcc"]):
        raise Refusal(400, "ErrorInvalidRecipients")
    if email.utils.parseaddr(parsed["From"] or mailbox.address)[1].lower() != mailbox.address.lower():
        raise Refusal(403, "ErrorSendAsDenied")


def categories(_server: "GraphServer", _request: Request, mailbox: Mailbox) -> tuple[int, Any]:
    """The master list."""
    return 200, {"value": mailbox.categories}


def add_category(_server: "GraphServer", request: Request, mailbox: Mailbox) -> tuple[int, Any]:
    """One more, with a colour."""
    given = request.json
    if given.get("color") not in PRESETS:
        raise Refusal(400, "ErrorInvalidArgument", "color")
    if any(kept["displayName"].lower() == given["displayName"].lower() for kept in mailbox.categories):
        raise Refusal(409, "ErrorCategoryAlreadyExists")
    mailbox.categories.append({"id": uuid4().hex, "displayName": given["displayName"], "color": given["color"]})
    return 201, mailbox.categories[-1]


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
