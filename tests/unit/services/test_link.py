"""The sentences of `contract.md`, "How a link is decided"."""

from dataclasses import replace

import pytest

from mailbot.domain.message import Bounce, MessageKind
from mailbot.domain.office import Office
from mailbot.reading.references import find_references
from mailbot.records.memory import MemoryRecords
from mailbot.services.link import ThreadEvidence, link
from tests.unit.services.linking_office import (
    ANDES,
    AT,
    COSTA,
    NORTE,
    OFFICE,
    PAPERS,
    QUOTATION,
    STATUS,
    SUR,
    THANKS,
    linked,
    mail,
)


def records_of(*orders: str) -> MemoryRecords:
    """The office with these dispatches alone."""
    kept = tuple(item for item in OFFICE.dispatches if item.order in orders)
    return MemoryRecords(replace(OFFICE, dispatches=kept))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        pytest.param("¿La OA-2026-004512 ya tiene canal?", "2026-004512", id="order"),
        pytest.param("¿La DAM 118-10-2026-84512 ya tiene canal?", "2026-004512", id="dam in another order"),
        pytest.param("¿Llegó el MSKU 123456-5?", "2026-004512", id="container"),
        pytest.param("¿Qué pasa con el BL AB123456?", "2026-004600", id="bl without the carrier's letters"),
        pytest.param("¿Salió la guía 139-1234 5675?", "2026-004700", id="awb"),
        pytest.param("La factura F001-2231 está corregida", "2026-004512", id="invoice"),
        pytest.param("¿Cuándo atraca la nave Andes Voyager 604S?", "2026-004600", id="vessel of one open dispatch"),
        pytest.param("Necesito copia de la DAM 118-2024-10-000900", "2024-000900", id="full number of a closed one"),
        pytest.param("¿La orden 4600 ya tiene canal?", "2026-004600", id="partial order"),
        pytest.param("¿La orden 4512 ya tiene canal?", "2026-004512", id="partial order, this year first"),
        pytest.param("¿La DUA 84512 ya tiene canal?", "2026-004512", id="partial dam, this year first"),
    ],
)
def test_a_number_of_the_own_client_links(text: str, order: str) -> None:
    assert linked(mail(text)).orders == (order,)


def test_a_link_tells_client_score_and_evidence() -> None:
    linkage = linked(mail("Hola", subject="DAM 118-2026-10-084512"))

    assert linkage.client is not None
    assert (linkage.client.ruc, linkage.client.name, linkage.client.how) == (ANDES, "Textiles Andes", "domain")
    assert linkage.dispatches[0].how == ("dam in subject", "sender's domain")
    assert 0.9 < linkage.dispatches[0].score < 1
    assert linkage.candidates == ()
    assert linkage.question is None


def test_more_evidence_gives_a_higher_score() -> None:
    one = linked(mail("OA-2026-004512"))
    two = linked(mail("OA-2026-004512, contenedor MSKU1234565"))

    assert two.dispatches[0].score > one.dispatches[0].score


@pytest.mark.parametrize(
    ("text", "names", "subject", "quoted", "order"),
    [
        pytest.param("OA-2026-004600", ("DAM 118-2026-10-084512.pdf",), "", "", "2026-004600", id="text, then names"),
        pytest.param("", ("BL MEDUAB123456.pdf",), "OA-2026-004512", "", "2026-004600", id="names, then subject"),
        pytest.param("", (), "OA-2026-004512", "OA-2026-004600", "2026-004512", id="subject, then quoted"),
        pytest.param("", (), "", "OA-2026-004600", "2026-004600", id="quoted at last"),
    ],
)
def test_the_nearer_place_decides(text: str, names: tuple[str, ...], subject: str, quoted: str, order: str) -> None:
    assert linked(mail(text, names=names, subject=subject, quoted=quoted)).orders == (order,)


def test_every_dispatch_that_is_named_is_linked() -> None:
    linkage = linked(mail("Canal de OA-2026-004512 y de OA-2026-004600, por favor"))

    assert set(linkage.orders) == {"2026-004512", "2026-004600"}


