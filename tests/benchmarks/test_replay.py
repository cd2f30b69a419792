"""How long a replay takes: 10,000 mails over three months within 3 minutes on one core, reading included.

Run with `pytest tests/benchmarks/test_replay.py -m long -s`.
"""

import resource
from time import perf_counter

import pytest

from mailbot.bootstrap import memory_desk
from mailbot.senders.memory import MemorySender
from mailbot.services.chronicle import chronicle
from mailbot.services.deliver import Post
from mailbot.services.replay import PastMail, Span, replay
from mailbot.settings import Settings
from tests.benchmarks.past_mail import office, past_mails

MAILS = 10_000
LIMIT_SECONDS = 180


@pytest.mark.long
def test_ten_thousand_mails_are_replayed_within_three_minutes() -> None:
    mails = [PastMail(path=str(n), raw=raw) for n, raw in enumerate(past_mails(MAILS))]
    began = perf_counter()

    desk = memory_desk(Settings(), office())
    replay(desk, Post(sender=MemorySender(), worker="replay"), mails, span=Span())
    with desk.store.begin() as uow:
        events = chronicle(uow)

    taken = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{MAILS} mails, {len(events)} events: {taken:.0f} s, {peak} MiB")
    assert taken < LIMIT_SECONDS
