"""Run the live services over past mail with a simulated clock, and tell what would have happened.

Time moves from one moment at which something is due to the next: a mail that arrives, a step of
the ladder, a bundle that is complete, a digest's time, a person's action. The same input gives the
same events in the same order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.message import MailKey
from mailbot.domain.programmes import parse_frequency
from mailbot.ports.mailbox import FetchedMail
from mailbot.reading.parse import read_message
from mailbot.services.arrive import Arriving
from mailbot.services.deliver import Post, deliver
from mailbot.services.desk import Box, Desk
from mailbot.services.digest import queue_digests
from mailbot.services.escalate import escalate
from mailbot.services.ingest import Read, classify, take
from mailbot.services.notify import next_departure, notify
from mailbot.services.watch import watch

_CHUNK = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REPLAYED = Box(name="replay", address="")
_WORKING_DAYS_AFTER = 5


@dataclass(frozen=True, kw_only=True)
class PastMail:
    """One mail of the past, by where it was found."""

    path: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Action:
    """What a person did at a moment; `run` is told the moment."""

    at: datetime
    run: Callable[[datetime], object]


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when to when; None means the first mail, and the last mail plus five working days."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """One past mail, read and classified."""

    item: Read
    arriving: Arriving | None

    @property
    def at(self) -> datetime:
        """When it arrived."""
        return self.item.mail.received_at


def replay(
    desk: Desk, post: Post, mails: Iterable[PastMail], *, span: Span, actions: Sequence[Action] = ()
) -> tuple[datetime, datetime] | None:
    """Walk through the past on the desk's store; returns the span walked, None without any mail."""
    prepared = prepare(desk, mails)
    if span.since is not None:
        prepared = [mail for mail in prepared if mail.at >= span.since]
    if not prepared:
        return None
    start = span.since or prepared[0].at
    until = span.until or _days_after(desk, prepared[-1].at)
    _walk(desk, post, sorted(_moments(desk, prepared, actions, start, until), key=_order), until)
    return start, until


def prepare(desk: Desk, mails: Iterable[PastMail]) -> list[Prepared]:
    """Every mail in order of arrival; one that bears no date counts from the one found before it."""
    found: list[Prepared] = []
    chunk: list[Read] = []
    at = _EPOCH
    for number, mail in enumerate(mails, start=1):
        item = _read_past(number, mail, otherwise=at)
        at = item.mail.received_at
        chunk.append(item)
        if len(chunk) == _CHUNK:
            found += _classified(desk, chunk)
            chunk = []
    found += _classified(desk, chunk)
    return sorted(found, key=lambda mail: (mail.at, mail.item.mail.key))


def _read_past(number: int, mail: PastMail, *, otherwise: datetime) -> Read:
    key = MailKey(mailbox=REPLAYED.name, folder="INBOX", validity=1, uid=number)
    try:
        message = read_message(mail.raw)
    except MessageUnreadable as error:
        return Read(mail=FetchedMail(key=key, raw=mail.raw, received_at=otherwise), message=None, fault=str(error))
    fetched = FetchedMail(key=key, raw=mail.raw, received_at=message.received_at or otherwise)
    return Read(mail=fetched, message=message)


def _classified(desk: Desk, chunk: Sequence[Read]) -> Iterator[Prepared]:
    arriving = classify(chunk, desk, REPLAYED)
    return (Prepared(item=item, arriving=arriving.get(item.mail.key)) for item in chunk)


def _days_after(desk: Desk, at: datetime) -> datetime:
    with desk.store.begin() as uow:
        calendar = desk.rules(uow.records).calendar
    return calendar.add_working_days(at, _WORKING_DAYS_AFTER)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that happens at a known time; of the same time, mails come first."""

    at: datetime
    rank: int
    run: Callable[[datetime], object]


def _order(moment: Moment) -> tuple[datetime, int]:
    return moment.at, moment.rank


def _moments(
    desk: Desk, prepared: Sequence[Prepared], actions: Sequence[Action], start: datetime, until: datetime
) -> Iterator[Moment]:
    for mail in prepared:
        yield Moment(at=mail.at, rank=0, run=_taking(desk, mail))
    for action in actions:
        yield Moment(at=action.at, rank=1, run=action.run)
    for at in _daily(desk, _digest_times(desk), start, until):
        yield Moment(at=at, rank=3, run=lambda now: queue_digests(desk, now=now))
    for at in [start, *_daily(desk, {time(0)}, start, until)]:
        yield Moment(at=at, rank=2, run=lambda now: watch(desk, now=now))


def _taking(desk: Desk, mail: Prepared) -> Callable[[datetime], object]:
    key = mail.item.mail.key
    arriving = {key: mail.arriving} if mail.arriving is not None else {}
    return lambda now: take(desk, [mail.item], arriving, mails=[mail.item.mail], now=now)


def _digest_times(desk: Desk) -> set[time]:
    with desk.store.begin() as uow:
        programmes = uow.records.programmes()
    return {at for programme in programmes for at in parse_frequency(programme.frequency).times}


def _daily(desk: Desk, times: Iterable[time], start: datetime, until: datetime) -> Iterator[datetime]:
    """Each of the times on each day of the span, in the office's zone."""
    day = desk.day_of(start)
    while day <= desk.day_of(until):
        moments = (to_utc(datetime.combine(day, at), zone=desk.zone) for at in sorted(times))
        yield from (at for at in moments if start <= at <= until)
        day += timedelta(days=1)


def _walk(desk: Desk, post: Post, moments: Sequence[Moment], until: datetime) -> None:
    """From one moment at which something is due to the next."""
    position, now = 0, moments[0].at
    while True:
        known = moments[position].at if position < len(moments) else None
        upcoming = min((at for at in (known, *_due(desk, until)) if at is not None), default=None)
        if upcoming is None or upcoming > until:
            return
        now = max(now, upcoming)
        while position < len(moments) and moments[position].at <= now:
            moments[position].run(now)
            position += 1
        escalate(desk, now=now)
        notify(desk, now=now)
        deliver(desk, post, now=now)


def _due(desk: Desk, until: datetime) -> tuple[datetime | None, datetime | None]:
    """When the next step falls due, and when the next bundle is complete."""
    with desk.store.begin() as uow:
        first = uow.obligations.due_for_step(until, limit=1)
    return (first[0].next_step_at if first else None), next_departure(desk)
