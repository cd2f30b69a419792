"""The rows that listing commands print."""

from collections.abc import Iterator
from typing import Any

from mailbot.cli.shapes import instant
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import (
    MessageFilter,
    ObligationFilter,
    QuarantinedMail,
    Sighting,
    SightingState,
    StoredMessage,
)

# What became of a mail that came in, and how that is told.
MESSAGE_STATES = {"stored": "guardado", "quarantined": "en cuarentena", "ignored": "ignorado"}

# What is not known of a mail whose content is not kept.
_NOT_READ: dict[str, Any] = dict.fromkeys(
    ("message_id", "sha256", "subject", "from", "kind", "primary", "conversation", "client")
)


def message_shapes(query: MessageFilter, uow: UnitOfWork) -> Iterator[dict[str, Any]]:
    """Stored messages as the contract's `messages --jsonl`, then what lies in quarantine and what was ignored.

    `owners` is for filtering and is taken out before printing.
    """
    for message in uow.messages.list(query):
        yield _message_shape(message, uow)
    if query.client is None and query.order is None:
        for mail in uow.quarantine.list():
            if query.since is None or mail.received_at >= query.since:
                yield _quarantined_shape(mail)
        for sighting in uow.messages.seen_as(SightingState.IGNORED, since=query.since):
            yield _ignored_shape(sighting)


def _message_shape(message: StoredMessage, uow: UnitOfWork) -> dict[str, Any]:
    sightings = uow.messages.sightings(message.id)
    first = sightings[0].key if sightings else None
    owed = [
        item
        for item in uow.obligations.list(ObligationFilter(conversation=message.conversation))
        if item.message == message.id
    ]
    verdict = message.verdict
    return {
        "id": message.id,
        "mailbox": first.mailbox if first else None,
        "folder": first.folder if first else None,
        "uid": first.uid if first else None,
        "message_id": message.message_id,
        "sha256": message.sha256,
        "received_at": instant(message.received_at),
        "subject": message.subject,
        "from": {"name": message.sender_name, "address": message.sender},
        "kind": message.kind.value,
        "primary": verdict.primary.value if verdict else None,
        "categories": [category.value for category in verdict.categories] if verdict else [],
        "conversation": message.conversation,
        "client": message.client,
        "dispatches": list(message.orders),
        "obligations": [item.id for item in owed],
        "state": "stored",
        "reason": None,
        "owners": {item.owner for item in owed},
    }


def _quarantined_shape(mail: QuarantinedMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "mailbox": mail.key.mailbox,
        "folder": mail.key.folder,
        "uid": mail.key.uid,
        **_NOT_READ,
        "received_at": instant(mail.received_at),
        "categories": [],
        "dispatches": [],
        "obligations": [],
        "state": "quarantined",
        "reason": mail.reason,
        "owners": set(),
    }


def _ignored_shape(sighting: Sighting) -> dict[str, Any]:
    key = sighting.key
    return {
        "id": f"{key.mailbox}/{key.folder}/{key.validity}/{key.uid}",
        "mailbox": key.mailbox,
        "folder": key.folder,
        "uid": key.uid,
        **_NOT_READ,
        "received_at": instant(sighting.received_at),
        "categories": [],
        "dispatches": [],
        "obligations": [],
        "state": "ignored",
        "reason": sighting.reason,
        "owners": set(),
    }


def quarantine_shape(mail: QuarantinedMail) -> dict[str, Any]:
    """A mail on the shelf, without its bytes."""
    return {
        "id": mail.id,
        "mailbox": mail.key.mailbox,
        "folder": mail.key.folder,
        "uid": mail.key.uid,
        "received_at": instant(mail.received_at),
        "quarantined_at": instant(mail.quarantined_at),
        "size": len(mail.raw),
        "attempts": mail.attempts,
        "reason": mail.reason,
    }
