"""Whatever happens to the service, the office gets the very mails of a service that nothing ever happened to.

A month at an office is lived through twice: by one process that runs every minute, and by two on the same
database that are killed at any moment, miss ticks, sleep through nights, and whose clocks are put forward and
back. What both queue is compared byte by byte, apart from the date of sending.
"""

import math
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from mailbot.domain.clock import LIMA
from mailbot.domain.errors import Transient
from mailbot.domain.mail import OutgoingMail
from mailbot.ports.store import Store
from mailbot.runner import simulate
from mailbot.services.tick import Habits, Job, jobs
from mailbot.store import open_store
from mailbot.store.memory import MemoryStore
from tests.endtoend.month import (
    FIRST_DAY,
    Killed,
    Letter,
    World,
    desk_on,
    furnish,
    letters,
    local,
    post_of,
    reaction,
    read,
    told,
)

HABITS = Habits(forwards_payments=True)
MINUTE = timedelta(minutes=1)
# What a silence may last before it counts as an outage, which is told in one summary.
LONGEST_SILENCE = 9


@dataclass(frozen=True, kw_only=True)
class Span:
    """How much of the month is lived through."""

    days: int
    a_day: int
    last_hour: int = 18

    @property
    def start(self) -> datetime:
        """The first morning; no tick of a real clock falls on the very instant of a limit."""
        return local(FIRST_DAY, 7) + timedelta(milliseconds=250)

    @property
    def until(self) -> datetime:
        """The end of the last day."""
        return local(FIRST_DAY + timedelta(days=self.days - 1), self.last_hour, 59)


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """What happened where nothing happened: every letter, every mail, and when something was decided."""

    script: tuple[Letter, ...]
    told: dict[str, bytes]
    moments: tuple[datetime, ...]


@cache
def undisturbed(span: Span) -> Undisturbed:
    """One process, a tick every minute of the day; people answer what they get."""
    script = letters(days=span.days, a_day=span.a_day, seed=7)
    world, moments, decided = World(coming=list(script)), [], (0, 0)

    def react(mail: OutgoingMail, at: datetime) -> None:
        answer = reaction(mail, at)
        if answer is not None and answer.at <= span.until:
            script.append(answer)
            world.coming = sorted([*world.coming, answer], key=lambda letter: letter.at)

    world.on_sent = react
    store = MemoryStore()
    furnish(store)
    desk = desk_on(store, world)
    schedule = jobs(desk, post_of(world, "one"), habits=HABITS, watched=world.watched)

    def live(now: datetime) -> None:
        read(desk, world, world.arrive(now), now=now)

    for now in simulate(schedule, start=span.start, until=span.until, before=live, step=_by_day):
        with store.begin() as uow:
            state = len(uow.outbox.list()), len(uow.obligations.waiting_notices())
        if state != decided:
            decided = state
            moments.append(now)
    everything = sorted(script, key=lambda letter: letter.at)
    return Undisturbed(script=tuple(everything), told=told(store), moments=tuple(moments))


def _by_day(now: datetime) -> timedelta:
    """Ticks every minute by day, every ten minutes at night."""
    return timedelta() if 7 <= now.astimezone(LIMA).hour < 19 else 10 * MINUTE


