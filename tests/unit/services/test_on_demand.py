"""Somebody of the office writes "agenda" to mailbot and gets it."""

import pytest

from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import ObligationKind, ObligationState
from tests.builders import CLIENT, ESC, SUPERVISOR, lima, raw_mail
from tests.unit.services.answering import MAILBOT, MONDAY_9, audit, office_world, say
from tests.unit.services.world import World

ASKED_AT = lima("2026-11-16 09:30")


@pytest.fixture
def world() -> World:
    world = office_world()
    world.write("levante", MONDAY_9)
    return world


def ask(world: World, text: str, *, sender: str = ESC, to: str = MAILBOT, **headers: str) -> list[OutgoingMail]:
    """Write to mailbot; what is sent upon it."""
    raw = raw_mail(
        subject=headers.pop("subject", "una consulta"), text=text, sender=sender, to=to, at=ASKED_AT, **headers
    )
    world.receive(raw, ASKED_AT)
    return [mail for mail in world.tick(ASKED_AT) if mail.purpose in (MailPurpose.AGENDA, MailPurpose.SUMMARY)]


@pytest.mark.parametrize(
    "text", ["agenda", "Agenda por favor", "Hola, mi agenda. Gracias", "envíame la agenda", "pendientes"]
)
def test_the_agenda_comes_as_it_stands_in_the_same_thread(world: World, text: str) -> None:
    (mail,) = ask(world, text, message_id="<pide@agencia.example>")

    assert [address.address for address in mail.to] == [ESC]
    assert "levante" in mail.text
    assert mail.in_reply_to == "<pide@agencia.example>"
    assert [line.detail for line in audit(world, "asked_for")] == ["agenda"]


def test_the_one_word_may_stand_in_the_subject(world: World) -> None:
    assert len(ask(world, "", subject="Agenda")) == 1


def test_its_lines_are_answered_like_those_of_the_morning(world: World) -> None:
    (mail,) = ask(world, "agenda")

    say(world, "1 atendido", mail, "16 09:40")

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_who_has_nothing_to_do_is_told_so(world: World) -> None:
    (mail,) = ask(world, "agenda", sender="administracion@agencia.example")

    assert mail.subject.endswith("sin pendientes")


def test_a_chief_gets_the_summary_of_his_people(world: World) -> None:
    (mail,) = ask(world, "resumen", sender=SUPERVISOR)

    assert mail.purpose is MailPurpose.SUMMARY
    assert mail.subject.startswith("Resumen lun 16/11")


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        pytest.param("agenda", {"sender": CLIENT}, id="a client"),
        pytest.param("agenda", {"to": SUPERVISOR}, id="not to mailbot"),
        pytest.param("la agenda de la reunión va adjunta", {}, id="more words"),
        pytest.param("agenda", {"Auto_Submitted": "auto-replied"}, id="automatic"),
        pytest.param("agenda", {"Authentication_Results": "mx.agencia.example; dmarc=fail"}, id="forged"),
    ],
)
def test_nobody_else_and_nothing_else_gets_one(world: World, text: str, headers: dict[str, str]) -> None:
    assert ask(world, text, **headers) == []
