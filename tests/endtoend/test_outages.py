"""After an outage in office hours nothing is forgotten or told twice, and everybody hears once of what was missed.

Other mails than a service without a gap sends are the very point here: one summary a recipient instead of one
mail a missed step (contract, "From an obligation to a person"). What is owed, when it was opened, missed and
met, and what was told while the service ran, are the same.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache

import pytest

from mailbot.domain.clock import LIMA
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import EventName, ObligationEvent, ObligationState, Step
from mailbot.ports.store import Store
from mailbot.ports.stored import Notice, ObligationFilter
from mailbot.store.memory import MemoryStore
from tests.endtoend.month import FIRST_DAY, World, furnish, told
from tests.endtoend.trouble import MINUTE, Process, Span, Undisturbed, undisturbed

WEEK = Span(days=3, a_day=8, answers=False)
# What mailbot does by itself happens when it runs; everything else when people did it.
_BY_RUNNING = {EventName.REMINDED, EventName.NOTIFIED}
_SUMMARY = "Resumen tras una interrupción"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A stretch of office hours in which nothing ran."""

    since: datetime
    until: datetime


def gaps(seed: int) -> tuple[Gap, ...]:
    """One or two a working day, of twenty minutes to four hours."""
    chance = random.Random(seed)  # noqa: S311 - a script, no secret
    found = []
    for offset in range(WEEK.days):
        day = FIRST_DAY + timedelta(days=offset)
        for hour in chance.sample((8, 13), chance.choice((1, 2))):
            since = datetime.combine(day, time(hour), tzinfo=LIMA) + chance.randrange(60) * MINUTE
            found.append(Gap(since=since, until=since + chance.randrange(20, 240) * MINUTE))
    return tuple(sorted(found, key=lambda gap: gap.since))


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """The same days with gaps, and what came of it."""

    quiet: Undisturbed
    gaps: tuple[Gap, ...]
    world: World
    store: Store

    def gap_of(self, at: datetime) -> Gap | None:
        """The gap in which a moment lies."""
        return next((gap for gap in self.gaps if gap.since <= at <= gap.until), None)


@cache
def interrupted(seed: int) -> Interrupted:
    """One process that runs every minute but in the gaps."""
    quiet, store, off = undisturbed(WEEK), MemoryStore(), gaps(seed)
    world = World(coming=list(quiet.script))
    furnish(store)
    process, now = Process(name="one", world=world, open_store=lambda: store), WEEK.start
    while now <= WEEK.until:
        if not any(gap.since <= now < gap.until for gap in off):
            process.unread |= world.arrive(now)
            process.turn(now)
        is_night = not 7 <= now.astimezone(LIMA).hour < 19
        now += 10 * MINUTE if is_night else MINUTE
    return Interrupted(quiet=quiet, gaps=off, world=world, store=store)


@pytest.fixture(params=[1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3, 4, 5))])
def week(request: pytest.FixtureRequest) -> Interrupted:
    return interrupted(request.param)


def _history(store: Store) -> set[tuple[str, datetime, EventName]]:
    with store.begin() as uow:
        events = [
            event for owed in uow.obligations.list(ObligationFilter()) for event in uow.obligations.events(owed.id)
        ]
    return {(event.obligation, event.at, event.name) for event in events if not _is_by_running(event)}


def _is_by_running(event: ObligationEvent) -> bool:
    is_own_end = event.name is EventName.MET and event.evidence.startswith(("aviso entregado", "reenviado a"))
    return event.name in _BY_RUNNING or is_own_end


def _notices(store: Store) -> dict[tuple[str, str, Step, str], Notice]:
    """What was told, by whom it was told of what."""
    with store.begin() as uow:
        everything = [
            one for owed in uow.obligations.list(ObligationFilter()) for one in uow.obligations.notices(owed.id)
        ]
    return {(one.obligation, one.recipient, one.step, one.mark): one for one in everything if one.mail}


def _mails(store: Store) -> dict[str, OutgoingMail]:
    with store.begin() as uow:
        return {mail.key: mail for mail in uow.outbox.list()}


def test_what_is_owed_missed_and_met_is_the_same(week: Interrupted) -> None:
    assert _history(week.store) == _history(week.quiet.store)


def test_nothing_is_told_that_was_not_to_be_told(week: Interrupted) -> None:
    assert set(_notices(week.store)) - set(_notices(week.quiet.store)) == set()


def test_what_is_not_told_was_answered_before_the_service_came_back_or_stands_in_a_later_step(
    week: Interrupted,
) -> None:
    here = _notices(week.store)
    unexplained = [
        key
        for key, notice in _notices(week.quiet.store).items()
        if key not in here and not _is_explained(notice, here, week)
    ]

    assert unexplained == []


def _is_explained(notice: Notice, here: dict[tuple[str, str, Step, str], Notice], week: Interrupted) -> bool:
    gap = week.gap_of(notice.due_at)
    if gap is None:
        return False
    with week.store.begin() as uow:
        owed = uow.obligations.get(notice.obligation)
        told = [one for one in uow.obligations.notices(notice.obligation) if one.due_at > notice.due_at]
    if owed is None or owed.state is ObligationState.CANCELLED:
        return owed is not None
    is_over = owed.ended_at is not None and owed.ended_at <= gap.until
    # A reminder is worth nothing any more once the limit is reached.
    is_pointless = notice.step is Step.OWNER and owed.due_at <= gap.until
    return is_over or is_pointless or any(one.due_at <= gap.until for one in told)


def test_each_recipient_gets_one_summary_of_each_outage(week: Interrupted) -> None:
    summaries = [mail for mail in _mails(week.store).values() if mail.subject.startswith(_SUMMARY)]
    ends = Counter((mail.to[0].address, _last_gap(mail, week)) for mail in summaries)

    assert summaries
    assert set(ends.values()) == {1}


def _last_gap(mail: OutgoingMail, week: Interrupted) -> datetime:
    return max(gap.until for gap in week.gaps if gap.until <= mail.created_at + MINUTE)


def test_what_left_before_the_first_gap_of_a_day_is_the_same_mail(week: Interrupted) -> None:
    mails, then = told(week.store), _mails(week.quiet.store)
    same = list(_before_gaps(week, then))

    assert len(same) > 10
    assert [key for key in same if mails.get(key) != week.quiet.told[key]] == []


def _before_gaps(week: Interrupted, mails: dict[str, OutgoingMail]) -> Iterator[str]:
    """Notices and agendas of the mornings; what leaves later may go with what the gap made late."""
    for mail in mails.values():
        day = mail.created_at.astimezone(LIMA).date()
        first = next((gap.since for gap in week.gaps if gap.since.date() == day), None)
        is_early = first is not None and mail.created_at < first
        if is_early and mail.purpose in (MailPurpose.REMINDER, MailPurpose.NOTICE, MailPurpose.AGENDA):
            yield mail.key


def test_every_period_of_a_digest_is_told_once_and_none_of_a_missed_one(week: Interrupted) -> None:
    digests = [key for key, mail in _mails(week.store).items() if mail.purpose is MailPurpose.DIGEST]

    assert set(digests) <= {key for key in week.quiet.told if key.startswith("digest:")}
    assert max(Counter(message_id for message_id, _ in week.world.accepted).values()) == 1
