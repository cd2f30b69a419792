from datetime import datetime, timedelta

import pytest

from mailbot.domain.mail import MailPurpose, MailState, OutgoingMail
from mailbot.domain.message import Address
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.services.climb import beat
from mailbot.services.deliver import BREAKER
from mailbot.services.health import Health, health
from mailbot.services.poll import poll
from mailbot.services.reconcile import reconcile
from tests.builders import ESC, REQUIREMENT, lima, raw_mail
from tests.unit.services.world import BOX, World

NOON = lima("2026-11-16 12:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return World(verdicts={"levante": REQUIREMENT})


def _health(world: World, now: datetime = NOON) -> Health:
    return health(world.desk.store, now=now, mailboxes=["rq"])


def _working(world: World, source: MemoryMailSource, now: datetime = NOON) -> None:
    poll(world.desk, source, BOX, now=now, since=now - timedelta(days=3))
    beat(world.desk, now=now)


def _queue(world: World, state: MailState, *, at: datetime = NOON) -> None:
    mail = OutgoingMail(
        key="notice:1",
        purpose=MailPurpose.NOTICE,
        message_id="<mb.1@agencia.example>",
        sender=world.desk.sender,
        to=(Address(address=ESC),),
        subject="Aviso",
        text="Texto",
        html="<p>Texto</p>",
        created_at=at,
        not_before=at,
        state=state,
    )
    with world.desk.store.begin() as uow:
        uow.outbox.add(mail)
        uow.commit()


def test_a_service_that_works_needs_nobody(world: World) -> None:
    source = MemoryMailSource("rq")
    source.add(raw_mail(subject="levante", at=NOON), at=NOON)
    _working(world, source)
    reconcile(world.desk, source, BOX, now=NOON)

    found = _health(world)

    assert found.problems == ()
    (box,) = found.mailboxes
    assert (box.last_read_at, sum(line.seen for line in box.ledger)) == (NOON, 1)
    assert {one.folder: one.on_server for one in box.reconciled}["INBOX"] == 1
    assert found.tally.open == 1


def test_a_service_that_never_ran_is_told_once(world: World) -> None:
    assert _health(world).problems == ("el servicio no está trabajando: inícielo con «mailbot run»",)


@pytest.mark.parametrize(
    ("state", "words"),
    [(MailState.UNCERTAIN, "no se sabe si salieron"), (MailState.REFUSED, "rechazados"), (MailState.QUEUED, "avanza")],
    ids=["uncertain", "refused", "stuck"],
)
def test_a_mail_that_needs_a_person_is_told(world: World, state: MailState, words: str) -> None:
    _working(world, MemoryMailSource("rq"))
    _queue(world, state, at=NOON - timedelta(hours=1))

    assert [words in problem for problem in _health(world).problems] == [True]


def test_a_queue_that_moves_is_no_problem(world: World) -> None:
    _working(world, MemoryMailSource("rq"))
    _queue(world, MailState.QUEUED, at=NOON - MINUTE)

    assert _health(world).problems == ()
    assert _health(world).oldest_waiting_at == NOON - MINUTE


def test_a_mailbox_that_is_not_read_is_told_by_name(world: World) -> None:
    _working(world, MemoryMailSource("rq"))
    later = NOON + timedelta(hours=2)
    beat(world.desk, now=later)

    (problem,) = _health(world, later).problems
    assert "rq" in problem


def test_sending_that_was_stopped_is_told(world: World) -> None:
    _working(world, MemoryMailSource("rq"))
    with world.desk.store.begin() as uow:
        uow.facts.set(BREAKER, f"tripped {NOON.isoformat()}")
        uow.commit()

    assert ["--resume" in problem for problem in _health(world).problems] == [True]


def test_a_mail_in_quarantine_is_told(world: World) -> None:
    source = MemoryMailSource("rq")
    source.spoil(source.add(b"x", at=NOON), fault="no se entrega")
    _working(world, source)

    assert ["cuarentena" in problem for problem in _health(world).problems] == [True]
