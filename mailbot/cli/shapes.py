"""The JSON shapes of the contract: what `parse`, `triage` and the listings print."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.domain.clock import LIMA
from mailbot.domain.linkage import DispatchMatch, Linkage, Reference
from mailbot.domain.message import Address, Message
from mailbot.domain.obligation import Obligation
from mailbot.domain.verdict import Verdict

Json = dict[str, Any]


def instant(at: datetime | None, zone: ZoneInfo = LIMA) -> str | None:
    """ISO 8601 with the office's offset, to the second unless it has a fraction."""
    return None if at is None else at.astimezone(zone).isoformat()


def address(value: Address) -> Json:
    """A name and an address."""
    return {"name": value.name, "address": value.address}


def parsed(path: str, message: Message, *, id: str | None = None) -> Json:
    """What `parse` prints of one mail; `id` is that of a corpus record."""
    return {
        "path": path,
        "id": id,
        "message_id": message.message_id,
        "sha256": message.sha256,
        "received_at": instant(message.received_at),
        "date": instant(message.date),
        "subject": message.subject,
        "from": address(message.sender),
        "to": [address(value) for value in message.to],
        "cc": [address(value) for value in message.cc],
        "reply_to": [address(value) for value in message.reply_to],
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "text": message.text,
        "new_text": message.new_text,
        "signature": message.signature,
        "quoted": message.quoted,
        "language": message.language,
        "attachments": [
            {
                "name": attachment.name,
                "type": attachment.type,
                "size": attachment.size,
                "sha256": attachment.sha256,
                "inline": attachment.inline,
                "path": attachment.path,
            }
            for attachment in message.attachments
        ],
        "kind": message.kind.value,
        "kind_reason": message.kind_reason or None,
        "bounce": _bounce(message),
        "forwarded": [
            {"from": item.sender, "subject": item.subject, "date": item.date, "text": item.text}
            for item in message.forwarded
        ],
        "defects": list(message.defects),
    }


def _bounce(message: Message) -> Json | None:
    bounce = message.bounce
    if bounce is None:
        return None
    return {
        "recipients": list(bounce.recipients),
        "status": bounce.status,
        "original_message_id": bounce.original_message_id,
    }


def triaged(
    base: Mapping[str, Any],
    verdict: Verdict,
    *,
    references: Sequence[Reference],
    linkage: Linkage,
    missing: Sequence[str],
    obligations: Sequence[Obligation],
) -> Json:
    """What `triage` adds; the header's references move to `reference_ids`."""
    shape = dict(base)
    shape["reference_ids"] = shape.pop("references")
    shape |= judged(verdict)
    shape["references"] = [reference_shape(reference) for reference in references]
    shape["missing_documents"] = list(missing)
    shape |= linked(linkage)
    shape["obligations"] = [obligation_shape(obligation) for obligation in obligations]
    return shape


def judged(verdict: Verdict) -> Json:
    """The labels of a message with their scores and reasons."""
    return {
        "categories": [category.value for category in verdict.categories],
        "primary": verdict.primary.value,
        "topics": [topic.value for topic in verdict.topics],
        "contingency": [kind.value for kind in verdict.contingency],
        "needs_reply": verdict.needs_reply,
        "scores": {name: round(score, 4) for name, score in verdict.scores.items()},
        "confidence": round(verdict.confidence, 4),
        "needs_review": verdict.needs_review,
        "reasons": [
            {"label": reason.label, "because": reason.because, "weight": round(reason.weight, 3)}
            for reason in verdict.reasons
        ],
        "documents": [
            {"name": item.name, "type": item.type.value, "confidence": round(item.confidence, 4)}
            for item in verdict.documents
        ],
    }


def reference_shape(reference: Reference) -> Json:
    """One business reference."""
    return {
        "kind": reference.kind.value,
        "value": reference.value,
        "canonical": reference.canonical,
        "where": reference.where.value,
        "valid": reference.valid,
    }


def linked(linkage: Linkage) -> Json:
    """Client, dispatches and candidates."""
    client = linkage.client
    dispatches = [_match(match) for match in linkage.dispatches]
    return {
        "client": None if client is None else {"ruc": client.ruc, "name": client.name, "how": client.how},
        "dispatch": dispatches[0] if dispatches else None,
        "dispatches": dispatches,
        "candidates": [_match(match) for match in linkage.candidates[:5]],
    }


def _match(match: DispatchMatch) -> Json:
    return {"order": match.order, "score": round(match.score, 4), "how": list(match.how)}


def obligation_shape(obligation: Obligation) -> Json:
    """An obligation as `triage` and `due` print it."""
    return {
        "kind": obligation.kind.value,
        "starts_at": instant(obligation.starts_at),
        "due_at": instant(obligation.due_at),
        "limit": obligation.limit,
        "source": obligation.source,
        "owner": obligation.owner or None,
        "reckoning": list(obligation.reckoning),
    }


def stored_obligation(obligation: Obligation) -> Json:
    """An obligation as `obligations` prints it."""
    return {
        "id": obligation.id,
        **obligation_shape(obligation),
        "client": obligation.client,
        "order": obligation.order,
        "message": obligation.message,
        "message_id": obligation.message_id,
        "conversation": obligation.conversation,
        "asker": obligation.asker,
        "state": obligation.state.value,
        "breached_at": instant(obligation.breached_at),
        "ended_at": instant(obligation.ended_at),
        "evidence": obligation.evidence or None,
    }
