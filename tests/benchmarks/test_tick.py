"""A tick of the schedule costs what is due, however much is owed.

`pytest tests/benchmarks/test_tick.py -s` shows the figures; `-m long` takes a million obligations.
"""

import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mailbot.services.climb import climb
from mailbot.services.deliver import deliver
from mailbot.services.desk import Desk
from mailbot.services.doubt import settle_uncertain
from mailbot.services.escalate import due_steps, escalate
from mailbot.store import open_store
from tests.builders import lima
from tests.unit.services.world import World
from tests.unit.store.samples import event, obligation

NOON = lima("2026-11-16 12:00")
# At the very moment of a limit an answer is still in time.
JUST_PAST = NOON + timedelta(seconds=1)
DUE = 100


@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_a_tick_costs_what_is_due_and_not_what_is_owed(count: int, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    with closing(open_store(url)) as store:
        world = World()
        desk = replace(world.desk, store=store)
        _owe(desk, count)
        # The first tick of a process loads the office and its calendar; no later one waits for that.
        climb(desk, now=NOON - timedelta(minutes=1))
        assert len(due_steps(desk, now=JUST_PAST)) == DUE

        escalated = _timed(lambda: escalate(desk, now=JUST_PAST))
        idle = min(_timed(lambda: _idle_tick(world, desk)) for _ in range(5))

        print(f"\n{count} owed, {DUE} due: escalate {escalated * 1000:.0f} ms; an idle tick {idle * 1000:.1f} ms")
        assert _told(desk) == DUE
        assert idle < 0.05
        # Machines that run tests are slow and shared; the figure itself is printed.
        assert escalated < 1.0


def _idle_tick(world: World, desk: Desk) -> None:
    later = NOON + timedelta(seconds=31)
    escalate(desk, now=later)
    deliver(desk, world.post, now=later)
    settle_uncertain(desk, world.post, now=later)


def _timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


def _told(desk: Desk) -> int:
    with desk.store.begin() as uow:
        return len({notice.obligation for notice in uow.obligations.waiting_notices()})


def _owe(desk: Desk, count: int) -> None:
    """One obligation through the store, the others as copies of its row: it is not the store that is measured."""
    with desk.store.begin() as uow:
        uow.office.save(World().book)
        first = replace(
            obligation("o0", message=None),
            owner="RQ",
            starts_at=NOON - timedelta(hours=3),
            due_at=NOON,
            next_step_at=NOON,
        )
        uow.obligations.add(first, event("o0"))
        uow.commit()
    _multiply(desk, count)


def _multiply(desk: Desk, count: int) -> None:
    engine = create_engine(str(desk.store._engine.url))  # type: ignore[attr-defined]
    with engine.begin() as connection:
        names = [row[1] for row in connection.execute(text("PRAGMA table_info(obligations)"))]
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join({"id": "'o' || n", "next_step_at": _NEXT}.get(name, f'"{name}"') for name in names)
        counted = f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count - 1})"  # noqa: S608
        copies = f"INSERT INTO obligations ({columns}) SELECT {values} FROM obligations, counted"  # noqa: S608
        connection.execute(text(f"{counted} {copies}"))
    engine.dispose()


# A hundred are due with the first; all others in a week.
_NEXT = f"CASE WHEN n < {DUE} THEN next_step_at ELSE '{(NOON + timedelta(days=7)).isoformat(' ')[:19]}.000000' END"
