from datetime import date

import pytest

from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import EventName, ObligationKind, ObligationState
from mailbot.services.agenda import queue_agendas
from mailbot.services.deliver import deliver
from mailbot.services.watch import watch
from mailbot.services.word import reassign, relink
from tests.builders import ESC, HEAD, SUPERVISOR, dispatch, lima, office
from tests.unit.services.answering import (
    DEPUTY,
    MAILBOT,
    MONDAY_9,
    audit,
    confirmations,
    kept,
    office_world,
    reminded,
    say,
    walk,
)
from tests.unit.services.world import World


@pytest.fixture
def world() -> World:
    return office_world()


def test_atendido_meets_the_obligation_with_the_persons_word_as_evidence(world: World) -> None:
    reminder = reminded(world)

    taken = say(world, "Atendido, gracias", reminder, "16 10:50")

    reply = world.only(ObligationKind.REPLY)
    assert taken.met == 1
    assert (reply.state, reply.ended_at) == (ObligationState.MET, lima("2026-11-16 10:50"))
    assert reply.evidence == "dado por hecho por RQ"
    later = walk(world, "16 11:00", "16 11:10", "16 13:10")
    assert [mail.purpose for mail in later] == [MailPurpose.CONFIRMATION]


def test_each_command_is_confirmed_in_the_thread_and_kept(world: World) -> None:
    reminder = reminded(world)

    say(world, "Atendido, gracias", reminder, "16 10:50", message_id="<a1@agencia.example>")

    (confirmation,) = confirmations(world)
    assert [address.address for address in confirmation.to] == [ESC]
    assert confirmation.in_reply_to == "<a1@agencia.example>"
    assert confirmation.references[0] == reminder.message_id
    assert confirmation.subject == f"Re: {reminder.subject}"
    assert "Atendido" in confirmation.text
    assert [(line.who, line.detail) for line in audit(world, "command_obeyed")] == [("RQ", "done")]


def test_visto_keeps_every_step_back_until_the_next_working_day_and_then_tells_one(world: World) -> None:
    reminder = reminded(world)

    say(world, "visto", reminder, "16 10:50")

    quiet = walk(world, "16 11:00", "16 11:10", "16 13:10", "16 17:59", "17 08:59")
    assert [mail.purpose for mail in quiet] == [MailPurpose.CONFIRMATION]
    told = walk(world, "17 09:00", "17 09:10", "17 09:20", "17 12:00")
    assert [(mail.purpose, [a.address for a in mail.to]) for mail in told] == [(MailPurpose.NOTICE, [HEAD])]


def test_silence_does_not_hide_that_the_limit_passed(world: World) -> None:
    reminder = reminded(world)
    say(world, "visto", reminder, "16 10:50")

    walk(world, "16 11:01")

    assert world.only(ObligationKind.REPLY).breached_at == lima("2026-11-16 11:00")


def test_the_confirmation_says_until_when(world: World) -> None:
    reminder = reminded(world)

    say(world, "visto", reminder, "16 10:50")

    assert "mar 17/11 09:00" in confirmations(world)[0].text


def test_posponer_tells_the_step_again_when_its_time_is_over(world: World) -> None:
    world.write("pago", MONDAY_9)
    (reminder,) = walk(world, "16 10:36", "16 10:46")

    say(world, "posponer 10 min", reminder, "16 10:47")

    assert [mail.purpose for mail in walk(world, "16 10:56")] == [MailPurpose.CONFIRMATION]
    # The reminder of 10:57 waits for no company, since the limit would pass meanwhile.
    assert [mail.purpose for mail in walk(world, "16 10:57")] == [MailPurpose.REMINDER]
    assert [mail.purpose for mail in walk(world, "16 11:00", "16 11:07", "16 11:10")] == [MailPurpose.NOTICE]
    assert world.only(ObligationKind.PAYMENT_REPORT).occurrence == 1


