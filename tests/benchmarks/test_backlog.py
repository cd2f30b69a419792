"""A backlog of notices, as a service leaves it that died again and again, goes out at a steady rate.

`pytest tests/benchmarks/test_backlog.py -s` shows the figures; `-m long` takes 2,000 complaints.
"""

import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot.services.caps import Caps, Window
from mailbot.services.climb import climb
from mailbot.services.deliver import Post, deliver
from mailbot.services.desk import Desk
from mailbot.services.ingest import ingest
from mailbot.store import open_store
from tests.benchmarks.test_store import counted
from tests.builders import COMPLAINT, fetched, lima, raw_mail
from tests.unit.services.world import BOX, World

NOON = lima("2026-11-16 12:00")
BATCH = 50
# More than a day's complaints of any office is no flood here.
PLENTY = (Window(most=1_000_000, within=timedelta(hours=24)),)
NO_CAPS = Caps(per_address=PLENTY, per_thread=PLENTY, per_domain=PLENTY, altogether=PLENTY)


@pytest.mark.parametrize("count", [150, pytest.param(2000, marks=pytest.mark.long)])
def test_what_is_told_costs_no_statement_for_each_thing(count: int, tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/mailbot.sqlite")) as store:
        world = World(verdicts={f"reclamo {number}": COMPLAINT for number in range(count)})
        with store.begin() as uow:
            uow.office.save(world.book)
            uow.office.save_dispatches(world.book.dispatches)
            uow.commit()
        desk, post = replace(world.desk, store=store), replace(world.post, caps=NO_CAPS)
        _complain(desk, count)
        with counted(store) as statements:
            began = time.perf_counter()
            sent = _drain(desk, post, world)
            took = time.perf_counter() - began

        told = {owed for mail in world.sender.sent for owed in mail.obligations}
        print(
            f"\n{count} complaints told in {sent} mails within {took:.1f} s: {count / took:.0f}/s, "
            f"{len(statements) / count:.2f} statements each"
        )
        assert len(told) >= count
        # Some for each look of the schedule and for each mail, none for each thing in it.
        assert len(statements) < 200 + 40 * sent


def _complain(desk: Desk, count: int) -> None:
    for start in range(0, count, BATCH):
        mails = [
            fetched(raw_mail(subject=f"reclamo {number}", at=_at(number, count)), uid=number + 1, at=_at(number, count))
            for number in range(start, min(count, start + BATCH))
        ]
        ingest(desk, mails, box=BOX, now=NOON)


def _at(number: int, count: int) -> datetime:
    """One a second, the last at noon."""
    return NOON - timedelta(seconds=count - number)


def _drain(desk: Desk, post: Post, world: World) -> int:
    """The schedule of an hour after the service is back."""
    for minute in range(20, 80, 5):
        now = NOON + timedelta(minutes=minute)
        climb(desk, now=now)
        deliver(desk, post, now=now)
    return len(world.sender.sent)
