"""Every line of an agenda can be answered by its number, and is obeyed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from mailbot.domain.labels import Category, Topic
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.office import Modality
from mailbot.services.agenda import queue_agendas
from mailbot.services.watch import watch
from tests.builders import CLIENT, DOCUMENTS, REQUIREMENT, RUC, dispatch, lima, office, verdict
from tests.unit.services.answering import audit, confirmations, kept, say
from tests.unit.services.world import World

SUNDAY = lima("2026-11-15 10:00")
MONDAY_8 = lima("2026-11-16 08:00")
KINDS = {
    "pregunta": ObligationKind.REPLY,
    "documentos": ObligationKind.DOCUMENT_REVIEW,
    "acuerdo": ObligationKind.WRITTEN_AGREEMENT,
    "nota": ObligationKind.STATUS_UPDATE,
    "regularización": ObligationKind.REGULARIZATION,
}


@pytest.fixture
def world() -> World:
    """A Monday on which Rosa's agenda has a line of each sort."""
    old = dispatch(
        status="En tránsito",
        status_note="Nave en ruta",
        status_noted_at=lima("2026-11-12 10:00"),
        needs_regularization=True,
        modality=Modality.ANTICIPADO,
        released_on=date(2026, 11, 10),
        discharge_ended_on=date(2026, 11, 9),
    )
    second = dispatch("2026-004513", status="En tránsito")
    world = World(
        verdicts={
            "pregunta": REQUIREMENT,
            "documentos": DOCUMENTS,
            "acuerdo": verdict(topics=[Topic.AGREEMENT]),
            "etiqueta": verdict(Category.REQUIREMENT, doubts=["requirement"]),
            "vínculo": REQUIREMENT,
            "desconocido": REQUIREMENT,
        },
        book=office(dispatches=(old, second, dispatch("2026-004600", ruc="20100070970"))),
    )
    watch(world.desk, now=SUNDAY)
    for minute, subject in enumerate(("pregunta", "documentos", "acuerdo", "etiqueta")):
        at = lima(f"2026-11-15 10:{minute:02d}")
        world.write(subject, at, text="Según lo conversado, la orden 2026-004512 se entrega sin costo.")
    world.write("vínculo", lima("2026-11-15 10:20"), text="¿Ya tenemos levante de nuestro despacho?")
    world.write("desconocido", lima("2026-11-15 10:30"), text="¿Novedades?", sender="ana@nadie.example")
    return world


def _agenda(world: World) -> OutgoingMail:
    queue_agendas(world.desk, now=MONDAY_8)
    world.tick(MONDAY_8)
    return next(mail for mail in world.sender.sent if mail.purpose is MailPurpose.AGENDA)


def _number(agenda: OutgoingMail, world: World, kind: ObligationKind) -> int:
    listed = [one for one in world.owed(kind) if one.id in agenda.obligations and one.order == "2026-004512"]
    owed = min(listed, key=lambda one: one.starts_at)
    return agenda.obligations.index(owed.id) + 1


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_numbered_line_is_ended_by_its_number_alone(world: World, kind: ObligationKind) -> None:
    agenda = _agenda(world)
    number = _number(agenda, world, kind)
    others = {one.id: one for one in world.owed() if one.id != agenda.obligations[number - 1]}

    say(world, f"{number} atendido", agenda, "16 08:30")

    with world.desk.store.begin() as uow:
        ended = uow.obligations.get(agenda.obligations[number - 1])
    assert ended is not None
    assert ended.state is ObligationState.MET
    assert {one.id: one for one in world.owed() if one.id in others} == others
    assert f"\n{number}. " in agenda.text or f" {number}. " in agenda.text


@pytest.mark.parametrize(
    ("text", "has_happened"),
    [
        ("visto", lambda owed: owed.seen_until is not None),
        ("posponer 4h", lambda owed: owed.seen_until is not None),
        ("reasignar KV", lambda owed: owed.owner == "KV"),
    ],
)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_numbered_line_takes_the_other_commands(
    world: World, kind: ObligationKind, text: str, has_happened: Callable[[object], bool]
) -> None:
    agenda = _agenda(world)
    number = _number(agenda, world, kind)

    say(world, f"{number} {text}", agenda, "16 08:30")

    with world.desk.store.begin() as uow:
        assert has_happened(uow.obligations.get(agenda.obligations[number - 1]))


def _question(agenda: OutgoingMail, subject: str) -> int:
    """The number that stands before a question of the agenda."""
    line = next(line for line in agenda.text.split("\n") if line.rstrip().endswith(subject) and "¿" in line)
    return int(line.strip().partition(".")[0])


def test_a_doubtful_label_is_settled_by_its_number(world: World) -> None:
    agenda = _agenda(world)

    say(world, f"{_question(agenda, 'etiqueta')} no", agenda, "16 08:30")

    settled = kept(world, "etiqueta").verdict
    assert settled is not None
    assert settled.doubts == ()
    assert Category.REQUIREMENT not in settled.categories


@pytest.mark.parametrize(
    ("answer", "orders"),
    [("orden 2026-004513", ("2026-004513",)), ("2026-004513", ("2026-004513",)), ("ninguna", ())],
)
def test_which_dispatch_is_answered_by_its_number(world: World, answer: str, orders: tuple[str, ...]) -> None:
    agenda = _agenda(world)

    say(world, f"{_question(agenda, 'vínculo')} {answer}", agenda, "16 08:30")

    assert kept(world, "vínculo").orders == orders
    assert kept(world, "vínculo").linkage.question is None


def test_which_client_is_answered_by_its_number(world: World) -> None:
    agenda = _agenda(world)

    say(world, f"{_question(agenda, 'desconocido')} cliente {RUC}", agenda, "16 08:30")

    assert kept(world, "desconocido").client == RUC


def test_several_lines_are_answered_in_one_mail_and_confirmed_in_one(world: World) -> None:
    agenda = _agenda(world)
    first, second = (_number(agenda, world, kind) for kind in (ObligationKind.REPLY, ObligationKind.STATUS_UPDATE))

    say(world, f"{first} atendido\n{second} visto\n{_question(agenda, 'etiqueta')} sí", agenda, "16 08:30")

    (confirmation,) = confirmations(world)
    assert "Atendido" in confirmation.text
    assert "Visto" in confirmation.text
    assert len(audit(world, "command_obeyed")) == 1


def test_agreements_stand_under_a_heading_of_their_own_with_their_words(world: World) -> None:
    agenda = _agenda(world)

    section = agenda.text.partition("ACUERDOS POR CONFIRMAR POR ESCRITO (1)")[2]
    assert "se entrega sin costo" in section.partition("(1)")[0]
    assert "Acuerdos por confirmar por escrito" in agenda.html


def test_an_agreement_is_confirmed_by_the_mail_that_puts_it_in_writing(world: World) -> None:
    before = replace(world.only(ObligationKind.WRITTEN_AGREEMENT))

    world.answer("RE: acuerdo", lima("2026-11-16 09:30"), "Confirmamos por escrito: entrega sin costo.", to=CLIENT)

    assert before.is_open
    assert world.only(ObligationKind.WRITTEN_AGREEMENT).state is ObligationState.MET
