"""The routes of the loopback Graph server that change something; each is strict where the real service is."""

import base64
import email
import email.utils
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mailbot.demo.servers.graph_asked import Request, shown
from mailbot.demo.servers.graph_mail import PRESETS, Mail, Mailbox, Refusal, from_base64, from_json

if TYPE_CHECKING:
    from mailbot.demo.servers.graph import GraphServer

# "3 MB" is read strictly on both sides: by the larger reading of it a file is too large, by the smaller too small.
_ATTACHMENT_LIMIT = 3 * 1024 * 1024
_UPLOAD_LEAST = 3_000_000
_CHUNK_UNIT = 320 * 1024


def patch(_server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """Mark, flag, categorise."""
    mail, condition = mailbox.mail(id), request.headers.get("If-Match")
    if condition is not None and condition != f'W/"CK{mail.changes}"':
        raise Refusal(412, "ErrorIrresolvableConflict")
    mailbox.patch(mail, request.json)
    return 200, shown(mailbox.mail(id), request)


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
    return 201, shown(mail, request)


def create(server: "GraphServer", request: Request, mailbox: Mailbox) -> tuple[int, Any]:
    """A draft, from JSON or MIME."""
    is_mime = request.headers.get("Content-Type", "").startswith("text/plain")
    raw = from_base64(request.body) if is_mime else from_json(request.json, sender=mailbox.address)
    mail = mailbox.add(raw, at=server.now, folder=mailbox.folder("drafts"), is_draft=True)
    return 201, shown(mail, request)


def create_reply(server: "GraphServer", request: Request, mailbox: Mailbox, id: str) -> tuple[int, Any]:
    """A draft in the conversation; a comment or a body, not both."""
    asked = mailbox.mail(id)
    if request.headers.get("Content-Type", "").startswith("text/plain"):
        return _reply_from_mime(server, request, mailbox, asked)
    words = request.json
    if words.get("comment") and words.get("message", {}).get("body"):
        raise Refusal(400, "ErrorInvalidRequest", "comment and message.body")
    reply: dict[str, Any] = {
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
    return 201, shown(mail, request)


def _reply_from_mime(server: "GraphServer", request: Request, mailbox: Mailbox, asked: Mail) -> tuple[int, Any]:
    """A reply given whole, in the conversation of what it answers; under a Message-ID of the service's own."""
    raw = from_base64(request.body)
    draft = mailbox.add(raw, at=server.now, folder=mailbox.folder("drafts"), is_draft=True)
    draft.conversation = asked.conversation or asked.id
    asked.conversation = draft.conversation
    draft.rewrite({"internetMessageId": f"<{draft.id.strip('=')}@outlook.example>"})
    return 201, shown(draft, request)


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
