from datetime import datetime, timedelta

import pytest

from mailbot.domain.errors import MailboxUnavailable
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.ports.mailbox import Cursor
from mailbot.ports.stored import MessageFilter
from mailbot.services.poll import poll
from mailbot.services.reconcile import Reconciled, last_reconciled, reconcile, reconcile_nightly
from tests.builders import REQUIREMENT, lima, raw_mail
from tests.unit.services.world import BOX, World

MONDAY = lima("2026-11-16 10:00")
NIGHT = lima("2026-11-17 02:05")
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return World(verdicts={"levante": REQUIREMENT})


@pytest.fixture
def source() -> MemoryMailSource:
    return MemoryMailSource("rq")


def _add(source: MemoryMailSource, at: datetime, number: int = 0) -> None:
    source.add(raw_mail(subject="levante", text=f"¿Y la {number}?", at=at), at=at)


def _poll(world: World, source: MemoryMailSource, now: datetime) -> None:
    poll(world.desk, source, BOX, now=now, since=MONDAY - 3 * HOUR)


def _inbox(world: World, source: MemoryMailSource, now: datetime) -> Reconciled:
    return next(one for one in reconcile(world.desk, source, BOX, now=now) if one.folder == "INBOX")


def _skip(world: World, uid: int) -> None:
    """A cursor that ran ahead of what was stored, as a fault of the server's or ours would leave it."""
    with world.desk.store.begin() as uow:
        uow.cursors.set(Cursor(mailbox="rq", folder="INBOX", validity=1, uid=uid))
        uow.commit()


def test_what_was_read_adds_up_to_what_lies_there(world: World, source: MemoryMailSource) -> None:
    for number in range(3):
        _add(source, MONDAY, number)
    _poll(world, source, MONDAY)

    found = _inbox(world, source, NIGHT)

    assert (found.on_server, found.missing, found.needs_person) == (3, 0, False)
    with world.desk.store.begin() as uow:
        (line,) = uow.messages.ledger(since=MONDAY - HOUR, zone=world.desk.zone)
    assert line.seen == found.on_server


def test_a_mail_that_was_passed_over_is_found_and_read_with_its_clock_from_its_arrival(
    world: World, source: MemoryMailSource
) -> None:
    _add(source, MONDAY)
    _poll(world, source, MONDAY)
    _add(source, MONDAY + HOUR, 1)
    _skip(world, uid=2)
    _poll(world, source, MONDAY + 2 * HOUR)
    assert len(world.owed()) == 1

    found = _inbox(world, source, NIGHT)

    assert (found.missing, found.healed, found.needs_person) == (1, 1, False)
    assert sorted(item.starts_at for item in world.owed()) == [MONDAY, MONDAY + HOUR]
    assert _inbox(world, source, NIGHT + HOUR).missing == 0


def test_healing_leaves_the_cursor_where_it_was(world: World, source: MemoryMailSource) -> None:
    _add(source, MONDAY)
    _poll(world, source, MONDAY)
    _add(source, MONDAY + HOUR, 1)
    _add(source, MONDAY + HOUR, 2)
    _skip(world, uid=3)

    _inbox(world, source, NIGHT)

    with world.desk.store.begin() as uow:
        cursor = uow.cursors.get("rq", "INBOX")
    assert cursor is not None
    assert cursor.uid == 3


def test_mail_that_has_not_been_read_yet_is_no_gap(world: World, source: MemoryMailSource) -> None:
    _add(source, MONDAY)
    _poll(world, source, MONDAY)
    _add(source, NIGHT, 1)

    assert _inbox(world, source, NIGHT).missing == 0


def test_mail_from_before_the_first_reading_is_no_gap(world: World, source: MemoryMailSource) -> None:
    _add(source, MONDAY - 50 * HOUR)
    _add(source, MONDAY, 1)
    _poll(world, source, MONDAY)

    assert _inbox(world, source, NIGHT).missing == 0
    with world.desk.store.begin() as uow:
        assert len(uow.messages.list(MessageFilter())) == 1


def test_a_mail_that_cannot_be_read_counts_as_seen(world: World, source: MemoryMailSource) -> None:
    key = source.add(b"x", at=MONDAY)
    source.spoil(key, fault="el servidor no lo entrega")
    _poll(world, source, MONDAY)

    assert _inbox(world, source, NIGHT).missing == 0


def test_a_folder_numbered_anew_is_left_to_the_next_poll(world: World, source: MemoryMailSource) -> None:
    _add(source, MONDAY)
    _poll(world, source, MONDAY)
    source.renew("INBOX")

    assert _inbox(world, source, NIGHT).on_server == 0
    _poll(world, source, NIGHT)
    assert _inbox(world, source, NIGHT).on_server == 1
    assert len(world.owed()) == 1


def test_it_runs_once_a_night_and_its_result_is_kept(world: World, source: MemoryMailSource) -> None:
    _add(source, MONDAY)
    _poll(world, source, MONDAY)
    watched = [(BOX, source)]

    assert reconcile_nightly(world.desk, watched, now=lima("2026-11-17 01:00")) == []
    assert len(reconcile_nightly(world.desk, watched, now=NIGHT)) == 2
    assert reconcile_nightly(world.desk, watched, now=NIGHT + HOUR) == []
    with world.desk.store.begin() as uow:
        (kept,) = last_reconciled([("rq", "INBOX")], uow)
    assert (kept.at, kept.on_server) == (NIGHT, 1)


def test_a_mailbox_out_of_reach_is_told(world: World, source: MemoryMailSource) -> None:
    _add(source, MONDAY)
    _poll(world, source, MONDAY)
    source.fail_with(MailboxUnavailable("sin red"))

    (found,) = reconcile(world.desk, source, BOX, now=NIGHT)

    assert (found.fault, found.needs_person) == ("sin red", True)
