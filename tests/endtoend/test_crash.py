"""`mailbot run` is killed at any instant, again and again: nothing is lost, nothing is done twice.

`MAILBOT_KILLS` says how often in the quick suite (24 times by default); continuous integration sets
200. `-m long` kills 2,000 times.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from mailbot.domain.mail import MailState
from mailbot.domain.obligation import ObligationKind
from mailbot.ports.stored import MessageFilter, ObligationFilter
from mailbot.services.deliver import DOUBTED
from mailbot.store import check_integrity
from tests.endtoend.crash_office import CrashOffice, Nursery, crash_office, message_id_of, until
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.needs_dovecot

# A minute of the services passes in a quarter of a second: a lease is over in seconds.
_SPEED = 240.0
_SETTLED = frozenset({MailState.SENT})
_KILLS = int(os.environ.get("MAILBOT_KILLS", "24"))
# How often it is measured anew how long a service needs to get something done: machines get busy and idle.
_MEASURED_EVERY = 100


@pytest.mark.parametrize(
    "kills", [pytest.param(_KILLS, id="few"), pytest.param(2000, id="many", marks=pytest.mark.long)]
)
def test_a_service_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing(
    kills: int, dovecot: Dovecot, tmp_path: Path
) -> None:
    with crash_office(tmp_path, dovecot, url=f"sqlite:///{tmp_path}/mailbot.sqlite", speed=_SPEED) as office:
        # Doubts about what the head is sent are settled by looking too, not by a person.
        with (tmp_path / "settings.env").open("a") as settings:
            settings.write(f"MAILBOT_MAILBOX__JS__ADDRESS={office.head}\n")
        mails = range(kills + 1)
        _live_and_die(office, kills)
        _live_on(office, len(mails))

        assert check_integrity(office.url) == ()
        assert_all_taken_once(office, mails)
        assert_all_sent_once(office)
        assert 0 < _doubts(office) <= kills


def _live_and_die(office: CrashOffice, kills: int) -> None:
    chance = random.Random(2026)  # noqa: S311
    office.complain(0)
    nursery = office.nursery()
    for number in range(1, kills + 1):
        office.complain(number)
        if number % _MEASURED_EVERY == 1:
            work = _measured(office, nursery)
        # Half so long on average: most lives end before anything is done, somewhere in the midst of it, some after it.
        assert nursery.say("kill", chance.expovariate(2 / work)) == "killed", nursery.complaints()


def _measured(office: CrashOffice, nursery: Nursery) -> float:
    """The seconds from the start of a service until it has taken mail in and told something; it is killed then."""
    stored, told, began = _stored(office), len(office.sink.taken), time.monotonic()
    nursery.say("start")
    until(
        lambda: _stored(office) > stored and len(office.sink.taken) > told,
        within=120,
        what=lambda: f"{state_of(office)}\n{nursery.complaints()}",
    )
    took = time.monotonic() - began
    assert nursery.say("murder") == "killed"
    return took


def _live_on(office: CrashOffice, mails: int) -> None:
    """Let one service bring everything to an end, and stop it as an administrator would."""
    nursery = office.nurseries[0]
    nursery.say("start")
    # Services that die after a moment leave something behind: a little more the more of them there were.
    within = max(90.0, mails / 8)
    until(lambda: is_quiet(office, mails), within=within, what=lambda: f"{state_of(office)}\n{nursery.complaints()}")
    assert nursery.say("stop") == "ended 0", nursery.complaints()


def _doubts(office: CrashOffice) -> int:
    """How often a mail was in doubt: a kill leaves one at most."""
    with office.store() as store, store.begin() as uow:
        return sum(line.action == DOUBTED for line in uow.audit_lines())


def is_quiet(office: CrashOffice, mails: int) -> bool:
    """Whether that many mails were taken in and everything that was to be sent is."""
    with office.store() as store, store.begin() as uow:
        stored = uow.tally(office.now()).messages
        states = {mail.state for mail in uow.outbox.list()}
        untold = uow.obligations.list(ObligationFilter(kind=ObligationKind.MANAGEMENT_REPORT, is_open=True))
    return stored == mails and states <= _SETTLED and not untold


def _stored(office: CrashOffice) -> int:
    with office.store() as store, store.begin() as uow:
        return uow.tally(office.now()).messages


def state_of(office: CrashOffice) -> str:
    """What is stored and what is not settled, for a failing test."""
    with office.store() as store, store.begin() as uow:
        tally = uow.tally(office.now())
        open_mails = [(m.state.value, m.key, m.last_error) for m in uow.outbox.list() if m.state not in _SETTLED]
    return f"{tally}\n{open_mails}\n{len(office.sink.taken)} accepted"


def assert_all_taken_once(office: CrashOffice, mails: range) -> None:
    """Every mail is stored once, with each of its obligations once."""
    expected = {f"<reclamo-{number}@textiles.example>" for number in mails}
    with office.store() as store, store.begin() as uow:
        messages = uow.messages.list(MessageFilter())
        owed = Counter((item.message_id, item.kind) for item in uow.obligations.list(ObligationFilter()))
    assert Counter(message.message_id for message in messages) == dict.fromkeys(expected, 1)
    for kind in (ObligationKind.REPLY, ObligationKind.MANAGEMENT_REPORT):
        assert {key: count for key, count in owed.items() if key[1] is kind} == {(one, kind): 1 for one in expected}


def assert_all_sent_once(office: CrashOffice) -> None:
    """Every notice was accepted once, and no row is stuck."""
    accepted = Counter(message_id_of(mail.content) for mail in office.sink.taken)
    with office.store() as store, store.begin() as uow:
        mails = uow.outbox.list()
        reports = uow.obligations.list(ObligationFilter(kind=ObligationKind.MANAGEMENT_REPORT))
        told = {notice.mail for item in reports for notice in uow.obligations.notices(item.id)}
    assert set(accepted.values()) == {1}
    assert set(accepted) == {mail.message_id for mail in mails if mail.state is MailState.SENT}
    assert {mail.state for mail in mails} <= {MailState.SENT, MailState.QUEUED}
    assert told <= {mail.key for mail in mails}
    assert None not in told
