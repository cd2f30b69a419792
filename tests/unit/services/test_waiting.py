from email import message_from_bytes as parse
from email.policy import default

import pytest

from mailbot.domain.labels import Category, Topic
from mailbot.domain.obligation import EventName, Obligation, ObligationKind, ObligationState, is_overdue
from mailbot.services.watch import watch
from mailbot.services.word import mark_done, relink
from tests.builders import CLIENT, DOCUMENTS, ESC, NOTHING, lima, raw_mail, verdict
from tests.unit.services.world import World

NINE, TEN = lima("2026-11-16 09:00"), lima("2026-11-16 10:00")
ASKED = "Por favor enviar el packing list y la póliza para preparar la proforma."
QUESTION = "<q@textiles.example>"


@pytest.fixture
def world() -> World:
    return World(
        verdicts={
            "proforma": verdict(Category.REQUIREMENT, topics=[Topic.PROFORMA_REQUEST]),
            "documentos": DOCUMENTS,
            "RE: proforma": NOTHING,
        }
    )


def owed(world: World, kind: ObligationKind = ObligationKind.PROFORMA) -> Obligation:
    return world.only(kind)


def events(world: World, obligation: Obligation) -> list[EventName]:
    with world.desk.store.begin() as uow:
        return [event.name for event in uow.obligations.events(obligation.id)]


def ask_client(world: World, text: str = ASKED, at=TEN) -> None:
    world.write("proforma", NINE, message_id=QUESTION)
    world.answer("RE: proforma", at, text, In_Reply_To=QUESTION, message_id="<a@agencia.example>")


def test_asking_the_client_for_papers_stops_the_clock_of_the_proforma(world: World) -> None:
    ask_client(world)

    waiting = owed(world)

    assert (waiting.state, waiting.next_step_at) == (ObligationState.WAITING, None)
    assert events(world, waiting) == [EventName.OPENED, EventName.PAUSED]
    assert "packing list" in waiting.evidence


def test_the_reply_is_met_by_the_same_answer(world: World) -> None:
    ask_client(world)

    assert owed(world, ObligationKind.REPLY).state is ObligationState.MET


def test_nothing_climbs_and_nothing_is_overdue_while_the_client_owes(world: World) -> None:
    ask_client(world)

    assert world.tick(lima("2026-11-18 12:00")) == ()
    assert owed(world).breached_at is None
    assert not is_overdue(owed(world), lima("2026-11-18 12:00"))


def test_the_clock_runs_on_when_the_client_writes_again_and_the_limit_moves_by_the_pause(world: World) -> None:
    ask_client(world)
    world.write("RE: proforma", lima("2026-11-17 11:00"), "Adjunto lo pedido.", In_Reply_To="<a@agencia.example>")

    running = owed(world)

    # 1 h was used before the pause; 3 h are left from Tuesday at 11:00, over the break.
    assert (running.state, running.due_at) == (ObligationState.OPEN, lima("2026-11-17 15:00"))
    assert events(world, running)[-1] is EventName.RESUMED
    assert running.next_step_at is not None
    assert running.reckoning[-1].startswith("en espera del cliente desde el lun 16/11/2026 10:00")
    (mail, *_) = world.tick(lima("2026-11-17 14:30"))
    assert mail.purpose.value == "reminder"


def test_a_colleague_of_the_same_client_restarts_the_clock_too(world: World) -> None:
    ask_client(world)
    at = lima("2026-11-17 11:00")
    world.write("RE: proforma", at, sender="otra@textiles.example", In_Reply_To="<a@agencia.example>")

    assert owed(world).state is ObligationState.OPEN


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Auto_Submitted": "auto-replied"}, id="an automatic answer"),
        pytest.param({"sender": "jefe@ferreteria.example"}, id="another client"),
    ],
)
def test_what_does_not_restart_a_clock(world: World, headers: dict[str, str]) -> None:
    ask_client(world)
    world.write("RE: proforma", lima("2026-11-17 11:00"), In_Reply_To="<a@agencia.example>", **headers)

    assert owed(world).state is ObligationState.WAITING


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Recibido, lo vemos. Por favor confirmar recepción.", id="a courtesy"),
        pytest.param("El levante fue autorizado, quedo atento a sus comentarios.", id="news"),
        pytest.param("No falta ningún documento, preparamos la proforma.", id="nothing is missing"),
    ],
)
def test_what_does_not_stop_a_clock(world: World, text: str) -> None:
    ask_client(world, text)

    assert owed(world).state is ObligationState.OPEN


