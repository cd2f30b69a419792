"""Processes that are killed at any instant leave a whole database, and nothing is done twice."""

import hashlib
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from mailbot.domain.mail import MailState
from mailbot.ports.mailbox import Cursor
from mailbot.ports.store import Store
from mailbot.ports.stored import AuditLine, MessageFilter, ObligationFilter
from mailbot.store import check_integrity, open_store
from tests.unit.store.samples import HOUR, NOW, event, key, mail, notice, obligation, sighting, stored
from tests.unit.store.stores import DATABASES, prepared

# A forked worker begins at once; what it inherits of the parent's connections it never touches.
FORK = multiprocessing.get_context("fork")
BATCH = 5
LEASE = timedelta(seconds=2)


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with prepared(request.param, tmp_path) as empty:
        yield empty


def ingest_for_ever(url: str) -> None:
    """Takes in mail after mail from where the cursor stands, in batches of one transaction each."""
    with closing(open_store(url)) as store:
        while True:
            take_batch(store)


def take_batch(store: Store) -> None:
    with store.begin() as unit:
        cursor = unit.cursors.get("esc1", "INBOX")
        first = cursor.uid + 1 if cursor else 1
        for uid in range(first, first + BATCH):
            raw = f"mail {uid}".encode()
            message = stored(f"m{uid}", sha256=hashlib.sha256(raw).hexdigest())
            unit.messages.add(message, raw=raw)
            unit.messages.see(sighting(uid, message=message.id))
            unit.obligations.add(obligation(f"o{uid}", message=message.id), event(f"o{uid}"))
            unit.obligations.add_notice(notice(f"o{uid}"))
            unit.outbox.add(mail(f"k{uid}"))
            unit.audit(AuditLine(at=NOW, who="mailbot", action="stored", subject=message.id))
        unit.cursors.set(Cursor(mailbox="esc1", folder="INBOX", validity=7, uid=first + BATCH - 1))
        unit.commit()


def run_and_kill(work: Callable[..., None], *arguments: object, after: float) -> None:
    process = started(work, *arguments)
    time.sleep(after)
    kill(process)


def started(work: Callable[..., None], *arguments: object) -> BaseProcess:
    process = FORK.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join(timeout=10)


@pytest.mark.parametrize("kills", [3, pytest.param(200, marks=pytest.mark.long)])
def test_a_killed_ingestion_keeps_whole_batches_and_loses_none(url: str, kills: int) -> None:
    chance = random.Random(4711)  # noqa: S311
    for _ in range(kills):
        run_and_kill(ingest_for_ever, url, after=chance.uniform(0.05, 0.3))
    with closing(open_store(url)) as store:
        # Whatever was killed last, work goes on from there.
        take_batch(store)
    assert check_integrity(url) == ()
    with closing(open_store(url)) as store, store.begin() as unit:
        cursor = unit.cursors.get("esc1", "INBOX")
        assert cursor
        uids = range(1, cursor.uid + 1)
        assert len(uids) % BATCH == 0
        assert {message.id for message in unit.messages.list(MessageFilter())} == {f"m{uid}" for uid in uids}
        assert {owed.id for owed in unit.obligations.list(ObligationFilter())} == {f"o{uid}" for uid in uids}
        assert unit.messages.known([key(uid) for uid in uids]) == {key(uid) for uid in uids}
        assert (
            len(unit.obligations.waiting_notices()) == len(unit.outbox.list()) == len(unit.audit_lines()) == len(uids)
        )


def send_for_ever(url: str, sink: Path, worker: str) -> None:
    """Claims, hands over (a line in the sink), settles."""
    with closing(open_store(url)) as store:
        while True:
            with store.begin() as unit:
                claimed = unit.outbox.claim(NOW, worker=worker, lease=LEASE, limit=3)
                unit.commit()
            for outgoing in claimed:
                with sink.open("a") as file:
                    file.write(f"{outgoing.key}\n")
                with store.begin() as unit:
                    unit.outbox.settle(outgoing.key, MailState.SENT, at=NOW)
                    unit.commit()


@pytest.mark.needs_postgresql
@pytest.mark.parametrize("kills", [2, pytest.param(60, marks=pytest.mark.long)])
def test_killed_senders_hand_over_nothing_twice(postgresql_url: str, tmp_path: Path, kills: int) -> None:
    count = 40 * kills
    queue(postgresql_url, count)
    sinks = [tmp_path / f"{number}.txt" for number in range(3)]
    workers = [started(send_for_ever, postgresql_url, sink, sink.stem) for sink in sinks]
    chance = random.Random(4712)  # noqa: S311
    for number in range(kills):
        time.sleep(chance.uniform(0.1, 0.3))
        victim = number % len(workers)
        kill(workers[victim])
        workers[victim] = started(send_for_ever, postgresql_url, sinks[victim], sinks[victim].stem)
    await_empty(postgresql_url)
    for worker in workers:
        kill(worker)
    handed = Counter(line for sink in sinks if sink.exists() for line in sink.read_text().split())
    with closing(open_store(postgresql_url)) as store, store.begin() as unit:
        unit.outbox.release_stale(NOW + HOUR)
        states = {outgoing.key: outgoing.state for outgoing in unit.outbox.list()}
    in_doubt = [key for key, state in states.items() if state is MailState.UNCERTAIN]
    assert set(handed.values()) == {1}
    assert set(states.values()) <= {MailState.SENT, MailState.UNCERTAIN}
    assert len(in_doubt) <= 3 * kills
    assert all(handed[key] == 1 for key, state in states.items() if state is MailState.SENT)


def queue(url: str, count: int) -> None:
    with closing(open_store(url)) as store, store.begin() as unit:
        for number in range(count):
            unit.outbox.add(mail(f"k{number:04}"))
        unit.commit()


def await_empty(url: str) -> None:
    until = time.monotonic() + 60
    with closing(open_store(url)) as store:
        while True:
            with store.begin() as unit:
                if not unit.tally(NOW).mails[MailState.QUEUED]:
                    break
            assert time.monotonic() < until
            time.sleep(0.1)
    # What was claimed last is handed over by now.
    time.sleep(0.5)
