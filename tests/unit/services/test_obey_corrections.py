from dataclasses import replace
from datetime import date

import pytest

from mailbot.domain.labels import Category, Contingency
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.office import Role
from mailbot.domain.outgoing import message_id_for
from mailbot.ports.stored import StoredMessage
from mailbot.services.agenda import queue_agendas
from mailbot.services.deliver import deliver
from tests.builders import ESC, OTHER_RUC, REQUIREMENT, SUPERVISOR, dispatch, lima, office, raw_mail, staff, verdict
from tests.unit.services.answering import (
    DEPUTY,
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


def test_orden_links_the_mail_and_what_it_opened(world: World) -> None:
    reminder = reminded(world)

    say(world, "orden 2026-4512", reminder, "16 10:50")

    assert kept(world, "levante").orders == ("2026-004512",)
    assert world.only(ObligationKind.REPLY).order == "2026-004512"


def test_an_order_of_another_client_moves_it_to_that_clients_owner(world: World) -> None:
    reminder = reminded(world)

    say(world, "orden 2026-004600", reminder, "16 10:50")

    reply = world.only(ObligationKind.REPLY)
    assert (reply.client, reply.owner, reply.order) == (OTHER_RUC, "KV", "2026-004600")


def test_no_es_reclamo_corrects_the_label_and_closes_the_report(world: World) -> None:
    (ask,) = _asked(world, "quizás", "16 09:00")

    say(world, "no es un reclamo", ask, "16 09:05")

    message = kept(world, "quizás")
    assert message.verdict is not None
    assert (message.verdict.primary, message.verdict.doubts) == ("other", ())
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED


def test_no_es_reclamo_to_an_alert_leaves_nothing_to_report(world: World) -> None:
    world.write("reclamo", MONDAY_9)
    alert = next(mail for mail in walk(world, "16 09:00") if SUPERVISOR in [a.address for a in mail.to])

    say(world, "No es reclamo", alert, "16 09:20", sender=SUPERVISOR)

    message = kept(world, "reclamo")
    assert message.verdict is not None
    assert not message.verdict.must_report
    # The report was delivered before, and what was met stays met.
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.MET
    assert world.only(ObligationKind.REPLY).is_open


def _asked(world: World, subject: str, at: str) -> list[OutgoingMail]:
    world.write(subject, lima(f"2026-11-{at}"))
    return [mail for mail in walk(world, at) if mail.purpose is MailPurpose.ASK]


def test_no_to_the_question_withdraws_the_supervisors_notice(world: World) -> None:
    (ask,) = _asked(world, "quizás", "16 09:00")

    say(world, "no", ask, "16 09:30")

    sent = walk(world, "16 09:31", "16 11:00", "16 11:10", "17 09:00")
    assert not [
        mail for mail in sent if SUPERVISOR in [a.address for a in mail.to] and "reclamo" in mail.subject.lower()
    ]
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED
    # Who wrote still waits for an answer.
    assert world.only(ObligationKind.REPLY).is_open


def test_an_absent_escs_deputy_is_asked_too_and_may_answer() -> None:
    absent = staff("RQ", Role.ESC, ESC, chief="MF", deputy="KV", absent_from=date(2026, 11, 16))
    book = office(staff=(absent, *office().staff[1:]))
    world = World(verdicts={"quizás": verdict(Category.COMPLAINT, doubts=["complaint"])}, book=book)
    (ask,) = _asked(world, "quizás", "16 09:00")
    assert [address.address for address in ask.to] == [ESC, DEPUTY]

    say(world, "no", ask, "16 09:30", sender=DEPUTY)

    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED


def test_of_several_doubts_the_complaint_is_the_one_that_was_asked() -> None:
    doubtful = verdict(Category.COMPLAINT, contingency=[Contingency.FINE], doubts=["fine", "complaint"])
    world = World(verdicts={"multa": doubtful})
    (ask,) = _asked(world, "multa", "16 09:00")
    assert "reclamo" in ask.subject.lower()

    say(world, "no", ask, "16 09:30")

    verdict_now = kept(world, "multa").verdict
    assert verdict_now is not None
    assert (verdict_now.categories, verdict_now.contingency) == ((), ())


def test_yes_to_the_question_tells_the_supervisor_at_once(world: World) -> None:
    (ask,) = _asked(world, "quizás", "16 09:00")

    say(world, "sí", ask, "16 09:30")

    sent = walk(world, "16 09:30")
    assert [SUPERVISOR] in [[a.address for a in mail.to] for mail in sent]
    message = kept(world, "quizás")
    assert message.verdict is not None
    assert not message.verdict.needs_review


def test_no_to_another_doubtful_label_drops_that_label_alone(world: World) -> None:
    (ask,) = _asked(world, "costo", "16 09:00")

    say(world, "no", ask, "16 09:30")

    message = kept(world, "costo")
    assert message.verdict is not None
    assert (message.verdict.contingency, message.verdict.categories) == ((), (Category.REQUIREMENT,))
    assert world.only(ObligationKind.REPLY).is_open
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED


def test_es_reclamo_opens_the_report_with_its_true_start_and_tells_the_supervisor(world: World) -> None:
    reminder = reminded(world)

    say(world, "Es reclamo", reminder, "16 10:50")

    report = world.only(ObligationKind.MANAGEMENT_REPORT)
    assert (report.received_at, report.due_at) == (MONDAY_9, lima("2026-11-17 09:00"))
    sent = walk(world, "16 10:50")
    assert [SUPERVISOR] in [[a.address for a in mail.to] for mail in sent]


def test_a_correction_is_kept_with_who_and_what_it_was_before(world: World) -> None:
    (ask,) = _asked(world, "quizás", "16 09:00")

    say(world, "no", ask, "16 09:30")

    (line,) = audit(world, "correction")
    assert (line.who, line.subject) == ("RQ", kept(world, "quizás").id)
    assert '"before"' in line.detail


def test_a_candidates_number_answers_which_dispatch() -> None:
    world = World(
        verdicts={"consulta": REQUIREMENT},
        book=office(
            dispatches=(dispatch("2026-004512"), dispatch("2026-004513"), dispatch("2026-004600", ruc=OTHER_RUC))
        ),
    )
    world.write("consulta", MONDAY_9, text="¿Ya tenemos levante?")
    message = kept(world, "consulta")
    assert [match.order for match in message.linkage.candidates]
    second = message.linkage.candidates[1].order
    ask = _queue_ask(world, message)

    say(world, "2", ask, "16 09:30")

    assert kept(world, "consulta").orders == (second,)
    assert world.only(ObligationKind.REPLY).order == second


def _queue_ask(world: World, message: StoredMessage) -> OutgoingMail:
    """A question as the ESC gets it about which dispatch a mail speaks of."""
    key = f"ask:{message.id}"
    mail = OutgoingMail(
        key=key,
        purpose=MailPurpose.ASK,
        message_id=message_id_for(key, domain=world.desk.domain, secret=world.desk.secret),
        sender=world.desk.sender,
        to=(replace(world.desk.sender, address=ESC),),
        subject="¿De qué orden habla?",
        text="",
        html="",
        created_at=message.received_at,
        not_before=message.received_at,
    )
    with world.desk.store.begin() as uow:
        uow.outbox.add(mail)
        uow.commit()
    return mail


def test_an_agendas_question_is_answered_by_its_number(world: World) -> None:
    world.write("quizás", lima("2026-11-16 09:00"))
    queue_agendas(world.desk, now=lima("2026-11-16 09:10"))
    deliver(world.desk, world.post, now=lima("2026-11-16 09:10"))
    (agenda,) = [mail for mail in world.sender.sent if mail.purpose is MailPurpose.AGENDA]
    question = len(agenda.obligations) + 1

    say(world, f"{question} no", agenda, "16 09:30")

    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED


@pytest.mark.parametrize("name", ["20131312955", "Textiles Andes"])
def test_a_strangers_client_is_named_in_the_agendas_answer(world: World, name: str) -> None:
    stranger, moment = "ventas@proveedor.example", lima("2026-11-16 09:00")
    text = "Deseamos coordinar una reunión."
    world.receive(raw_mail(subject="reclamo", sender=stranger, text=text, at=moment), moment)
    agenda = _agenda(world)
    assert f"{len(agenda.obligations) + 1} cliente RUC" in agenda.text

    say(world, f"{len(agenda.obligations) + 1} cliente {name}", agenda, "16 09:30")

    assert (kept(world, "reclamo").client, kept(world, "reclamo").linkage.question) == ("20131312955", None)
    assert {item.client for item in world.owed()} == {"20131312955"}
    assert "Es de Textiles Andes SAC" in confirmations(world)[0].text


def test_a_client_nobody_has_is_answered_with_the_nearest(world: World) -> None:
    moment = lima("2026-11-16 09:00")
    world.receive(raw_mail(subject="reclamo", sender="ventas@proveedor.example", text="Queja.", at=moment), moment)
    agenda = _agenda(world)

    say(world, f"{len(agenda.obligations) + 1} cliente Textiles Andinos", agenda, "16 09:30")

    assert kept(world, "reclamo").client is None
    assert "Textiles Andes SAC" in confirmations(world)[0].text


def _agenda(world: World) -> OutgoingMail:
    queue_agendas(world.desk, now=lima("2026-11-16 09:10"))
    deliver(world.desk, world.post, now=lima("2026-11-16 09:10"))
    return next(mail for mail in world.sender.sent if mail.purpose is MailPurpose.AGENDA)


def test_an_order_said_of_a_stranger_is_remembered_for_the_next_mail(world: World) -> None:
    stranger = "operaciones@forwarder.example"
    moment = lima("2026-11-16 09:00")
    world.receive(raw_mail(subject="levante", sender=stranger, text="¿Ya tenemos levante?", at=moment), moment)
    (reminder,) = walk(world, "16 10:36", "16 10:46")

    say(world, "orden 2026-004512", reminder, "16 10:50")
    world.receive(
        raw_mail(subject="orden 2026-004512", sender=stranger, text="¿Novedades de la orden 2026-004512?", at=moment),
        lima("2026-11-16 11:00"),
    )

    later = kept(world, "orden 2026-004512")
    assert (later.client, later.orders) == ("20131312955", ("2026-004512",))
