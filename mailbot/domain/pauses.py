"""What a pause does to a limit: while a client owes something, the obligation's own clock stands still.

Pauses are spans to the second from the event log; how they come about is for the services.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.clock import to_utc
from mailbot.domain.obligation import Clock
from mailbot.domain.worktime import NOTHING, WorkingTime


@dataclass(frozen=True, kw_only=True)
class Pause:
    """One span in which a clock stood still."""

    since: datetime
    until: datetime


def due_after(due_at: datetime, pauses: Iterable[Pause], *, clock: Clock, calendar: WorkingTime) -> datetime:
    """The due instant once every pause has been added on the obligation's own clock.

    Pauses that overlap count once; one that begins at or after the limit changes nothing.
    """
    due_at = to_utc(due_at)
    for pause in _merged(pauses):
        if pause.since >= due_at:
            break
        if clock is Clock.ELAPSED:
            due_at += pause.until - pause.since
            continue
        # A pause outside office hours takes no working time away.
        if calendar.elapsed(pause.since, pause.until) > NOTHING:
            due_at = calendar.deadline(pause.until, calendar.elapsed(pause.since, due_at))
    return due_at


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order of time, joined where they touch; empty ones fall away."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: (each.since, each.until)):
        if pause.until <= pause.since:
            continue
        if joined and pause.since <= joined[-1].until:
            last = joined.pop()
            pause = Pause(since=last.since, until=max(last.until, pause.until))
        joined.append(pause)
    return joined
