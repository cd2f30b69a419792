"""Which conversation a message belongs to, by its headers, else by subject and parties.

Headers are In-Reply-To and References (RFC 5322 section 3.6.4), the identifiers of mailbot's own mails
that a client quoted in the body, and Outlook's Thread-Index; mails whose common ancestor was never seen
are joined too. Without any of these a reply joins the same subject between the same parties within 14
days. A changed subject with another dispatch number is a new matter. In doubt two conversations stay two.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.domain.labels import ReferenceKind
from mailbot.domain.message import Message
from mailbot.domain.outgoing import named_in
from mailbot.ports.store import Messages
from mailbot.ports.stored import StoredMessage
from mailbot.reading.references import find_in_text
from mailbot.reading.subjects import is_distinctive_subject, is_reply_subject, subject_key
from mailbot.services.correspondents import have_same_parties, shared_people

# Relays and gateways grow References without end; the newest say the most.
MOST_ANCESTORS = 50
HEADERLESS_WITHIN = timedelta(days=14)
# FILETIME and GUID open every Thread-Index; what follows counts the answers ([MS-OXOMSG] 2.2.1.3).
_THREAD_INDEX_BYTES = 22
_MATTER_KINDS = (ReferenceKind.ORDER, ReferenceKind.DAM)


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The conversation, those that turned out to be the same one, and how it was found."""

    conversation: str
    # Conversations that a missing link shows to be this one; they are merged into it.
    joined: tuple[str, ...] = ()
    # in_reply_to, sibling, child, body, subject, new, or new_matter (then `parent` is in the old one).
    how: str
    parent: StoredMessage | None = None


def place(message: Message, *, client: str | None, messages: Messages) -> Placement:
    """Find the conversation of a message; its id is stable, since it derives from the first mail."""
    ancestors = ancestor_ids(message)
    related = [item for item in messages.by_message_ids([message.message_id, *ancestors]) if _is_related(message, item)]
    same = [item for item in related if not _is_other_matter(message, item)]
    if same:
        return _join(message, same, ancestors)
    if related:
        parent = _parent(related, ancestors)
        return Placement(conversation=conversation_id(message.message_id), how="new_matter", parent=parent)
    return _by_subject(message, client, messages) or Placement(conversation=_new_id(message, messages), how="new")


def conversation_id(root: str) -> str:
    """The id of the conversation that begins with that Message-ID."""
    return f"C{hashlib.sha256(root.encode()).hexdigest()[:14]}"


def ancestor_ids(message: Message) -> tuple[str, ...]:
    """The ids of earlier mails a message names anywhere, the nearest first."""
    found = [message.in_reply_to or "", *reversed(message.references), *_bounced(message), *_quoted_own_ids(message)]
    ids = [identifier for identifier in dict.fromkeys(found) if identifier and identifier != message.message_id]
    index = thread_index_id(message.thread_index)
    return (*ids[:MOST_ANCESTORS], *([index] if index else []))


def reference_ids(message: Message) -> tuple[str, ...]:
    """What to store as a message's references, so that later mails find it by Thread-Index too."""
    index = thread_index_id(message.thread_index)
    return (*message.references, *([index] if index else []))


def thread_index_id(thread_index: str | None) -> str | None:
    """The part of a Thread-Index that all mails of a conversation share, in the form of a Message-ID."""
    if not thread_index:
        return None
    try:
        raw = base64.b64decode("".join(thread_index.split()) + "==")
    except (binascii.Error, ValueError):
        return None
    if len(raw) < _THREAD_INDEX_BYTES:
        return None
    return f"<{raw[:_THREAD_INDEX_BYTES].hex()}@thread-index.invalid>"


def _bounced(message: Message) -> tuple[str, ...]:
    original = message.bounce.original_message_id if message.bounce else None
    return (original,) if original else ()


def _quoted_own_ids(message: Message) -> tuple[str, ...]:
    """Ids of mailbot's own mails in the text: some clients drop the headers and keep the quotation."""
    return named_in(message.text)


def _is_related(message: Message, item: StoredMessage) -> bool:
    """Whether a stored message found by id really speaks of the same conversation."""
    if item.message_id == message.message_id:
        # The same id on another mail: some programs reuse it. Only an equal subject makes it the same thread.
        return item.subject_key == subject_key(message.subject)
    if item.message_id in ancestor_ids(message) or message.message_id in (item.in_reply_to, *item.reference_ids):
        return True
    # Both name an ancestor nobody saw; invented ids are repeated by some programs for all their mails.
    return item.subject_key == subject_key(message.subject) or _share_people(message, item)


def _share_people(message: Message, item: StoredMessage) -> bool:
    index = thread_index_id(message.thread_index)
    if index in item.reference_ids and not _shares_header(message, item):
        # Outlook keeps the index when the subject is changed for a new matter, and so must not be trusted.
        return False
    return len(shared_people(message, item)) > 1


def _shares_header(message: Message, item: StoredMessage) -> bool:
    mine = {message.in_reply_to, *message.references} - {None}
    return bool(mine & {item.in_reply_to, *item.reference_ids})


