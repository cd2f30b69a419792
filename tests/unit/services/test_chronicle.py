from dataclasses import replace
from datetime import date

from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Holiday
from mailbot.services.chronicle import chronicle
from mailbot.services.watch import watch
from tests.builders import DOCUMENTS, ESC, REQUIREMENT, SUPERVISOR, dispatch, lima, office
from tests.unit.services.world import World


def test_a_breach_that_was_withdrawn_is_not_told() -> None:
    world = World(verdicts={"levante": REQUIREMENT})
    world.write("levante", lima("2026-11-16 17:00"))
    world.tick(lima("2026-11-17 10:01"))
    with world.desk.store.begin() as uow:
        decreed = (Holiday(day=date(2026, 11, 17), name="decreto"),)
        uow.office.save(replace(uow.office.load(), holidays=decreed))
        uow.commit()
    watch(world.desk, now=lima("2026-11-17 10:05"))

    with world.desk.store.begin() as uow:
        told = chronicle(uow)

    assert [event.event for event in told if event.obligation] == ["obligation_opened"]
    # It was opened with the deadline that it had then.
    assert next(event.due_at for event in told if event.obligation) == lima("2026-11-17 10:00")


def test_a_step_told_to_two_people_at_once_is_one_line() -> None:
    people = tuple(
        replace(person, absent_from=date(2026, 11, 16), absent_until=date(2026, 11, 20))
        if person.code == "RQ"
        else person
        for person in office().staff
    )
    world = World(verdicts={"levante": REQUIREMENT}, book=office(staff=people))
    world.write("levante", lima("2026-11-16 09:00"))
    for clock in ("10:36", "10:46"):
        world.tick(lima(f"2026-11-16 {clock}"))

    with world.desk.store.begin() as uow:
        (reminder,) = [event for event in chronicle(uow) if event.event == "reminder"]

    assert set(reminder.to) == {ESC, "kvelarde@agencia.example"}
    assert reminder.cc == ("asistente@agencia.example",)


def test_lines_of_one_mail_share_their_moment_and_their_subject() -> None:
    world = World(
        verdicts={"levante": REQUIREMENT, "otra consulta": REQUIREMENT}, book=office(dispatches=(dispatch(),))
    )
    world.write("levante", lima("2026-11-16 09:00"))
    world.write("otra consulta", lima("2026-11-16 09:03"))
    for minute in range(11, 25):
        world.tick(lima(f"2026-11-16 11:{minute:02}"))

    with world.desk.store.begin() as uow:
        notices = [event for event in chronicle(uow) if event.event == "notice" and event.step == "supervisor"]

    assert len(notices) == 2
    assert len({(event.at, event.subject) for event in notices}) == 1
    assert all(event.to == (SUPERVISOR,) for event in notices)


def test_kinds_and_messages_are_told_with_their_dispatch_and_client() -> None:
    world = World(verdicts={"documentos 2026-004512": DOCUMENTS})
    world.write("documentos 2026-004512", lima("2026-11-16 09:00"))

    with world.desk.store.begin() as uow:
        message, opened = chronicle(uow)

    assert (message.event, message.order) == ("message", "2026-004512")
    assert (opened.kind, opened.order) == (ObligationKind.DOCUMENT_REVIEW, "2026-004512")
