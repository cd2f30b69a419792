"""The jobs of the schedule. A tick only says "look now": what is due is decided from stored data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType

from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.services.admin import queue_admin_mail
from mailbot.services.agenda import queue_agendas
from mailbot.services.climb import climb
from mailbot.services.deliver import Post, deliver, withhold
from mailbot.services.desk import Box, Desk
from mailbot.services.digest import queue_digests
from mailbot.services.doubt import settle_uncertain
from mailbot.services.forget import forget_expired
from mailbot.services.handover import queue_handovers
from mailbot.services.mark import tend_all
from mailbot.services.offer import Drawers, offer_answers
from mailbot.services.outlook import Outlook
from mailbot.services.propose import Classroom, propose_monthly
from mailbot.services.reconcile import reconcile_nightly
from mailbot.services.report import queue_reports
from mailbot.services.summary import queue_summaries
from mailbot.services.watch import watch


@dataclass(frozen=True, kw_only=True)
class Job:
    """One entry of the schedule; `run` is told the time and finds out by itself what is due."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    # Whether a service that starts does it once before all else: what one that ended left waits no longer.
    goes_first: bool = False
    # Whether it is also done as soon as mail was taken in.
    follows_mail: bool = False


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What an office may choose about its schedule."""

    agenda_at: time = time(8)
    # Whether payment notices are passed on to Administración without a person's doing.
    forwards_payments: bool = False
    # Nothing is sent, and all is decided and kept as if it had been.
    is_shadow: bool = False
    # Where in shadow mode the summaries go, for the office to open.
    shows: MailSender | None = None
    # How long the words of mails are kept; None for ever.
    keep: timedelta | None = None
    # Where the office's own models lie; None where it uses the one that ships.
    classroom: Classroom | None = None


def jobs(
    desk: Desk,
    post: Post | None,
    *,
    habits: Habits = Habits(),
    watched: Sequence[tuple[Box, MailSource]] = (),
    outlooks: Sequence[Outlook] = (),
    drawers: Drawers = MappingProxyType({}),
) -> tuple[Job, ...]:
    """Every job, in the order in which jobs of the same moment run; `post` None keeps all mail back."""
    minute = timedelta(minutes=1)

    def send(now: datetime) -> object:
        return _send(desk, post, habits, now=now)

    def hand_over(now: datetime) -> object:
        return queue_handovers(desk, now=now) if habits.forwards_payments else None

    def settle(now: datetime) -> object:
        return None if post is None else settle_uncertain(desk, post, now=now)

    def reconcile(now: datetime) -> object:
        return reconcile_nightly(desk, watched, now=now)

    def forget(now: datetime) -> object:
        return None if habits.keep is None else forget_expired(desk, keep=habits.keep, now=now)

    def propose(now: datetime) -> object:
        return None if habits.classroom is None else propose_monthly(desk, habits.classroom, now=now)

    return (
        Job(name="watch", every=15 * minute, run=lambda now: watch(desk, now=now)),
        Job(name="escalate", every=minute, run=lambda now: climb(desk, now=now), goes_first=True),
        # Before what tells how things stand, for which what is on its way counts.
        Job(name="handover", every=minute, run=hand_over),
        Job(name="digest", every=minute, run=lambda now: queue_digests(desk, now=now)),
        Job(name="agenda", every=minute, run=lambda now: queue_agendas(desk, now=now, at=habits.agenda_at)),
        Job(name="summary", every=minute, run=lambda now: queue_summaries(desk, now=now)),
        Job(name="report", every=5 * minute, run=lambda now: queue_reports(desk, now=now)),
        Job(name="admin", every=15 * minute, run=lambda now: queue_admin_mail(desk, now=now)),
        Job(name="marks", every=minute, run=lambda now: tend_all(desk, outlooks, now=now), follows_mail=True),
        Job(name="offer", every=5 * minute, run=lambda now: offer_answers(desk, drawers, now=now)),
        Job(name="deliver", every=minute, run=send, goes_first=True),
        Job(name="settle", every=5 * minute, run=settle),
        Job(name="reconcile", every=15 * minute, run=reconcile),
        Job(name="forget", every=60 * minute, run=forget),
        Job(name="propose", every=60 * minute, run=propose),
    )


def _send(desk: Desk, post: Post | None, habits: Habits, *, now: datetime) -> object:
    if post is None:
        return withhold(desk, now=now, worker="off", is_shadow=habits.is_shadow, shows=habits.shows)
    delivered = deliver(desk, post, now=now)
    # What is found at once is in no doubt when the day is summed up.
    return settle_uncertain(desk, post, now=now) if delivered.uncertain else delivered
