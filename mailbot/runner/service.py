"""The live service: watchers on threads, the schedule of APScheduler, signals. Stops within seconds."""

import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from types import FrameType
from typing import Any

import structlog

from mailbot.domain.errors import Transient
from mailbot.runner.simulation import trigger_of
from mailbot.runner.watcher import Clock, Watcher, utc_now
from mailbot.services.tick import Job

_log = structlog.get_logger()

STOP_WITHIN = timedelta(seconds=4)
# The schedule looks every minute: after so long a silence the machine slept, and mail lies unread.
_SLEPT = timedelta(minutes=3)
# How long mailboxes may take to be read before the schedule goes on without them.
_READ_WITHIN = timedelta(minutes=1)


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
    # When the schedule looked last.
    _looked_at: datetime | None = None
    _is_hung_up: threading.Event = field(default_factory=threading.Event)
    _mail_came: threading.Event = field(default_factory=threading.Event)
    _threads: dict[int, threading.Thread] = field(default_factory=dict)

    def run(self) -> None:
        """Run until SIGTERM, SIGINT or `stop`; returns within a few seconds of it."""
        with _Signals(self._on_signal):
            for watcher in self.watchers:
                self._start(watcher)
            self._await_first_round()
            turn = threading.Lock()
            scheduler = _started_scheduler(self.jobs, partial(self._take_turn, turn))
            threading.Thread(target=self._follow_mail, args=(turn,), name="follow", daemon=True).start()
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
                self._read_after_sleep()
                run_job(job, self.clock())

    def _follow_mail(self, turn: threading.Lock) -> None:
        """What people see of a mail is not kept waiting for the schedule."""
        while not self.stopping.is_set():
            if self._mail_came.wait(0.5):
                self._mail_came.clear()
                for name in [job.name for job in self.jobs if job.follows_mail]:
                    self._take_turn(turn, name)

    def _read_after_sleep(self) -> None:
        """What was answered while the machine slept is read before anything is judged."""
        before, self._looked_at = self._looked_at, self.clock()
        if before is None or self._looked_at - before < _SLEPT:
            return
        for watcher in self.watchers:
            watcher.look_again()
        deadline = monotonic() + _READ_WITHIN.total_seconds()
        for watcher in self.watchers:
            while not watcher.is_fresh.wait(0.1) and monotonic() < deadline and not self.stopping.is_set():
                pass

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
        watcher.has_read = self._mail_came.set
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
        trigger = trigger_of(job, utc_now())
        scheduler.add_job(partial(take_turn, job.name), trigger=trigger, id=job.name, next_run_time=utc_now())
    scheduler.start()
    return scheduler
