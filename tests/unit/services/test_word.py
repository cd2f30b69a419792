import pytest

from mailbot.domain.corrections import LabelChange
from mailbot.domain.errors import UnknownName
from mailbot.domain.labels import Category, Contingency, Primary, Topic
from mailbot.domain.linkage import ClientMatch
from mailbot.domain.obligation import EventName, ObligationKind, ObligationState
from mailbot.domain.office import Agreement, Transport
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.services.word import acknowledge, correct, mark_done, postpone, reassign, relink
from mailbot.services.word_labels import corrections
from mailbot.services.word_lessons import corrected_mails
from tests.builders import (
    COMPLAINT,
    DOCUMENTS,
    NOTHING,
    OTHER_RUC,
    REQUIREMENT,
    RUC,
    SUPERVISOR,
    dispatch,
    lima,
    office,
    verdict,
)
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")
LATER = lima("2026-11-16 10:00")


@pytest.fixture
def world() -> World:
    return World(
        verdicts={
            "levante": REQUIREMENT,
            "reclamo": COMPLAINT,
            "documentos": DOCUMENTS,
            "gracias": NOTHING,
            "proforma": verdict(Category.REQUIREMENT, topics=[Topic.PROFORMA_REQUEST]),
            "sólo reclamo": verdict(Category.COMPLAINT),
        }
    )


def _message(world: World, subject: str) -> StoredMessage:
    with world.desk.store.begin() as uow:
        return next(item for item in uow.messages.list(MessageFilter()) if item.subject == subject)


def _id(world: World, subject: str) -> str:
    return _message(world, subject).id


def _events(world: World, obligation: str) -> list[EventName]:
    with world.desk.store.begin() as uow:
        return [event.name for event in uow.obligations.events(obligation)]


def test_a_persons_done_meets_it_with_who_and_why(world: World) -> None:
    world.write("levante", MONDAY_9)

    ended = mark_done(world.desk.store, world.only(ObligationKind.REPLY).id, who="RQ", why="por teléfono", now=LATER)

    assert (ended.state, ended.ended_at) == (ObligationState.MET, LATER)
    assert ended.evidence == "dado por hecho por RQ: por teléfono"


def test_what_has_ended_stays_as_it_is(world: World) -> None:
    world.write("levante", MONDAY_9)
    store, id_ = world.desk.store, world.only(ObligationKind.REPLY).id
    first = mark_done(store, id_, who="RQ", why="", now=LATER)

    assert mark_done(store, id_, who="KV", why="otra vez", now=lima("2026-11-16 12:00")) == first
    assert acknowledge(world.desk, id_, who="KV", now=LATER) == first
    assert postpone(store, id_, lima("2026-11-16 15:00"), who="KV", now=LATER) == first
    assert reassign(store, id_, "KV", who="KV", now=LATER) == first


def test_an_unknown_code_is_answered_with_the_nearest(world: World) -> None:
    world.write("levante", MONDAY_9)
    known = world.only(ObligationKind.REPLY).id

    with pytest.raises(UnknownName) as caught:
        mark_done(world.desk.store, known[:-1] + "x", who="RQ", why="", now=LATER)

    assert known in caught.value.nearest


def test_seen_and_postponed_say_until_when(world: World) -> None:
    world.write("levante", MONDAY_9)
    id_ = world.only(ObligationKind.REPLY).id

    seen = acknowledge(world.desk, id_, who="RQ", now=LATER)
    later = postpone(world.desk.store, id_, lima("2026-11-18 11:00"), who="RQ", now=LATER)

    assert (seen.seen_until, seen.occurrence) == (lima("2026-11-17 09:00"), 1)
    assert (later.seen_until, later.occurrence) == (lima("2026-11-18 11:00"), 2)
    assert _events(world, id_) == [EventName.OPENED, EventName.SEEN, EventName.POSTPONED]