def test_a_dated_step_is_told_once_more_and_the_later_ones_as_ever() -> None:
    temporary = dispatch(regime="20", regime_expires_on=date(2026, 12, 16), released_on=date(2026, 6, 16))
    world = World(book=office(dispatches=(temporary,)))
    watch(world.desk, now=lima("2026-11-13 09:00"))
    walk(world, "13 09:00")
    (reminder,) = walk(world, "16 09:00", "16 09:10")
    assert "T-30" in reminder.text

    say(world, "visto", reminder, "16 09:30")

    again = walk(world, "16 17:00", "17 09:00", "17 09:10", "17 12:00", "18 09:00", "30 09:10")
    assert [mail.purpose is MailPurpose.CONFIRMATION for mail in again] == [True, False]
    assert "T-30" in again[1].text
    later = [mail for at in ("2026-12-01 09:00", "2026-12-01 09:10") for mail in world.tick(lima(at))]
    assert sorted(address.address for mail in later for address in mail.to) == [SUPERVISOR, ESC]
    assert all("T-15" in mail.text for mail in later)


def test_the_answer_is_the_evidence_of_what_it_did(world: World) -> None:
    reminder = reminded(world)

    say(world, "visto", reminder, "16 10:50")

    reply = world.only(ObligationKind.REPLY)
    with world.desk.store.begin() as uow:
        (event,) = (event for event in uow.obligations.events(reply.id) if event.name is EventName.SEEN)
        answer = uow.messages.get(event.message or "")
    assert answer is not None
    assert (answer.new_text, event.who) == ("visto", "RQ")
    assert event.evidence == "sin avisos hasta mar 17/11/2026 09:00"


def test_each_answer_allows_one_new_occurrence(world: World) -> None:
    reminder = reminded(world)
    say(world, "posponer 4h", reminder, "16 10:50")
    (_, first) = walk(world, "16 10:51", "16 15:50", "16 16:00")

    say(world, "posponer 1h", first, "16 16:05", sender=HEAD, to=MAILBOT)

    second = walk(world, "16 16:06", "16 17:05", "16 17:15", "16 17:25")
    assert [mail.purpose for mail in second] == [MailPurpose.CONFIRMATION, MailPurpose.NOTICE]
    assert world.only(ObligationKind.REPLY).occurrence == 2


def test_the_same_command_again_has_no_further_effect(world: World) -> None:
    reminder = reminded(world)
    say(world, "posponer 4h", reminder, "16 10:50")
    before = world.only(ObligationKind.REPLY)

    say(world, "posponer 4h", reminder, "16 11:30", message_id="<again@agencia.example>")

    assert world.only(ObligationKind.REPLY) == before
    assert len(confirmations(world)) == 1
    assert len(audit(world, "command_repeated")) == 1


def test_a_replayed_answer_is_a_duplicate(world: World) -> None:
    reminder = reminded(world)
    say(world, "visto", reminder, "16 10:50", message_id="<v@agencia.example>")

    again = say(world, "visto", reminder, "16 10:50", message_id="<v@agencia.example>")

    assert again.duplicates == 1
    assert world.only(ObligationKind.REPLY).occurrence == 1


def test_reasignar_moves_it_to_another_person_who_is_told(world: World) -> None:
    reminder = reminded(world)

    say(world, "reasignar kv", reminder, "16 10:50")

    reply = world.only(ObligationKind.REPLY)
    assert reply.owner == "KV"
    told = walk(world, "16 10:51", "16 10:58", "16 11:00", "16 11:10")
    sent = [(mail.purpose, [a.address for a in mail.to]) for mail in told]
    assert sent[:1] == [(MailPurpose.CONFIRMATION, [ESC])]
    assert [to for purpose, to in sent if purpose is MailPurpose.REMINDER] == [[DEPUTY]]
    with world.desk.store.begin() as uow:
        events = [event for event in uow.obligations.events(reply.id) if event.name is EventName.REASSIGNED]
    assert [(event.who, event.evidence) for event in events] == [("RQ", "de RQ a KV")]


def test_a_code_nobody_has_is_answered_with_the_nearest(world: World) -> None:
    reminder = reminded(world)

    say(world, "reasignar KX", reminder, "16 10:50")

    assert world.only(ObligationKind.REPLY).owner == "RQ"
    (confirmation,) = confirmations(world)
    assert "KV" in confirmation.text
    assert "no pude" in confirmation.text