class Mortal:
    """A store whose process dies at one of the next commits, before or after it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.commits_left: int | None = None
        self.dies_after = False

    def begin(self) -> "MortalWork":
        return MortalWork(self, self._store.begin())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class MortalWork:
    """A unit of work of such a store."""

    def __init__(self, mortal: Mortal, work: Any) -> None:
        self._mortal = mortal
        self._work = work

    def __enter__(self) -> "MortalWork":
        self._work = self._work.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._work.__exit__(kind, error, trace)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)

    def commit(self) -> None:
        is_last = self._mortal.commits_left == 0
        if self._mortal.commits_left is not None:
            self._mortal.commits_left -= 1
        if is_last and not self._mortal.dies_after:
            raise Killed
        self._work.commit()
        if is_last:
            raise Killed


@dataclass(kw_only=True)
class Process:
    """One instance of the service, with a clock of its own."""

    name: str
    world: World
    open_store: Callable[[], Store]
    skew: timedelta = timedelta()
    mortal: Mortal | None = None
    has_died: bool = False
    schedule: tuple[Job, ...] = ()
    last_run: dict[str, datetime] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def start(self) -> None:
        """A new process knows nothing but the database."""
        self.mortal = Mortal(self.open_store())
        desk = desk_on(self.mortal, self.world)  # type: ignore[arg-type]
        self.desk = desk
        self.schedule = jobs(desk, post_of(self.world, self.name), habits=HABITS, watched=self.world.watched)
        self.last_run = {}
        self.unread = set(self.world.sources)

    def turn(self, true_now: datetime) -> None:
        """Read what is new, then run what its triggers name, by its own clock."""
        now = true_now + self.skew
        self.has_died = False
        try:
            if self.mortal is None:
                self.start()
            read(self.desk, self.world, self.unread, now=now)
            self.unread = set()
            for job in self.schedule:
                self._run(job, now)
        except Killed:
            self.mortal, self.has_died = None, True
            self.world.faults.clear()

    def _run(self, job: Job, now: datetime) -> None:
        last = self.last_run.get(job.name)
        if last is not None and last <= now < last + job.every:
            return
        self.last_run[job.name] = now
        try:
            job.run(now)
        except Transient:
            # As `run_job` does: the next tick finds the same work again.
            self.last_run.pop(job.name)


@dataclass(kw_only=True)
class Trouble:
    """Draws what happens next; a seed makes one history."""

    seed: int
    quiet: Undisturbed
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - a script, no secret
        self.arrivals = [letter.at for letter in self.quiet.script]

    def next_tick(self, now: datetime, *, has_died: bool) -> datetime:
        """The next moment at which anything runs: a minute later, after a silence, or at once where one restarts."""
        if has_died:
            return now + timedelta(seconds=5)
        hour = now.astimezone(LIMA).hour
        if hour >= 19 or hour < 7:
            # The laptop is closed for the night.
            self.counts["night"] += 1
            until = now.astimezone(LIMA).replace(hour=7, minute=0, second=0)
            return until if until > now else until + timedelta(days=1)
        silence = self.chance.choice((1, 1, 1, 2, 4, 8, LONGEST_SILENCE))
        while silence > 1 and not self._is_harmless(now, now + silence * MINUTE):
            silence -= 1
        self.counts["silence"] += silence > 1
        return now.replace(second=0) + silence * MINUTE

    def _is_harmless(self, since: datetime, until: datetime) -> bool:
        """Whether no letter of that time comes after something was decided: then the order of things is the same.

        A service that slept cannot tell at 09:10 what it would have said at 09:00 without the letter of 09:05.
        """
        decided = bisect_right(self.quiet.moments, since)
        if decided == len(self.quiet.moments):
            return True
        last = bisect_right(self.arrivals, until) - 1
        return last < 0 or self.arrivals[last] <= max(since, self.quiet.moments[decided] - MINUTE)

    def set_right(self, process: Process, now: datetime) -> None:
        """The time server puts a slow clock right before it can change the order of things."""
        if process.skew < timedelta() and not self._is_harmless(now, now - process.skew):
            self.counts["set right"] += 1
            process.skew = timedelta()

    def strike(self, processes: Sequence[Process], world: World) -> None:
        """Something may happen to one of the processes, or to the server."""
        what = self.chance.choice(("",) * 6 + ("kill", "clock", "server", "restart"))
        victim = self.chance.choice(processes)
        self.counts[what] += 1
        if what == "kill" and victim.mortal is not None:
            victim.mortal.commits_left = self.chance.randrange(4)
            victim.mortal.dies_after = self.chance.random() < 0.5
        elif what == "clock":
            # One of two clocks may be hours slow; both at once would be an outage.
            slow = -300 if victim is processes[0] else -7200
            victim.skew = timedelta(seconds=self.chance.choice((0, 0, 20, -45, 50, slow)))
        elif what == "server":
            world.faults[:] = [self.chance.choice(("killed before", "killed after", "uncertain", "deferred"))]
        elif what == "restart":
            victim.mortal = None


def disturbed(span: Span, trouble: Trouble, open_store: Callable[[], Store]) -> World:
    """Two processes on one database and everything that can happen to them."""
    world = World(coming=list(trouble.quiet.script))
    furnish(open_store())
    processes = [Process(name=name, world=world, open_store=open_store) for name in ("one", "two")]
    now = span.start
    while now <= span.until:
        reached = world.arrive(now)
        trouble.strike(processes, world)
        trouble.set_right(processes[0], now)
        for process in processes:
            process.unread |= reached
        for process in trouble.chance.sample(processes, len(processes)):
            process.turn(now)
        now = trouble.next_tick(now, has_died=any(process.has_died for process in processes))
    return world


def _compare(quiet: Undisturbed, world: World, store: Store) -> None:
    mails = told(store)

    assert sorted(mails) == sorted(quiet.told)
    assert [key for key in mails if mails[key] != quiet.told[key]] == []
    assert max(Counter(message_id for message_id, _ in world.accepted).values()) == 1


def test_a_disturbed_day_gives_the_mails_of_an_undisturbed_one() -> None:
    span = Span(days=2, a_day=6, last_hour=9)
    store = MemoryStore()
    quiet = undisturbed(span)
    world = disturbed(span, Trouble(seed=1, quiet=quiet), lambda: store)

    _compare(quiet, world, store)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_a_disturbed_month_gives_the_mails_of_an_undisturbed_one(seed: int) -> None:
    span = Span(days=28, a_day=8)
    store = MemoryStore()
    quiet = undisturbed(span)
    world = disturbed(span, Trouble(seed=seed, quiet=quiet), lambda: store)

    _compare(quiet, world, store)


def test_two_instances_that_do_everything_at_once_send_every_mail_once(tmp_path: Path) -> None:
    """No lock says who leads: both read, decide and send at the same moments on one SQLite file."""
    span = Span(days=1, a_day=8, last_hour=10)
    quiet = undisturbed(span)
    url = f"sqlite:///{tmp_path / 'mailbot.sqlite'}"
    world = World(coming=list(quiet.script))
    stores = [open_store(url), open_store(url)]
    furnish(stores[0])
    twins = [
        Process(name=f"twin {number}", world=world, open_store=lambda s=store: s) for number, store in enumerate(stores)
    ]
    with ThreadPoolExecutor(max_workers=len(twins)) as threads:
        for now in _busy_moments(quiet, span):
            world.arrive(now)
            for twin in twins:
                twin.unread = set(world.sources)
            list(threads.map(lambda twin, now=now: _insist(twin, now), twins))

    _compare(quiet, world, stores[0])
    for store in stores:
        store.close()


def _busy_moments(quiet: Undisturbed, span: Span) -> list[datetime]:
    """The ticks at which something was read or decided."""
    read_at = [span.start + math.ceil((letter.at - span.start) / MINUTE) * MINUTE for letter in quiet.script]
    return sorted({now for now in (span.start, *quiet.moments, *read_at) if now <= span.until})


def _insist(process: Process, now: datetime) -> None:
    """A turn that is taken again where the other one held the database, as the next tick would."""
    for _ in range(20):
        try:
            process.turn(now)
        except Transient:
            continue
        return
