"""Who writes in English is answered in English."""

import pytest

from mailbot.domain.obligation import ObligationKind, ObligationState
from tests.unit.services.answering import audit, confirmations, office_world, reminded, say
from tests.unit.services.world import World


@pytest.fixture
def world() -> World:
    return office_world()


def test_a_command_in_english_is_obeyed_and_confirmed_in_english(world: World) -> None:
    reminder = reminded(world)

    say(world, "Done, thanks.", reminder, "16 10:50")

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET
    (confirmation,) = confirmations(world)
    assert 'Persona RQ: done ("Done, thanks.").' in confirmation.text
    assert "Answer to the client · order 2026-004512" in confirmation.text or "was due" in confirmation.text
    assert '<html lang="en">' in confirmation.html
    assert "Correo automático" not in confirmation.html + confirmation.text
    assert [line.detail for line in audit(world, "command_obeyed")] == ["done"]


def test_what_cannot_be_done_is_told_in_english(world: World) -> None:
    reminder = reminded(world)

    say(world, "reassign to KX", reminder, "16 10:50")

    (confirmation,) = confirmations(world)
    assert "Nobody who can take it has the code or name «kx»." in confirmation.text
    assert "Nearest:" in confirmation.text
    assert "YOU CAN ANSWER" in confirmation.text


def test_english_that_is_not_understood_gets_one_polite_answer_in_english(world: World) -> None:
    reminder = reminded(world)

    text = "I will have a look at this with the client and let you know what they say about the documents."
    say(world, text, reminder, "16 10:50")

    (confirmation,) = confirmations(world)
    assert "I did not understand" in confirmation.text
    assert "snooze 4h" in confirmation.html
    assert world.only(ObligationKind.REPLY).is_open


def test_spanish_is_answered_in_spanish(world: World) -> None:
    reminder = reminded(world)

    say(world, "atendido", reminder, "16 10:50")

    (confirmation,) = confirmations(world)
    assert "hecho" in confirmation.text
    assert '<html lang="es">' in confirmation.html