TABLE = "> OA-2026-004512 | MSKU1234565 | en tránsito\n{}> OA-2026-004600 | ANDES VOYAGER | en tránsito\n{}"


@pytest.mark.parametrize(
    ("answers", "orders"),
    [
        pytest.param(("¿Ya tiene canal?\n", ""), ("2026-004512",), id="first row"),
        pytest.param(("ok\n", "¿Ya tiene canal?\n"), ("2026-004600", "2026-004512"), id="both rows"),
    ],
)
def test_an_answer_inside_a_quoted_table_belongs_to_its_row(answers: tuple[str, str], orders: tuple[str, ...]) -> None:
    text = TABLE.format(*answers)
    quoted = "\n".join(line for line in text.splitlines() if line.startswith(">"))
    message = mail("".join(answers), text=text, quoted=quoted)

    assert set(linked(message).orders) == set(orders)


def test_an_answer_below_a_quoted_table_is_asked_when_it_speaks_of_a_dispatch() -> None:
    quoted = TABLE.format("", "")
    question = mail("¿Ya tiene canal?", text=f"{quoted}¿Ya tiene canal?", quoted=quoted)
    thanks = mail("Gracias", text=f"{quoted}Gracias", quoted=quoted)

    assert {match.order for match in linked(question).candidates} == {"2026-004512", "2026-004600"}
    assert (linked(thanks, verdict=THANKS).orders, linked(thanks, verdict=THANKS).candidates) == ((), ())


def test_a_bare_forward_is_linked_to_all_that_it_passes_on() -> None:
    assert set(linked(mail("", quoted=TABLE.format("", ""))).orders) == {"2026-004512", "2026-004600"}


def test_a_number_counts_before_a_ship() -> None:
    message = mail("¿Cuándo atraca la nave Andes Voyager?", subject="OA-2026-004512")

    assert linked(message).orders == ("2026-004512",)


def test_a_file_that_lists_many_dispatches_is_no_evidence() -> None:
    base = OFFICE.dispatches[0]
    many = tuple(replace(base, order=f"2026-01{at:04}", dam=None, containers=()) for at in range(9))
    references = find_references(
        mail("¿Ya salió el levante?"), attachment_texts={"0": "\n".join(f"OA-{item.order}" for item in many)}
    )
    records = MemoryRecords(replace(OFFICE, dispatches=many))
    linkage = link(mail("¿Ya salió el levante?"), references, records=records, at=AT, verdict=STATUS)

    assert linkage.orders == ()
    assert linkage.candidates


def test_a_partial_number_that_fits_several_is_asked() -> None:
    linkage = linked(mail("¿La DAM 84512?"), records=records_of("2025-004512", "2024-000900"))
    several = linked(mail("¿El pedido 4500012345 ya llegó?"))

    assert linkage.orders == ("2025-004512",)
    assert several.orders == ()
    assert {match.order for match in several.candidates} == {"2026-004600", "2026-004700"}
    assert several.question


def test_a_second_number_settles_which_of_several_it_is() -> None:
    linkage = linked(mail("¿El pedido 4500012345 ya llegó?", subject="AWB 139-12345675"))

    assert linkage.orders == ("2026-004700",)


def test_a_partial_number_never_reaches_a_closed_dispatch() -> None:
    assert linked(mail("¿La orden 900?")).orders == ()


def test_one_typing_error_is_asked() -> None:
    linkage = linked(mail("¿El contenedor MSKU1234655?"))

    assert linkage.orders == ()
    assert [match.order for match in linkage.candidates] == ["2026-004512"]
    assert linkage.question
    assert "MSKU1234655" in linkage.question


@pytest.mark.parametrize("beside", ["OA-2026-004512", "RUC 20512345671", "factura comercial F001-2231"])
def test_one_typing_error_links_beside_an_exact_second_reference(beside: str) -> None:
    linkage = linked(mail("¿El contenedor MSKU1234655?", subject=f"Despacho {beside}"))

    assert linkage.orders == ("2026-004512",)
    assert any("one typing error" in words for words in linkage.dispatches[0].how)


