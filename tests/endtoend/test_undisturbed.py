"""Whatever happens to the service, the office gets the very mails of a service that nothing ever happened to.

A month at an office is lived through twice: by one process that runs every minute, and by two on the same
database that are killed at any moment, miss ticks, sleep through nights, and whose clocks are put forward and
back. What both queue is compared byte by byte, apart from the date of sending. Mail arrives at any moment,
also between what was to be decided and the late tick that decides it: clients' letters, answers to them, `visto`,
`posponer`, `reasignar` and `atendido` just before and after the steps they are about.
"""

import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.domain.errors import Transient
from mailbot.ports.store import Store
from mailbot.store import open_store
from mailbot.store.memory import MemoryStore
from tests.endtoend.month import World, furnish, told
from tests.endtoend.trouble import MINUTE, Process, Span, Trouble, Undisturbed, disturbed, undisturbed


def _live_through(span: Span, seed: int) -> None:
    store = MemoryStore()
    quiet = undisturbed(span)
    trouble = Trouble(seed=seed, quiet=quiet)
    world = disturbed(span, trouble, lambda: store)

    assert {"kill", "restart", "clock", "server", "silence"} <= trouble.counts.keys()
    _compare(quiet, world, store)


def _compare(quiet: Undisturbed, world: World, store: Store) -> None:
    mails = told(store)

    assert sorted(mails) == sorted(quiet.told)
    assert [key for key in mails if mails[key] != quiet.told[key]] == []
    assert max(Counter(message_id for message_id, _ in world.accepted).values()) == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_a_disturbed_day_gives_the_mails_of_an_undisturbed_one(seed: int) -> None:
    _live_through(Span(days=2, a_day=6, last_hour=9), seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 13))
def test_a_disturbed_week_gives_the_mails_of_an_undisturbed_one(seed: int) -> None:
    _live_through(Span(days=9, a_day=9), seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_a_disturbed_month_gives_the_mails_of_an_undisturbed_one(seed: int) -> None:
    _live_through(Span(days=28, a_day=8), seed)


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
