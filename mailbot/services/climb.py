"""One look of the schedule at everything owed, and the heartbeat that tells an outage."""

from datetime import datetime, timedelta

from mailbot.domain.contexts import Outage
from mailbot.services.desk import Desk
from mailbot.services.escalate import escalate
from mailbot.services.notify import notify

HEARTBEAT = "heartbeat"
# A clock that is put back by less does not make an outage of the time that it shows again.
_PUT_BACK = timedelta(days=1)
# A longer silence than this is an outage, and what was missed in it goes in one summary.
OUTAGE_AFTER = timedelta(minutes=15)


def climb(desk: Desk, *, now: datetime) -> int:
    """Queue the steps that fell due and bundle them; after an outage, in one summary a recipient."""
    outage = beat(desk, now=now)
    moved = escalate(desk, now=now)
    notify(desk, now=now, outage=outage)
    return moved


def beat(desk: Desk, *, now: datetime) -> Outage | None:
    """Note that the service is alive; returns the outage that ended with this beat, if one did."""
    with desk.store.begin() as uow:
        last = uow.facts.get(HEARTBEAT)
        before = datetime.fromisoformat(last) if last else now
        if not now < before < now + _PUT_BACK:
            uow.facts.set(HEARTBEAT, now.isoformat())
            uow.commit()
    return Outage(since=before, until=now) if now - before > OUTAGE_AFTER else None