def test_two_typing_errors_are_no_evidence() -> None:
    linkage = linked(mail("¿El contenedor MSKU1234999?"), records=records_of("2026-004512"))

    assert linkage.orders == ()
    assert all("typing error" not in words for match in linkage.candidates for words in match.how)


def test_no_number_links_the_only_open_dispatch() -> None:
    linkage = linked(mail("¿Ya salió el levante?"), records=records_of("2026-004512", "2024-000900"))

    assert linkage.orders == ("2026-004512",)
    assert linkage.dispatches[0].score < 0.9


def test_no_number_asks_among_several_open_dispatches() -> None:
    linkage = linked(mail("¿Ya salió el levante?"))

    assert linkage.orders == ()
    assert len(linkage.candidates) == 4
    assert linkage.client is not None
    assert linkage.client.ruc == ANDES


def test_no_number_links_the_one_that_fits_the_words() -> None:
    assert linked(mail("¿El aéreo ya salió?")).orders == ("2026-004700",)


@pytest.mark.parametrize("verdict", [THANKS, QUOTATION], ids=["thanks", "quotation"])
def test_a_mail_about_no_dispatch_is_neither_linked_nor_asked(verdict: object) -> None:
    message = mail("¿Cuánto cobran por traer un contenedor de Chile?")
    linkage = linked(message, verdict=verdict, records=records_of("2026-004512"))  # type: ignore[arg-type]

    assert linkage.client is not None
    assert (linkage.orders, linkage.candidates, linkage.question) == ((), (), None)


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        pytest.param("¿Ya tenemos levante?", ("2026-004512",), id="under way"),
        pytest.param("Necesito una cotización para un contenedor", (), id="quotation"),
        pytest.param("Gracias, recibido.", (), id="thanks"),
    ],
)
def test_without_a_verdict_the_words_decide(text: str, orders: tuple[str, ...]) -> None:
    assert linked(mail(text), verdict=None, records=records_of("2026-004512")).orders == orders


def test_papers_with_numbers_nobody_knows_are_a_new_matter() -> None:
    message = mail("Adjunto documentos", names=("BL ONEYSHAG51882300.pdf",))
    linkage = linked(message, verdict=PAPERS, records=records_of("2026-004512"))

    assert (linkage.orders, linkage.candidates) == ((), ())


def test_a_question_with_a_number_nobody_knows_is_asked() -> None:
    linkage = linked(mail("¿La DAM 118-2026-10-999999 ya tiene canal?"), records=records_of("2026-004512"))

    assert linkage.orders == ()
    assert [match.order for match in linkage.candidates] == ["2026-004512"]


def test_an_order_nobody_knows_does_not_fall_back_to_the_subject() -> None:
    linkage = linked(mail("Sobre la orden 2026-099999", subject="RE: OA-2026-004512"))

    assert linkage.orders == ()
    assert [match.order for match in linkage.candidates] == ["2026-004512"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("¿La OA-2026-007001 ya tiene canal?", id="order"),
        pytest.param("¿La DAM 118-2026-10-107001 ya tiene canal?", id="dam"),
        pytest.param("¿Llegó el TGHU8540110?", id="container"),
        pytest.param("La factura F001-9999 está corregida", id="invoice"),
    ],
)
def test_a_number_of_another_client_is_asked_and_the_client_stays_the_senders(text: str) -> None:
    linkage = linked(mail(text))

    assert linkage.orders == ()
    assert linkage.client is not None
    assert linkage.client.ruc == ANDES
    assert "2026-007001" in {match.order for match in linkage.candidates}
    assert linkage.question


def test_the_own_number_links_beside_one_of_another_client() -> None:
    assert linked(mail("OA-2026-004512, no la OA-2026-007001")).orders == ("2026-004512",)


def test_an_unknown_sender_with_a_valid_number_is_asked() -> None:
    linkage = linked(mail("OA-2026-004512", sender="jefe@extrano.example"))

    assert linkage.client is None
    assert linkage.orders == ()
    assert [match.order for match in linkage.candidates] == ["2026-004512"]