def test_a_friday_is_seen_until_monday(world: World) -> None:
    friday = lima("2026-11-20 16:30")
    world.write("levante", friday)

    seen = acknowledge(world.desk, world.only(ObligationKind.REPLY).id, who="RQ", now=friday)

    assert seen.seen_until == lima("2026-11-23 09:00")


@pytest.mark.parametrize("name", ["kv", "KV", "kvelarde@agencia.example", "Persona KV", "persona kv"])
def test_a_person_is_found_by_code_address_or_name(world: World, name: str) -> None:
    world.write("levante", MONDAY_9)

    handed = reassign(world.desk.store, world.only(ObligationKind.REPLY).id, name, who="RQ", now=LATER)

    assert handed.owner == "KV"


@pytest.mark.parametrize(("name", "said"), [("persona", "varias"), ("AL", "nadie"), ("nadie", "nadie")])
def test_a_name_that_fits_nobody_or_several_is_refused(world: World, name: str, said: str) -> None:
    world.write("levante", MONDAY_9)

    with pytest.raises(UnknownName, match=said):
        reassign(world.desk.store, world.only(ObligationKind.REPLY).id, name, who="RQ", now=LATER)


def test_a_correction_opens_what_is_now_justified_with_its_true_start(world: World) -> None:
    world.write("gracias", MONDAY_9)
    assert world.owed() == []

    correct(world.desk, _id(world, "gracias"), LabelChange(primary=Primary.REQUIREMENT), who="RQ", now=LATER)

    reply = world.only(ObligationKind.REPLY)
    assert (reply.received_at, reply.due_at, reply.is_open) == (MONDAY_9, lima("2026-11-16 11:00"), True)


def test_a_correction_cancels_what_is_no_longer_justified(world: World) -> None:
    world.write("levante", MONDAY_9)

    changed = correct(world.desk, _id(world, "levante"), LabelChange(primary=Primary.OTHER), who="RQ", now=LATER)

    reply = world.only(ObligationKind.REPLY)
    assert (reply.state, reply.ended_at) == (ObligationState.CANCELLED, LATER)
    assert reply.evidence == "etiqueta corregida por RQ"
    assert changed.replanned.cancelled == 1
    assert world.tick(lima("2026-11-16 11:10")) == ()


def test_a_correction_taken_back_owes_it_again(world: World) -> None:
    world.write("levante", MONDAY_9)
    id_ = _id(world, "levante")
    correct(world.desk, id_, LabelChange(primary=Primary.OTHER), who="RQ", now=LATER)

    correct(world.desk, id_, LabelChange(primary=Primary.REQUIREMENT), who="MF", now=lima("2026-11-16 10:30"))

    reply = world.only(ObligationKind.REPLY)
    assert (reply.is_open, reply.due_at) == (True, lima("2026-11-16 11:00"))
    assert _events(world, reply.id) == [EventName.OPENED, EventName.CANCELLED, EventName.REOPENED]
    assert [mail.obligations for mail in world.tick(lima("2026-11-16 11:10"))] == [(reply.id,)]


def test_a_late_correction_finds_the_answer_that_was_already_given(world: World) -> None:
    world.write("gracias", MONDAY_9, message_id="<q@textiles.example>")
    world.answer("RE: gracias", lima("2026-11-16 09:30"), "Tiene levante.", In_Reply_To="<q@textiles.example>")

    correct(world.desk, _id(world, "gracias"), LabelChange(primary=Primary.REQUIREMENT), who="RQ", now=LATER)

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_what_was_met_is_never_touched(world: World) -> None:
    world.write("levante", MONDAY_9)
    mark_done(world.desk.store, world.only(ObligationKind.REPLY).id, who="RQ", why="", now=LATER)
    before = world.only(ObligationKind.REPLY)

    correct(world.desk, _id(world, "levante"), LabelChange(primary=Primary.OTHER), who="RQ", now=LATER)

    assert world.only(ObligationKind.REPLY) == before


