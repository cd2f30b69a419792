"""A person's word on what a message is; kept with who and when, and found again for learning."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mailbot.domain.corrections import LabelChange, corrected
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import Store, UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.carry_out import note
from mailbot.services.desk import Desk
from mailbot.services.word_replan import Replanned, Said, replan

CORRECTION = "correction"


@dataclass(frozen=True, kw_only=True)
class Relabelled:
    """The message as it stands after a correction, and what followed for its obligations."""

    message: StoredMessage
    replanned: Replanned


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A message whose labels a person corrected, with its last verdict and its bytes."""

    message: StoredMessage
    verdict: Verdict
    raw: bytes
    who: str
    at: datetime


def relabel(
    message: StoredMessage, change: LabelChange, uow: UnitOfWork, *, desk: Desk, who: str, at: datetime
) -> Relabelled:
    """Correct the labels of a message inside a unit of work; its obligations follow."""
    before = message.verdict or Verdict()
    after = corrected(before, change, who=who)
    if after == before:
        return Relabelled(message=message, replanned=Replanned())
    relabelled = replace(message, verdict=after)
    uow.messages.update(relabelled)
    uow.marks.touch(message.id)
    detail = json.dumps({"before": _labels(before), "after": _labels(after)}, ensure_ascii=False, sort_keys=True)
    note(uow, at=at, action=CORRECTION, subject=message.id, detail=detail, who=who)
    why = f"etiqueta corregida por {who}"
    return Relabelled(
        message=relabelled, replanned=replan(relabelled, uow, desk=desk, said=Said(who=who, at=at, why=why))
    )


def corrections(store: Store) -> tuple[Correction, ...]:
    """Every message whose labels a person corrected, by the time of the last correction: what to learn from."""
    with store.begin() as uow:
        return tuple(_corrections(uow))


def _corrections(uow: UnitOfWork) -> Iterator[Correction]:
    last = {line.subject: line for line in uow.audit_lines() if line.action == CORRECTION}
    for line in sorted(last.values(), key=lambda line: (line.at, line.subject)):
        message, raw = uow.messages.get(line.subject), uow.messages.raw(line.subject)
        if message is not None and message.verdict is not None and raw is not None:
            yield Correction(message=message, verdict=message.verdict, raw=raw, who=line.who, at=line.at)


def _labels(verdict: Verdict) -> dict[str, Any]:
    """The labels in the words of `LABELS.md`."""
    return {
        "categories": [category.value for category in verdict.categories],
        "primary": verdict.primary.value,
        "topics": [topic.value for topic in verdict.topics],
        "contingency": [contingency.value for contingency in verdict.contingency],
        "needs_reply": verdict.needs_reply,
    }
