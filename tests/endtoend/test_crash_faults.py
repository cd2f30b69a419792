"""What surrounds a running service fails: each failure passes, and then everything is there once."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.domain.mail import MailState
from mailbot.ports.stored import MessageFilter
from tests.endtoend.crash_office import CrashOffice, crash_office, message_id_of, until
from tests.endtoend.test_crash import assert_all_sent_once, assert_all_taken_once, is_quiet, state_of
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.needs_dovecot

# A minute of the services in an eighth of a second: the pauses after a "later" pass while a test waits.
_SPEED = 480.0


@pytest.fixture
def office(dovecot: Dovecot, tmp_path: Path) -> Iterator[CrashOffice]:
    """An office whose service has taken in and told its first complaint."""
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    with crash_office(tmp_path, dovecot, url=url, speed=_SPEED) as found:
        found.complain(0)
        nursery = found.nursery()
        nursery.say("start")
        _await(found, 1)
        yield found


def _await(office: CrashOffice, mails: int) -> None:
    until(lambda: is_quiet(office, mails), within=60, what=lambda: _said(office))


def _said(office: CrashOffice) -> str:
    return f"{state_of(office)}\n{office.nurseries[0].complaints()}"


def _end(office: CrashOffice, mails: int) -> None:
    """Everything was taken and told once, and the service still stops in order."""
    assert office.nurseries[0].say("stop") == "ended 0", office.nurseries[0].complaints()
    assert_all_taken_once(office, range(mails))
    assert_all_sent_once(office)


def _stuck(office: CrashOffice) -> set[MailState]:
    with office.store() as store, store.begin() as uow:
        return {mail.state for mail in uow.outbox.list()} - {MailState.SENT, MailState.QUEUED}


def _validity(office: CrashOffice) -> int:
    with office.dovecot.client(office.esc) as client:
        return int(client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])


def test_the_mail_server_restarts(office: CrashOffice) -> None:
    office.dovecot.stop()
    time.sleep(0.5)
    office.dovecot.start()
    office.complain(1)
    _await(office, 2)
    _end(office, 2)


@pytest.mark.long
def test_a_folder_is_numbered_anew(office: CrashOffice) -> None:
    nursery = office.nurseries[0]
    assert nursery.say("stop") == "ended 0"
    before = _validity(office)
    box = office.dovecot.home / "mail" / office.esc / "Maildir"
    for file in (*box.glob("dovecot-uid*"), *box.glob("dovecot.index*")):
        file.unlink()
    # Dovecot takes the second of the day for the number.
    time.sleep(1.1)
    office.complain(1)
    assert _validity(office) != before
    nursery.say("start")
    _await(office, 2)
    _end(office, 2)


@pytest.mark.long
@pytest.mark.parametrize("answer", ["451 4.3.0 later", "421 4.7.0 closing"], ids=["later", "closing"])
def test_a_server_that_asks_to_wait_gets_the_mail_later(office: CrashOffice, answer: str) -> None:
    office.sink.script.data_answer = answer
    office.complain(1)
    until(lambda: _stuck(office) == {MailState.DEFERRED}, within=30, what=lambda: _said(office))
    office.sink.script.data_answer = "250 OK"
    _await(office, 2)
    _end(office, 2)


def test_a_server_that_cuts_the_line_after_it_took_the_mail_is_not_given_it_twice(office: CrashOffice) -> None:
    before = len(office.sink.taken)
    office.sink.script.drops_after_data = True
    office.complain(1)
    until(lambda: len(office.sink.taken) > before, within=30, what=lambda: _said(office))
    office.sink.script.drops_after_data = False
    _await(office, 2)
    _end(office, 2)


@pytest.mark.long
def test_a_mail_that_is_refused_for_good_is_shown_and_holds_nothing_back(office: CrashOffice) -> None:
    office.sink.script.data_answer = "550 5.7.1 no"
    office.complain(1)
    until(lambda: _stuck(office) == {MailState.REFUSED}, within=30, what=lambda: _said(office))
    office.sink.script.data_answer = "250 OK"
    before = len(office.sink.taken)
    office.complain(2)
    until(lambda: len(office.sink.taken) > before, within=30, what=lambda: _said(office))
    assert office.nurseries[0].say("stop") == "ended 0"
    assert_all_taken_once(office, range(3))
    assert set(Counter(message_id_of(mail.content) for mail in office.sink.taken).values()) == {1}


def test_a_database_that_is_locked_for_a_while_loses_nothing(office: CrashOffice, tmp_path: Path) -> None:
    blocker = sqlite3.connect(tmp_path / "mailbot.sqlite", isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        office.complain(1)
        time.sleep(3)
        blocker.execute("ROLLBACK")
    finally:
        blocker.close()
    _await(office, 2)
    _end(office, 2)


@pytest.mark.long
def test_a_database_that_is_locked_longer_than_anybody_waits_loses_nothing(office: CrashOffice, tmp_path: Path) -> None:
    blocker = sqlite3.connect(tmp_path / "mailbot.sqlite", isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        office.complain(1)
        time.sleep(20)
        blocker.execute("ROLLBACK")
    finally:
        blocker.close()
    _await(office, 2)
    _end(office, 2)


def test_a_disk_without_room_stops_work_and_room_lets_it_go_on(office: CrashOffice, tmp_path: Path) -> None:
    """The file may grow no further, as on a full disk, until it may again."""
    nursery = office.nurseries[0]
    assert nursery.say("stop") == "ended 0"
    nursery.say("start-full")
    for number in range(1, 4):
        office.complain(number)
    time.sleep(2)
    with office.store() as store, store.begin() as uow:
        assert len(uow.messages.list(MessageFilter())) == 1
    assert nursery.say("stop") == "ended 0", nursery.complaints()
    nursery.say("start")
    _await(office, 4)
    _end(office, 4)


def test_a_clock_that_is_set_back_repeats_nothing_and_stops_nothing(office: CrashOffice) -> None:
    """What arrives meanwhile comes from the service's future: it is told when its moment comes."""
    office.nurseries[0].say("shift", -1800)
    office.complain(1)
    _await(office, 2)
    office.nurseries[0].say("shift", 1800)
    office.complain(2)
    _await(office, 3)
    _end(office, 3)
