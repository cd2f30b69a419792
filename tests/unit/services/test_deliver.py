from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused
from mailbot.domain.mail import MailPurpose, MailState, OutgoingMail
from mailbot.domain.message import Address
from mailbot.services.deliver import LEASE, MAX_ATTEMPTS, deliver, pause_after, withhold
from tests.builders import ESC, lima
from tests.unit.services.world import World

NOON = lima("2026-11-16 12:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return World()


def _queue(world: World, **changes: object) -> OutgoingMail:
    mail = OutgoingMail(
        key="notice:1",
        purpose=MailPurpose.NOTICE,
        message_id="<mb.1@agencia.example>",
        sender=Address(address="mailbot@agencia.example"),
        to=(Address(address=ESC),),
        subject="Aviso",
        text="Texto",
        html="<p>Texto</p>",
        created_at=NOON,
        not_before=NOON,
    )
    mail = replace(mail, **changes)
    with world.desk.store.begin() as uow:
        uow.outbox.add(mail)
        uow.commit()
    return mail


def _state(world: World, key: str = "notice:1") -> OutgoingMail:
    with world.desk.store.begin() as uow:
        found = uow.outbox.get(key)
    assert found is not None
    return found


def test_a_mail_leaves_once(world: World) -> None:
    _queue(world)

    for later in range(3):
        deliver(world.desk, world.post, now=NOON + later * MINUTE)

    assert [mail.message_id for mail in world.sender.sent] == ["<mb.1@agencia.example>"]
    assert (_state(world).state, _state(world).sent_at) == (MailState.SENT, NOON)


def test_nothing_leaves_before_its_moment(world: World) -> None:
    _queue(world, not_before=NOON + MINUTE)

    assert deliver(world.desk, world.post, now=NOON).sent == 0
    assert deliver(world.desk, world.post, now=NOON + MINUTE).sent == 1


def test_a_deferred_mail_is_tried_again_later_under_the_same_id(world: World) -> None:
    _queue(world)
    world.sender.fail_with(DeliveryDeferred("451 más tarde"))

    assert deliver(world.desk, world.post, now=NOON).deferred == 1
    waiting = _state(world)
    assert (waiting.state, waiting.attempts, waiting.last_error) == (MailState.DEFERRED, 1, "451 más tarde")
    assert deliver(world.desk, world.post, now=NOON + timedelta(hours=1)).sent == 1
    assert [mail.message_id for mail in world.sender.sent] == ["<mb.1@agencia.example>"]


def test_the_servers_own_word_on_when_is_kept(world: World) -> None:
    _queue(world)
    world.sender.fail_with(DeliveryDeferred("451", retry_at=NOON + timedelta(hours=3)))
    deliver(world.desk, world.post, now=NOON)

    assert deliver(world.desk, world.post, now=NOON + timedelta(hours=2)).sent == 0
    assert deliver(world.desk, world.post, now=NOON + timedelta(hours=3)).sent == 1


def test_retries_have_an_end_and_are_shown_to_a_person(world: World) -> None:
    _queue(world)
    now = NOON
    for _ in range(MAX_ATTEMPTS):
        world.sender.fail_with(DeliveryDeferred("451"))
        deliver(world.desk, world.post, now=now)
        now += timedelta(hours=4)

    assert _state(world).state is MailState.REFUSED
    assert str(MAX_ATTEMPTS) in _state(world).last_error


def test_a_refused_mail_is_never_tried_again(world: World) -> None:
    _queue(world)
    world.sender.fail_with(DeliveryRefused("550 no existe"))

    assert deliver(world.desk, world.post, now=NOON).refused == 1
    assert deliver(world.desk, world.post, now=NOON + timedelta(days=1)).sent == 0
    assert _state(world).last_error == "550 no existe"


def test_one_failing_mail_does_not_stop_the_next(world: World) -> None:
    _queue(world)
    _queue(world, key="notice:2", message_id="<mb.2@agencia.example>")
    world.sender.fail_with(DeliveryRefused("550"))

    done = deliver(world.desk, world.post, now=NOON)

    assert (done.refused, done.sent) == (1, 1)


def test_a_worker_that_died_leaves_its_mail_uncertain(world: World) -> None:
    _queue(world)
    with world.desk.store.begin() as uow:
        uow.outbox.claim(NOON, worker="dead", lease=LEASE)
        uow.commit()

    deliver(world.desk, world.post, now=NOON + 2 * LEASE)

    assert _state(world).state is MailState.UNCERTAIN
    assert world.sender.sent == ()


def test_mails_are_claimed_one_at_a_time_so_that_a_crash_leaves_one_in_doubt(world: World) -> None:
    for number in range(5):
        _queue(world, key=f"notice:{number}", message_id=f"<mb.{number}@agencia.example>")
    world.sender.fail_with(RuntimeError("the process dies"))

    with pytest.raises(RuntimeError):
        deliver(world.desk, world.post, now=NOON)

    with world.desk.store.begin() as uow:
        states = Counter(mail.state for mail in uow.outbox.list())
    assert states == {MailState.SENDING: 1, MailState.QUEUED: 4}


def test_a_service_that_is_told_to_stop_takes_no_further_mail(world: World) -> None:
    for number in range(3):
        _queue(world, key=f"notice:{number}", message_id=f"<mb.{number}@agencia.example>")
    post = replace(world.post, is_stopping=lambda: bool(world.sender.sent))

    assert deliver(world.desk, post, now=NOON).sent == 1


def test_a_server_that_says_try_again_at_once_is_not_asked_twice_in_a_round(world: World) -> None:
    _queue(world)
    world.sender.fail_with(DeliveryDeferred("451", retry_at=NOON))

    assert deliver(world.desk, world.post, now=NOON).deferred == 1
    assert world.sender.sent == ()
    assert deliver(world.desk, world.post, now=NOON + MINUTE).sent == 1


def test_with_the_clock_set_back_nothing_leaves_twice(world: World) -> None:
    _queue(world)
    for now in (NOON, NOON - timedelta(hours=3), NOON, NOON + MINUTE):
        deliver(world.desk, world.post, now=now)

    assert len(world.sender.sent) == 1


def test_with_sending_off_mails_are_withheld(world: World) -> None:
    _queue(world)

    assert withhold(world.desk, now=NOON, worker="off") == 1
    assert _state(world).state is MailState.WITHHELD


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [(0, timedelta(minutes=1)), (3, timedelta(minutes=8)), (20, timedelta(hours=2))],
)
def test_pauses_grow_to_two_hours(attempts: int, pause: timedelta) -> None:
    assert pause_after(attempts, jitter=0) == pause
    assert pause < pause_after(attempts, jitter=1) <= pause * 1.25


def test_times_are_those_of_the_call(world: World) -> None:
    _queue(world)
    later: datetime = NOON + 5 * MINUTE
    deliver(world.desk, world.post, now=later)

    assert _state(world).sent_at == later
