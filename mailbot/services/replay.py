"""Run the live services over past mail with a simulated clock, and tell what would have happened.

Time moves from one moment at which something is due to the next: a mail that arrives, a step of
the ladder, a bundle that is complete, a digest's time, a person's action. The same input gives the
same events in the same order.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from mailbot.domain.clock import to_utc
from mailbot.domain.errors import CalendarExceeded, MessageUnreadable
from mailbot.domain.ladder import sendable_at
from mailbot.domain.mail import OutgoingMail
from mailbot.domain.message import MailKey
from mailbot.domain.programmes import parse_frequency
from mailbot.domain.worktime import WorkingTime
from mailbot.ports.mailbox import FetchedMail
from mailbot.reading.parse import read_message
from mailbot.services.arrive import Arriving
from mailbot.services.bundle import next_departure
from mailbot.services.deliver import Post, deliver
from mailbot.services.desk import Box, Desk
from mailbot.services.digest import queue_digests
from mailbot.services.escalate import escalate
from mailbot.services.ingest import Read, classify, take
from mailbot.services.notify import notify
from mailbot.services.watch import watch, watch_dates

_CHUNK = 64
# Where a mail bears no date.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REPLAYED = Box(name="replay", address="")
_WORKING_DAYS_AFTER = 5
# No mailbox that is in use is silent for longer.
_LONGEST_GAP = timedelta(days=366)
# Everything that came at a moment was taken in: the moment is over for what waits for it to pass.
_INSTANT = timedelta(microseconds=1)
# What a moment returns that can have queued no notice: a mail that opened nothing.
NOTHING_NEW = object()


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
    """From when to when; None means the first mail, and the last mail plus five working days.

    Earlier mail is walked through too, since what it opened may still be owed: only the telling begins
    at `since`.
    """

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


class Ear:
    """A `MailSender` that takes every mail and sends none: the past is told, not repeated."""

    def send(self, mail: OutgoingMail) -> None:
        """Take the mail as a server would that accepts everything."""

    def check(self) -> Sequence[str]:
        """Nothing has to be reached."""
        return ["No se envía nada."]


def replay(
    desk: Desk, mails: Iterable[PastMail], *, span: Span, actions: Sequence[Action] = ()
) -> tuple[datetime, datetime] | None:
    """Walk through the past on the desk's store; returns the span to be told, None without any mail."""
    prepared = prepare(desk, mails)
    if not prepared:
        return None
    first, last = prepared[0].at, prepared[-1].at
    since = span.since or first
    until = span.until or _days_after(desk, max(last, since))
    moments = sorted(_moments(desk, prepared, actions, min(first, since), until), key=_order)
    _Walk(desk=desk, post=Post(sender=Ear(), worker="replay"), until=until).through(moments)
    return since, until


def prepare(desk: Desk, mails: Iterable[PastMail]) -> list[Prepared]:
    """Every mail in order of arrival; one that bears no date, or an impossible one, counts from the one before it."""
    with desk.store.begin() as uow:
        calendar = desk.rules(uow.records).calendar
    items = [_read_past(number, mail) for number, mail in enumerate(mails, start=1)]
    dated = [item.mail.received_at for item in items if _is_possible(item.mail.received_at, calendar)]
    if not dated:
        return []
    since, until = the_past(dated)
    at, found = next(moment for moment in dated if since <= moment <= until), []
    for item in items:
        at = item.mail.received_at if since <= item.mail.received_at <= until else at
        found.append(replace(item, mail=replace(item.mail, received_at=at)))
    chunks = (found[first : first + _CHUNK] for first in range(0, len(found), _CHUNK))
    prepared = (mail for chunk in chunks for mail in _classified(desk, chunk))
    return sorted(prepared, key=lambda mail: (mail.at, mail.item.mail.key))


