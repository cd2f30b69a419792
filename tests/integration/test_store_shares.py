"""Several services on one PostgreSQL share the mailboxes evenly, and take over from one that is gone."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from math import ceil
from typing import Any

import pytest

from mailbot.store.service_lock import ServiceLock, hold_service_lock

pytestmark = pytest.mark.needs_postgresql

ROUNDS = 6


def taken(locks: Iterable[ServiceLock], mailboxes: Iterable[str]) -> list[set[str]]:
    """What each holds after some rounds in which each asks for all; never two the same."""
    names, held = list(mailboxes), [(lock, set[str]()) for lock in locks]
    for _ in range(ROUNDS):
        for lock, mine in held:
            for name in names:
                mine.discard(name)
                if lock.takes(name):
                    assert not any(name in others for _, others in held)
                    mine.add(name)
    return [mine for _, mine in held]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 12])
def test_services_that_come_later_get_their_share_and_every_mailbox_is_read(postgresql_url: str, count: int) -> None:
    names = [f"esc{number}" for number in range(count)]
    with ExitStack() as stack:
        locks = []
        for services in (1, 2, 3):
            locks.append(stack.enter_context(hold_service_lock(postgresql_url)))
            shares = taken(locks, names)
            assert set().union(*shares) == set(names)
            assert max(map(len, shares)) == ceil(count / services)
            assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_mailbox_that_one_service_alone_watches_is_read_however_much_it_has(postgresql_url: str) -> None:
    with hold_service_lock(postgresql_url) as first, hold_service_lock(postgresql_url) as second:
        assert second.takes("common")
        assert taken([first], ["own1", "own2", "own3"]) == [{"own1", "own2", "own3"}]


def test_a_mailbox_that_a_service_watches_no_more_is_read_by_the_others(postgresql_url: str) -> None:
    with hold_service_lock(postgresql_url) as first, hold_service_lock(postgresql_url) as second:
        assert first.takes("esc1")
        assert not second.takes("esc1")
        first.leave("esc1")
        assert taken([second], ["esc1", "esc2", "esc3"]) == [{"esc1", "esc2", "esc3"}]


def test_what_a_killed_process_read_is_shared_by_the_two_that_are_left(postgresql_url: str) -> None:
    names = [f"esc{number}" for number in range(7)]
    context = multiprocessing.get_context("spawn")
    held = context.Manager().dict()
    processes = [
        context.Process(target=_serve, args=(postgresql_url, names, number, held), daemon=True) for number in range(3)
    ]
    for process in processes:
        process.start()
    _await_shares(held, [2, 2, 3], names)
    assert processes[0].pid
    os.kill(processes[0].pid, signal.SIGKILL)
    processes[0].join(10)
    held.pop(0)
    _await_shares(held, [3, 4], names)
    for process in processes[1:]:
        process.terminate()
        process.join(10)


def _serve(url: str, names: list[str], number: int, held: Any) -> None:
    with hold_service_lock(url) as lock:
        while not threading.Event().wait(0.05):
            held[number] = [name for name in names if lock.takes(name)]


def _await_shares(held: Any, sizes: list[int], names: list[str]) -> None:
    until = time.monotonic() + 40
    while True:
        shares = list(held.values())
        is_even = sorted(map(len, shares)) == sizes
        if is_even and sorted(name for share in shares for name in share) == sorted(names):
            return
        assert time.monotonic() < until, shares
        time.sleep(0.1)
