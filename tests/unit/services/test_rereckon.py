from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind, ObligationState
from mailbot.domain.office import Agreement, CalendarName, Dispatch, Holiday
from mailbot.domain.policy import load_policy
from mailbot.services.watch import watch
from tests.builders import CLIENT, DOCUMENTS, REQUIREMENT, RUC, SUPERVISOR, dispatch, lima, office
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")


def world_with(*dispatches: Dispatch) -> World:
    verdicts = {"levante": REQUIREMENT, "documentos 2026-004512": DOCUMENTS}
    return World(verdicts=verdicts, book=office(dispatches=dispatches or (dispatch(),)))


def learn(world: World, at, *, rows: Sequence[Dispatch] = (), **sheets: object) -> None:
    """The office file is imported anew, and the next look follows."""
    with world.desk.store.begin() as uow:
        uow.office.save(replace(uow.office.load(), **sheets))  # type: ignore[arg-type]
        uow.office.save_dispatches(rows)
        uow.commit()
    watch(world.desk, now=at)


def history(world: World, obligation: Obligation) -> list[ObligationEvent]:
    with world.desk.store.begin() as uow:
        return list(uow.obligations.events(obligation.id))


def test_an_eta_that_comes_nearer_moves_the_review_and_keeps_the_old_deadline_and_the_reason() -> None:
    world = world_with(dispatch(eta=lima("2026-11-30 00:00")))
    world.write("documentos 2026-004512", MONDAY_9)
    before = world.only(ObligationKind.DOCUMENT_REVIEW)

    learn(world, lima("2026-11-16 11:00"), rows=[dispatch(eta=lima("2026-11-20 12:00"))])

    after = world.only(ObligationKind.DOCUMENT_REVIEW)
    assert (before.due_at, after.due_at) == (lima("2026-11-18 09:00"), lima("2026-11-17 12:00"))
    (event,) = [item for item in history(world, after) if item.name is EventName.RECKONED_AGAIN]
    assert "ETA" in event.evidence
    assert "antes vencía mié 18/11" in event.evidence
    assert any("ETA" in line for line in after.reckoning)


def test_looking_again_without_news_moves_nothing() -> None:
    world = world_with(dispatch(eta=lima("2026-11-20 12:00")))
    world.write("documentos 2026-004512", MONDAY_9)
    world.write("levante", MONDAY_9)

    first = watch(world.desk, now=lima("2026-11-16 09:15"))
    again = watch(world.desk, now=lima("2026-11-16 09:30"))

    assert (first, again) == (0, 0)


def test_a_promise_keeps_the_day_it_named() -> None:
    world = world_with()
    world.answer("orden 2026-004512", MONDAY_9, "Le envío la liquidación el miércoles.", to=CLIENT)
    promised = world.only(ObligationKind.PROMISE)

    learn(world, lima("2026-11-16 10:00"), agreements=(Agreement(ruc=RUC, kind="promise", limit="1 h hábiles"),))

    assert promised.due_at == lima("2026-11-18 18:00")
    assert world.only(ObligationKind.PROMISE) == promised


def test_a_new_agreement_replaces_the_limit_of_what_is_open() -> None:
    world = world_with()
    world.write("levante", MONDAY_9)

    agreement = Agreement(ruc=RUC, kind="reply", limit="4 h hábiles", since=date(2026, 11, 1), basis="adenda 3")
    learn(world, lima("2026-11-16 10:00"), agreements=(agreement,))

    reply = world.only(ObligationKind.REPLY)
    assert (reply.due_at, reply.limit, reply.source) == (lima("2026-11-16 13:00"), "4 h hábiles", "agreement")
    assert "nuevo acuerdo" in history(world, reply)[-1].evidence


def test_an_agreement_of_a_later_day_leaves_earlier_mail_alone() -> None:
    world = world_with()
    world.write("levante", MONDAY_9)

    learn(
        world,
        lima("2026-11-16 10:00"),
        agreements=(Agreement(ruc=RUC, kind="reply", limit="4 h hábiles", since=date(2026, 11, 17)),),
    )

    assert world.only(ObligationKind.REPLY).due_at == lima("2026-11-16 11:00")