def test_a_review_answered_with_an_observation_is_met_not_paused(world: World) -> None:
    world.write("documentos", NINE, message_id=QUESTION)
    world.answer("RE: documentos", TEN, "Falta el packing list, por favor enviar.", In_Reply_To=QUESTION)

    assert owed(world, ObligationKind.DOCUMENT_REVIEW).state is ObligationState.MET


def test_a_review_that_was_not_judged_waits_for_the_missing_paper(world: World) -> None:
    world.write("documentos", NINE, message_id=QUESTION)
    world.answer("RE: documentos", TEN, "Necesitamos la póliza para la revisión.", In_Reply_To=QUESTION)

    assert owed(world, ObligationKind.DOCUMENT_REVIEW).state is ObligationState.WAITING


def test_what_is_done_while_the_client_owes_is_done_in_time(world: World) -> None:
    ask_client(world)

    done = mark_done(world.desk.store, owed(world).id, who="RQ", why="enviada", now=lima("2026-11-18 12:00"))

    assert (done.state, done.breached_at) == (ObligationState.MET, None)
    assert done.due_at >= lima("2026-11-18 12:00")


def test_the_proforma_itself_ends_the_pause_first(world: World) -> None:
    ask_client(world)
    at = lima("2026-11-17 10:00")
    raw = raw_mail(subject="RE: proforma", sender=ESC, to=CLIENT, at=at, In_Reply_To=QUESTION)
    mail = parse(raw, policy=default)
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="proforma.pdf")
    world.receive(mail.as_bytes(), at, folder="Sent")

    met = owed(world)
    assert (met.state, met.breached_at) == (ObligationState.MET, None)
    assert events(world, met)[-2:] == [EventName.RESUMED, EventName.MET]
    assert met.due_at == lima("2026-11-17 13:00")


def test_an_answer_found_before_its_question_stops_the_clock_all_the_same(world: World) -> None:
    world.answer("RE: proforma", TEN, ASKED, In_Reply_To=QUESTION)
    world.write("proforma", NINE, message_id=QUESTION)

    assert owed(world).state is ObligationState.WAITING


def test_a_pause_found_after_the_client_wrote_again_has_its_true_length(world: World) -> None:
    world.write("proforma", NINE, message_id=QUESTION)
    world.write(
        "RE: proforma",
        lima("2026-11-17 11:00"),
        "Va lo pedido.",
        In_Reply_To="<a@agencia.example>",
        References=f"{QUESTION} <a@agencia.example>",
    )
    world.answer("RE: proforma", TEN, ASKED, In_Reply_To=QUESTION, message_id="<a@agencia.example>")

    assert (owed(world).state, owed(world).due_at) == (ObligationState.OPEN, lima("2026-11-17 15:00"))


def test_a_limit_moved_by_a_pause_stays_moved_when_the_office_file_is_looked_at_again(world: World) -> None:
    ask_client(world)
    world.write("RE: proforma", lima("2026-11-17 11:00"), "Va lo pedido.", In_Reply_To="<a@agencia.example>")

    watch(world.desk, now=lima("2026-11-17 11:15"))

    assert owed(world).due_at == lima("2026-11-17 15:00")


def test_a_limit_moved_by_a_pause_stays_moved_after_a_link_and_another_look(world: World) -> None:
    ask_client(world)
    world.write("RE: proforma", lima("2026-11-17 11:00"), "Va lo pedido.", In_Reply_To="<a@agencia.example>")
    opened = owed(world)
    assert opened.message is not None

    relink(world.desk, opened.message, "2026-004512", who="RQ", now=lima("2026-11-17 11:10"))
    watch(world.desk, now=lima("2026-11-17 11:15"))

    assert (owed(world).order, owed(world).due_at) == ("2026-004512", lima("2026-11-17 15:00"))
