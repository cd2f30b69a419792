"""Messages, sightings, quarantine and cursors of the memory store."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mailbot.domain.message import MailKey, Message
from mailbot.ports.mailbox import Cursor
from mailbot.ports.stored import MessageFilter, QuarantinedMail, Sighting, SightingState, StoredMessage
from mailbot.ports.tally import LedgerLine
from mailbot.store.ledger import ledger_of
from mailbot.store.memory_tables import HashIndex, Journal, Table
from mailbot.store.packing import pack, unpack

_Ids = HashIndex[str, StoredMessage]


def by_arrival(message: StoredMessage) -> tuple[datetime, str]:
    """The order of arrival, the id deciding between mails of one instant."""
    return message.received_at, message.id


def matches(message: StoredMessage, query: MessageFilter) -> bool:
    """Whether a message is one of those asked for; `since` counts, `until` does not."""
    return (
        (query.client is None or message.client == query.client)
        and (query.order is None or query.order in message.orders)
        and (query.since is None or message.received_at >= query.since)
        and (query.until is None or message.received_at < query.until)
    )


def ancestors_of(message: StoredMessage) -> frozenset[str]:
    """The Message-IDs that a message refers to."""
    named = {message.in_reply_to} if message.in_reply_to else set()
    return frozenset(named.union(message.reference_ids))


class MemoryMessages:
    """Messages by id, and by everything they are looked up with."""

    def __init__(self, journal: Journal) -> None:
        self._by_message_id = _Ids(lambda m: [m.message_id])
        self._by_ancestor = _Ids(ancestors_of)
        self._by_subject = _Ids(lambda m: [m.subject_key])
        self._by_conversation = _Ids(lambda m: [m.conversation])
        self._by_client = _Ids(lambda m: [m.client])
        self._by_order = _Ids(lambda m: set(m.orders))
        self.rows: Table[str, StoredMessage] = Table(
            journal,
            self._by_message_id,
            self._by_ancestor,
            self._by_subject,
            self._by_conversation,
            self._by_client,
            self._by_order,
        )
        self._raws: Table[str, bytes] = Table(journal)
        self._seen_by_message: HashIndex[MailKey, Sighting] = HashIndex(lambda s: [s.message])
        self.seen: Table[MailKey, Sighting] = Table(journal, self._seen_by_message)

    def prefetch(
        self, messages: Collection[Message], *, since: datetime | None = None, conversations: Collection[str] = ()
    ) -> None:
        """Nothing to do: everything is near."""

    def add(self, message: StoredMessage, *, raw: bytes) -> bool:
        """Keep a message; False when it, or one of the same Message-ID and content, is there."""
        if not self.keep(message):
            return False
        if message.sha256 not in self._raws:
            self._raws.put(message.sha256, pack(raw))
        return True

    def keep(self, message: StoredMessage) -> bool:
        """Keep a message without its bytes."""
        if message.id in self.rows or self.twin(message.message_id, message.content_digest) is not None:
            return False
        self.rows.put(message.id, message)
        return True

    def update(self, message: StoredMessage) -> None:
        """Replace what is said of a stored message."""
        if message.id in self.rows:
            self.rows.put(message.id, message)

    def get(self, id: str) -> StoredMessage | None:
        """The message with that id."""
        return self.rows.get(id)

    def raw(self, id: str) -> bytes | None:
        """Its bytes."""
        message = self.rows.get(id)
        packed = self._raws.get(message.sha256) if message else None
        return None if packed is None else unpack(packed)

    def duplicate_of(self, message: Message) -> StoredMessage | None:
        """The stored one with the same Message-ID and content."""
        return self.twin(message.message_id, message.content_digest)

    def by_message_ids(self, message_ids: Collection[str]) -> Sequence[StoredMessage]:
        """Those that are named, or that name the same ancestor."""
        ids: dict[str, None] = {}
        for message_id in message_ids:
            ids.update(dict.fromkeys(self._by_message_id.find(message_id)))
            ids.update(dict.fromkeys(self._by_ancestor.find(message_id)))
        return sorted(self.rows.pick(ids), key=by_arrival)

    def by_subject(self, subject_key: str, *, since: datetime) -> Sequence[StoredMessage]:
        """Newest first."""
        found = [m for m in self.rows.pick(self._by_subject.find(subject_key)) if m.received_at >= since]
        return sorted(found, key=by_arrival, reverse=True)[:50]

    def in_conversation(self, conversation: str) -> Sequence[StoredMessage]:
        """In order of arrival."""
        return sorted(self.rows.pick(self._by_conversation.find(conversation)), key=by_arrival)

    def move(self, old: str, new: str) -> None:
        """Put the messages of one conversation into another."""
        for message in self.rows.pick(self._by_conversation.find(old)):
            self.rows.put(message.id, replace(message, conversation=new))

    def list(self, query: MessageFilter) -> Sequence[StoredMessage]:
        """In order of arrival."""
        found = sorted((m for m in self._narrowest(query) if matches(m, query)), key=by_arrival)
        return found[: query.limit]

    def see(self, sighting: Sighting) -> bool:
        """Record where a mail was seen."""
        return self.seen.add(sighting.key, sighting)

    def known(self, keys: Collection[MailKey]) -> frozenset[MailKey]:
        """Which are recorded."""
        return frozenset(key for key in keys if key in self.seen)

    def sightings(self, message: str) -> Sequence[Sighting]:
        """By place."""
        return sorted(self.seen.pick(self._seen_by_message.find(message)), key=lambda sighting: sighting.key)

    def seen_as(self, state: SightingState, *, since: datetime | None = None) -> Sequence[Sighting]:
        """Those with one outcome, by arrival."""
        found = (s for s in self.seen.values() if s.state is state and (since is None or s.received_at >= since))
        return sorted(found, key=lambda sighting: (sighting.received_at, sighting.key))

    def has_bytes(self, message: StoredMessage) -> bool:
        """Whether its bytes are still kept."""
        return message.sha256 in self._raws

    def forget_bytes(self, messages: Iterable[StoredMessage]) -> None:
        """Forget the bytes of messages."""
        for message in messages:
            self._raws.drop(message.sha256)

    def ledger(self, *, since: datetime, zone: ZoneInfo) -> Sequence[LedgerLine]:
        """By mailbox, folder and day."""
        recent = (s for s in self.seen.values() if s.received_at >= since)
        return ledger_of(((s.key.mailbox, s.key.folder, s.received_at, s.state) for s in recent), zone=zone)

    def twin(self, message_id: str, content_digest: str) -> StoredMessage | None:
        """The stored one of that Message-ID and content."""
        named = self.rows.pick(self._by_message_id.find(message_id))
        return next((m for m in named if m.content_digest == content_digest), None)

    def _narrowest(self, query: MessageFilter) -> Iterable[StoredMessage]:
        if query.order is not None:
            return self.rows.pick(self._by_order.find(query.order))
        if query.client is not None:
            return self.rows.pick(self._by_client.find(query.client))
        return self.rows.values()


class MemoryQuarantine:
    """Mail that could not be read."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[str, QuarantinedMail] = Table(journal)

    def add(self, mail: QuarantinedMail) -> bool:
        """Keep one."""
        return self._rows.add(mail.id, mail)

    def get(self, id: str) -> QuarantinedMail | None:
        """One of them."""
        return self._rows.get(id)

    def list(self) -> Sequence[QuarantinedMail]:
        """By arrival."""
        return sorted(self._rows.values(), key=lambda mail: (mail.received_at, mail.id))

    def remove(self, id: str) -> None:
        """Let one go."""
        self._rows.drop(id)


class MemoryCursors:
    """How far each folder was read."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[tuple[str, str], Cursor] = Table(journal)

    def get(self, mailbox: str, folder: str) -> Cursor | None:
        """The cursor of a folder."""
        return self._rows.get((mailbox, folder))

    def set(self, cursor: Cursor) -> None:
        """Move it."""
        self._rows.put((cursor.mailbox, cursor.folder), cursor)


class MemoryFacts:
    """Small named values."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[str, str] = Table(journal)

    def get(self, name: str) -> str | None:
        """The value, if there is one."""
        return self._rows.get(name)

    def set(self, name: str, value: str) -> None:
        """Keep or replace it."""
        self._rows.put(name, value)
