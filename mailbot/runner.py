"""The service: watch mailboxes, run the schedule, stop on a signal. The only broad `except`.

`Service` runs live on threads and APScheduler; `simulate` walks the same jobs through simulated
time with APScheduler's own triggers, and is what the demo and the replay use.
"""

import random
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import FrameType
from typing import Any

import structlog

from mailbot.domain.errors import MailbotError, Permanent, Transient
from mailbot.ports.mailbox import MailSource
from mailbot.services.desk import Box, Desk
from mailbot.services.ingest import Ingested
from mailbot.services.poll import poll
from mailbot.services.tick import Job

Clock = Callable[[], datetime]

_log = structlog.get_logger()

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
# A refused login will not heal by itself soon; hammering it gets the account locked.
_PAUSE_AFTER_REFUSAL = timedelta(minutes=10)
# How soon a mailbox that another process reads is looked at again: that process may have ended.
_PAUSE_BESIDE = timedelta(seconds=5)
STOP_WITHIN = timedelta(seconds=4)


def utc_now() -> datetime:
    """The one clock of the live service."""
    return datetime.now(UTC)


def backoff(failures: int, *, jitter: float) -> timedelta:
    """The pause after so many failures in a row: doubling from 2 s to 5 min, up to half again longer."""
    pause: timedelta = min(_FIRST_PAUSE * 2 ** min(failures - 1, 10), _LONGEST_PAUSE)
    return pause * (1 + jitter / 2)


