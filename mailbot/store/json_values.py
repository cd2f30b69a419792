"""Values that are kept as JSON, written and read by name; a word of an older version stays readable."""

from collections.abc import Mapping, Sequence
from typing import Any

from mailbot.domain.labels import Category, Contingency, DocumentType, Primary, ReferenceKind, ReferencePlace, Topic
from mailbot.domain.linkage import ClientMatch, DispatchMatch, Linkage, Reference
from mailbot.domain.message import Address
from mailbot.domain.verdict import DocumentVerdict, Reason, Verdict

Json = Mapping[str, Any]


def from_address(address: Address) -> Json:
    """An address as JSON."""
    return {"address": address.address, "name": address.name}


def to_address(value: Json) -> Address:
    """An address from JSON."""
    return Address(address=value["address"], name=value["name"])


def from_addresses(addresses: Sequence[Address]) -> list[Json]:
    """Several addresses as JSON."""
    return [from_address(address) for address in addresses]


def to_addresses(values: Sequence[Json]) -> tuple[Address, ...]:
    """Several addresses from JSON."""
    return tuple(to_address(value) for value in values)


def from_verdict(verdict: Verdict | None) -> Json | None:
    """A verdict as JSON."""
    if verdict is None:
        return None
    return {
        "categories": list(verdict.categories),
        "primary": verdict.primary,
        "topics": list(verdict.topics),
        "contingency": list(verdict.contingency),
        "needs_reply": verdict.needs_reply,
        "scores": dict(verdict.scores),
        "confidence": verdict.confidence,
        "needs_review": verdict.needs_review,
        "reasons": [{"label": r.label, "because": r.because, "weight": r.weight} for r in verdict.reasons],
        "documents": [{"name": d.name, "type": d.type, "confidence": d.confidence} for d in verdict.documents],
        "doubts": list(verdict.doubts),
        "model": verdict.model,
    }


def to_verdict(value: Json | None) -> Verdict | None:
    """A verdict from JSON."""
    if value is None:
        return None
    return Verdict(
        categories=tuple(Category(word) for word in value["categories"]),
        primary=Primary(value["primary"]),
        topics=tuple(Topic(word) for word in value["topics"]),
        contingency=tuple(Contingency(word) for word in value["contingency"]),
        needs_reply=value["needs_reply"],
        scores=dict(value["scores"]),
        confidence=value["confidence"],
        needs_review=value["needs_review"],
        reasons=tuple(Reason(**reason) for reason in value["reasons"]),
        documents=tuple(_to_document(document) for document in value["documents"]),
        doubts=tuple(value["doubts"]),
        model=value["model"],
    )


def _to_document(value: Json) -> DocumentVerdict:
    return DocumentVerdict(name=value["name"], type=DocumentType(value["type"]), confidence=value["confidence"])


def from_linkage(linkage: Linkage) -> Json:
    """A linkage as JSON."""
    client = linkage.client
    return {
        "client": None if client is None else {"ruc": client.ruc, "name": client.name, "how": client.how},
        "dispatches": [_from_match(match) for match in linkage.dispatches],
        "candidates": [_from_match(match) for match in linkage.candidates],
        "question": linkage.question,
    }


def to_linkage(value: Json) -> Linkage:
    """A linkage from JSON."""
    return Linkage(
        client=None if value["client"] is None else ClientMatch(**value["client"]),
        dispatches=tuple(_to_match(match) for match in value["dispatches"]),
        candidates=tuple(_to_match(match) for match in value["candidates"]),
        question=value["question"],
    )


def _from_match(match: DispatchMatch) -> Json:
    return {"order": match.order, "ruc": match.ruc, "score": match.score, "how": list(match.how)}


def _to_match(value: Json) -> DispatchMatch:
    return DispatchMatch(order=value["order"], ruc=value["ruc"], score=value["score"], how=tuple(value["how"]))


def from_references(references: Sequence[Reference]) -> list[Json]:
    """Business references as JSON."""
    return [
        {"kind": r.kind, "value": r.value, "canonical": r.canonical, "where": r.where, "valid": r.valid}
        for r in references
    ]


def to_references(values: Sequence[Json]) -> tuple[Reference, ...]:
    """Business references from JSON."""
    return tuple(
        Reference(
            kind=ReferenceKind(value["kind"]),
            value=value["value"],
            canonical=value["canonical"],
            where=ReferencePlace(value["where"]),
            valid=value["valid"],
        )
        for value in values
    )
