import pytest

from mailbot.domain.labels import Category, Topic
from mailbot.domain.obligation import EventName, ObligationKind, ObligationState
from mailbot.ports.stored import MessageFilter, SightingState
from mailbot.services.ingest import ingest
from tests.builders import (
    COMPLAINT,
    DOCUMENTS,
    ESC,
    REQUIREMENT,
    SUPERVISOR,
    fetched,
    lima,
    raw_mail,
    verdict,
)
from tests.unit.services.world import BOX, World

MONDAY_9 = lima("2026-11-16 09:00")


@pytest.fixture
def world() -> World:
    return World(
        verdicts={
            "levante": REQUIREMENT,
            "RE: levante": REQUIREMENT,
            "documentos 2026-004512": DOCUMENTS,
            "reclamo": COMPLAINT,
            "abono": verdict(topics=[Topic.PAYMENT_NOTICE]),
            "file 2026-004512": verdict(Category.REQUIREMENT, topics=[Topic.ARCHIVE_OBSERVATION]),
        }
    )


def test_a_question_opens_a_reply_for_the_clients_esc(world: World) -> None:
    world.write("levante", MONDAY_9)

    reply = world.only(ObligationKind.REPLY)

    assert (reply.owner, reply.due_at, reply.source) == ("RQ", lima("2026-11-16 11:00"), "default")
    assert reply.reckoning


def test_taking_the_same_batch_again_changes_nothing(world: World) -> None:
    batch = [fetched(raw_mail(subject="levante", at=MONDAY_9), uid=1, at=MONDAY_9)]
    ingest(world.desk, batch, box=BOX, now=MONDAY_9)

    again = ingest(world.desk, batch, box=BOX, now=MONDAY_9)

    assert again.stored == 0
    assert len(world.owed()) == 1


def test_the_same_mail_in_another_folder_is_a_duplicate(world: World) -> None:
    raw = raw_mail(subject="levante", at=MONDAY_9)
    world.receive(raw, MONDAY_9)

    again = world.receive(raw, MONDAY_9, folder="Clientes")

    assert again.duplicates == 1
    assert len(world.owed()) == 1


def test_the_same_message_id_with_other_content_is_another_mail(world: World) -> None:
    for text in ("primer texto", "otro texto"):
        world.write("levante", MONDAY_9, text=text, message_id="<dhl@courier.example>")

    with world.desk.store.begin() as uow:
        assert len(uow.messages.list(MessageFilter())) == 2


def test_a_mail_that_cannot_be_fetched_is_shelved_with_its_clock_running(world: World) -> None:
    taken = world.receive(None, MONDAY_9)

    assert taken.quarantined == 1
    reply = world.only(ObligationKind.REPLY)
    assert (reply.owner, reply.due_at) == ("RQ", lima("2026-11-16 11:00"))


def test_one_unreadable_mail_does_not_stop_the_rest(world: World) -> None:
    batch = [
        fetched(b"", uid=1, at=MONDAY_9),
        fetched(raw_mail(subject="levante", at=MONDAY_9), uid=2, at=MONDAY_9),
    ]

    taken = ingest(world.desk, batch, box=BOX, now=MONDAY_9)

    assert (taken.quarantined, taken.stored) == (1, 1)


