"""What can happen to the service, and a month lived through with and without it."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from types import TracebackType
from typing import Any

from mailbot.domain.clock import LIMA
from mailbot.domain.errors import Transient
from mailbot.domain.mail import OutgoingMail
from mailbot.ports.store import Store
from mailbot.runner import simulate
from mailbot.services.tick import Habits, Job, jobs
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
    # Whether people answer what mailbot writes to them.
    answers: bool = True

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
    store: MemoryStore


@cache
def undisturbed(span: Span) -> Undisturbed:
    """One process, a tick every minute of the day; people answer what they get."""
    script = letters(days=span.days, a_day=span.a_day, seed=7)
    world, moments, decided = World(coming=list(script)), [], (0, 0)

    def react(mail: OutgoingMail, at: datetime) -> None:
        answer = reaction(mail, at) if span.answers else None
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
    return Undisturbed(script=tuple(everything), told=told(store), moments=tuple(moments), store=store)


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
        self.counts["silence"] += silence > 1
        return now.replace(second=0) + silence * MINUTE

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
        if now == span.start:
            # A first start knows no earlier moment by which a wrong clock could be told.
            processes[0].skew = processes[1].skew = timedelta()
        for process in processes:
            process.unread |= reached
        for process in trouble.chance.sample(processes, len(processes)):
            process.turn(now)
        now = trouble.next_tick(now, has_died=any(process.has_died for process in processes))
    _end_well(processes[0], span)
    return world


def _end_well(process: Process, span: Span) -> None:
    """The last tick of the undisturbed, which a silence may have swallowed, with nothing in its way."""
    last = span.start + (span.until - span.start) // MINUTE * MINUTE
    process.unread |= process.world.arrive(last)
    process.skew, process.mortal = timedelta(), None
    process.world.faults.clear()
    process.turn(last)