def test_a_newly_decreed_holiday_moves_what_is_open() -> None:
    world = world_with()
    world.write("levante", lima("2026-11-16 17:00"))

    learn(world, lima("2026-11-16 17:30"), holidays=(Holiday(day=date(2026, 11, 17), name="decreto"),))

    reply = world.only(ObligationKind.REPLY)
    assert reply.due_at == lima("2026-11-18 10:00")
    assert "calendario" in history(world, reply)[-1].evidence


def test_a_holiday_of_customs_alone_moves_nothing() -> None:
    world = world_with()
    world.write("levante", lima("2026-11-16 17:00"))

    day = Holiday(day=date(2026, 11, 17), name="SUNAT", calendar=CalendarName.SUNAT)
    learn(world, lima("2026-11-16 17:30"), holidays=(day,))

    assert world.only(ObligationKind.REPLY).due_at == lima("2026-11-17 10:00")


def test_a_breach_that_is_none_any_more_is_withdrawn_with_the_notice_that_had_not_left() -> None:
    world = world_with()
    world.write("levante", lima("2026-11-16 17:00"))
    world.tick(lima("2026-11-17 10:01"))
    assert world.only(ObligationKind.REPLY).breached_at is not None

    decreed = (Holiday(day=date(2026, 11, 17), name="decreto"),)
    learn(world, lima("2026-11-17 10:05"), holidays=decreed)

    assert world.only(ObligationKind.REPLY).breached_at is None
    assert world.tick(lima("2026-11-18 09:00")) == ()
    told = [mail for at in ("10:00", "10:10") for mail in world.tick(lima(f"2026-11-18 {at}"))]
    assert SUPERVISOR in [mail.to[0].address for mail in told]


def test_what_has_ended_keeps_its_verdict() -> None:
    world = world_with()
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")
    world.answer("RE: levante", lima("2026-11-16 12:00"), "El levante salió ayer.", In_Reply_To="<q@textiles.example>")
    met = world.only(ObligationKind.REPLY)

    learn(world, lima("2026-11-16 13:00"), agreements=(Agreement(ruc=RUC, kind="reply", limit="8 h hábiles"),))

    assert met.state is ObligationState.MET
    assert met.breached_at == lima("2026-11-16 11:00")
    assert world.only(ObligationKind.REPLY) == met


def test_an_absence_that_becomes_known_sends_the_waiting_notice_to_the_deputy() -> None:
    world = world_with(dispatch(eta=lima("2026-11-30 00:00")))
    world.write("documentos 2026-004512", lima("2026-11-19 10:00"))
    world.tick(lima("2026-11-21 10:00"))

    people = tuple(
        replace(person, absent_from=date(2026, 11, 23), absent_until=date(2026, 11, 23), deputy="KV")
        if person.code == "MF"
        else person
        for person in office().staff
    )
    learn(world, lima("2026-11-22 12:00"), staff=people)
    monday = lima("2026-11-23 09:00")
    told = [mail for minutes in (0, 10) for mail in world.tick(monday + timedelta(minutes=minutes))]

    notices = [mail.to[0].address for mail in told if mail.purpose.value == "notice"]
    assert notices == ["kvelarde@agencia.example"]


def test_a_supervisor_who_is_away_when_the_notice_leaves_is_replaced() -> None:
    people = tuple(
        replace(person, absent_from=date(2026, 11, 23), absent_until=date(2026, 11, 27), deputy="KV")
        if person.code == "MF"
        else person
        for person in office().staff
    )
    book = office(staff=people, dispatches=(dispatch(eta=lima("2026-11-30 00:00")),))
    world = World(verdicts={"documentos 2026-004512": DOCUMENTS}, book=book)
    world.write("documentos 2026-004512", lima("2026-11-19 10:00"))
    world.tick(lima("2026-11-21 10:00"))

    told = [mail for at in ("09:00", "09:10") for mail in world.tick(lima(f"2026-11-23 {at}"))]

    assert "kvelarde@agencia.example" in [mail.to[0].address for mail in told if mail.purpose.value == "notice"]


