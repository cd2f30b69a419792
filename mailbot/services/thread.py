"""Which conversation a message belongs to, by its headers, else by subject and parties.

Headers are In-Reply-To and References (RFC 5322 section 3.6.4); siblings whose common ancestor was
never seen are joined too. Without headers, a reply joins the same subject between the same parties
within 14 days, and only when exactly one conversation fits.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.domain.message import Message
from mailbot.ports.store import Messages, StoredMessage
from mailbot.reading.subjects import is_reply_subject, subject_key

# Relays and gateways grow References without end; the newest say the most.
MOST_ANCESTORS = 30
HEADERLESS_WITHIN = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The conversation, those that turned out to be the same one, and how it was found."""

    conversation: str
    # Conversations that a missing link shows to be this one; they are merged into it.
    joined: tuple[str, ...] = ()
    how: str
    parent: StoredMessage | None = None


def place(message: Message, *, client: str | None, messages: Messages) -> Placement:
    """Find the conversation of a message; its id is stable, since it derives from the first mail."""
    by_header = _by_headers(message, messages)
    if by_header is not None:
        return by_header
    by_subject = _by_subject(message, client, messages)
    return by_subject or Placement(conversation=conversation_id(message.message_id), how="new")


def conversation_id(root: str) -> str:
    """The id of the conversation that begins with that Message-ID."""
    return f"C{hashlib.sha256(root.encode()).hexdigest()[:14]}"


def _by_headers(message: Message, messages: Messages) -> Placement | None:
    ancestors = _ancestors(message)
    # Its own id finds replies that arrived before it.
    related = messages.by_message_ids([message.message_id, *ancestors])
    related = [item for item in related if item.message_id != message.message_id or item.conversation]
    if not related:
        return None
    by_id = {item.message_id: item for item in related}
    parent = next((by_id[ancestor] for ancestor in ancestors if ancestor in by_id), None)
    first = parent or min(related, key=lambda item: (item.received_at, item.id))
    others = dict.fromkeys(item.conversation for item in related if item.conversation != first.conversation)
    how = "in_reply_to" if parent else "sibling"
    return Placement(conversation=first.conversation, joined=tuple(others), how=how, parent=parent)


def _ancestors(message: Message) -> list[str]:
    newest_first = [message.in_reply_to or "", *reversed(message.references)]
    return [ancestor for ancestor in dict.fromkeys(newest_first) if ancestor][:MOST_ANCESTORS]


def _by_subject(message: Message, client: str | None, messages: Messages) -> Placement | None:
    key, at = subject_key(message.subject), message.received_at or message.date
    if not key or at is None or not is_reply_subject(message.subject):
        return None
    fitting = [
        item
        for item in messages.by_subject(key, since=at - HEADERLESS_WITHIN)
        if item.received_at <= at + HEADERLESS_WITHIN and _same_parties(message, item, client)
    ]
    conversations = {item.conversation for item in fitting}
    if len(conversations) != 1:
        return None
    parent = max((item for item in fitting if item.received_at <= at), key=_arrival, default=None)
    return Placement(conversation=conversations.pop(), how="subject", parent=parent)


def _arrival(item: StoredMessage) -> datetime:
    return item.received_at


def _same_parties(message: Message, item: StoredMessage, client: str | None) -> bool:
    """Both ends took part in it, or both are of the same client."""
    mine = _people(message.sender.key, [address.key for address in message.recipients])
    theirs = _people(item.sender, item.recipients)
    is_exchange = message.sender.key in theirs and item.sender in mine
    return is_exchange or (client is not None and client == item.client and bool(mine & theirs))


def _people(sender: str, recipients: Collection[str]) -> set[str]:
    return {sender, *recipients}
