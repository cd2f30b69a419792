"""Whether the language of the mails moves away from what the model learnt: doubts and corrections by week."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.domain.clock import LIMA
from mailbot.domain.message import Direction, MessageKind
from mailbot.ports.store import Store
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.services.word_labels import CORRECTION


@dataclass(frozen=True, kw_only=True)
class DriftWeek:
    """One week of people's incoming mail; `starts_on` is its Monday in Lima."""

    starts_on: date
    messages: int
    doubtful: int
    corrected: int

    @property
    def doubtful_share(self) -> float:
        """The share the classifier was unsure of."""
        return self.doubtful / self.messages if self.messages else 0.0

    @property
    def corrected_share(self) -> float:
        """The share whose labels a person put right."""
        return self.corrected / self.messages if self.messages else 0.0


def drift_report(store: Store, *, since: datetime | None = None) -> tuple[DriftWeek, ...]:
    """The weeks in which people wrote, from the earliest on."""
    with store.begin() as uow:
        messages = uow.messages.list(MessageFilter(since=since))
        corrected = {line.subject for line in uow.audit_lines() if line.action == CORRECTION}
    weeks: dict[date, list[StoredMessage]] = defaultdict(list)
    for message in messages:
        if message.kind is MessageKind.PERSON and message.direction is Direction.INCOMING and message.verdict:
            weeks[_monday(message.received_at)].append(message)
    return tuple(_week(monday, weeks[monday], corrected) for monday in sorted(weeks))


def _week(monday: date, messages: Sequence[StoredMessage], corrected: set[str]) -> DriftWeek:
    return DriftWeek(
        starts_on=monday,
        messages=len(messages),
        doubtful=sum(message.verdict is not None and message.verdict.needs_review for message in messages),
        corrected=sum(message.id in corrected for message in messages),
    )


def _monday(instant: datetime) -> date:
    day = instant.astimezone(LIMA).date()
    return day - timedelta(days=day.weekday())
