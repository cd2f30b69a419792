"""What lies behind the loopback Graph server: mailboxes, folders, mails and what changed in them."""

import base64
import email
import email.policy
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

WELL_KNOWN = {
    "inbox": "Bandeja de entrada",
    "sentitems": "Enviados",
    "drafts": "Borradores",
    "outbox": "Bandeja de salida",
}
# Colours of the master list are named, not free.
PRESETS = frozenset({"none", *(f"preset{number}" for number in range(25))})


# What may be changed of a draft alone.
_OF_DRAFTS = frozenset(["subject", "body", "toRecipients", "ccRecipients", "internetMessageId"])
_WRITABLE = _OF_DRAFTS | {"isRead", "categories", "flag", "importance", "singleValueExtendedProperties"}
_PROPERTY = re.compile(r"String \{[0-9A-Fa-f-]{36}\} Name [\w-]+")


class Refusal(Exception):
    """What the real service would answer."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code


@dataclass(eq=False)
class Mail:
    """One mail; `moving_id` changes with every move, `id` never does."""

    id: str
    moving_id: str
    folder: str
    raw: bytes
    received_at: datetime
    is_draft: bool = False
    is_read: bool = False
    categories: list[str] = field(default_factory=list)
    flag: dict[str, Any] = field(default_factory=lambda: {"flagStatus": "notFlagged"})
    # Extended properties by their id, and how often and when it was changed.
    properties: dict[str, str] = field(default_factory=dict)
    changes: int = 0
    changed_at: datetime | None = None
    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    # What it stands together with, once it was answered.
    conversation: str = ""

    @property
    def headers(self) -> list[dict[str, str]]:
        """As `internetMessageHeaders` shows them."""
        parsed = email.message_from_bytes(self.raw)
        return [{"name": name, "value": str(value)} for name, value in parsed.items()]

    def header(self, name: str) -> str:
        """One header of the mail."""
        return str(email.message_from_bytes(self.raw).get(name, "")).strip()

    @property
    def content(self) -> str:
        """What it says."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        body = parsed.get_body(("html", "plain"))
        return str(body.get_content()).strip() if body else ""

    @property
    def recipients(self) -> list[str]:
        """The addresses in To."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        return [address.addr_spec for address in parsed["To"].addresses] if parsed["To"] else []

    def rewrite(self, change: dict[str, Any]) -> None:
        """A draft says something else, or goes to somebody else."""
        parsed = email.message_from_bytes(self.raw, EmailMessage, policy=email.policy.SMTP)
        if "body" in change:
            kind = change["body"].get("contentType", "text")
            parsed.set_content(change["body"]["content"], subtype="html" if kind.lower() == "html" else "plain")
        if "subject" in change:
            parsed.replace_header("Subject", change["subject"])
        for name, header in (("toRecipients", "To"), ("ccRecipients", "Cc")):
            if name in change:
                del parsed[header]
                parsed[header] = ", ".join(item["emailAddress"]["address"] for item in change[name])
        if "internetMessageId" in change:
            parsed.replace_header("Message-ID", change["internetMessageId"])
        self.raw = parsed.as_bytes()

    @property
    def whole(self) -> bytes:
        """The bytes with the files that were attached over Graph."""
        if not self.files:
            return self.raw
        parsed = email.message_from_bytes(self.raw, EmailMessage, policy=email.policy.SMTP)
        for name, kind, content in self.files:
            main, _, sub = kind.partition("/")
            parsed.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return parsed.as_bytes()


@dataclass
class Folder:
    """A folder and its history: (what, id), oldest first."""

    id: str
    name: str
    parent: str | None = None
    history: list[tuple[str, str]] = field(default_factory=list)


class Mailbox:
    """One person's mailbox."""

    def __init__(self, address: str, *, folders: tuple[str, ...] = ()) -> None:
        self.address = address
        # What time it is at the server.
        self.clock: Callable[[], datetime] = lambda: datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
        self._numbers = itertools.count(1)
        self.folders = {name: Folder(id=f"F-{name}", name=shown) for name, shown in WELL_KNOWN.items()}
        self.mails: dict[str, Mail] = {}
        self.categories: list[dict[str, str]] = []
        # Rounds handed out: the token's own content, lost when tokens expire.
        self.tokens: dict[str, Any] = {}
        for path in folders:
            self.make_folder(path)

    def make_folder(self, path: str) -> Folder:
        """A folder, below others when the name is a path."""
        above, _, name = path.rpartition("/")
        if path not in self.folders:
            parent = self.make_folder(above).id if above else None
            self.folders[path] = Folder(id=f"F{next(self._numbers)}", name=name, parent=parent)
        return self.folders[path]

    def folder(self, wanted: str) -> Folder:
        """By id or well-known name."""
        for key, folder in self.folders.items():
            if folder.id == wanted or (key in WELL_KNOWN and key == wanted.lower()):
                return folder
        raise Refusal(404, "ErrorItemNotFound")

    def in_folder(self, folder: Folder) -> list[Mail]:
        """Its mails, the newest first."""
        found = [mail for mail in self.mails.values() if mail.folder == folder.id]
        return sorted(found, key=lambda mail: mail.received_at, reverse=True)

    def mail(self, id: str) -> Mail:
        """By either id; ids are case-sensitive."""
        for mail in self.mails.values():
            if id in (mail.id, mail.moving_id):
                return mail
        raise Refusal(404, "ErrorItemNotFound")

    def add(self, raw: bytes, *, at: datetime, folder: Folder, is_draft: bool = False) -> Mail:
        """A mail comes into being."""
        number = next(self._numbers)
        mail = Mail(
            id=f"AAkALg-{number}=",
            moving_id=f"AQMk/{number}+=",
            folder=folder.id,
            raw=raw,
            received_at=at.astimezone(UTC),
            is_draft=is_draft,
        )
        self.mails[mail.id] = mail
        folder.history.append(("created", mail.id))
        return mail

    def move(self, mail: Mail, to: Folder) -> None:
        """Into another folder, with a new moving id."""
        self.folder(mail.folder).history.append(("left", mail.id))
        to.history.append(("created", mail.id))
        mail.changes, mail.changed_at = mail.changes + 1, self.clock()
        mail.folder, mail.moving_id = to.id, f"AQMk/{next(self._numbers)}+="

    def remove(self, mail: Mail) -> None:
        """For good."""
        self.folder(mail.folder).history.append(("left", mail.id))
        del self.mails[mail.id]

    def touch(self, mail: Mail) -> None:
        """Something about it changed."""
        mail.changes += 1
        mail.changed_at = self.clock()
        self.folder(mail.folder).history.append(("updated", mail.id))

    def changes(self, folder: Folder, since: int) -> list[dict[str, Any]]:
        """What a delta tells of: a mail that ever left is only told of as removed, also when it came back."""
        told: dict[str, str] = {}
        for what, changed in folder.history[since:]:
            before = told.get(changed)
            told[changed] = before if before == "left" or (before == "created" and what == "updated") else what
        return [self._change(changed, what) for changed, what in told.items()]

    def _change(self, id: str, what: str) -> dict[str, Any]:
        if what == "left" or id not in self.mails:
            return {"id": id, "@removed": {"reason": "deleted"}}
        if what == "updated":
            # Only what changed is sure to be told.
            return {"id": id, "isRead": self.mails[id].is_read}
        return {"id": id}

    def patch(self, mail: Mail, change: dict[str, Any]) -> None:
        """What may be changed of a mail; content only while it is a draft."""
        for name in change:
            if name in _OF_DRAFTS and not mail.is_draft:
                raise Refusal(403, "ErrorAccessDenied", "Mail-Advanced.ReadWrite is needed")
            if name not in _WRITABLE:
                raise Refusal(400, "ErrorInvalidProperty", name)
        flag = change.get("flag")
        if flag is not None:
            if flag.get("dueDateTime") and not flag.get("startDateTime"):
                raise Refusal(400, "ErrorInvalidArgument", "dueDateTime without startDateTime")
            if flag.get("flagStatus", "flagged") not in {"notFlagged", "flagged", "complete"}:
                raise Refusal(400, "ErrorInvalidArgument", "flagStatus")
            mail.flag = dict(flag)
        for item in change.get("singleValueExtendedProperties", ()):
            if not _PROPERTY.fullmatch(item["id"]):
                raise Refusal(400, "ErrorInvalidArgument", "property id")
            mail.properties[item["id"]] = item["value"]
        if change.keys() & _OF_DRAFTS:
            mail.rewrite(change)
        mail.is_read = change.get("isRead", mail.is_read)
        mail.categories = list(change.get("categories", mail.categories))
        self.touch(mail)


def from_json(message: dict[str, Any], *, sender: str) -> bytes:
    """The MIME of a message given as JSON."""
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"] = sender
    made["Subject"] = message.get("subject", "")
    people = [item["emailAddress"]["address"] for item in message.get("toRecipients", [])]
    if people:
        made["To"] = ", ".join(people)
    if message.get("internetMessageId"):
        made["Message-ID"] = message["internetMessageId"]
    for header in message.get("internetMessageHeaders", []):
        if not header["name"].lower().startswith("x-"):
            raise Refusal(400, "InvalidInternetMessageHeader", header["name"])
        made[header["name"]] = header["value"]
    made.set_content(message.get("body", {}).get("content", ""))
    return made.as_bytes()


def from_base64(body: bytes) -> bytes:
    """The MIME of a message given as base64."""
    try:
        raw = base64.b64decode(body, validate=True)
    except ValueError as error:
        raise Refusal(400, "ErrorMimeContentInvalidBase64String") from error
    if not email.message_from_bytes(raw).keys():
        raise Refusal(400, "ErrorMimeContentInvalid")
    return raw