def the_past(moments: Iterable[datetime]) -> tuple[datetime, datetime]:
    """The span in which most of the mails lie, without a gap of a year.

    A computer whose clock is off dates its mail years away: such a date would stretch the past over
    years in which nothing happened.
    """
    spans: list[list[datetime]] = []
    for at in sorted(moments):
        if not spans or at - spans[-1][-1] > _LONGEST_GAP:
            spans.append([])
        spans[-1].append(at)
    longest = max(spans, key=len)
    return longest[0], longest[-1]


def _is_possible(at: datetime, calendar: WorkingTime) -> bool:
    """Whether the office can reckon from it: its holidays are known for that year and the next."""
    try:
        return calendar.add_working_days(at, _WORKING_DAYS_AFTER) > at
    except CalendarExceeded:
        return False


def _read_past(number: int, mail: PastMail) -> Read:
    key = MailKey(mailbox=REPLAYED.name, folder="INBOX", validity=1, uid=number)
    try:
        message = read_message(mail.raw)
    except MessageUnreadable as error:
        return Read(mail=FetchedMail(key=key, raw=mail.raw, received_at=_EPOCH), message=None, fault=str(error))
    return Read(mail=FetchedMail(key=key, raw=mail.raw, received_at=message.received_at or _EPOCH), message=message)


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
    yield Moment(at=start, rank=2, run=lambda now: watch(desk, now=now))
    # Between two office files only time passes; what a newer one brings, its action looks at.
    for at in _daily(desk, {time(0)}, start, until):
        yield Moment(at=at, rank=2, run=lambda now: watch_dates(desk, now=now))


def _taking(desk: Desk, mail: Prepared) -> Callable[[datetime], object]:
    key = mail.item.mail.key
    arriving = {key: mail.arriving} if mail.arriving is not None else {}
    return lambda now: _take(desk, mail.item, arriving, now)


def _take(desk: Desk, item: Read, arriving: Mapping[MailKey, Arriving], now: datetime) -> object:
    taken = take(desk, [item], arriving, mails=[item.mail], now=now)
    return taken if taken.opened or taken.quarantined else NOTHING_NEW


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


@dataclass(kw_only=True)
class _Walk:
    """The way from one moment at which something is due to the next."""

    desk: Desk
    post: Post
    until: datetime
    # When the next bundle is complete; None while no notice waits.
    departure: datetime | None = None

    def through(self, moments: Sequence[Moment]) -> None:
        """Let everything happen that happens until the end of the span."""
        position, now = 0, moments[0].at
        while (upcoming := self._upcoming(moments[position : position + 1])) is not None and upcoming <= self.until:
            now = max(now, upcoming)
            has_news = False
            while position < len(moments) and moments[position].at <= now:
                has_news |= moments[position].run(now) is not NOTHING_NEW
                position += 1
            self._tick(now, has_news=has_news)

    def _upcoming(self, known: Sequence[Moment]) -> datetime | None:
        with self.desk.store.begin() as uow:
            steps = [item.next_step_at for item in uow.obligations.due_for_step(self.until, limit=1)]
        moments = (*(moment.at for moment in known), *steps, self.departure)
        return min((at for at in moments if at is not None), default=None)

    def _tick(self, now: datetime, *, has_news: bool) -> None:
        """What the schedule does at every tick; mails are bundled only when a bundle may be complete."""
        if escalate(self.desk, now=now + _INSTANT) or has_news or self.departure is not None:
            self.departure = self._departure(now)
        if self.departure is not None and self.departure <= now:
            notify(self.desk, now=now)
            self.departure = self._departure(now)
        deliver(self.desk, self.post, now=now)

    def _departure(self, now: datetime) -> datetime | None:
        """When the next bundle may be complete; while nothing may leave, the opening is soon enough to look."""
        with self.desk.store.begin() as uow:
            is_waiting = bool(uow.obligations.waiting_notices())
            opens_at = sendable_at(now, self.desk.rules(uow.records).calendar)
        if not is_waiting:
            return None
        is_closed = opens_at > now and not self.desk.policy.urgent_at_once
        return opens_at if is_closed else next_departure(self.desk)
