"""The same jobs in simulated time, with APScheduler's own triggers: what the demo and the replay use."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mailbot.services.tick import Job


def trigger_of(job: Job, start: datetime) -> Any:
    """The trigger that names a job's moments, the first at `start`."""
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
    triggers = [(job, trigger_of(job, start)) for job in jobs]
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