def test_an_unknown_sender_links_when_the_client_is_in_copy() -> None:
    linkage = linked(mail("OA-2026-004512", sender="ops@naviera.example", cc=("ana@andes.example",)))
    other = linked(mail("OA-2026-004512", sender="ops@naviera.example", cc=("luz@costa.example",)))

    assert linkage.orders == ("2026-004512",)
    assert linkage.client is not None
    assert (linkage.client.ruc, linkage.client.how) == (ANDES, "number")
    assert other.orders == ()


def test_a_display_name_counts_for_nothing() -> None:
    message = mail("OA-2026-004512", sender="x@extrano.example")
    named = replace(message, sender=replace(message.sender, name="Ana <ana@andes.example>"))

    assert linked(named).orders == ()


@pytest.mark.parametrize(
    ("headers", "orders"),
    [
        pytest.param((("Authentication-Results", "mx.agencia.example; dmarc=fail"),), (), id="fails"),
        pytest.param((("Authentication-Results", "mx; spf=fail; dmarc=pass"),), ("2026-004512",), id="passes"),
        pytest.param(
            (("Authentication-Results", "mx; dmarc=fail"), ("Authentication-Results", "forged; dmarc=pass")),
            (),
            id="a forged result below counts for nothing",
        ),
        pytest.param((), ("2026-004512",), id="no result"),
    ],
)
def test_a_sender_who_fails_dmarc_is_unknown(headers: tuple[tuple[str, str], ...], orders: tuple[str, ...]) -> None:
    assert linked(mail("OA-2026-004512", headers=headers)).orders == orders


def test_a_listed_contact_decides_before_the_domain() -> None:
    own = linked(mail("OA-2026-007001", sender="iris@andes.example"))
    other = linked(mail("OA-2026-004512", sender="iris@andes.example"))

    assert own.orders == ("2026-007001",)
    assert own.client is not None
    assert (own.client.ruc, own.client.how) == (COSTA, "contact")
    assert other.orders == ()


@pytest.mark.parametrize(
    "sender", ["eva@cargas.example", "luis@grupo.example"], ids=["contact of two", "shared domain"]
)
def test_the_number_decides_between_two_clients_of_one_sender(sender: str) -> None:
    linkage = linked(mail("BL COSU6390114870", sender=sender))
    unnamed = linked(mail("¿Ya salió el levante?", sender=sender))

    assert linkage.orders == ("2026-008001",)
    assert linkage.client is not None
    assert (linkage.client.ruc, linkage.client.how) == (NORTE, "number")
    assert unnamed.client is None
    assert {match.ruc for match in unnamed.candidates} == {NORTE, SUR}


def test_what_a_person_taught_makes_a_sender_known() -> None:
    taught = ThreadEvidence(sender_ruc=ANDES)
    linkage = linked(mail("OA-2026-004512", sender="ops@naviera.example"), thread=taught)

    assert linkage.orders == ("2026-004512",)
    assert linkage.client is not None
    assert linkage.client.how == "learnt"


def test_mail_of_the_office_is_linked_by_number_and_has_the_dispatchs_client() -> None:
    linkage = linked(mail("OA-2026-007001 tiene canal verde", sender="rquispe@agencia.example"), is_office=True)

    assert linkage.orders == ("2026-007001",)
    assert linkage.client is not None
    assert (linkage.client.ruc, linkage.client.how) == (COSTA, "number")


def test_mail_of_the_office_without_number_is_neither_linked_nor_asked() -> None:
    linkage = linked(mail("¿Ya salió el levante?", sender="rquispe@agencia.example"), is_office=True)

    assert (linkage.client, linkage.orders, linkage.candidates) == (None, (), ())


def test_a_partial_number_of_the_office_is_looked_up_among_the_addressed_clients() -> None:
    text = "La orden 4512 ya tiene canal"
    to_client = mail(text, sender="rquispe@agencia.example", cc=("ana@andes.example",))
    to_other = mail(text, sender="rquispe@agencia.example", cc=("luz@costa.example",))
    to_colleague = mail(text, sender="rquispe@agencia.example")

    assert linked(to_client, is_office=True).orders == ("2026-004512",)
    assert linked(to_other, is_office=True).orders == ()
    assert linked(to_colleague, is_office=True).orders == ("2026-004512",)


