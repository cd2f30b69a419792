"""The jobs of the schedule. A tick only says "look now": what is due is decided from stored data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from mailbot.domain.contexts import Outage
from mailbot.services.agenda import queue_agendas
from mailbot.services.deliver import Post, deliver, settle_uncertain, withhold
from mailbot.services.desk import Desk
from mailbot.services.digest import queue_digests
from mailbot.services.escalate import escalate
from mailbot.services.notify import notify
from mailbot.services.summary import queue_summaries
from mailbot.services.watch import watch

_HEARTBEAT = "heartbeat"
# A longer silence than this is an outage, and what was missed in it goes in one summary.
OUTAGE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One entry of the schedule; `run` is told the time and finds out by itself what is due."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


def jobs(desk: Desk, post: Post | None, *, agenda_at: time = time(8)) -> tuple[Job, ...]:
    """Every job, in the order in which jobs of the same moment run; `post` None keeps all mail back."""
    minute = timedelta(minutes=1)

    def send(now: datetime) -> object:
        return withhold(desk, now=now, worker="off") if post is None else deliver(desk, post, now=now)

    def settle(now: datetime) -> object:
        return None if post is None else settle_uncertain(desk, post, now=now)

    return (
        Job(name="watch", every=15 * minute, run=lambda now: watch(desk, now=now)),
        Job(name="escalate", every=minute, run=lambda now: climb(desk, now=now)),
        Job(name="digest", every=minute, run=lambda now: queue_digests(desk, now=now)),
        Job(name="agenda", every=minute, run=lambda now: queue_agendas(desk, now=now, at=agenda_at)),
        Job(name="summary", every=minute, run=lambda now: queue_summaries(desk, now=now)),
        Job(name="deliver", every=minute, run=send),
        Job(name="settle", every=5 * minute, run=settle),
    )


def climb(desk: Desk, *, now: datetime) -> int:
    """Queue the steps that fell due and bundle them; after an outage, in one summary a recipient."""
    outage = beat(desk, now=now)
    moved = escalate(desk, now=now)
    notify(desk, now=now, outage=outage)
    return moved


def beat(desk: Desk, *, now: datetime) -> Outage | None:
    """Note that the service is alive; returns the outage that ended with this beat, if one did."""
    with desk.store.begin() as uow:
        last = uow.facts.get(_HEARTBEAT)
        uow.facts.set(_HEARTBEAT, now.isoformat())
        uow.commit()
    before = datetime.fromisoformat(last) if last else now
    return Outage(since=before, until=now) if now - before > OUTAGE_AFTER else None
