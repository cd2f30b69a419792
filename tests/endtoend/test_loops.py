"""Two mailbots and an out-of-office responder write to each other for a day; the mails are counted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from mailbot.domain.mail import OutgoingMail
from mailbot.domain.message import Address
from mailbot.senders.mime import to_bytes
from mailbot.services.climb import climb
from mailbot.services.deliver import deliver
from tests.builders import CLIENT, COMPLAINT, ESC, REQUIREMENT, SUPERVISOR, lima, raw_mail
from tests.unit.services.world import World

START = lima("2026-11-16 09:00")
MINUTE = timedelta(minutes=1)


def _out_of_office(mail: OutgoingMail, at: datetime, *, sender: str, is_marked: bool) -> bytes:
    """What a vacation responder answers; a badly made one bears no header that says so."""
    headers = {"Auto_Submitted": "auto-replied"} if is_marked else {}
    return raw_mail(
        subject=f"Respuesta automática: {mail.subject}",
        text="Estoy fuera de la oficina hasta el lunes. Gracias por su correo.",
        sender=sender,
        to=mail.sender.address,
        at=at,
        In_Reply_To=mail.message_id,
        **headers,
    )


def _day(world: World, answer: Callable[[OutgoingMail, datetime], None]) -> list[OutgoingMail]:
    sent: list[OutgoingMail] = []
    for minute in range(9 * 60):
        now = START + minute * MINUTE
        before = len(world.sender.sent)
        climb(world.desk, now=now)
        deliver(world.desk, world.post, now=now)
        for mail in world.sender.sent[before:]:
            sent.append(mail)
            answer(mail, now)
    return sent


def test_an_out_of_office_answer_is_never_answered() -> None:
    for is_marked in (True, False):
        world = World(verdicts={"reclamo": COMPLAINT})
        world.write("reclamo", START)

        def reply(mail: OutgoingMail, now: datetime, world: World = world, is_marked: bool = is_marked) -> None:
            world.receive(_out_of_office(mail, now, sender=SUPERVISOR, is_marked=is_marked), now)

        sent = _day(world, reply)

        # The complaint's alert; the reply's reminder, breach and second span.
        assert len(sent) == 4
        assert {mail.purpose.value for mail in sent} == {"notice", "reminder"}


def test_two_mailbots_do_not_keep_each_other_busy() -> None:
    ours, theirs = World(verdicts={"levante": REQUIREMENT}), World(verdicts={"levante": REQUIREMENT})
    ours.write("levante", START)
    theirs.write("levante", START)

    def to_each_other(mail: OutgoingMail, now: datetime) -> None:
        # Every mail of one lands in the inbox of the other, as if both served each other.
        theirs.receive(to_bytes(mail, instance="otro"), now)

    ours_sent = _day(ours, to_each_other)
    theirs_owed = len(theirs.owed())

    assert len(ours_sent) == 3
    assert theirs_owed == 1


def test_everything_automatic_says_so_in_its_headers() -> None:
    world = World(verdicts={"reclamo": COMPLAINT})
    world.write("reclamo", START)
    (alert, *_) = world.tick(START)

    headers = message_from_bytes(to_bytes(alert), policy=policy.default)

    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"]
    assert headers["X-Mailbot"]
    assert headers["Message-ID"] == alert.message_id


def test_incoming_mail_is_never_dropped_however_much_comes() -> None:
    world = World(verdicts={})
    for number in range(120):
        world.write(f"mensaje {number}", START + number * timedelta(seconds=1), sender=CLIENT, to=ESC)

    from mailbot.ports.stored import MessageFilter

    with world.desk.store.begin() as uow:
        assert len(uow.messages.list(MessageFilter())) == 120


_MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Mailbot", "Precedence")


def _neighbour() -> World:
    """Another office's mailbot, with an address and a secret of its own."""
    world = World(verdicts={"levante": REQUIREMENT})
    sender = Address(name="mailbot", address="mailbot@vecina.example")
    world.__dict__["desk"] = replace(world.desk, sender=sender, secret="the secret of another office")
    return world


def _as_it_comes(mail: OutgoingMail, *, is_marked: bool) -> bytes:
    """A mail of a mailbot as it arrives elsewhere; some relays keep no header they do not know."""
    raw = message_from_bytes(to_bytes(mail), policy=policy.SMTP)
    for name in () if is_marked else _MARKS:
        del raw[name]
    return raw.as_bytes()


def _day_of_three_machines(*, is_marked: bool, is_quiet: bool = False) -> tuple[int, int]:
    """How many mails each mailbot sends on a day on which all that it sends reaches the other and a responder."""
    worlds = World(verdicts={"levante": REQUIREMENT}), _neighbour()
    for world in worlds:
        world.write("levante", START)
    counts = [0, 0]
    for minute in range(9 * 60):
        now = START + minute * MINUTE
        for place, world in enumerate(worlds):
            sent = world.tick(now)
            counts[place] += len(sent)
            for mail in () if is_quiet else sent:
                worlds[1 - place].receive(_as_it_comes(mail, is_marked=is_marked), now)
                world.receive(_out_of_office(mail, now, sender=mail.to[0].address, is_marked=is_marked), now)
    return counts[0], counts[1]


@pytest.mark.parametrize("is_marked", [True, False], ids=["with their headers", "stripped of their headers"])
def test_two_mailbots_and_a_responder_send_no_more_than_on_a_quiet_day(*, is_marked: bool) -> None:
    assert (
        _day_of_three_machines(is_marked=is_marked) == _day_of_three_machines(is_marked=True, is_quiet=True) == (3, 3)
    )