@dataclass(kw_only=True, eq=False)
class Watcher:
    """One mailbox on its own thread: poll, wait for a hint or the interval, poll again."""

    desk: Desk
    source: MailSource
    box: Box
    interval: timedelta
    since: timedelta
    clock: Clock
    stopping: threading.Event
    # Whether this process is the one that reads the mailbox, where several share a database.
    is_ours: Callable[[], bool] = lambda: True
    # Tells the other processes that this one watches the mailbox no more.
    leave: Callable[[], None] = lambda: None
    # Set once the first round has ended, well or badly: only then may the schedule judge.
    started: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until stopping; a failure of the mailbox is logged and waited out, never fatal."""
        failures = 0
        while not self.stopping.is_set():
            if not self.is_ours():
                self.started.set()
                self.stopping.wait(_PAUSE_BESIDE.total_seconds())
                continue
            pause = self._round(failures)
            self.started.set()
            failures = 0 if pause is None else failures + 1
            if pause is None:
                self._wait()
            else:
                self.stopping.wait(pause.total_seconds())
        self.leave()
        self.source.close()

    def stop(self) -> None:
        """Ask it to stop; safe from any thread."""
        self.stopping.set()
        self.source.wake()

    def _round(self, failures: int) -> timedelta | None:
        """One poll; the pause to make after a failure, or None."""
        jitter = random.random()  # noqa: S311 - spreads load, guards nothing
        try:
            now = self.clock()
            self._report(poll(self.desk, self.source, self.box, now=now, since=now - self.since))
        except Transient as error:
            _log.warning("mailbox_unavailable", mailbox=self.box.name, error=str(error), failures=failures + 1)
            return backoff(failures + 1, jitter=jitter)
        except Permanent as error:
            _log.error("mailbox_refused", mailbox=self.box.name, error=str(error))
            return _PAUSE_AFTER_REFUSAL * (1 + jitter / 2)
        except Exception:
            _log.exception("mailbox_round_failed", mailbox=self.box.name)
            return backoff(failures + 1, jitter=jitter)
        return None

    def _report(self, taken: Ingested) -> None:
        if taken != Ingested():
            _log.info("mailbox_read", mailbox=self.box.name, **vars(taken))

    def _wait(self) -> None:
        try:
            self.source.wait(self.interval)
        except MailbotError as error:
            _log.warning("mailbox_wait_ended", mailbox=self.box.name, error=str(error))
            self.stopping.wait(_FIRST_PAUSE.total_seconds())


@dataclass(kw_only=True)
class Service:
    """Everything that runs until it is told to stop."""

    watchers: Sequence[Watcher]
    jobs: Sequence[Job]
    clock: Clock
    stopping: threading.Event
    # Whether this process is the one that runs the schedule, where several share a database.
    is_leading: Callable[[], bool] = lambda: True
    # What is done on SIGHUP; it may `adopt` other watchers and jobs.
    reload: Callable[["Service"], None] | None = None
    _is_hung_up: threading.Event = field(default_factory=threading.Event)
    _threads: dict[int, threading.Thread] = field(default_factory=dict)

    def run(self) -> None:
        """Run until SIGTERM, SIGINT or `stop`; returns within a few seconds of it."""
        with _Signals(self._on_signal):
            for watcher in self.watchers:
                self._start(watcher)
            self._await_first_round()
            turn = threading.Lock()
            scheduler = _started_scheduler(self.jobs, partial(self._take_turn, turn))
            _log.info("service_started", mailboxes=len(self.watchers), jobs=len(self.jobs))
            # A timeout lets the main thread take signals while it waits.
            while not self.stopping.wait(0.5):
                self._reload_if_asked()
            scheduler.shutdown(wait=False)
            # A mail in hand is settled before the database is let go; jobs that wait see that it is over.
            if turn.acquire(timeout=STOP_WITHIN.total_seconds() / 2):
                turn.release()
            self._end(list(self._threads.values()))
        _log.info("service_stopped")

    def _take_turn(self, turn: threading.Lock, name: str) -> None:
        with turn:
            job = next((job for job in self.jobs if job.name == name), None)
            if job is not None and not self.stopping.is_set() and self.is_leading():
                run_job(job, self.clock())

    def stop(self) -> None:
        """Ask it to stop; safe from any thread."""
        self.stopping.set()
        for watcher in self.watchers:
            watcher.stop()

    def adopt(self, watchers: Sequence[Watcher], jobs: Sequence[Job]) -> None:
        """Go on with these: who was there before keeps running, who is missing ends, who is new starts."""
        gone = [watcher for watcher in self.watchers if watcher not in watchers]
        for watcher in gone:
            watcher.stop()
        for watcher in gone:
            # Its successor shall not read beside it; a round that takes longer is guarded by unique keys.
            self._threads.pop(id(watcher)).join(STOP_WITHIN.total_seconds())
        self.watchers, self.jobs = watchers, jobs
        for watcher in watchers:
            if id(watcher) not in self._threads:
                self._start(watcher)

    def _start(self, watcher: Watcher) -> None:
        thread = threading.Thread(target=watcher.run, name=watcher.box.name, daemon=True)
        self._threads[id(watcher)] = thread
        thread.start()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        _log.info("signal_received", signal=signal.Signals(number).name)
        if number == signal.SIGHUP:
            self._is_hung_up.set()
        else:
            self.stop()

    def _reload_if_asked(self) -> None:
        if not self._is_hung_up.is_set():
            return
        self._is_hung_up.clear()
        try:
            if self.reload is not None:
                self.reload(self)
        except Exception:
            _log.exception("reload_failed")

    def _await_first_round(self) -> None:
        """Give every mailbox its first look, so that no limit is judged without known answers."""
        for watcher in self.watchers:
            while not watcher.started.wait(0.5) and not self.stopping.is_set():
                pass

    def _end(self, threads: Sequence[threading.Thread]) -> None:
        deadline = self.clock() + STOP_WITHIN
        for thread in threads:
            thread.join(max(0.0, (deadline - self.clock()).total_seconds()))


class _Signals:
    """Catch SIGTERM, SIGINT and SIGHUP for the length of a block, where this is the main thread."""

    def __init__(self, handler: Callable[[int, FrameType | None], None]) -> None:
        self._handler = handler
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                self._before[number] = signal.signal(number, self._handler)

    def __exit__(self, *exc: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)


def run_job(job: Job, now: datetime) -> None:
    """One run of a job; a failure is logged, and the next tick finds the same work again."""
    try:
        job.run(now)
    except Transient as error:
        _log.warning("job_postponed", job=job.name, error=str(error))
    except Exception:
        _log.exception("job_failed", job=job.name)


def _started_scheduler(jobs: Sequence[Job], take_turn: Callable[[str], None]) -> Any:
    """APScheduler with the jobs declared here in code and kept in memory alone.

    A tick that was missed (suspended laptop, long run) is made up for once, whatever its delay.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        # One thread: jobs follow each other, so that what one queues the next one sends.
        executors={"default": ThreadPoolExecutor(max_workers=1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    # What is nearest to its end before what is made anew.
    for job in reversed(jobs):
        if job.goes_first:
            scheduler.add_job(partial(take_turn, job.name))
    for job in jobs:
        # Triggers wait in real time, whatever time the jobs are told.
        trigger = _trigger(job, utc_now())
        scheduler.add_job(partial(take_turn, job.name), trigger=trigger, id=job.name, next_run_time=utc_now())
    scheduler.start()
    return scheduler


def _trigger(job: Job, start: datetime) -> Any:
    from apscheduler.triggers.interval import IntervalTrigger

    return IntervalTrigger(seconds=int(job.every.total_seconds()), start_date=start, timezone=UTC)


def simulate(
    jobs: Sequence[Job],
    *,
    start: datetime,
    until: datetime,
    before: Callable[[datetime], None],
    step: Callable[[datetime], timedelta] = lambda now: timedelta(),
) -> Iterator[datetime]:
    """Run the jobs at every moment their triggers name from `start` to `until`; yields each moment.

    `before` is called first at each moment, to let mail arrive and be read; `step` may make the
    next moment come no sooner than so much later, as if ticks had been missed.
    """
    triggers = [(job, _trigger(job, start)) for job in jobs]
    due: dict[str, datetime | None] = {job.name: start for job in jobs}
    now = start
    while now <= until:
        before(now)
        for job, trigger in triggers:
            at = due[job.name]
            if at is not None and at <= now:
                job.run(now)
                # Without a previous time: missed ticks are made up for once, as `coalesce` does live.
                due[job.name] = trigger.get_next_fire_time(None, now + timedelta(microseconds=1))
        yield now
        upcoming = min((at for at in due.values() if at is not None), default=until + timedelta(days=1))
        now = max(upcoming, now + step(now))
