"""Which obligations a mail of the office ends, and by what evidence. Pure.

The rulings are those of `contract.md`, "What is an answer".
"""

from collections.abc import Iterable, Iterator

from mailbot.domain.answers import AnswerNature
from mailbot.domain.arrival import Arrival, Meeting
from mailbot.domain.message import Direction
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.office import Role

# What an answer of the office to the asker stops, besides what depends on its content.
_MET_BY_ANY_ANSWER = frozenset({ObligationKind.WRITTEN_AGREEMENT, ObligationKind.PROMISE})


def met_by(answer: Arrival, owed: Iterable[Obligation], nature: AnswerNature) -> Iterator[Meeting]:
    """The obligations that a mail of the office ends; never one whose mail came after it."""
    for obligation in owed:
        if answer.received_at < (obligation.received_at or obligation.starts_at):
            continue
        evidence = _evidence(answer, obligation, nature)
        if evidence is not None:
            yield Meeting(obligation=obligation, at=answer.received_at, evidence=evidence)


def _evidence(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> str | None:
    inside = _internal_evidence(answer, obligation)
    if inside is not None or answer.direction is Direction.INTERNAL:
        # Administración or the chiefs count also in copy of a mail to the client.
        return inside
    if obligation.kind is ObligationKind.MILESTONE_NOTICE:
        return _milestone_evidence(answer, obligation, nature)
    if obligation.asker not in answer.recipients:
        # Mail that does not reach the asker is no answer, whoever else of the client it reaches.
        return None
    who = answer.sender_staff.code if answer.sender_staff else answer.sender
    if _is_answered(obligation.kind, nature):
        return f"respondido por {who} ({answer.message_id})"
    return None


def _milestone_evidence(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> str | None:
    """The client was told: our mail on that dispatch, whoever brought the news."""
    is_on_it = obligation.order in answer.linkage.orders or obligation.conversation == answer.conversation
    if is_on_it and obligation.client in answer.recipient_clients and nature.answers:
        return f"informado al cliente ({answer.message_id})"
    return None


def _is_answered(kind: ObligationKind, nature: AnswerNature) -> bool:
    if kind is ObligationKind.REPLY:
        return nature.answers
    if kind is ObligationKind.DOCUMENT_REVIEW:
        return nature.brings_review
    if kind is ObligationKind.PROFORMA:
        return nature.has_proforma
    return kind in _MET_BY_ANY_ANSWER


def _internal_evidence(answer: Arrival, obligation: Obligation) -> str | None:
    who = answer.sender_staff.code if answer.sender_staff else answer.sender
    if obligation.kind is ObligationKind.PAYMENT_REPORT and answer.reaches(Role.ADMINISTRACION):
        return f"avisado a Administración por {who} ({answer.message_id})"
    if obligation.kind is ObligationKind.ARCHIVE_OBSERVATION and answer.reaches(Role.ARCHIVO):
        return f"respondido a Archivo por {who} ({answer.message_id})"
    is_to_chiefs = answer.reaches(Role.SUPERVISOR) or answer.reaches(Role.JEFE)
    if obligation.kind is ObligationKind.MANAGEMENT_REPORT and is_to_chiefs and answer.sender_role is Role.ESC:
        return f"reportado por {who} ({answer.message_id})"
    return None
