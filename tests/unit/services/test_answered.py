"""A client that drops the headers of what it answers still quotes the identifier that stands in the body."""

import pytest

from mailbot.domain.mail import OutgoingMail
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.domain.outgoing import message_id_for
from mailbot.reading.parse import read_message
from mailbot.senders.mime import to_bytes
from mailbot.services.ingest import Ingested
from tests.builders import ESC, SUPERVISOR, lima, raw_mail
from tests.unit.services.answering import MAILBOT, audit, office_world, reminded
from tests.unit.services.world import World


@pytest.fixture
def world() -> World:
    return office_world()


def _say_without_headers(world: World, mail: OutgoingMail, *, to: str = MAILBOT, identifier: str = "") -> Ingested:
    quoted = read_message(to_bytes(mail)).text
    if identifier:
        quoted = quoted.replace(mail.message_id.strip("<>"), identifier)
    lines = "\n".join(f"> {line}" for line in quoted.split("\n"))
    moment = lima("2026-11-16 10:50")
    text = f"Atendido, gracias\n\nEl lun, 16 nov 2026 a las 10:46, Mailbot <{MAILBOT}> escribió:\n{lines}"
    raw = raw_mail(subject=f"RE: {mail.subject}", text=text, at=moment, sender=ESC, to=to)
    return world.receive(raw, moment)


def test_an_answer_without_headers_is_obeyed_by_the_identifier_it_quotes(world: World) -> None:
    taken = _say_without_headers(world, reminded(world))

    assert taken.met == 1
    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_a_notice_sent_on_to_a_colleague_is_no_command(world: World) -> None:
    taken = _say_without_headers(world, reminded(world), to=SUPERVISOR)

    assert taken.met == 0
    assert not audit(world, "command_obeyed")


def test_an_identifier_that_mailbot_did_not_sign_does_nothing(world: World) -> None:
    reminder = reminded(world)
    forged = message_id_for(reminder.key, domain="agencia.example", secret="otra clave").strip("<>")

    assert _say_without_headers(world, reminder, identifier=forged).met == 0
    assert [line.detail for line in audit(world, "command_refused")] == ["identificador desconocido"]
