"""Prepared answers: for whom, once, changed in their place, left alone once a person wrote in them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.domain.drafting import DraftKind, DraftState
from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, TemplateBroken
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.office import Client, Language
from mailbot.ports.renderer import MailContext, Rendered
from mailbot.services.agenda import agenda_for
from mailbot.services.word import mark_done
from tests.builders import CLIENT, ESC, OTHER_RUC, RUC, dispatch, lima, office
from tests.unit.services.offering import ADVICE, BOTH, MORE_PAPERS, ORDER, PAPERS, STATUS, VERDICTS, OfferingWorld

AT = lima("2026-11-16 09:00")
OTHER_PAPERS = "Documentos orden 2026-004777"
SOON = AT + timedelta(minutes=1)
LATER = AT + timedelta(minutes=30)


def test_what_arrived_and_what_is_missing_lies_ready_in_the_conversation() -> None:
    world = OfferingWorld()
    number = world.come(PAPERS, AT, sender=f"Milagros Ccopa <{CLIENT}>")

    world.offer(SOON)

    draft = world.only_draft
    assert (draft.in_reply_to, draft.subject, draft.sender.address) == (number, f"RE: {PAPERS}", ESC)
    assert [address.address for address in draft.to] == [CLIENT]
    assert "Estimado(a) Milagros Ccopa:" in draft.text
    assert "- factura comercial: commercial_invoice.pdf, del lun 16/11" in draft.text
    assert "Para continuar nos falta:\n- conocimiento de embarque (BL)\n- lista de empaque" in draft.text
    assert "<li>lista de empaque</li>" in draft.html
    assert "<html" not in draft.html
    assert draft.quoted.endswith("> Buenos días.")
    assert world.sender.sent == ()


def test_the_client_is_written_to_in_its_language() -> None:
    english = Client(ruc=RUC, name="Textiles", domains=("textiles.example",), esc="RQ", language=Language.EN)
    world = OfferingWorld(book=office(clients=(english, office().clients[1])))
    world.come(PAPERS, AT)

    world.offer(SOON)

    assert "To go on we are missing:\n- bill of lading\n- packing list" in world.only_draft.text
    assert "Kind regards" in world.only_draft.html


def test_there_is_one_draft_however_often_one_looks() -> None:
    world = OfferingWorld()
    world.come(PAPERS, AT)

    for minutes in range(1, 5):
        world.offer(AT + timedelta(minutes=minutes))

    assert world.drafts.writes == 1


def test_a_paper_that_comes_later_changes_the_draft_in_its_place() -> None:
    world = OfferingWorld()
    number = world.come(PAPERS, AT)
    world.offer(SOON)
    world.come(MORE_PAPERS, LATER, In_Reply_To=number)

    world.offer(LATER + timedelta(minutes=1))

    assert "- lista de empaque: packing_list.pdf" in world.only_draft.text
    assert "nos falta:\n- conocimiento de embarque (BL)\n\n" in world.only_draft.text


def test_a_draft_that_a_person_edited_is_left_alone_for_ever() -> None:
    world = OfferingWorld()
    world.come(PAPERS, AT)
    world.offer(SOON)
    world.drafts.person_edits("Milagros, ya casi está todo.")
    world.change_dispatch(purchase_orders=("OC-9",))

    for minutes in (31, 32, 33):
        world.offer(AT + timedelta(minutes=minutes))
    for review in world.owed(ObligationKind.DOCUMENT_REVIEW):
        mark_done(world.desk.store, review.id, who="RQ", why="revisado", now=LATER + timedelta(minutes=9))
    world.offer(LATER + timedelta(minutes=10))

    assert world.only_draft.text == "Milagros, ya casi está todo."
    assert world.answers == []


def test_a_draft_that_was_deleted_does_not_come_back() -> None:
    world = OfferingWorld()
    world.come(PAPERS, AT)
    world.offer(SOON)
    world.drafts.person_deletes()
    world.change_dispatch(purchase_orders=("OC-9",))

    world.offer(LATER + timedelta(minutes=1))
    world.offer(LATER + timedelta(minutes=2))

    assert world.drafts.drafts == {}


def test_papers_after_an_answer_that_left_get_an_answer_of_their_own() -> None:
    world = OfferingWorld()
    number = world.come(PAPERS, AT)
    world.offer(SOON)
    sent = world.only_draft
    world.drafts.person_deletes()
    world.answer(sent.subject, LATER, sent.text, to=CLIENT, In_Reply_To=number)
    again = world.come(MORE_PAPERS, LATER + timedelta(minutes=5), In_Reply_To=number)

    world.offer(LATER + timedelta(minutes=6))

    assert world.only_draft.in_reply_to == again
    assert "- lista de empaque: packing_list.pdf" in world.only_draft.text


def test_an_untouched_draft_goes_when_nothing_is_owed_any_more() -> None:
    world = OfferingWorld()
    world.come(PAPERS, AT)
    world.offer(SOON)
    mark_done(world.desk.store, world.only(ObligationKind.DOCUMENT_REVIEW).id, who="RQ", why="revisado", now=LATER)

    done = world.offer(LATER)

    assert (done.withdrawn, world.drafts.drafts) == (1, {})


def test_a_question_about_the_status_is_answered_from_what_is_stored() -> None:
    noted = dispatch(status="En tránsito", status_noted_at=AT - timedelta(hours=1), purchase_orders=("OC-7",))
    world = OfferingWorld(book=office(dispatches=(noted,)))
    world.come(STATUS, AT)

    world.offer(SOON)

    assert world.only_draft.stamp.startswith("status-")
    assert f"La orden {ORDER} (su referencia OC-7) está así, según lo registrado al lun 16/11 08:00:" in (
        world.only_draft.text
    )
    assert "- Estado: En tránsito" in world.only_draft.text
    assert "la estamos verificando" not in world.only_draft.text


def test_old_information_says_so() -> None:
    noted = dispatch(status="En tránsito", status_noted_at=AT - timedelta(days=9))
    world = OfferingWorld(book=office(dispatches=(noted,)))
    world.come(STATUS, AT)

    world.offer(SOON)

    assert "no se actualizó en el plazo acostumbrado: la estamos verificando" in world.only_draft.text


def test_another_question_gets_a_word_that_it_arrived() -> None:
    world = OfferingWorld()
    world.come(ADVICE, AT)

    world.offer(SOON)

    assert "Recibido, gracias. Lo estamos revisando." in world.only_draft.text


def test_a_mail_with_papers_and_a_question_gets_one_draft() -> None:
    world = OfferingWorld()
    world.come(BOTH, AT)

    world.offer(SOON)

    assert world.only_draft.stamp.startswith("documents-")


@pytest.mark.parametrize(
    ("subject", "kind", "state"),
    [
        pytest.param(ADVICE, ObligationKind.REPLY, ObligationState.OPEN, id="an acknowledgement ends nothing"),
        pytest.param(STATUS, ObligationKind.REPLY, ObligationState.MET, id="a status answers the question"),
        pytest.param(PAPERS, ObligationKind.DOCUMENT_REVIEW, ObligationState.MET, id="what is missing is a result"),
    ],
)
@pytest.mark.parametrize("language", list(Language))
def test_a_draft_counts_when_it_is_sent_and_not_before(
    subject: str, kind: ObligationKind, state: ObligationState, language: Language
) -> None:
    client = replace(office().clients[0], language=language)
    world = OfferingWorld(book=office(clients=(client, office().clients[1])))
    world.come(subject, AT)
    world.offer(SOON)
    assert world.only(kind).is_open, "a draft that lies there is no answer"

    draft = world.only_draft
    world.answer(draft.subject, LATER, draft.text, to=CLIENT, In_Reply_To=draft.in_reply_to)

    assert world.only(kind).state is state
    assert [item.kind for item in world.owed(ObligationKind.PROMISE)] == []


def test_our_own_draft_in_a_folder_that_is_read_is_not_heard() -> None:
    from mailbot.mailboxes.imap_drafts import bytes_of

    world = OfferingWorld()
    world.come(STATUS, AT)
    world.offer(SOON)

    taken = world.receive(bytes_of(world.only_draft), LATER)

    assert (taken.ignored, taken.stored) == (1, 0)
    assert world.only(ObligationKind.REPLY).is_open
    sent = world.receive(bytes_of(world.only_draft), LATER, folder="Sent")
    assert sent.met == 1, "the same mail in Sent was sent"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sender": "ventas@ferreteria.example"}, id="another client"),
        pytest.param({"sender": "alguien@desconocido.example"}, id="a stranger"),
        pytest.param({"sender": "operaciones@naviera.example", "Cc": CLIENT}, id="a third party"),
        pytest.param(
            {"Authentication_Results": "mx.agencia.example; dmarc=fail header.from=textiles.example"}, id="spoofed"
        ),
    ],
)
def test_nothing_is_written_to_anybody_but_the_dispatchs_client(headers: dict[str, str]) -> None:
    world = OfferingWorld()
    for subject in (PAPERS, STATUS):
        world.come(subject, AT, **headers)

    world.offer(SOON)

    assert [draft for draft in world.drafts.drafts.values() if ORDER in draft.text] == []
    assert [answer for answer in world.answers if answer.kind is not DraftKind.ACKNOWLEDGEMENT] == []


def test_a_dispatch_that_became_another_clients_takes_its_draft_back() -> None:
    world = OfferingWorld()
    world.come(PAPERS, AT)
    world.offer(SOON)
    world.change_dispatch(ruc=OTHER_RUC)

    world.offer(LATER)

    assert world.drafts.drafts == {}


class TestWithoutADraftsFolder:
    """Where no mailbox takes them, prepared answers stand in the agenda."""

    def test_without_a_word_of_the_office_nothing_touches_the_mailbox(self) -> None:
        world = OfferingWorld(switches=())
        for subject in (PAPERS, STATUS, ADVICE):
            world.come(subject, AT)

        world.offer(SOON)

        assert world.drafts.drafts == {}
        assert [answer.kind for answer in world.answers] == [DraftKind.DOCUMENTS]

    def test_the_agenda_shows_the_answer_and_what_looks_wrong(self) -> None:
        world = OfferingWorld(switches=())
        world.come(PAPERS, AT)
        world.offer(SOON)

        agenda = agenda_for(world.desk, "RQ", now=LATER)

        assert agenda is not None
        (answer,) = agenda.answers
        assert (answer.order, answer.to, answer.number) == (ORDER, CLIENT, agenda.documents[0].number)
        assert "Para continuar nos falta:" in answer.text
        written = world.desk.renderer.render(agenda)
        assert "RESPUESTAS LISTAS PARA ENVIAR" in written.text.upper()
        assert "| - lista de empaque" in written.text
        assert "lista de empaque" in written.html

    def test_a_mailbox_that_refuses_drafts_leaves_them_to_the_agenda(self) -> None:
        world = OfferingWorld()
        world.drafts.fail_with(MailboxRefused("sin carpeta de borradores"))
        world.come(PAPERS, AT)

        world.offer(SOON)

        assert [(answer.state, "nos falta" in answer.text) for answer in world.answers] == [(DraftState.LISTED, True)]

    def test_a_mailbox_out_of_reach_is_tried_again(self) -> None:
        world = OfferingWorld()
        world.drafts.fail_with(MailboxUnavailable("fuera de alcance"))
        world.come(PAPERS, AT)
        with pytest.raises(MailboxUnavailable):
            world.offer(SOON)
        world.drafts.fail_with(None)

        world.offer(LATER)

        assert len(world.drafts.drafts) == 1

    def test_one_that_cannot_be_written_keeps_no_other_back(self) -> None:
        world = OfferingWorld(book=office(dispatches=(dispatch(), dispatch("2026-004777"))))
        world.verdicts = {**world.verdicts, OTHER_PAPERS: VERDICTS[PAPERS]}
        world.come(PAPERS, AT)
        world.come(OTHER_PAPERS, AT)
        whole = world.desk.renderer

        class Broken:
            """Fails over one order."""

            def render(self, context: MailContext, *, language: Language = Language.ES) -> Rendered:
                if getattr(context, "order", "") == ORDER:
                    raise TemplateBroken("plantilla rota")
                return whole.render(context, language=language)

        world.desk = replace(world.desk, renderer=Broken())  # type: ignore[arg-type]
        with pytest.raises(TemplateBroken):
            world.offer(SOON)

        assert "2026-004777" in world.only_draft.text

    def test_a_draft_in_the_mailbox_is_only_named_in_the_agenda(self) -> None:
        world = OfferingWorld()
        world.come(PAPERS, AT)
        world.offer(SOON)

        agenda = agenda_for(world.desk, "RQ", now=LATER)

        assert agenda is not None
        assert [answer.text for answer in agenda.answers] == [""]
        assert "está en Borradores" in world.desk.renderer.render(agenda).text

    def test_words_are_forgotten_once_nothing_is_owed(self) -> None:
        world = OfferingWorld(switches=())
        world.come(PAPERS, AT)
        world.offer(SOON)
        review = world.only(ObligationKind.DOCUMENT_REVIEW)
        mark_done(world.desk.store, review.id, who="RQ", why="revisado", now=LATER)

        world.offer(LATER)

        with world.desk.store.begin() as uow:
            (kept,) = uow.answers.of_obligation(review.id)
        assert (kept.state, kept.text, kept.hints) == (DraftState.WITHDRAWN, "", ())


def cut_off(world: OfferingWorld) -> None:
    """As if the process had ended between the mailbox and the store."""
    (kept,) = world.answers
    with world.desk.store.begin() as uow:
        uow.answers.update(replace(kept, state=DraftState.PLANNED, item="", basis="", fingerprint=""))
        uow.commit()


def test_a_call_that_was_cut_off_is_taken_up_where_nobody_wrote_since() -> None:
    world = OfferingWorld()
    world.come(PAPERS, AT)
    world.offer(SOON)
    cut_off(world)

    world.offer(LATER)
    world.change_dispatch(purchase_orders=("OC-9",))
    world.offer(LATER + timedelta(minutes=1))

    assert "(su referencia OC-9)" in world.only_draft.text


def test_a_call_that_was_cut_off_leaves_one_draft_that_nobody_overwrites() -> None:
    world = OfferingWorld()
    world.come(PAPERS, AT)
    world.offer(SOON)
    cut_off(world)
    world.drafts.person_edits("Ya escribí yo.")
    world.change_dispatch(purchase_orders=("OC-9",))

    world.offer(LATER)
    world.offer(LATER + timedelta(minutes=1))

    assert world.only_draft.text == "Ya escribí yo."
