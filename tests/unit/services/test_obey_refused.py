import pytest

from mailbot.domain.obligation import ObligationKind, ObligationState
from tests.builders import ESC, SUPERVISOR, lima, raw_mail
from tests.unit.services.answering import (
    DEPUTY,
    MAILBOT,
    MONDAY_9,
    audit,
    confirmations,
    office_world,
    reminded,
    say,
    walk,
)
from tests.unit.services.world import World


@pytest.fixture
def world() -> World:
    return office_world()


REFUSED = [
    pytest.param({"sender": DEPUTY}, "no se envió", id="somebody-it-was-not-sent-to"),
    pytest.param({"sender": "compras@textiles.example"}, "Personal", id="somebody-outside"),
    pytest.param(
        {"Authentication_Results": "mx.agencia.example; dmarc=fail header.from=agencia.example"},
        "Personal|reconoce",
        id="dmarc",
    ),
    pytest.param(
        {"Authentication_Results": "mx.agencia.example; spf=fail smtp.mailfrom=x.example"}, "reconoce", id="spf"
    ),
    pytest.param(
        {"Authentication_Results": "mx.agencia.example; spf=pass; dkim=fail (bad signature)"}, "reconoce", id="dkim"
    ),
    pytest.param(
        {"In_Reply_To": "<mb.00000000000000000000000000000000.00000000000000000000000000000000@agencia.example>"},
        "desconocido",
        id="unknown-token",
    ),
    pytest.param({"Auto_Submitted": "auto-replied"}, "automático", id="automatic"),
]


@pytest.mark.parametrize(("headers", "why"), REFUSED)
@pytest.mark.parametrize("text", ["atendido", "reasignar KV", "visto"])
def test_what_is_not_the_addressees_own_word_does_nothing_and_is_recorded(
    world: World, text: str, headers: dict[str, str], why: str
) -> None:
    reminder = reminded(world)
    before = world.only(ObligationKind.REPLY)

    say(world, text, reminder, "16 10:50", **headers)

    assert world.owed() == [before]
    assert confirmations(world) == []
    (line,) = audit(world, "command_refused")
    assert any(part in line.detail for part in why.split("|"))


@pytest.mark.parametrize(
    "result",
    [
        "mx.agencia.example; spf=pass; dkim=pass header.d=agencia.example; dmarc=pass",
        "mx.agencia.example; dkim=fail; spf=pass; dmarc=pass",
        "mx.agencia.example; spf=none; dkim=none",
        "mx.agencia.example; dkim=fail header.d=list.example; dkim=pass header.d=agencia.example",
    ],
)
def test_an_authenticated_answer_is_obeyed(world: World, result: str) -> None:
    reminder = reminded(world)

    say(world, "atendido", reminder, "16 10:50", Authentication_Results=result)

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_a_result_below_the_servers_own_counts_for_nothing(world: World) -> None:
    reminder = reminded(world)
    moment = lima("2026-11-16 10:50")
    forged = raw_mail(
        subject="RE: aviso",
        text="atendido",
        sender=ESC,
        to=MAILBOT,
        at=moment,
        In_Reply_To=reminder.message_id,
        Authentication_Results="mx.agencia.example; spf=fail smtp.mailfrom=x.example",
    ).replace(b"Subject:", b"Authentication-Results: mx.agencia.example; dmarc=fail\r\nSubject:", 1)

    world.receive(forged + b"", moment)

    assert world.only(ObligationKind.REPLY).is_open


def test_a_pass_that_the_sender_wrote_himself_counts_for_nothing(world: World) -> None:
    reminder = reminded(world)
    moment = lima("2026-11-16 10:50")
    own = "mx.mala.example; spf=pass; dkim=pass; dmarc=pass header.from=agencia.example"
    forged = raw_mail(
        subject="RE: aviso",
        text="atendido",
        sender=ESC,
        to=MAILBOT,
        at=moment,
        In_Reply_To=reminder.message_id,
        Authentication_Results=own,
    )
    ours = b"Authentication-Results: mx.agencia.example (milter); spf=fail smtp.mailfrom=mala.example; dkim=none\r\n"

    world.receive(ours + forged, moment)

    assert world.only(ObligationKind.REPLY).is_open
    assert [line.detail for line in audit(world, "command_refused")] == [
        "el servidor no reconoce al remitente (SPF, DKIM o DMARC)"
    ]


