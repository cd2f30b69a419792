"""What lies in a mailbox of the loopback EWS server: folders, items, and everything that happened to them."""

import base64
import email
import email.policy
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

# By the name that EWS knows them by, with the name that people see in a mailbox in Spanish.
DISTINGUISHED = {
    "root": "Root",
    "msgfolderroot": "Principio del almacén de información",
    "inbox": "Bandeja de entrada",
    "sentitems": "Enviados",
    "drafts": "Borradores",
    "outbox": "Bandeja de salida",
    "deleteditems": "Elementos eliminados",
    "junkemail": "Correo no deseado",
    "calendar": "Calendario",
}
_CLASSES = {"calendar": "IPF.Appointment", "root": None, "msgfolderroot": None}
# A property by its type, set and name or id, as `PropertyTag:0x1090:Integer`.
Property = str

_counter = itertools.count(1)


class Refusal(Exception):
    """What the service answers instead, for one item or the whole request."""

    def __init__(self, code: str, text: str = "", *, is_fault: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.text = text or code
        # A fault of SOAP instead of an answer to one item.
        self.is_fault = is_fault


@dataclass(kw_only=True)
class Folder:
    """One folder."""

    id: str
    name: str
    parent: str
    distinguished: str = ""
    folder_class: str | None = "IPF.Note"


@dataclass(kw_only=True)
class Item:
    """One mail or draft."""

    id: str
    change_key: str
    folder: str
    raw: bytes
    received_at: datetime
    created_at: datetime
    modified_at: datetime
    is_read: bool = False
    is_draft: bool = False
    categories: list[str] = field(default_factory=list)
    properties: dict[Property, str] = field(default_factory=dict)
    # Of a draft that was not made from MIME.
    body: tuple[str, str] | None = None
    kind: str = "Message"
    # Why the service cannot give its content, if so.
    fault: str = ""

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def message_id(self) -> str:
        """With angle brackets, or nothing."""
        return str(self.message["Message-ID"] or "").strip()

    def rewrite(self, **headers: str | None) -> None:
        """Change headers of a draft and write its body anew."""
        message = EmailMessage()
        old = self.message
        for name in ("Date", "Message-ID", "From", "To", "Cc", "Subject", "In-Reply-To", "References"):
            value = headers.get(name.replace("-", "_"), old[name])
            if value:
                message[name] = str(value)
        kind, text = self.body or ("Text", "")
        message.set_content(text, subtype="html" if kind == "HTML" else "plain")
        files = list(old.iter_attachments())
        if files:
            message.make_mixed()
        for file in files:
            message.attach(file)
        self.raw = message.as_bytes(policy=email.policy.SMTP)

    def attach(self, name: str, kind: str, content: bytes) -> int:
        """Somebody attaches a file; which one it is."""
        message = self.message
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        self.raw = message.as_bytes(policy=email.policy.SMTP)
        return len(list(message.iter_attachments())) - 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that happened in a folder."""

    folder: str
    item: str
    # create, update, read or delete.
    what: str


@dataclass(kw_only=True)
class Subscription:
    """Who wants to be told of what."""

    id: str
    folders: frozenset[str]
    kinds: frozenset[str]
    waiting: list[tuple[str, str, str]] = field(default_factory=list)


class Mailbox:
    """One person's mailbox."""

    def __init__(self, address: str, *, folders: Sequence[str] = (), now: datetime) -> None:
        self.address = address
        self.now = now
        self.folders: dict[str, Folder] = {}
        self.items: dict[str, Item] = {}
        self.log: list[Entry] = []
        # Before this many entries, nobody remembers what happened.
        self.generation = 0
        self.subscriptions: dict[str, Subscription] = {}
        self.configurations: dict[str, bytes] = {}
        self.known: dict[str, str] = {}
        for name, shown in DISTINGUISHED.items():
            parent = "" if name == "root" else self.known["root" if name == "msgfolderroot" else "msgfolderroot"]
            folder = self.add_folder(shown, parent=parent)
            folder.distinguished, folder.folder_class = name, _CLASSES.get(name, "IPF.Note")
            self.known[name] = folder.id
        for name in folders:
            self.add_folder(name)

    def add_folder(self, name: str, *, parent: str | None = None) -> Folder:
        """Somebody makes a folder."""
        above = self.known["msgfolderroot"] if parent is None else parent
        folder = Folder(id=_new_id("F", self.address), name=name, parent=above)
        self.folders[folder.id] = folder
        return folder

    def folder_named(self, name: str) -> Folder:
        """By the name people see, or `INBOX`."""
        if name == "INBOX":
            return self.folders[self.known["inbox"]]
        return next(folder for folder in self.folders.values() if folder.name == name)

    def in_folder(self, folder: str) -> list[Item]:
        """The newest first."""
        found = [item for item in self.items.values() if item.folder == folder]
        return sorted(found, key=lambda item: (item.received_at, item.created_at, item.id), reverse=True)

    def add(self, raw: bytes, *, folder: str, at: datetime | None = None, is_draft: bool = False) -> Item:
        """A mail arrives, or is written."""
        item = Item(
            id=_new_id("I", self.address),
            change_key=_new_key(),
            folder=folder,
            raw=raw,
            received_at=at or self.now,
            created_at=self.now,
            modified_at=self.now,
            is_draft=is_draft,
        )
        self.items[item.id] = item
        self._note(item, "create", "CreatedEvent" if is_draft else "NewMailEvent")
        return item

    def touch(self, item: Item, *, what: str = "update") -> None:
        """The item was changed: it has another change key."""
        item.change_key, item.modified_at = _new_key(), self.now
        self._note(item, what, "ModifiedEvent")

    def move(self, item: Item, folder: str) -> Item:
        """Into another folder, under another id."""
        self.log.append(Entry(folder=item.folder, item=item.id, what="delete"))
        del self.items[item.id]
        item.id, item.change_key, item.folder = _new_id("I", self.address), _new_key(), folder
        self.items[item.id] = item
        self._note(item, "create", "MovedEvent")
        return item

    def remove(self, item: Item) -> None:
        """For good."""
        del self.items[item.id]
        self._note(item, "delete", "DeletedEvent")

    def get(self, id: str) -> Item:
        """Raises `Refusal` when there is none of that very id."""
        if id not in self.items:
            raise Refusal("ErrorItemNotFound")
        return self.items[id]

    def forget_history(self) -> None:
        """No sync state that was given out holds any more."""
        self.generation += 1

    def changes(self, folder: str, state: str, *, most: int) -> tuple[list[tuple[str, str]], str, bool]:
        """What happened in the folder since: kind and id, the next state, and whether that is all."""
        seen = self._read_state(folder, state)
        last: dict[str, int] = {}
        first: dict[str, str] = {}
        kinds: dict[str, set[str]] = {}
        for number, entry in enumerate(self.log):
            if number >= seen and entry.folder == folder:
                first.setdefault(entry.item, entry.what)
                kinds.setdefault(entry.item, set()).add(entry.what)
                last[entry.item] = number
        listed = sorted(last, key=last.__getitem__)
        page, rest = listed[:most], listed[most:]
        told = [(self._net(id_, folder, first[id_], kinds[id_]), id_) for id_ in page]
        reached = last[page[-1]] + 1 if rest else len(self.log)
        next_state = json.dumps({"folder": folder, "seen": reached, "generation": self.generation})
        kept = [(kind, id_) for kind, id_ in told if kind]
        return kept, base64.b64encode(next_state.encode()).decode(), not rest

    def _net(self, id_: str, folder: str, first: str, kinds: set[str]) -> str:
        is_here = id_ in self.items and self.items[id_].folder == folder
        if first == "create":
            return "Create" if is_here else ""
        if not is_here:
            return "Delete"
        return "ReadFlagChange" if kinds == {"read"} else "Update"

    def _read_state(self, folder: str, state: str) -> int:
        if not state:
            return 0
        try:
            kept = json.loads(base64.b64decode(state, validate=True))
        except ValueError:
            raise Refusal("ErrorInvalidSyncStateData") from None
        if kept.get("folder") != folder or kept.get("generation") != self.generation:
            raise Refusal("ErrorInvalidSyncStateData")
        return int(kept["seen"])

    def _note(self, item: Item, what: str, event: str) -> None:
        self.log.append(Entry(folder=item.folder, item=item.id, what=what))
        for subscription in self.subscriptions.values():
            if item.folder in subscription.folders and event in subscription.kinds:
                subscription.waiting.append((event, item.id, item.folder))

    def below(self, folder: str) -> Iterator[Folder]:
        """Every folder in it, at any depth."""
        for found in self.folders.values():
            if found.parent == folder:
                yield found
                yield from self.below(found.id)


def arrival_of(properties: dict[Property, str], now: datetime) -> datetime:
    """When a mail that is put into a folder says that it arrived."""
    told = properties.get("0x0e06:SystemTime")
    return datetime.fromisoformat(told).astimezone(UTC) if told else now


def date_of(item: Item) -> datetime:
    """When it says that it was sent."""
    try:
        return parsedate_to_datetime(str(item.message["Date"])).astimezone(UTC)
    except (ValueError, TypeError):
        return item.created_at


def written(moment: datetime) -> str:
    """As EWS writes an instant."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _new_id(kind: str, address: str) -> str:
    # Case-sensitive, and long like the real ones.
    text = f"{kind}/{address}/{next(_counter):09d}"
    return "AAMkAD" + base64.b64encode(text.encode() * 2).decode().replace("=", "")


def _new_key() -> str:
    return "CQAAABYAAAC" + base64.b64encode(f"{next(_counter):08d}".encode()).decode()