def test_a_number_speaks_of_one_line_of_several(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.write("otra", lima("2026-11-16 09:02"), text="¿Otra cosa?")
    (reminder,) = walk(world, "16 10:36", "16 10:38", "16 10:46")

    say(world, "2 atendido", reminder, "16 10:50")

    open_, met = sorted(world.owed(ObligationKind.REPLY), key=lambda item: item.state is ObligationState.MET)
    assert (open_.message, met.message) == (kept(world, "levante").id, kept(world, "otra").id)
    assert open_.is_open


def test_without_a_number_every_line_is_meant(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.write("otra", lima("2026-11-16 09:02"), text="¿Otra cosa?")
    (reminder,) = walk(world, "16 10:36", "16 10:38", "16 10:46")

    say(world, "atendido", reminder, "16 10:50")

    assert world.owed(is_open=True) == []


def test_the_numbers_of_an_alert_are_those_of_its_lines(world: World) -> None:
    # Both wait for Monday's opening: a review that was due on Sunday, and the complaint that came after it.
    world.write("documentos", lima("2026-11-13 20:00"))
    walk(world, "15 20:00")
    world.write("reclamo", lima("2026-11-15 21:00"), text="Esto es un reclamo formal.")
    (alert,) = (mail for mail in walk(world, "15 21:00", "16 09:00", "16 09:10") if _is_to(mail, SUPERVISOR))
    assert alert.text.index("Esto es un reclamo formal") < alert.text.index("documentos")

    say(world, "2 atendido", alert, "16 09:20", sender=SUPERVISOR)

    assert world.only(ObligationKind.DOCUMENT_REVIEW).state is ObligationState.MET
    assert world.only(ObligationKind.REPLY).is_open


def _is_to(mail: OutgoingMail, address: str) -> bool:
    return address in [one.address for one in mail.to]


def test_what_could_be_done_is_told_beside_what_could_not(world: World) -> None:
    reminder = reminded(world)

    say(world, "1 atendido\n7 visto", reminder, "16 10:50")

    text = confirmations(world)[0].text
    assert world.only(ObligationKind.REPLY).state is ObligationState.MET
    assert "Ese correo no tiene una línea 7." in text
    assert text.index("Lo demás quedó hecho") < text.index("Atendido\n")


def test_an_order_names_its_lines(world: World) -> None:
    world.write("levante", MONDAY_9, text="Orden 2026-004512: ¿ya tenemos levante?")
    world.write("otra", lima("2026-11-16 09:02"), text="¿Otra cosa?")
    relink(world.desk, kept(world, "otra").id, "2026-004600", who="RQ", now=lima("2026-11-16 09:03"))
    reassign(world.desk.store, world.owed(ObligationKind.REPLY)[1].id, "RQ", who="KV", now=lima("2026-11-16 09:03"))
    (reminder,) = walk(world, "16 10:36", "16 10:38", "16 10:46")

    say(world, "orden 2026-004600 atendido", reminder, "16 10:50")

    assert [item.order for item in world.owed(is_open=True)] == ["2026-004512"]


def test_a_number_beyond_the_last_line_is_answered(world: World) -> None:
    reminder = reminded(world)

    say(world, "7 atendido", reminder, "16 10:50")

    assert world.only(ObligationKind.REPLY).is_open
    assert "Ese correo no tiene una línea 7" in confirmations(world)[0].text


def test_an_agenda_is_not_closed_as_a_whole_by_one_word(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.write("otra", MONDAY_9, text="¿Otra cosa?")
    queue_agendas(world.desk, now=lima("2026-11-16 09:10"))
    deliver(world.desk, world.post, now=lima("2026-11-16 09:10"))
    (agenda,) = [mail for mail in world.sender.sent if mail.purpose is MailPurpose.AGENDA]

    say(world, "atendido", agenda, "16 09:30")

    assert len(world.owed(is_open=True)) == 2
    assert "número" in confirmations(world)[0].text


def test_visto_on_what_is_closed_already_is_no_trouble(world: World) -> None:
    reminder = reminded(world)
    world.answer("RE: levante", lima("2026-11-16 10:48"), "Sí, desde las 9.")

    say(world, "visto", reminder, "16 10:50")

    assert world.only(ObligationKind.REPLY).occurrence == 0
    assert "hecho" in confirmations(world)[0].text


def test_posponer_on_what_is_closed_already_says_so(world: World) -> None:
    reminder = reminded(world)
    world.answer("RE: levante", lima("2026-11-16 10:48"), "Sí, desde las 9.")

    say(world, "posponer 4h", reminder, "16 10:50")

    assert "Ya estaba cerrado" in confirmations(world)[0].text