def _join(message: Message, related: Sequence[StoredMessage], ancestors: Sequence[str]) -> Placement:
    parent = _parent(related, ancestors)
    # A mail that was only guessed into its conversation must not pull another one in after it.
    certain = [item for item in related if not _was_guessed(item)] or related
    first = parent if parent in certain else min(certain, key=lambda item: (item.received_at, item.id))
    assert first is not None  # noqa: S101 - `certain` is never empty
    others = dict.fromkeys(item.conversation for item in certain if item.conversation != first.conversation)
    return Placement(
        conversation=first.conversation, joined=tuple(others), how=_how(message, parent, related), parent=parent
    )


def _was_guessed(item: StoredMessage) -> bool:
    return item.in_reply_to is None and not item.reference_ids and is_reply_subject(item.subject)


def _parent(related: Sequence[StoredMessage], ancestors: Sequence[str]) -> StoredMessage | None:
    by_id = {item.message_id: item for item in related}
    return next((by_id[ancestor] for ancestor in ancestors if ancestor in by_id), None)


def _how(message: Message, parent: StoredMessage | None, related: Sequence[StoredMessage]) -> str:
    if parent is not None:
        in_header = parent.message_id in (message.in_reply_to, *message.references, *_bounced(message))
        return "in_reply_to" if in_header else "body"
    is_child = any(message.message_id in (item.in_reply_to, *item.reference_ids) for item in related)
    return "child" if is_child else "sibling"


def _is_other_matter(message: Message, item: StoredMessage) -> bool:
    """A changed subject that names another dispatch than the earlier one did."""
    if item.subject_key == subject_key(message.subject):
        return False
    mine = _matters(message.subject)
    if not mine:
        return False
    theirs = _matters(item.subject)
    orders = {order for order in item.orders if order}
    for kind in _MATTER_KINDS:
        other = theirs.get(kind) or (orders if kind is ReferenceKind.ORDER else set())
        if mine.get(kind) and other and not mine[kind] & other:
            return True
    return False


def _matters(subject: str) -> dict[ReferenceKind, set[str]]:
    found: dict[ReferenceKind, set[str]] = {}
    for reference in find_in_text(subject):
        found.setdefault(reference.kind, set()).add(reference.canonical)
    return found


def _new_id(message: Message, messages: Messages) -> str:
    """The oldest mail it names is the root; a reused Message-ID is told apart by its content."""
    root = root_of(message)
    reused = root == message.message_id and any(
        item.message_id == root and item.content_digest != message.content_digest
        for item in messages.by_message_ids([root])
    )
    return conversation_id(f"{root}\x1f{message.content_digest}" if reused else root)


def root_of(message: Message) -> str:
    """The Message-ID of the oldest mail that a message names, or its own."""
    return (*message.references[:1], message.in_reply_to or message.message_id)[0]


def _by_subject(message: Message, client: str | None, messages: Messages) -> Placement | None:
    key, at = subject_key(message.subject), message.received_at or message.date
    if not key or at is None:
        return None
    near = [
        item
        for item in messages.by_subject(key, since=at - HEADERLESS_WITHIN)
        if item.received_at <= at + HEADERLESS_WITHIN and have_same_parties(message, item, client)
    ]
    if _names_another(message):
        # What it answers was never seen: a subject that its client often uses needs the same two persons besides.
        near = [item for item in near if len(shared_people(message, item)) > 1]
    fitting = near if _is_reply(message) else [item for item in near if _came_too_early(item, message)]
    return _latest(message, fitting, at)


def _is_reply(message: Message) -> bool:
    return is_reply_subject(message.subject) or _names_another(message)


def _names_another(message: Message) -> bool:
    return message.in_reply_to is not None or bool(message.references)


def _came_too_early(item: StoredMessage, message: Message) -> bool:
    """A stored answer without headers that was written after this message, which opens the matter."""
    has_headers = item.in_reply_to is not None or bool(item.reference_ids)
    written = item.date or item.received_at
    opened = message.date or message.received_at
    is_later = opened is not None and opened < written and item.received_at - opened <= HEADERLESS_WITHIN
    return is_later and not has_headers and is_reply_subject(item.subject)


def _latest(message: Message, fitting: Sequence[StoredMessage], at: datetime) -> Placement | None:
    """The one conversation that fits; of several, the only one that waits for a word of this sender."""
    earlier = [item for item in fitting if item.received_at <= at]
    conversations = {item.conversation for item in fitting}
    if _names_another(message) and not is_distinctive_subject(subject_key(message.subject)):
        return None
    if len(conversations) > 1:
        conversations = set() if _names_another(message) else _waiting_for(message.sender.key, earlier)
    if len(conversations) != 1:
        return None
    conversation = conversations.pop()
    answered = [item for item in earlier if item.conversation == conversation]
    parent = max(answered, key=_arrival, default=None)
    return Placement(conversation=conversation, how="subject", parent=parent)


def _waiting_for(sender: str, items: Sequence[StoredMessage]) -> set[str]:
    """Conversations whose latest mail somebody else wrote to this sender."""
    latest: dict[str, StoredMessage] = {}
    for item in sorted(items, key=_arrival):
        latest[item.conversation] = item
    return {item.conversation for item in latest.values() if item.sender != sender and sender in item.recipients}


def _arrival(item: StoredMessage) -> tuple[datetime, str]:
    return item.received_at, item.id
