"""Messages, their bytes and their sightings in the database.

A unit of work keeps the messages it added or looked up by Message-ID in a memory table, so that a batch
of mails costs a few statements and every look-up still sees what the same unit added before.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Select, bindparam, delete, func, select, union, update

from mailbot.domain.message import MailKey, Message
from mailbot.ports.stored import MessageFilter, Sighting, SightingState, StoredMessage
from mailbot.ports.tally import LedgerLine
from mailbot.reading.subjects import subject_key
from mailbot.store.columns import shortened
from mailbot.store.mapping import Found, from_message, to_message
from mailbot.store.memory_messages import MemoryMessages, ancestors_of
from mailbot.store.memory_tables import Journal
from mailbot.store.packing import Packer, unpack
from mailbot.store.schema import table_of
from mailbot.store.sql_notices import SqlObligations
from mailbot.store.sql_sightings import SqlSightings
from mailbot.store.tables import MessageLinkRow, MessageOrderRow, MessageRow, RawMailRow
from mailbot.store.transaction import Transaction

_MESSAGES = table_of(MessageRow)
_LINKS = table_of(MessageLinkRow)
_ORDERS = table_of(MessageOrderRow)
_RAWS = table_of(RawMailRow)
_MOVE = (
    update(_MESSAGES).where(_MESSAGES.c.id == bindparam("its_id")).values(conversation=bindparam("new_conversation"))
)
_BY_IDS = select(_MESSAGES).where(_MESSAGES.c.id.in_(bindparam("ids", expanding=True)))
_AT_ONCE = 200
_MOST_OF_SUBJECT = 50
# SQLite takes some 32,000 values in one statement, and each name stands in it twice.
_MOST_NAMES = 10_000
_BY_CONVERSATIONS = select(_MESSAGES).where(_MESSAGES.c.conversation.in_(bindparam("names", expanding=True)))
_BY_SUBJECT = (
    select(_MESSAGES.c.id)
    .where(_MESSAGES.c.subject_key == bindparam("its_subject"), _MESSAGES.c.received_at >= bindparam("since"))
    .order_by(_MESSAGES.c.received_at.desc(), _MESSAGES.c.id.desc())
    .limit(_MOST_OF_SUBJECT)
)
_AGE = func.row_number().over(
    partition_by=_MESSAGES.c.subject_key, order_by=(_MESSAGES.c.received_at.desc(), _MESSAGES.c.id.desc())
)
_NAMED_SO = _MESSAGES.c.subject_key.in_(bindparam("subjects", expanding=True))
_AGED = (
    select(_MESSAGES.c.id, _AGE.label("age")).where(_NAMED_SO, _MESSAGES.c.received_at >= bindparam("since")).subquery()
)
_BY_SUBJECTS = select(_AGED.c.id).where(_AGED.c.age <= _MOST_OF_SUBJECT)
_IDS: BindParameter[str] = bindparam("message_ids", expanding=True)
_NAMED = select(_MESSAGES.c.id).where(_MESSAGES.c.message_id.in_(_IDS))
_CHILDREN = select(_LINKS.c.message).where(_LINKS.c.message_id.in_(_IDS))
_RELATED = select(_MESSAGES).where(_MESSAGES.c.id.in_(union(_NAMED, _CHILDREN)))
_OVERTAKEN = "otro proceso borró un mensaje entretanto: mire de nuevo"


class SqlMessages:
    """Messages by everything they are looked up with."""

    def __init__(self, transaction: Transaction, *, obligations: SqlObligations) -> None:
        self._transaction = transaction
        self._obligations = obligations
        self._seen = SqlSightings(transaction)
        self._near = MemoryMessages(Journal())
        # Message-IDs whose every bearer and descendant is near, and conversations that are near as a whole.
        self._covered: set[str] = set()
        self._whole: set[str] = set()
        # From when on the newest messages of a subject are near.
        self._subjects: dict[str, datetime] = {}
        # What was asked about and is not stored, so that adding it needs no second look.
        self._absent: set[tuple[str, str]] = set()
        self._packer = Packer()
        self._raws: list[tuple[StoredMessage, int, Callable[[], bytes]]] = []
        transaction.before_flush(self._gather_raws)

    def forget(self) -> None:
        """Start anew: the transaction ended."""
        self._near = MemoryMessages(Journal())
        self._covered.clear()
        self._whole.clear()
        self._subjects.clear()
        self._seen.forget()
        self._absent.clear()
        self._raws.clear()
        self._packer.close()

    def prefetch(
        self, messages: Collection[Message], *, since: datetime | None = None, conversations: Collection[str] = ()
    ) -> None:
        """Get all that will be asked about these in a few statements."""
        wanted = {message_id for message in messages for message_id in (message.message_id, *message.references)}
        self._cover(wanted | {message.in_reply_to for message in messages if message.in_reply_to})
        related = {message.conversation for message in self._near.rows.values()}
        self._cover_conversations({*conversations, *related})
        self._obligations.cover({*conversations, *related})
        if since is not None:
            self._cover_subjects({shortened(subject_key(message.subject)) for message in messages} - {""}, since=since)

    def add(self, message: StoredMessage, *, raw: bytes) -> bool:
        """Keep a message and its bytes."""
        message = _as_kept(message)
        if self._is_stored(message) or not self._near.keep(message):
            return False
        self._raws.append((message, len(raw), self._packer.pack(raw)))
        self._transaction.gather(MessageRow, from_message(message))
        self._transaction.fresh.add(message.id)
        links = ({"message_id": ancestor, "message": message.id} for ancestor in sorted(ancestors_of(message)))
        self._transaction.gather(MessageLinkRow, *links)
        orders = ({"order": order, "message": message.id} for order in sorted(set(message.orders)))
        self._transaction.gather(MessageOrderRow, *orders)
        return True

    def _gather_raws(self) -> None:
        raws, self._raws = self._raws, []
        packed = ({"sha256": mail.sha256, "content": content(), "size": size} for mail, size, content in raws)
        self._transaction.gather(RawMailRow, *packed)

    def update(self, message: StoredMessage) -> None:
        """Replace what is said of a stored message."""
        values = from_message(message)
        self._transaction.change(update(_MESSAGES).where(_MESSAGES.c.id == message.id).values(**values))
        self._transaction.change(delete(_ORDERS).where(_ORDERS.c.message == message.id))
        orders = ({"order": order, "message": message.id} for order in sorted(set(message.orders)))
        self._transaction.gather(MessageOrderRow, *orders)
        self._near.update(message)

    def get(self, id: str) -> StoredMessage | None:
        """The message with that id."""
        if id not in self._near.rows:
            # Whoever asks for the message of one obligation asks for those of the others next.
            expected = sorted(i for i in self._transaction.expected if i not in self._near.rows)[:_AT_ONCE]
            self._fetch(_BY_IDS, ids=[id, *expected])
        return self._near.get(id)

    def raw(self, id: str) -> bytes | None:
        """Its bytes."""
        self._transaction.flush()
        query = select(_RAWS.c.content).join(_MESSAGES).where(_MESSAGES.c.id == id)
        rows = self._transaction.rows(query)
        # No bytes at all are bytes that were forgotten: even an empty mail packs to some.
        return unpack(rows[0]["content"]) if rows and rows[0]["content"] else None

    def duplicate_of(self, message: Message) -> StoredMessage | None:
        """The stored one with the same Message-ID and content."""
        message_id = shortened(message.message_id)
        self._cover([message_id])
        twin = self._near.twin(message_id, message.content_digest)
        if twin is None:
            self._absent.add((message_id, message.content_digest))
        return twin

    def by_message_ids(self, message_ids: Collection[str]) -> Sequence[StoredMessage]:
        """Those that are named, or that name the same ancestor."""
        self._cover(message_ids)
        return self._near.by_message_ids({*message_ids, *map(shortened, message_ids)})

    def by_subject(self, subject_key: str, *, since: datetime) -> Sequence[StoredMessage]:
        """Newest first."""
        subject_key = shortened(subject_key)
        if subject_key not in self._subjects or since < self._subjects[subject_key]:
            # Ids first: a common subject is asked for often, and what it finds is mostly near by then.
            self._fetch_far(self._transaction.rows(_BY_SUBJECT, {"its_subject": subject_key, "since": since}))
        return self._near.by_subject(subject_key, since=since)

    def in_conversation(self, conversation: str) -> Sequence[StoredMessage]:
        """In order of arrival."""
        self._cover_conversations({conversation})
        return self._near.in_conversation(conversation)

    def move_conversation(self, old: str, new: str) -> None:
        """Join two conversations, messages and obligations."""
        moved = [{"its_id": message.id, "new_conversation": new} for message in self.in_conversation(old)]
        self._transaction.gather_changes(_MOVE, moved, overtaken=_OVERTAKEN)
        self._near.move(old, new)
        self._obligations.move(old, new)

    def list(self, query: MessageFilter) -> Sequence[StoredMessage]:
        """In order of arrival."""
        self._transaction.flush()
        return [to_message(row) for row in self._transaction.rows(_listing(query))]

    def see(self, sighting: Sighting) -> bool:
        """Record where a mail was seen."""
        return self._seen.see(sighting)

    def known(self, keys: Collection[MailKey]) -> frozenset[MailKey]:
        """Which are recorded."""
        return self._seen.known(keys)

    def sightings(self, message: str) -> Sequence[Sighting]:
        """By place."""
        return self._seen.of(message)

    def seen_as(self, state: SightingState, *, since: datetime | None = None) -> Sequence[Sighting]:
        """Those with one outcome, by arrival."""
        return self._seen.with_state(state, since=since)

    def ledger(self, *, since: datetime, zone: ZoneInfo) -> Sequence[LedgerLine]:
        """By mailbox, folder and day."""
        return self._seen.ledger(since=since, zone=zone)

    def _cover(self, message_ids: Iterable[str]) -> None:
        wanted = sorted(set(message_ids) - self._covered)
        for start in range(0, len(wanted), _MOST_NAMES):
            self._fetch(_RELATED, message_ids=wanted[start : start + _MOST_NAMES])
        self._covered.update(wanted)

    def _cover_conversations(self, names: Collection[str]) -> None:
        wanted = sorted(set(names) - self._whole)
        for start in range(0, len(wanted), _MOST_NAMES):
            self._fetch(_BY_CONVERSATIONS, names=wanted[start : start + _MOST_NAMES])
        self._whole.update(wanted)

    def _cover_subjects(self, keys: Collection[str], *, since: datetime) -> None:
        wanted = sorted(set(keys) - self._subjects.keys())
        if wanted:
            self._fetch_far(self._transaction.rows(_BY_SUBJECTS, {"subjects": wanted, "since": since}))
        self._subjects.update(dict.fromkeys(wanted, since))

    def _fetch_far(self, rows: Sequence[Found]) -> None:
        far = [row["id"] for row in rows if row["id"] not in self._near.rows]
        for start in range(0, len(far), _MOST_NAMES):
            self._fetch(_BY_IDS, ids=far[start : start + _MOST_NAMES])

    def _is_stored(self, message: StoredMessage) -> bool:
        if (message.message_id, message.content_digest) in self._absent:
            return False
        self._cover([message.message_id])
        return self.get(message.id) is not None

    def _fetch(self, query: Select[Any], **values: object) -> None:
        """Bring messages near; what this unit of work has already is newer and stays."""
        for row in self._transaction.rows(query, values):
            if row["id"] not in self._near.rows:
                self._near.keep(to_message(row))


def _as_kept(message: StoredMessage) -> StoredMessage:
    """The message with the keys that the database will give back."""
    message_id, subject_key = shortened(message.message_id), shortened(message.subject_key)
    if (message_id, subject_key) == (message.message_id, message.subject_key):
        return message
    return replace(message, message_id=message_id, subject_key=subject_key)


def _listing(query: MessageFilter) -> Select[Any]:
    statement = select(_MESSAGES).order_by(_MESSAGES.c.received_at, _MESSAGES.c.id).limit(query.limit)
    if query.client is not None:
        statement = statement.where(_MESSAGES.c.client == query.client)
    if query.order is not None:
        linked = select(_ORDERS.c.message).where(_ORDERS.c.order == query.order)
        statement = statement.where(_MESSAGES.c.id.in_(linked))
    if query.since is not None:
        statement = statement.where(_MESSAGES.c.received_at >= query.since)
    if query.until is not None:
        statement = statement.where(_MESSAGES.c.received_at < query.until)
    return statement