def test_no_complaint_leaves_the_reply_and_a_cost_to_report(world: World) -> None:
    world.write("reclamo", MONDAY_9)

    correct(world.desk, _id(world, "reclamo"), LabelChange(is_complaint=False), who="RQ", now=LATER)

    message = _message(world, "reclamo")
    assert message.verdict is not None
    assert (message.verdict.primary, message.verdict.contingency) == ("other", (Contingency.DEMURRAGE,))
    assert world.only(ObligationKind.REPLY).is_open
    assert world.only(ObligationKind.MANAGEMENT_REPORT).is_open


def test_no_complaint_withdraws_the_notice_that_has_not_left(world: World) -> None:
    world.write("sólo reclamo", MONDAY_9)

    correct(world.desk, _id(world, "sólo reclamo"), LabelChange(is_complaint=False), who="RQ", now=MONDAY_9)

    assert world.tick(lima("2026-11-16 09:10")) == ()
    assert world.only(ObligationKind.MANAGEMENT_REPORT).state is ObligationState.CANCELLED


def test_a_complaint_that_a_person_found_reaches_the_supervisor_at_once(world: World) -> None:
    world.write("levante", MONDAY_9)

    correct(world.desk, _id(world, "levante"), LabelChange(is_complaint=True), who="RQ", now=MONDAY_9)

    (alert,) = world.tick(MONDAY_9)
    assert [address.address for address in alert.to] == [SUPERVISOR]


def test_setting_labels_sets_them_and_their_obligations(world: World) -> None:
    world.write("gracias", MONDAY_9)
    change = LabelChange(
        categories=(Category.DOCUMENTS, Category.REQUIREMENT),
        topics=(Topic.PROFORMA_REQUEST,),
        contingency=(Contingency.FINE,),
    )

    correct(world.desk, _id(world, "gracias"), change, who="RQ", now=LATER)

    assert {item.kind for item in world.owed(is_open=True)} == {
        ObligationKind.REPLY,
        ObligationKind.DOCUMENT_REVIEW,
        ObligationKind.PROFORMA,
        ObligationKind.MANAGEMENT_REPORT,
    }


def test_a_correction_that_changes_nothing_leaves_no_trace(world: World) -> None:
    world.write("levante", MONDAY_9)

    correct(world.desk, _id(world, "levante"), LabelChange(primary=Primary.REQUIREMENT), who="RQ", now=LATER)

    assert corrections(world.desk.store) == ()
    assert _events(world, world.only(ObligationKind.REPLY).id) == [EventName.OPENED]


def test_a_follow_up_that_joined_stays_joined(world: World) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")
    world.write("gracias", lima("2026-11-16 09:30"), In_Reply_To="<q@textiles.example>", text="¿Y el canal?")

    correct(world.desk, _id(world, "gracias"), LabelChange(primary=Primary.REQUIREMENT), who="RQ", now=LATER)

    reply = world.only(ObligationKind.REPLY)
    assert _events(world, reply.id) == [EventName.OPENED, EventName.JOINED]


def test_corrections_are_what_the_model_learns_from(world: World) -> None:
    world.write("levante", MONDAY_9, text="¿Ya tenemos levante?")
    id_ = _id(world, "levante")
    correct(world.desk, id_, LabelChange(is_complaint=True), who="RQ", now=LATER)
    correct(world.desk, id_, LabelChange(is_complaint=False), who="MF", now=lima("2026-11-16 10:30"))

    (correction,) = corrections(world.desk.store)
    (mail,) = corrected_mails(world.desk.store)

    assert (correction.who, correction.at) == ("MF", lima("2026-11-16 10:30"))
    assert mail.labels.categories == {Category.REQUIREMENT}
    assert mail.message.new_text.strip() == "¿Ya tenemos levante?"


