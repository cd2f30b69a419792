"""Turn what is stored into the lines that mails and tables show."""

import re
from datetime import datetime

from mailbot.domain.contexts import AlertItem, Item
from mailbot.domain.labels import ANY_CONTINGENCY, Category, Contingency
from mailbot.domain.obligation import Obligation, Step, is_overdue
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage

_EXCERPT = 220
_AMOUNT = re.compile(r"(?:US\$|USD|S/\.?|PEN|€|EUR|\$)\s?\d[\d.,]*\d|\d[\d.,]*\d\s?(?:USD|dólares|soles|PEN)", re.I)


def excerpt_of(text: str) -> str:
    """The first words of what a sender wrote, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rsplit(" ", 1)[0] + "…"


def doubtful_words(verdict: Verdict) -> tuple[str, ...]:
    """The words behind what is doubtful; a doubt about any contingency has those of every kind."""
    labels = set(verdict.doubts)
    if ANY_CONTINGENCY in labels:
        labels |= {kind.value for kind in Contingency}
    return tuple(dict.fromkeys(reason.because for reason in verdict.reasons if reason.label in labels))


def item_of(
    obligation: Obligation, uow: UnitOfWork, *, now: datetime, number: int = 1, step: Step | None = None, mark: str = ""
) -> Item:
    """One obligation as a line of a mail."""
    message = uow.messages.get(obligation.message) if obligation.message else None
    client = uow.records.client(obligation.client) if obligation.client else None
    owner = uow.records.staff_by_code(obligation.owner)
    return Item(
        obligation=obligation.id,
        kind=obligation.kind,
        received_at=obligation.received_at or obligation.starts_at,
        due_at=obligation.due_at,
        number=number,
        order=obligation.order,
        client=client.name if client else "",
        subject=message.subject if message else "",
        asker=_asker(message),
        owner=owner.name if owner else obligation.owner,
        excerpt=excerpt_of(message.new_text) if message else "",
        limit=obligation.limit,
        source=obligation.source,
        reckoning=obligation.reckoning,
        state=obligation.state,
        is_overdue=is_overdue(obligation, now),
        step=step,
        mark=mark,
    )


def _asker(message: StoredMessage | None) -> str:
    if message is None:
        return ""
    return f"{message.sender_name} <{message.sender}>" if message.sender_name else message.sender


def alert_of(
    obligation: Obligation, uow: UnitOfWork, *, now: datetime, number: int, is_for_head: bool, is_unconfirmed: bool
) -> AlertItem:
    """A complaint or contingency as a block of a mail, with the words that gave it away."""
    message = uow.messages.get(obligation.message) if obligation.message else None
    verdict = message.verdict if message and message.verdict else Verdict()
    labels = {Category.COMPLAINT.value, *verdict.contingency}
    amounts = _AMOUNT.findall(message.new_text) if message else []
    return AlertItem(
        item=item_of(obligation, uow, now=now, number=number, step=Step.SUPERVISOR),
        is_complaint=Category.COMPLAINT in verdict.categories,
        contingencies=verdict.contingency,
        words=tuple(dict.fromkeys(reason.because for reason in verdict.reasons if reason.label in labels)),
        amounts=tuple(dict.fromkeys(amount.strip() for amount in amounts))[:5],
        is_for_head=is_for_head,
        is_unconfirmed=is_unconfirmed,
    )