def test_a_delivery_report_is_linked_through_the_address_that_failed() -> None:
    report = mail(
        "OA-2026-004512 no se pudo entregar",
        sender="mailer-daemon@mx.example",
        kind=MessageKind.BOUNCE,
        bounce=Bounce(recipients=("ana@andes.example",)),
    )

    assert linked(report).orders == ("2026-004512",)


FOREIGN = [
    ("OA-2026-007001", "OA-2026-007001"),
    ("DAM 118-2026-10-107001", "DAM"),
    ("cntr TGHU8540110", "container"),
    ("factura comercial F001-9999", "invoice"),
    ("BL COSU6390114870", "bl"),
]


@pytest.mark.parametrize("text", [text for text, _ in FOREIGN], ids=[name for _, name in FOREIGN])
@pytest.mark.parametrize("place", ["text", "names", "subject", "quoted", "signature"])
@pytest.mark.parametrize("sender", ["ana@andes.example", "iris@andes.example", "x@extrano.example"])
def test_no_number_in_any_place_links_a_mail_to_a_dispatch_of_another_client(
    text: str, place: str, sender: str
) -> None:
    fields: dict[str, object] = {"names": (f"{text}.pdf",)} if place == "names" else {place: text}
    message = mail(str(fields.pop("text", "")), sender=sender, **fields)
    own = {"ana@andes.example": {ANDES}, "iris@andes.example": {COSTA}}.get(sender, set())

    linkage = linked(message)

    assert {match.ruc for match in linkage.dispatches} <= own
    assert linkage.client is None or linkage.client.ruc in own


def test_automatic_mail_is_linked_by_its_number_alone() -> None:
    by_number = linked(mail("DAM 118-2026-10-084512 en canal", kind=MessageKind.AUTO_REPLY))
    without = linked(mail("Estoy de vacaciones", kind=MessageKind.AUTO_REPLY), records=records_of("2026-004512"))

    assert by_number.orders == ("2026-004512",)
    assert (without.orders, without.candidates) == ((), ())


def test_a_reply_without_a_number_inherits_its_conversation() -> None:
    linkage = linked(mail("¿Novedades?"), thread=ThreadEvidence(ruc=ANDES, orders=("2026-004600",)))

    assert linkage.orders == ("2026-004600",)
    assert "same conversation" in linkage.dispatches[0].how


@pytest.mark.parametrize("place", ["text", "subject"])
def test_a_number_that_is_said_now_leaves_the_conversation(place: str) -> None:
    message = mail("OA-2026-004512") if place == "text" else mail("", subject="OA-2026-004512")

    assert linked(message, thread=ThreadEvidence(ruc=ANDES, orders=("2026-004600",))).orders == ("2026-004512",)


def test_a_conversation_of_another_client_is_not_inherited() -> None:
    linkage = linked(mail("¿Novedades?"), thread=ThreadEvidence(ruc=COSTA, orders=("2026-007001",)))

    assert "2026-007001" not in linkage.orders
    assert "2026-007001" not in {match.order for match in linkage.candidates}


def test_at_most_five_candidates_are_offered() -> None:
    base = OFFICE.dispatches[0]
    many = tuple(replace(base, order=f"2026-01{at:04}", dam=None, containers=()) for at in range(9))
    linkage = linked(mail("¿Ya salió el levante?"), records=MemoryRecords(replace(OFFICE, dispatches=many)))

    assert [match.order for match in linkage.candidates] == [f"2026-01{at:04}" for at in (8, 7, 6, 5, 4)]


def test_an_empty_office_links_nothing() -> None:
    linkage = linked(mail("OA-2026-004512"), records=MemoryRecords(Office()))

    assert (linkage.client, linkage.orders, linkage.candidates) == (None, (), ())


def test_the_verdict_of_a_status_query_is_what_makes_these_tests_ask() -> None:
    assert linked(mail("Hola"), verdict=STATUS).candidates
