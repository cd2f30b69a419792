"""Sum a replay up for a head of service: response times, missed limits with their reasons, the load."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from mailbot.domain.answers import read_answer
from mailbot.domain.contexts.past import Answering, KindLine, Missed, PastReport, WeekLine
from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.obligation import DATED_KINDS, EventName, Obligation, ObligationKind, ObligationState
from mailbot.domain.worktime import WorkingTime
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, ObligationFilter, StoredMessage
from mailbot.services.chronicle import Happening
from mailbot.services.desk import Desk

# More than a person reads on a page; all of them stand in `--jsonl`.
MOST_MISSED = 200
# An owner with so many limits running at once is a reason for missing one.
CROWDED = 15


@dataclass(frozen=True, kw_only=True)
class _Spans:
    """When the limits of one owner began and when they ended, each in order of time."""

    starts: Sequence[datetime]
    ends: Sequence[datetime]


@dataclass(frozen=True, kw_only=True)
class _Past:
    """Everything that is summed up."""

    obligations: Sequence[Obligation]
    messages: Sequence[StoredMessage]
    uow: UnitOfWork
    calendar: WorkingTime
    spans: Mapping[str, _Spans]

    @property
    def missed(self) -> list[Obligation]:
        """What mail opened and whose limit passed, the latest first."""
        found = [item for item in self.obligations if item.breached_at is not None and item.kind not in DATED_KINDS]
        return sorted(found, key=lambda item: (item.due_at, item.id), reverse=True)


def sum_up(desk: Desk, events: Sequence[Happening], walked: tuple[datetime, datetime]) -> PastReport:
    """The page of a replay that walked from one moment to another."""
    since, until = walked
    with desk.store.begin() as uow:
        everything = uow.obligations.list(ObligationFilter())
        past = _Past(
            obligations=[item for item in everything if _counts_from(since, item)],
            spans=_spans(everything),
            messages=uow.messages.list(MessageFilter(since=since)),
            uow=uow,
            calendar=desk.rules(uow.records).calendar,
        )
        told = [_missed(item, past, until) for item in past.missed]
        return PastReport(
            since=since,
            until=until,
            office=desk.office,
            mails=len(past.messages),
            incoming=sum(_is_load(message) for message in past.messages),
            reminders=sum(event.event == "reminder" for event in events),
            notices=sum(event.event == "notice" for event in events),
            kinds=tuple(_kind_lines(past.obligations)),
            by_esc=_answering(past, lambda item: _person(item.owner, uow)),
            by_client=_answering(past, lambda item: _client(item.client, uow)),
            missed=tuple(told[:MOST_MISSED]),
            missed_count=len(told),
            reasons=_counted(reason for line in told for reason in line.reasons),
            weeks=_weeks(past, until),
            load=_load(past.messages, past.calendar),
            missed_by_hour=_by_hour(past),
        )


def _counts_from(since: datetime, item: Obligation) -> bool:
    """Whether its limit fell, and it was still owed, from then on; dated kinds stand in the book as it is today."""
    has_ended = item.ended_at is not None and item.ended_at < since
    return item.kind in DATED_KINDS or (item.due_at >= since and not has_ended)


def _spans(obligations: Iterable[Obligation]) -> dict[str, _Spans]:
    owned: dict[str, list[Obligation]] = {}
    for item in obligations:
        if item.kind not in DATED_KINDS:
            owned.setdefault(item.owner, []).append(item)
    return {
        owner: _Spans(
            starts=sorted(item.starts_at for item in own),
            ends=sorted(item.ended_at for item in own if item.ended_at is not None),
        )
        for owner, own in owned.items()
    }


def _is_load(message: StoredMessage) -> bool:
    return message.direction is Direction.INCOMING and message.kind is MessageKind.PERSON


def _kind_lines(obligations: Sequence[Obligation]) -> Iterable[KindLine]:
    for kind in ObligationKind:
        own = [item for item in obligations if item.kind is kind]
        met = [item for item in own if item.state is ObligationState.MET]
        late = sum(item.breached_at is not None for item in met)
        never = sum(item.is_open and item.breached_at is not None for item in own)
        if own:
            yield KindLine(
                kind=kind,
                opened=len(own),
                in_time=len(met) - late,
                late=late,
                never=never,
                other=len(own) - len(met) - never,
            )


def _answering(past: _Past, name_of: Callable[[Obligation], str]) -> tuple[Answering, ...]:
    """Questions by name, the slowest first; those without a name are left out."""
    groups: dict[str, list[Obligation]] = {}
    for item in past.obligations:
        if item.kind is ObligationKind.REPLY and item.state is not ObligationState.CANCELLED:
            groups.setdefault(name_of(item), []).append(item)
    lines = (_answered(name, own, past.calendar) for name, own in groups.items() if name)
    return tuple(sorted(lines, key=lambda line: (-line.p90, -line.missed, line.name)))


def _answered(name: str, own: Sequence[Obligation], calendar: WorkingTime) -> Answering:
    taken = sorted(calendar.elapsed(item.starts_at, item.ended_at) for item in own if item.ended_at is not None)
    return Answering(
        name=name,
        answered=len(taken),
        median=percentile(taken, 0.5),
        p90=percentile(taken, 0.9),
        longest=taken[-1] if taken else timedelta(),
        missed=sum(item.breached_at is not None for item in own),
        asked=len(own),
    )


def percentile(values: Sequence[timedelta], share: float) -> timedelta:
    """The nearest-rank percentile of sorted values; zero without any."""
    return values[ceil(len(values) * share) - 1] if values else timedelta()


def _person(code: str, uow: UnitOfWork) -> str:
    person = uow.records.staff_by_code(code)
    return person.name if person else code


def _client(ruc: str | None, uow: UnitOfWork) -> str:
    client = uow.records.client(ruc) if ruc else None
    return client.name if client else ruc or ""


def _missed(item: Obligation, past: _Past, until: datetime) -> Missed:
    message = past.uow.messages.get(item.message) if item.message else None
    return Missed(
        kind=item.kind,
        received_at=item.received_at or item.starts_at,
        due_at=item.due_at,
        ended_at=item.ended_at,
        late_by=(item.ended_at or until) - item.due_at,
        owner=_person(item.owner, past.uow),
        client=_client(item.client, past.uow),
        order=item.order or "",
        subject=_subject(item, message),
        reasons=tuple(_reasons(item, past)),
    )


def _subject(item: Obligation, message: StoredMessage | None) -> str:
    """What the mail was called; a row of the office file has no mail, and an unreadable one no words."""
    if message is not None:
        return message.subject or "(sin asunto)"
    return "correo ilegible, en cuarentena" if item.kind is ObligationKind.REPLY else ""


def _reasons(item: Obligation, past: _Past) -> Iterable[str]:
    """What the stored facts say of why a limit was missed; the first one always stands."""
    yield "cumplido tarde" if item.state is ObligationState.MET else "sin cumplir hasta el final"
    if _was_only_acknowledged(item, past):
        yield "solo se acusó recibo"
    owner = past.uow.records.staff_by_code(item.owner)
    if owner is not None and owner.is_absent_on(item.due_at.astimezone(past.calendar.zone).date()):
        yield "responsable ausente"
    if item.received_at is not None and not past.calendar.is_open(item.received_at):
        yield "llegó fuera de horario"
    if any(event.name is EventName.JOINED for event in past.uow.obligations.events(item.id)):
        yield "el cliente tuvo que insistir"
    if _running_beside(item, past) >= CROWDED:
        yield f"{CROWDED} o más plazos del mismo responsable a la vez"


def _was_only_acknowledged(item: Obligation, past: _Past) -> bool:
    """Whether somebody of the office said before the limit that it had arrived, and no more."""
    if item.conversation is None:
        return False
    written = (
        message
        for message in past.uow.messages.in_conversation(item.conversation)
        if message.direction is Direction.OUTGOING and item.starts_at <= message.received_at <= item.due_at
    )
    return any(
        read_answer(message.new_text, written_on=message.received_at.date()).is_acknowledgement for message in written
    )


def _running_beside(item: Obligation, past: _Past) -> int:
    """How many limits of the same owner that mail opened were running when this one passed."""
    spans = past.spans.get(item.owner)
    return bisect_right(spans.starts, item.due_at) - bisect_left(spans.ends, item.due_at) if spans else 0


def _counted(reasons: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(reasons).items(), key=lambda pair: (-pair[1], pair[0])))


def _weeks(past: _Past, until: datetime) -> tuple[WeekLine, ...]:
    kept: Counter[object] = Counter()
    missed: Counter[object] = Counter()
    mondays = {}
    for item in past.obligations:
        is_judged = item.due_at <= until and item.kind not in DATED_KINDS
        if not is_judged or item.state is ObligationState.CANCELLED:
            continue
        day = item.due_at.astimezone(past.calendar.zone).date()
        monday = day - timedelta(days=day.weekday())
        mondays[monday] = monday
        (kept if item.breached_at is None else missed)[monday] += 1
    return tuple(WeekLine(monday=day, kept=kept[day], missed=missed[day]) for day in sorted(mondays))


def _load(messages: Iterable[StoredMessage], calendar: WorkingTime) -> tuple[tuple[int, ...], ...]:
    local = (message.received_at.astimezone(calendar.zone) for message in messages if _is_load(message))
    counts = Counter((at.weekday(), at.hour) for at in local)
    return tuple(tuple(counts[weekday, hour] for hour in range(24)) for weekday in range(7))


def _by_hour(past: _Past) -> tuple[int, ...]:
    counts = Counter(item.due_at.astimezone(past.calendar.zone).hour for item in past.missed)
    return tuple(counts[hour] for hour in range(24))