def test_the_answer_of_the_office_meets_the_reply(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")

    world.answer("RE: levante", lima("2026-11-16 10:00"), "Sí, desde las 9.", In_Reply_To="<q@textiles.example>")

    reply = world.only(ObligationKind.REPLY)
    assert reply.state is ObligationState.MET
    assert reply.ended_at == lima("2026-11-16 10:00")


def test_an_answer_without_headers_is_known_by_subject_and_party(world: World) -> None:
    world.write("levante", MONDAY_9)

    world.answer("RE: levante", lima("2026-11-16 10:00"), "Sí, desde las 9.")

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_an_answer_that_does_not_reach_the_asker_is_none(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")

    world.answer(
        "RV: levante",
        lima("2026-11-16 10:00"),
        "Por favor ver.",
        to="deposito@almacen.example",
        In_Reply_To="<q@textiles.example>",
    )

    assert world.only(ObligationKind.REPLY).is_open


def test_an_automatic_answer_of_the_office_meets_nothing(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")

    world.answer(
        "Respuesta automática: levante",
        lima("2026-11-16 09:01"),
        "Estoy fuera de la oficina.",
        In_Reply_To="<q@textiles.example>",
        Auto_Submitted="auto-replied",
    )

    assert world.only(ObligationKind.REPLY).is_open


def test_a_bare_acknowledgement_does_not_meet_the_reply(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")

    world.answer("RE: levante", lima("2026-11-16 09:10"), "Recibido, lo vemos.", In_Reply_To="<q@textiles.example>")

    assert world.only(ObligationKind.REPLY).is_open


def test_a_promise_meets_the_reply_and_opens_a_promise(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")

    world.answer("RE: levante", lima("2026-11-16 09:10"), "Le confirmo mañana.", In_Reply_To="<q@textiles.example>")

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET
    promise = world.only(ObligationKind.PROMISE)
    assert promise.due_at == lima("2026-11-17 18:00")


def test_an_answer_seen_before_its_question_meets_it_all_the_same(world: World) -> None:
    world.answer("RE: levante", lima("2026-11-16 09:30"), "Sí, desde las 9.", In_Reply_To="<q@textiles.example>")

    world.receive(raw_mail(subject="levante", at=MONDAY_9, message_id="<q@textiles.example>"), MONDAY_9)

    reply = world.only(ObligationKind.REPLY)
    assert (reply.state, reply.ended_at) == (ObligationState.MET, lima("2026-11-16 09:30"))


def test_a_follow_up_joins_the_open_reply(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")

    world.write("RE: levante", lima("2026-11-16 09:40"), In_Reply_To="<q@textiles.example>", text="¿Novedades?")

    reply = world.only(ObligationKind.REPLY)
    assert reply.due_at == lima("2026-11-16 11:00")
    with world.desk.store.begin() as uow:
        assert EventName.JOINED in [event.name for event in uow.obligations.events(reply.id)]


def test_after_an_answer_a_new_question_opens_a_new_reply(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")
    world.answer("RE: levante", lima("2026-11-16 09:30"), "Sí, desde las 9.", In_Reply_To="<q@textiles.example>")

    world.write("RE: levante", lima("2026-11-16 09:40"), In_Reply_To="<q@textiles.example>", text="¿Y la entrega?")

    assert len(world.owed(ObligationKind.REPLY)) == 2
    assert len(world.owed(ObligationKind.REPLY, is_open=True)) == 1


def test_a_bounce_of_the_answer_reopens_what_it_met(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")
    world.answer(
        "RE: levante",
        lima("2026-11-16 09:30"),
        "Sí, desde las 9.",
        In_Reply_To="<q@textiles.example>",
        message_id="<a@agencia.example>",
    )

    world.receive(_bounce_of("<a@agencia.example>"), lima("2026-11-16 09:32"))

    assert world.only(ObligationKind.REPLY).is_open


def test_documents_alone_open_a_review_and_no_reply(world: World) -> None:
    world.write("documentos 2026-004512", MONDAY_9)

    assert [item.kind for item in world.owed()] == [ObligationKind.DOCUMENT_REVIEW]
    assert world.owed()[0].due_at == lima("2026-11-18 09:00")
    assert world.owed()[0].order == "2026-004512"


def test_a_payment_is_reported_when_administracion_is_told(world: World) -> None:
    world.write("abono", MONDAY_9, message_id="<pago@textiles.example>")

    world.answer(
        "RV: abono",
        lima("2026-11-16 09:20"),
        "Abono del cliente.",
        to="administracion@agencia.example",
        In_Reply_To="<pago@textiles.example>",
    )

    assert world.only(ObligationKind.PAYMENT_REPORT).state is ObligationState.MET


def test_archivo_opens_its_observation_without_a_reply(world: World) -> None:
    world.receive(raw_mail(subject="file 2026-004512", sender="archivo@agencia.example", at=MONDAY_9), MONDAY_9)

    assert [item.kind for item in world.owed()] == [ObligationKind.ARCHIVE_OBSERVATION]


def test_an_alert_opens_its_action_by_the_senders_role_alone(world: World) -> None:
    world.receive(raw_mail(subject="término 2026-004512", sender="alertas@agencia.example", at=MONDAY_9), MONDAY_9)

    assert [item.kind for item in world.owed()] == [ObligationKind.ALERT_ACTION]
    assert world.owed()[0].due_at == lima("2026-11-16 18:00")


def test_the_escs_own_report_meets_the_management_report(world: World) -> None:
    world.write("reclamo", MONDAY_9, message_id="<r@textiles.example>")

    world.answer("RV: reclamo", lima("2026-11-16 09:01"), "Reclamo.", to=SUPERVISOR, In_Reply_To="<r@textiles.example>")

    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.MET


def test_someone_who_only_claims_to_be_of_the_office_answers_nothing(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")

    forged = raw_mail(
        subject="RE: levante",
        sender=ESC,
        to="compras@textiles.example",
        text="Ya está todo.",
        at=lima("2026-11-16 09:05"),
        In_Reply_To="<q@textiles.example>",
        Authentication_Results="mx.agencia.example; dmarc=fail header.from=agencia.example",
    )
    world.receive(forged, lima("2026-11-16 09:05"))

    assert world.only(ObligationKind.REPLY).is_open


def test_our_own_mail_is_never_worked(world: World) -> None:
    world.write("reclamo", MONDAY_9)
    (notice,) = world.tick(lima("2026-11-16 09:01"))

    from mailbot.senders.mime import to_bytes

    taken = world.receive(to_bytes(notice), lima("2026-11-16 09:02"))

    assert taken.ignored == 1
    with world.desk.store.begin() as uow:
        assert len(uow.messages.list(MessageFilter())) == 1


def test_every_mail_leaves_a_sighting(world: World) -> None:
    world.write("levante", MONDAY_9)

    with world.desk.store.begin() as uow:
        (message,) = uow.messages.list(MessageFilter())
        (sighting,) = uow.messages.sightings(message.id)
    assert sighting.state is SightingState.STORED


def _bounce_of(message_id: str) -> bytes:
    return f"""From: MAILER-DAEMON@agencia.example
To: {ESC}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 16 Nov 2026 09:32:00 -0500
Message-ID: <bounce@agencia.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.agencia.example

Final-Recipient: rfc822; compras@textiles.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

From: {ESC}
To: compras@textiles.example
Subject: RE: levante
Message-ID: {message_id}

--b--
""".replace("\n", "\r\n").encode()


@pytest.mark.parametrize("bogus", ["1970-01-01 00:00", "2099-01-01 00:00"])
def test_an_impossible_time_of_arrival_counts_as_now(world: World, bogus: str) -> None:
    mail = fetched(raw_mail(subject="levante", at=MONDAY_9), uid=1, at=lima(bogus))

    ingest(world.desk, [mail], box=BOX, now=MONDAY_9)

    assert world.only(ObligationKind.REPLY).due_at == lima("2026-11-16 11:00")


def test_a_client_who_writes_to_a_list_of_the_office_is_a_person(world: World) -> None:
    headers = {"List_Id": "<servicio.agencia.example>", "Precedence": "list"}

    world.write("levante", MONDAY_9, **headers)
    world.write("levante", MONDAY_9, sender="boletin@novedades.example", text="Novedades del mes", **headers)

    assert [(item.kind, item.asker) for item in world.owed()] == [(ObligationKind.REPLY, "compras@textiles.example")]