@pytest.mark.parametrize(
    ("numbered_on", "due"),
    [
        pytest.param(None, "2026-11-17 12:00", id="a number without a date relaxes nothing"),
        pytest.param(date(2026, 11, 17), "2026-11-17 12:00", id="numbered after the documents came"),
    ],
)
def test_a_number_that_came_later_does_not_relax_the_review(numbered_on, due: str) -> None:
    eta = lima("2026-11-20 12:00")
    world = world_with(dispatch(eta=eta))
    world.write("documentos 2026-004512", MONDAY_9)

    learn(
        world,
        lima("2026-11-17 11:00"),
        rows=[dispatch(eta=eta, dam="118-2026-10-084512", numbered_on=numbered_on)],
    )

    assert world.only(ObligationKind.DOCUMENT_REVIEW).due_at == lima(due)


def test_a_limit_that_moved_later_and_passes_again_is_told_again() -> None:
    world = world_with()
    world.write("levante", MONDAY_9)
    told = [mail for at in ("11:01", "11:10") for mail in world.tick(lima(f"2026-11-16 {at}"))]
    assert [mail.to[0].address for mail in told] == [SUPERVISOR]

    learn(world, lima("2026-11-16 11:20"), agreements=(Agreement(ruc=RUC, kind="reply", limit="6 h hábiles"),))
    assert world.only(ObligationKind.REPLY).breached_at is None

    again = [mail for at in ("16:01", "16:11") for mail in world.tick(lima(f"2026-11-16 {at}"))]
    reply = world.only(ObligationKind.REPLY)
    assert reply.breached_at == lima("2026-11-16 16:00")
    assert [mail.to[0].address for mail in again if mail.purpose.value == "notice"] == [SUPERVISOR]


def test_a_reminder_that_left_is_not_told_again_when_the_limit_moves() -> None:
    world = world_with()
    world.write("levante", MONDAY_9)
    told = [mail for at in ("10:36", "10:46") for mail in world.tick(lima(f"2026-11-16 {at}"))]
    assert [mail.purpose.value for mail in told] == ["reminder"]

    learn(world, lima("2026-11-16 10:50"), agreements=(Agreement(ruc=RUC, kind="reply", limit="6 h hábiles"),))

    later = [
        mail
        for hour in range(11, 16)
        for minute in (0, 30, 50)
        for mail in world.tick(lima(f"2026-11-16 {hour}:{minute:02}"))
    ]
    assert later == []


def test_a_discharge_that_was_put_right_is_told_by_its_own_days() -> None:
    row = dispatch(needs_regularization=True, discharge_ended_on=date(2026, 11, 9))
    world = world_with(row)
    watch(world.desk, now=lima("2026-11-17 09:00"))
    first = [mail for at in ("17 09:00", "19 09:00") for mail in world.tick(lima(f"2026-11-{at}"))]
    assert [mail.purpose.value for mail in first] == ["reminder", "notice"]

    learn(world, lima("2026-11-19 10:00"), rows=[replace(row, discharge_ended_on=date(2026, 11, 16))])

    later = [mail for day in range(20, 28) for mail in world.tick(lima(f"2026-11-{day} 09:00"))]
    assert [(mail.created_at, mail.purpose.value) for mail in later] == [
        (lima("2026-11-24 09:00"), "reminder"),
        (lima("2026-11-26 09:00"), "notice"),
    ]


def test_another_policy_moves_what_is_open_and_says_so() -> None:
    world = world_with()
    world.write("levante", MONDAY_9)
    world.desk = replace(world.desk, policy=load_policy('[kinds.reply]\nlimit = "4 h hábiles"'))

    watch(world.desk, now=lima("2026-11-16 09:30"))

    reply = world.only(ObligationKind.REPLY)
    assert reply.due_at == lima("2026-11-16 13:00")
    assert "política de la oficina" in history(world, reply)[-1].evidence
