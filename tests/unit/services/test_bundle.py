"""A tick that comes minutes late decides as of its moment; what people said since then applies from then on."""

import pytest

from mailbot.domain.labels import Category
from mailbot.domain.mail import MailState, OutgoingMail
from mailbot.domain.obligation import EventName, ObligationKind, ObligationState
from mailbot.services.climb import climb
from mailbot.services.delivered import told_by_mails_underway
from mailbot.services.word_obligations import hand_over, put_off
from tests.builders import COMPLAINT, REQUIREMENT, lima, verdict
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")


@pytest.fixture
def world() -> World:
    doubtful = verdict(Category.COMPLAINT, doubts=["complaint"])
    return World(verdicts={"levante": REQUIREMENT, "reclamo": COMPLAINT, "quizás": doubtful})


def _at(time: str):
    return lima(f"2026-11-16 {time}")


def _put_off(world: World, time: str) -> None:
    owed = world.only(ObligationKind.REPLY)
    with world.desk.store.begin() as uow:
        until = lima("2026-11-17 09:00")
        put_off(owed, until, uow, name=EventName.SEEN, who="MF", at=_at(time))
        uow.commit()


def _hand_over(world: World, time: str) -> None:
    owed = world.only(ObligationKind.REPLY)
    with world.desk.store.begin() as uow:
        to = next(person for person in uow.records.staff() if person.code == "MF")
        hand_over(owed, to, uow, who="MF", at=_at(time))
        uow.commit()


def _told(world: World, *ticks: str) -> list[OutgoingMail]:
    return [mail for time in ticks for mail in world.tick(_at(time))]


@pytest.mark.parametrize("act", [_put_off, _hand_over], ids=["visto", "reasignar"])
def test_a_notice_that_was_to_leave_before_the_word_leaves_as_it_was(world: World, act) -> None:
    quiet = World(verdicts=world.verdicts)
    for each in (quiet, world):
        each.write("levante", MONDAY_9)
        _told(each, "10:36", "10:46", "11:01")
    (punctual,) = _told(quiet, "11:10")
    act(world, "11:12")

    (late,) = _told(world, "11:15")

    assert (late.key, late.subject, late.text, late.to) == (punctual.key, punctual.subject, punctual.text, punctual.to)


@pytest.mark.parametrize("act", [_put_off, _hand_over], ids=["visto", "reasignar"])
def test_a_notice_that_was_taken_back_before_its_moment_never_leaves(world: World, act) -> None:
    world.write("levante", MONDAY_9)
    _told(world, "10:36", "10:46", "11:01")
    before = world.only(ObligationKind.REPLY)
    act(world, "11:05")

    _told(world, "11:15")

    with world.desk.store.begin() as uow:
        left = [one for one in uow.obligations.notices(before.id) if one.occurrence == 0 and one.step == "supervisor"]
    assert left == []


def test_what_was_put_off_during_an_outage_is_not_told(world: World) -> None:
    world.write("levante", MONDAY_9)
    _told(world, "10:36", "10:46", "11:01")
    _put_off(world, "11:12")

    assert _told(world, "11:40") == []


def test_a_late_tick_takes_every_step_that_a_punctual_one_would_have_taken(world: World) -> None:
    world.write("levante", MONDAY_9)
    owed = world.only(ObligationKind.REPLY)
    with world.desk.store.begin() as uow:
        # Both the reminder and the limit lie behind when the next tick comes.
        until = _at("10:55")
        put_off(owed, until, uow, name=EventName.POSTPONED, who="MF", at=_at("10:00"))
        uow.commit()

    _told(world, "11:04")

    with world.desk.store.begin() as uow:
        steps = [str(one.step) for one in uow.obligations.notices(owed.id) if not one.is_copy]
    assert steps == ["owner", "supervisor"]


def test_a_report_counts_from_the_moment_it_was_to_leave(world: World) -> None:
    world.write("reclamo", MONDAY_9)

    _told(world, "09:08")

    assert world.only(ObligationKind.MANAGEMENT_REPORT).ended_at == MONDAY_9


def test_a_report_that_was_accepted_long_after_counts_from_then(world: World) -> None:
    world.write("reclamo", MONDAY_9)

    _told(world, "09:40")

    assert world.only(ObligationKind.MANAGEMENT_REPORT).ended_at == _at("09:40")


@pytest.mark.parametrize(
    ("state", "is_told"),
    [
        (MailState.DEFERRED, True),
        (MailState.UNCERTAIN, False),
        (MailState.REFUSED, False),
        (MailState.WITHHELD, False),
    ],
    ids=str,
)
def test_a_report_on_its_way_is_told_and_one_that_cannot_arrive_is_not(
    world: World, state: MailState, is_told: bool
) -> None:
    world.write("reclamo", MONDAY_9)
    climb(world.desk, now=_at("09:00"))
    report = world.only(ObligationKind.MANAGEMENT_REPORT)
    with world.desk.store.begin() as uow:
        (alert,) = uow.outbox.claim(_at("09:00"), worker="one", lease=_at("09:10") - MONDAY_9, limit=1)
        uow.outbox.settle(alert.key, state, at=_at("09:00"), not_before=_at("09:05"))
        told = told_by_mails_underway(uow, policy=world.desk.policy, at=_at("09:02"))

    assert (report.id in told) is is_told
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.OPEN
