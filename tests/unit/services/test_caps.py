from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailbot.domain.mail import MailPurpose, MailState, OutgoingMail
from mailbot.domain.message import Address
from mailbot.services.caps import Sent, held_back, is_flood
from mailbot.services.deliver import deliver, resume, withhold
from tests.builders import COMPLAINT, ESC, lima
from tests.unit.services.world import World

NOON = lima("2026-11-16 12:00")
OUTSIDE = "compras@textiles.example"


def _mail(number: int = 0, *, to: str = OUTSIDE, sent_at: datetime | None = NOON, **changes: object) -> OutgoingMail:
    mail = OutgoingMail(
        key=f"digest:20131312955:{number}",
        purpose=MailPurpose.DIGEST,
        message_id=f"<mb.{number}@agencia.example>",
        sender=Address(address="mailbot@agencia.example"),
        to=(Address(address=to),),
        subject="Status",
        text="Texto",
        html="<p>Texto</p>",
        created_at=NOON,
        not_before=NOON,
        sent_at=sent_at,
    )
    return replace(mail, **changes)  # type: ignore[arg-type]


def _sent(*mails: OutgoingMail, now: datetime = NOON) -> Sent:
    return Sent(mails=mails, office_domain="agencia.example", now=now)


@pytest.mark.parametrize(
    "address", ["no-reply@textiles.example", "noreply@x.example", "mailer-daemon@x.example", "Postmaster@x.example"]
)
def test_an_address_that_nobody_reads_gets_nothing(address: str) -> None:
    assert held_back(_mail(to=address), _sent()) is not None


def test_an_ordinary_address_gets_its_mail() -> None:
    assert held_back(_mail(), _sent()) is None


def test_an_address_is_capped_in_a_sliding_window() -> None:
    many = [_mail(number) for number in range(10)]

    assert held_back(_mail(99), _sent(*many)) is not None
    assert held_back(_mail(99), _sent(*many, now=NOON + timedelta(minutes=11))) is None


def test_people_of_the_office_may_get_more() -> None:
    many = [_mail(number, to=ESC) for number in range(10)]

    assert held_back(_mail(99, to=ESC), _sent(*many)) is None


def test_a_domain_outside_is_capped() -> None:
    many = [_mail(number, to=f"persona{number}@textiles.example") for number in range(60)]

    assert held_back(_mail(99, to="nueva@textiles.example"), _sent(*many)) is not None
    assert held_back(_mail(99, to="nueva@otro.example"), _sent(*many)) is None


def test_a_conversation_of_answers_is_capped() -> None:
    answers = [
        _mail(n, to=ESC, purpose=MailPurpose.CONFIRMATION, in_reply_to=f"<{n}@x>", references=("<root@x>",))
        for n in range(5)
    ]
    another = _mail(9, to=ESC, purpose=MailPurpose.CONFIRMATION, in_reply_to="<9@x>", references=("<root@x>",))

    assert held_back(another, _sent(*answers)) is not None
    assert held_back(replace(another, references=("<other@x>",)), _sent(*answers)) is None


def test_six_hundred_mails_an_hour_are_a_flood() -> None:
    assert is_flood(_sent(*[_mail(number) for number in range(600)]))
    assert not is_flood(_sent(*[_mail(number) for number in range(599)]))


def _queue(world: World, *mails: OutgoingMail) -> None:
    with world.desk.store.begin() as uow:
        for mail in mails:
            uow.outbox.add(replace(mail, sent_at=None))
        uow.commit()


def _states(world: World) -> list[MailState]:
    with world.desk.store.begin() as uow:
        return [mail.state for mail in uow.outbox.list()]


def test_what_is_over_a_cap_is_withheld_and_shown() -> None:
    world = World()
    _queue(world, *[_mail(number) for number in range(10)])
    deliver(world.desk, world.post, now=NOON)
    _queue(world, _mail(99))

    done = deliver(world.desk, world.post, now=NOON + timedelta(minutes=1))

    assert (done.sent, done.withheld) == (0, 1)
    assert len(world.sender.sent) == 10


def test_a_flood_stops_all_sending_until_a_person_lets_it_go_on() -> None:
    world = World()
    crowd = [_mail(number, to=f"uno@d{number}.example") for number in range(600)]
    _queue(world, *crowd)
    for _ in range(40):
        deliver(world.desk, world.post, now=NOON)
    assert len(world.sender.sent) == 600

    _queue(world, _mail(1000, to="dos@d1.example"))
    stopped = deliver(world.desk, world.post, now=NOON + timedelta(minutes=1))
    _queue(world, _mail(1001, to="tres@d1.example"))
    much_later = NOON + timedelta(hours=5)
    still = deliver(world.desk, world.post, now=much_later)
    resume(world.desk, now=much_later)
    _queue(world, _mail(1002, to="cuatro@d1.example"))
    again = deliver(world.desk, world.post, now=much_later + timedelta(minutes=1))

    assert (stopped.withheld, still.withheld, again.sent) == (1, 1, 1)


def test_in_shadow_mode_nothing_leaves_and_all_goes_on_as_if_it_had() -> None:
    world = World(verdicts={"reclamo": COMPLAINT})
    world.write("reclamo", lima("2026-11-16 09:00"))
    from mailbot.services.climb import climb

    climb(world.desk, now=lima("2026-11-16 09:00"))
    withhold(world.desk, now=lima("2026-11-16 09:00"), worker="off", is_shadow=True)

    assert world.sender.sent == ()
    assert _states(world) == [MailState.WITHHELD]
    report = [item for item in world.owed() if item.kind == "management_report"]
    assert not report[0].is_open
