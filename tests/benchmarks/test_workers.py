"""What 1, 2 and 4 worker processes take in together on one PostgreSQL, as ratios in one run.

`pytest tests/benchmarks/test_workers.py -m long -s` shows the figures. Workers beyond the machine's cores
wait for one another, so the ratios are to be read with the number of cores, which is printed too.
"""

import multiprocessing
import os
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from multiprocessing.synchronize import Barrier

import pytest

from mailbot.bootstrap import memory_desk
from mailbot.domain.message import MailKey
from mailbot.ports.mailbox import FetchedMail
from mailbot.ports.stored import MessageFilter
from mailbot.services.desk import Box
from mailbot.services.ingest import ingest
from mailbot.settings import Settings
from mailbot.store import check_integrity, open_store
from tests.benchmarks.past_mail import BEGINS_AT, office, past_mails
from tests.servers.postgresql import new_database

MAILBOXES, PER_MAILBOX, BATCH = 4, 200, 50
NOW = BEGINS_AT + timedelta(days=20)
PATIENCE = 60


@pytest.mark.long
@pytest.mark.needs_postgresql
def test_more_workers_on_one_database_take_in_more_and_lose_nothing() -> None:
    rates = {workers: MAILBOXES * PER_MAILBOX / _seconds(workers) for workers in (1, 2, 4)}
    told = ", ".join(f"{n} workers {rate:.0f}/s = {rate / rates[1]:.2f}" for n, rate in rates.items())
    print(f"\n{MAILBOXES * PER_MAILBOX} mails on {os.cpu_count()} cores: {told}")
    # Workers that share a core with others measure the others' load: their figures are only printed.
    for workers in (2, 4):
        assert workers > (os.cpu_count() or 1) or rates[workers] > 0.8 * rates[1]


def _seconds(workers: int) -> float:
    """From the common start until the last mail is stored, on a database of its own."""
    with new_database() as url:
        with closing(open_store(url)) as store, store.begin() as uow:
            uow.office.save(office())
            uow.office.save_dispatches(office().dispatches)
            uow.commit()
        taken = _raced(url, workers)
        with closing(open_store(url)) as store, store.begin() as uow:
            assert len(uow.messages.list(MessageFilter())) == MAILBOXES * PER_MAILBOX
        assert check_integrity(url) == ()
    return taken


def _raced(url: str, workers: int) -> float:
    context = multiprocessing.get_context("spawn")
    line = context.Barrier(workers + 1)
    shares = [range(number, MAILBOXES, workers) for number in range(workers)]
    processes = [context.Process(target=_work, args=(url, share, line), daemon=True) for share in shares]
    for process in processes:
        process.start()
    # What a process loads once is not what a mail costs.
    line.wait(PATIENCE)
    began = time.perf_counter()
    line.wait(PATIENCE)
    taken = time.perf_counter() - began
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    return taken


def _work(url: str, mailboxes: Sequence[int], line: Barrier) -> None:
    with closing(open_store(url)) as store:
        desk = replace(memory_desk(Settings(), office()), store=store)
        desk.classifier.classify([])
        mails = {number: _mails(number) for number in mailboxes}
        line.wait(PATIENCE)
        for number, waiting in mails.items():
            box = Box(name=f"box{number}", address=f"esc{number:02}@agencia.example")
            for start in range(0, PER_MAILBOX, BATCH):
                ingest(desk, waiting[start : start + BATCH], box=box, now=NOW)
        line.wait(PATIENCE)


def _mails(mailbox: int) -> list[FetchedMail]:
    """The part of the mails of three months that lies in one mailbox."""
    first = mailbox * PER_MAILBOX
    return [
        FetchedMail(
            key=MailKey(mailbox=f"box{mailbox}", folder="INBOX", validity=1, uid=uid),
            raw=raw,
            received_at=BEGINS_AT + timedelta(minutes=10 * uid),
        )
        for uid, raw in enumerate(list(past_mails(first + PER_MAILBOX))[first:], start=first + 1)
    ]
