"""How long a replay takes: 10,000 mails over three months within 3 minutes on one core, reading included.

Run with `pytest tests/benchmarks/test_replay.py -m long -s`.
"""

import resource
from dataclasses import replace as with_
from time import process_time

import pytest

from mailbot.bootstrap import build_renderer, memory_desk
from mailbot.rendering.headlines import HeadlineRenderer
from mailbot.services.chronicle import chronicle
from mailbot.services.replay import PastMail, Span, replay
from mailbot.settings import Settings
from tests.benchmarks.past_mail import office, past_mails

MAILS = 10_000
# Of one core; a machine that does other work beside takes longer on the wall's clock.
LIMIT_SECONDS = 180
LIMIT_MEBIBYTES = 1024


@pytest.mark.long
def test_ten_thousand_mails_are_replayed_within_three_minutes() -> None:
    mails = [PastMail(path=str(n), raw=raw) for n, raw in enumerate(past_mails(MAILS))]
    began = process_time()

    desk = with_(memory_desk(Settings(), office()), renderer=HeadlineRenderer(build_renderer(Settings())))
    replay(desk, mails, span=Span())
    with desk.store.begin() as uow:
        events = chronicle(uow)

    taken = process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{MAILS} mails, {len(events)} events: {taken:.0f} s of one core, {peak} MiB")
    assert len([event for event in events if event.event == "message"]) == MAILS
    assert taken < LIMIT_SECONDS
    assert peak < LIMIT_MEBIBYTES