def test_a_link_reckons_the_limits_of_its_dispatch() -> None:
    world = World(
        verdicts={"documentos": DOCUMENTS},
        book=office(
            dispatches=(
                dispatch("2026-004512", transport=Transport.MARITIMA, eta=lima("2026-11-20 12:00")),
                dispatch("2026-004513"),
                dispatch("2026-004600", ruc=OTHER_RUC),
            )
        ),
    )
    world.write("documentos", MONDAY_9, text="Adjunto los documentos de la orden 2026-004513.")
    before = world.only(ObligationKind.DOCUMENT_REVIEW)
    assert before.due_at == lima("2026-11-18 09:00")

    relink(world.desk, _id(world, "documentos"), "4512", who="RQ", now=LATER)

    after = world.only(ObligationKind.DOCUMENT_REVIEW)
    assert (after.id, after.order, after.due_at) == (before.id, "2026-004512", lima("2026-11-17 12:00"))
    assert EventName.RECKONED_AGAIN in _events(world, after.id)
    with world.desk.store.begin() as uow:
        told = [event.evidence for event in uow.obligations.events(after.id)][-1]
    assert told == "vinculado con 2026-004512 por RQ · antes vencía mié 18/11/2026 09:00"


def test_a_link_to_another_client_brings_its_owner_and_its_agreement() -> None:
    agreement = Agreement(ruc=OTHER_RUC, kind="reply", limit="1 h hábil")
    world = World(verdicts={"levante": REQUIREMENT}, book=office(agreements=(agreement,)))
    world.write("levante", MONDAY_9)

    relinked = relink(world.desk, _id(world, "levante"), "2026-004600", who="RQ", now=MONDAY_9)

    reply = world.only(ObligationKind.REPLY)
    assert relinked.linkage.client == ClientMatch(ruc=OTHER_RUC, name="Ferretería Sur SA", how="said")
    assert (reply.owner, reply.client, reply.source) == ("KV", OTHER_RUC, "agreement")
    assert reply.due_at == lima("2026-11-16 10:00")


def test_a_hand_over_stands_when_the_link_stays_with_the_client(world: World) -> None:
    world.write("levante", MONDAY_9)
    reassign(world.desk.store, world.only(ObligationKind.REPLY).id, "KV", who="RQ", now=MONDAY_9)

    relink(world.desk, _id(world, "levante"), "2026-004512", who="RQ", now=LATER)

    assert world.only(ObligationKind.REPLY).owner == "KV"


def test_a_known_sender_is_not_taught_by_one_link(world: World) -> None:
    world.write("levante", MONDAY_9)

    relink(world.desk, _id(world, "levante"), "2026-004600", who="RQ", now=LATER)
    world.write("gracias", lima("2026-11-16 11:00"), text="Otra cosa.")

    assert _message(world, "gracias").client == RUC


def test_an_order_nobody_knows_is_answered_with_the_nearest(world: World) -> None:
    world.write("levante", MONDAY_9)

    with pytest.raises(UnknownName) as caught:
        relink(world.desk, _id(world, "levante"), "2026-004521", who="RQ", now=LATER)

    assert "2026-004512" in caught.value.nearest


def test_a_message_nobody_knows_is_refused(world: World) -> None:
    with pytest.raises(UnknownName, match="no hay un correo"):
        correct(world.desk, "M0", LabelChange(is_complaint=True), who="RQ", now=LATER)
    with pytest.raises(UnknownName, match="no hay un correo"):
        relink(world.desk, "M0", "2026-004512", who="RQ", now=LATER)


def test_a_correction_leaves_a_limit_that_a_pause_has_moved(world: World) -> None:
    world.write("proforma", MONDAY_9, message_id="<q@textiles.example>")
    world.answer(
        "RE: proforma",
        lima("2026-11-16 09:30"),
        "Por favor envíenos la factura comercial.",
        In_Reply_To="<q@textiles.example>",
    )
    world.write("gracias", lima("2026-11-16 10:30"), In_Reply_To="<q@textiles.example>", text="Va la factura.")
    before = world.only(ObligationKind.PROFORMA)
    # Four working hours from 09:00, and the hour in which the client was waited for.
    assert before.due_at == lima("2026-11-16 15:00")

    correct(world.desk, _id(world, "proforma"), LabelChange(is_complaint=True), who="RQ", now=lima("2026-11-16 10:40"))

    assert world.only(ObligationKind.PROFORMA) == before