def test_the_owner_in_copy_may_answer_the_supervisors_notice(world: World) -> None:
    world.write("levante", MONDAY_9)
    notice = walk(world, "16 10:36", "16 10:46", "16 11:00", "16 11:10")[-1]
    assert [a.address for a in notice.to] == [SUPERVISOR]

    say(world, "atendido", notice, "16 11:20")

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_an_answer_that_only_the_references_tie_is_obeyed(world: World) -> None:
    reminder = reminded(world)

    say(world, "atendido", reminder, "16 10:50", In_Reply_To="<other@x.example>", References=reminder.message_id)

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_an_answer_to_the_confirmation_speaks_of_the_notice(world: World) -> None:
    reminder = reminded(world)
    say(world, "visto", reminder, "16 10:50")
    (confirmation,) = confirmations(world)

    say(world, "1 atendido", confirmation, "16 10:55")

    assert world.only(ObligationKind.REPLY).state is ObligationState.MET


def test_thanks_for_a_confirmation_are_not_answered(world: World) -> None:
    reminder = reminded(world)
    say(world, "visto", reminder, "16 10:50")

    say(world, "gracias", confirmations(world)[0], "16 10:55")

    assert len(confirmations(world)) == 1


def test_what_is_not_understood_gets_one_polite_answer_a_day(world: World) -> None:
    reminder = reminded(world)

    for minute, text in ((50, "ya lo vemos con operaciones"), (55, "¿y el BL?")):
        say(world, text, reminder, f"16 10:{minute}")
    first = confirmations(world)
    say(world, "seguimos en eso", reminder, "17 10:00")

    assert len(first) == 1
    assert "posponer 4h" in first[0].text
    assert len(confirmations(world)) == 2
    assert world.only(ObligationKind.REPLY).is_open


def test_people_who_talk_about_a_notice_among_themselves_are_left_alone(world: World) -> None:
    world.write("levante", MONDAY_9)
    notice = walk(world, "16 10:36", "16 10:46", "16 11:00", "16 11:10")[-1]

    say(world, "Rocío, por favor responde hoy.", notice, "16 11:20", sender=SUPERVISOR, to=ESC)

    assert confirmations(world) == []
    assert world.only(ObligationKind.REPLY).is_open


@pytest.mark.parametrize("sender", [ESC, DEPUTY])
def test_an_answer_to_the_client_in_a_notices_thread_is_an_answer_to_the_client(world: World, sender: str) -> None:
    world.write("levante", MONDAY_9, message_id="<q@textiles.example>")
    (reminder,) = walk(world, "16 10:36", "16 10:46")

    moment = lima("2026-11-16 10:50")
    world.answer(
        "RE: levante",
        moment,
        "Atendido. Ya tiene levante desde las 9.",
        sender=sender,
        In_Reply_To="<q@textiles.example>",
        References=f"{reminder.message_id} <q@textiles.example>",
    )

    reply = world.only(ObligationKind.REPLY)
    assert reply.state is ObligationState.MET
    assert reply.evidence.startswith("respondido por")
    assert confirmations(world) == []


NOTICE = "RESPONDA A ESTE CORREO CON UNA LÍNEA\n  atendido   ya está hecho; se cierra\n"
QUOTED = "".join(f"> {line}\n" for line in NOTICE.splitlines())
FROM_US = f"mailbot <{MAILBOT}>"
PHONES = {
    "gmail": f"Visto gracias\n\nEl lun, 16 nov 2026 a la(s) 10:46, {FROM_US}\nescribió:\n\n{QUOTED}",
    "iphone": f"Visto\n\nEnviado desde mi iPhone\n\n> El 16 nov. 2026, a las 10:46, {FROM_US} escribió:\n> \n{QUOTED}",
    "samsung": f"visto\n\n\nEnviado desde mi Galaxy\n\n-------- Mensaje original --------\nDe: {FROM_US}\n"
    f"Fecha: 16/11/26 10:46 (GMT-05:00)\nPara: {ESC}\nAsunto: Por vencer\n\n{NOTICE}",
    "outlook": "VISTO.\n\nRocío Quispe\nEjecutiva de Servicio al Cliente\n\n________________________________\n"
    f"De: {FROM_US}\nEnviado: lunes, 16 de noviembre de 2026 10:46\nPara: {ESC}\nAsunto: Por vencer\n\n{NOTICE}",
    "unquoted": f"visto\n\n{NOTICE}",
}


@pytest.mark.parametrize("text", PHONES.values(), ids=PHONES)
def test_what_stands_above_the_quoted_notice_alone_counts(world: World, text: str) -> None:
    reminder = reminded(world)

    say(world, text, reminder, "16 10:50")

    reply = world.only(ObligationKind.REPLY)
    assert (reply.is_open, reply.seen_until) == (True, lima("2026-11-17 09:00"))
