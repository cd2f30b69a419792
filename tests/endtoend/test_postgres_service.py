"""Three `mailbot run` on one PostgreSQL: killed, frozen, woken and cut off, they do each thing once."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.store import check_integrity
from tests.endtoend.crash_office import CrashOffice, Nursery, crash_office, until
from tests.endtoend.test_crash import assert_all_sent_once, assert_all_taken_once, is_quiet, state_of
from tests.servers.dovecot import Dovecot
from tests.servers.network import HERE, island
from tests.servers.postgresql import cluster

pytestmark = [pytest.mark.needs_dovecot, pytest.mark.needs_postgresql]

# A frozen leader is let go by the server after 20 s of ours: no more than a working day may pass meanwhile.
_SPEED = 120.0


@pytest.fixture
def office(dovecot: Dovecot, postgresql_url: str, tmp_path: Path) -> Iterator[CrashOffice]:
    with crash_office(tmp_path, dovecot, url=postgresql_url, speed=_SPEED) as found:
        yield found


def _started(office: CrashOffice) -> list[Nursery]:
    office.complain(0)
    machines = [office.nursery(is_warm=number == 0) for number in range(3)]
    for machine in machines:
        machine.say("start")
    return machines


def _end(office: CrashOffice, machines: list[Nursery], mails: int) -> None:
    until(
        lambda: is_quiet(office, mails),
        within=90,
        what=lambda: "\n".join([state_of(office), *(machine.complaints() for machine in machines)]),
    )
    for machine in machines:
        assert machine.say("stop") == "ended 0", machine.complaints()
    assert check_integrity(office.url) == ()
    assert_all_taken_once(office, range(mails))
    assert_all_sent_once(office)


@pytest.mark.parametrize("rounds", [4, pytest.param(60, marks=pytest.mark.long)])
def test_services_that_are_killed_and_cut_off_do_each_thing_once(office: CrashOffice, rounds: int) -> None:
    machines = _started(office)
    chance = random.Random(7)  # noqa: S311
    for number in range(1, rounds + 1):
        office.complain(number)
        time.sleep(chance.uniform(0.2, 1.5))
        victim = machines[number % len(machines)]
        if number % 2:
            assert victim.say("murder") == "killed"
            victim.say("start")
        else:
            _cut_all_connections(office.url)
    _end(office, machines, rounds + 1)


@pytest.mark.long
def test_a_leader_that_freezes_is_followed_and_does_no_harm_when_it_wakes(office: CrashOffice) -> None:
    machines = _started(office)
    until(lambda: is_quiet(office, 1), within=60, what=lambda: state_of(office))
    # Whoever leads and reads the mailbox is among them: each is frozen in turn, longer than its leases last.
    for number, machine in enumerate(machines, start=1):
        machine.say("freeze")
        office.complain(number)
        until(lambda expected=number + 1: is_quiet(office, expected), within=90, what=lambda: state_of(office))
        machine.say("thaw")
    _end(office, machines, len(machines) + 1)


@pytest.mark.long
def test_a_leader_whose_cable_is_pulled_is_followed_and_does_no_harm_when_it_is_back(office: CrashOffice) -> None:
    ports = (cluster().port, office.dovecot.imap_port, office.sink.port)
    with island(ports) as far:
        settings = office.folder / "settings.env"
        elsewhere = settings.with_name("island.env")
        elsewhere.write_text(settings.read_text().replace("127.0.0.1", HERE))
        elsewhere.chmod(0o600)
        office.complain(0)
        # The first to come leads and reads every mailbox.
        leader = office.nursery(settings="island.env", inside=far.inside)
        leader.say("start")
        office.complain(1)
        until(lambda: is_quiet(office, 2), within=60, what=lambda: f"{state_of(office)}\n{leader.complaints()}")
        others = [office.nursery(is_warm=False) for _ in range(2)]
        for other in others:
            other.say("start")
        far.cut()
        office.complain(2)
        until(lambda: is_quiet(office, 3), within=90, what=lambda: state_of(office))
        far.mend()
        office.complain(3)
        _end(office, [leader, *others], 4)


def _cut_all_connections(url: str) -> None:
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    cluster().run_sql(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}",  # noqa: S608
        database=url.rpartition("/")[2],
    )
