"""One mailbox on its own thread: poll, wait, poll again. Never ends because of a failure."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import SystemRandom

import structlog

from mailbot.domain.errors import MailbotError, Permanent, Transient
from mailbot.ports.mailbox import MailSource
from mailbot.services.desk import Box, Desk
from mailbot.services.ingest import Ingested
from mailbot.services.poll import poll

Clock = Callable[[], datetime]

_log = structlog.get_logger()

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
# A refused login will not heal by itself soon; hammering it gets the account locked.
_PAUSE_AFTER_REFUSAL = timedelta(minutes=10)
# How soon a mailbox that another process reads is looked at again: that process may have ended.
_PAUSE_BESIDE = timedelta(seconds=5)


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
    # Told after every round that took mail in.
    has_read: Callable[[], None] = lambda: None
    # Set once the first round has ended, well or badly: only then may the schedule judge.
    started: threading.Event = field(default_factory=threading.Event)
    # Set while nothing is known to lie unread: cleared after a silence, set by the next round that succeeds.
    is_fresh: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until stopping; a failure of the mailbox is logged and waited out, never fatal."""
        failures = 0
        while not self.stopping.is_set():
            if not self.is_ours():
                self.started.set()
                self.is_fresh.set()
                self.stopping.wait(_PAUSE_BESIDE.total_seconds())
                continue
            pause = self._round(failures)
            self.started.set()
            failures = 0 if pause is None else failures + 1
            if pause is None:
                self.is_fresh.set()
                self._wait()
            else:
                self.stopping.wait(pause.total_seconds())
        self.leave()
        self.source.close()

    def stop(self) -> None:
        """Ask it to stop; safe from any thread."""
        self.stopping.set()
        self.source.wake()

    def look_again(self) -> None:
        """Ask it to read at once; `is_fresh` tells when it has."""
        self.is_fresh.clear()
        self.source.wake()

    def _round(self, failures: int) -> timedelta | None:
        """One poll; the pause to make after a failure, or None."""
        jitter = SystemRandom().random()
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
            self.has_read()

    def _wait(self) -> None:
        try:
            self.source.wait(self.interval)
        except MailbotError as error:
            _log.warning("mailbox_wait_ended", mailbox=self.box.name, error=str(error))
            self.stopping.wait(_FIRST_PAUSE.total_seconds())
