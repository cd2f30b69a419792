"""Values for the tests of the stores, with sane defaults; every person and company is invented."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mailbot.domain.labels import Category, ReferenceKind, ReferencePlace, Topic
from mailbot.domain.linkage import ClientMatch, DispatchMatch, Linkage, Reference
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address, Direction, MailKey, Message, MessageKind
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind, Step
from mailbot.domain.office import Dispatch, Transport
from mailbot.domain.verdict import Reason, Verdict
from mailbot.ports.stored import Notice, Sighting, SightingState, StoredMessage

NOW = datetime(2026, 7, 24, 14, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stored(id: str = "m1", **changes: Any) -> StoredMessage:
    values: dict[str, Any] = {
        "id": id,
        "message_id": f"<{id}@textilesandinos.example>",
        "sha256": f"sha-{id}",
        "content_digest": f"content-{id}",
        "received_at": NOW,
        "date": NOW - timedelta(minutes=1),
        "subject": "RE: Levante orden 2026-004512",
        "subject_key": "levante orden 2026-004512",
        "sender": "ana.torres@textilesandinos.example",
        "sender_name": "Ana Torres",
        "recipients": ("esc1@agencia.example", "asc1@agencia.example"),
        "in_reply_to": None,
        "reference_ids": (),
        "kind": MessageKind.PERSON,
        "direction": Direction.INCOMING,
        "conversation": f"c-{id}",
        "client": "20131312955",
        "orders": ("2026-004512",),
        "new_text": "¿Ya tenemos levante?",
        "verdict": verdict(),
        "linkage": linkage(),
        "references": (
            Reference(
                kind=ReferenceKind.DAM,
                value="118-2026-10-84512",
                canonical="118-2026-10-084512",
                where=ReferencePlace.SUBJECT,
            ),
        ),
        "attachments": ("factura F001-33.pdf",),
    }
    return StoredMessage(**(values | changes))


def verdict() -> Verdict:
    return Verdict(
        categories=(Category.REQUIREMENT,),
        topics=(Topic.STATUS_QUERY,),
        needs_reply=True,
        scores={"requirement": 0.97, "complaint": 0.01},
        confidence=0.95,
        reasons=(Reason(label="requirement", because="¿ya tenemos levante?", weight=2.1),),
        model="model-1",
    )


def linkage() -> Linkage:
    match = DispatchMatch(order="2026-004512", ruc="20131312955", score=0.98, how=("dam in subject",))
    client = ClientMatch(ruc="20131312955", name="Textiles Andinos", how="domain")
    return Linkage(client=client, dispatches=(match,))


def read(message: StoredMessage) -> Message:
    return Message(
        message_id=message.message_id,
        sha256=message.sha256,
        content_digest=message.content_digest,
        received_at=message.received_at,
        date=message.date,
        subject=message.subject,
        sender=Address(address=message.sender),
    )


def key(uid: int = 1, **changes: Any) -> MailKey:
    return MailKey(**({"mailbox": "esc1", "folder": "INBOX", "validity": 7, "uid": uid} | changes))


def sighting(uid: int = 1, **changes: Any) -> Sighting:
    values: dict[str, Any] = {
        "key": key(uid),
        "state": SightingState.STORED,
        "message": "m1",
        "reason": "",
        "received_at": NOW,
        "seen_at": NOW + timedelta(seconds=3),
    }
    return Sighting(**(values | changes))


def obligation(id: str = "o1", **changes: Any) -> Obligation:
    values: dict[str, Any] = {
        "id": id,
        "kind": ObligationKind.REPLY,
        "owner": "ESC1",
        "client": "20131312955",
        "order": "2026-004512",
        "conversation": "c-m1",
        "message": None,
        "message_id": "<m1@textilesandinos.example>",
        "asker": "ana.torres@textilesandinos.example",
        "starts_at": NOW,
        "due_at": NOW + 2 * HOUR,
        "limit": "2 h hábiles",
        "reckoning": ("arrival 09:30", "2 h hábiles: 11:30"),
        "next_step_at": NOW + HOUR,
    }
    return Obligation(**(values | changes))


def event(obligation: str = "o1", name: EventName = EventName.OPENED, **changes: Any) -> ObligationEvent:
    values: dict[str, Any] = {"obligation": obligation, "name": name, "at": NOW, "who": "mailbot"}
    return ObligationEvent(**(values | changes))


def notice(obligation: str = "o1", **changes: Any) -> Notice:
    values: dict[str, Any] = {
        "obligation": obligation,
        "step": Step.OWNER,
        "recipient": "esc1@agencia.example",
        "due_at": NOW,
    }
    return Notice(**(values | changes))


def mail(key: str = "k1", **changes: Any) -> OutgoingMail:
    values: dict[str, Any] = {
        "key": key,
        "purpose": MailPurpose.REMINDER,
        "message_id": f"<{key}@mailbot.example>",
        "sender": Address(address="mailbot@agencia.example", name="Mailbot"),
        "to": (Address(address="esc1@agencia.example", name="Luz Prado"),),
        "subject": "Por vencer: 1 consulta",
        "text": "Vence 11:30",
        "html": "<p>Vence 11:30</p>",
        "created_at": NOW,
        "not_before": NOW,
    }
    return OutgoingMail(**(values | changes))


def dispatch(order: str = "2026-004512", **changes: Any) -> Dispatch:
    values: dict[str, Any] = {
        "order": order,
        "ruc": "20131312955",
        "regime": "10",
        "transport": Transport.MARITIMA,
    }
    return Dispatch(**(values | changes))
