"""What a client answers to a status, read by the model that ships: linked, owed, and wishes told from questions."""

from dataclasses import replace
from functools import cache

import pytest

from mailbot.classify.model import load_classifier
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.office import StatusProgramme
from mailbot.ports.classifier import Classifier
from mailbot.services.digest import queue_digests
from mailbot.shipped import models_folder
from tests.builders import CLIENT, RUC, dispatch, lima, office, raw_mail
from tests.unit.services.world import World

NINE = lima("2026-11-16 09:00")
ORDER = "2026-004512"
PROGRAMMING, REPLY = ObligationKind.STATUS_PROGRAMMING, ObligationKind.REPLY


@cache
def _model() -> Classifier:
    return load_classifier(models_folder())


@pytest.fixture
def world() -> World:
    programme = StatusProgramme(ruc=RUC, frequency="diario 09:00", recipients=(CLIENT,))
    rows = (dispatch(ORDER, status="En tránsito"), dispatch("2026-004513", status="Documentos incompletos"))
    world = World(book=office(dispatches=rows, programmes=(programme,)))
    world.__dict__["desk"] = replace(world.desk, classifier=_model())
    return world


def _answered(world: World, text: str) -> list[Obligation]:
    """What is owed once the client answered the morning's status."""
    queue_digests(world.desk, now=NINE)
    world.tick(NINE)
    digest: OutgoingMail = next(mail for mail in world.sender.sent if mail.purpose is MailPurpose.DIGEST)
    at = lima("2026-11-16 09:40")
    subject, answered = f"RE: {digest.subject}", digest.message_id
    world.receive(raw_mail(subject=subject, text=text, at=at, to=digest.sender.address, In_Reply_To=answered), at)
    return world.owed(is_open=True)


@pytest.mark.parametrize(
    "text",
    [
        "Por favor incluir a almacen@textiles.example en el envío del status.",
        "Solo los lunes por favor.",
        "Retirar a mperez@textiles.example de la lista, ya no trabaja con nosotros.",
        "Por favor enviar el status solo los lunes y jueves a las 9am.",
    ],
    ids=["one more", "on Mondays alone", "one less", "twice a week"],
)
def test_a_wish_about_the_status_becomes_its_programming_until_the_row_changes(world: World, text: str) -> None:
    owed = _answered(world, text)

    wish = next(one for one in owed if one.kind is PROGRAMMING)
    assert (wish.client, wish.due_at) == (RUC, lima("2026-11-16 18:00"))


def test_a_question_in_a_status_thread_is_owed_like_any_mail_and_linked_to_its_dispatch(world: World) -> None:
    (reply,) = _answered(world, f"¿Ya tenemos fecha de llegada para la orden {ORDER}? Quedo atenta.")

    assert (reply.kind, reply.order, reply.client) == (REPLY, ORDER, RUC)


def test_thanks_for_a_status_owe_nothing(world: World) -> None:
    assert _answered(world, "Gracias, conforme.") == []
