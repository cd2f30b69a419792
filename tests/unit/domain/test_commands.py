import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.calendars import DEFAULT_HOURS, office_calendar
from mailbot.domain.commands import Command, NotUnderstood, Verb, read_commands
from mailbot.domain.delays import until
from tests.builders import lima


def _verbs(text: str) -> list[tuple[Verb, tuple[int, ...]]]:
    read = read_commands(text)
    assert not isinstance(read, NotUnderstood), text
    return [(command.verb, command.numbers) for command in read]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("visto", Verb.SEEN),
        ("visto gracias", Verb.SEEN),
        ("VISTO!!", Verb.SEEN),
        ("ok visto", Verb.SEEN),
        ("Ok, visto. Gracias Lucía", Verb.SEEN),
        ("Ya lo vi, muchas gracias", Verb.SEEN),
        ("Enterada.", Verb.SEEN),
        ("Hola mailbot\nvisto, mil gracias", Verb.SEEN),
        ("Visto, gracias.\nEnviado desde mi iPhone", Verb.SEEN),
        ("visto 👍", Verb.SEEN),
        ("atendido", Verb.DONE),
        ("Atendido.", Verb.DONE),
        ("ATENDIDO, gracias", Verb.DONE),
        ("ya lo atendí", Verb.DONE),
        ("Ya está atendido", Verb.DONE),
        ("Buenos días, ya fue atendido.", Verb.DONE),
        ("Atendido.\n\nSaludos,\nRocío Quispe\nEjecutiva de Servicio", Verb.DONE),
        ("ya respondí al cliente", Verb.DONE),
        ("atendido por teléfono", Verb.DONE),
        ("Listo", Verb.DONE),
        ("Atendido, le mandé la proforma por WhatsApp", Verb.DONE),
        ("no es reclamo", Verb.NOT_COMPLAINT),
        ("No es un reclamo.", Verb.NOT_COMPLAINT),
        ("no, no es un reclamo", Verb.NOT_COMPLAINT),
        ("esto no es un reclamo, gracias", Verb.NOT_COMPLAINT),
        ("No es queja", Verb.NOT_COMPLAINT),
        ("es reclamo", Verb.IS_COMPLAINT),
        ("sí, es un reclamo", Verb.IS_COMPLAINT),
        ("si es reclamo", Verb.IS_COMPLAINT),
        ("Sí es un reclamo del cliente", Verb.IS_COMPLAINT),
        ("sí", Verb.YES),
        ("Si.", Verb.YES),
        ("Sí, gracias", Verb.YES),
        ("no", Verb.NO),
        ("No, gracias.", Verb.NO),
        ("ninguna", Verb.NONE),
        ("No trata de un despacho", Verb.NONE),
    ],
)
def test_an_answer_is_understood_as_people_write_it(text: str, verb: Verb) -> None:
    assert _verbs(text) == [(verb, ())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 atendido", [(Verb.DONE, (2,))]),
        ("2. atendido", [(Verb.DONE, (2,))]),
        ("2) atendido", [(Verb.DONE, (2,))]),
        ("2: visto", [(Verb.SEEN, (2,))]),
        ("atendido el 2", [(Verb.DONE, (2,))]),
        ("el 2 ya está atendido", [(Verb.DONE, (2,))]),
        ("1 y 3 atendidos", [(Verb.DONE, (1, 3))]),
        ("1, 3 atendido", [(Verb.DONE, (1, 3))]),
        ("1-3 visto", [(Verb.SEEN, (1, 2, 3))]),
        ("2 no es reclamo", [(Verb.NOT_COMPLAINT, (2,))]),
        ("3 sí", [(Verb.YES, (3,))]),
        ("3 no", [(Verb.NO, (3,))]),
        ("3 ninguna", [(Verb.NONE, (3,))]),
        ("1 atendido\n2 visto", [(Verb.DONE, (1,)), (Verb.SEEN, (2,))]),
        ("1 atendido, 2 visto", [(Verb.DONE, (1,)), (Verb.SEEN, (2,))]),
        ("1 visto y 2 atendido", [(Verb.SEEN, (1,)), (Verb.DONE, (2,))]),
        ("visto y no es reclamo", [(Verb.SEEN, ()), (Verb.NOT_COMPLAINT, ())]),
        ("sí, atendido", [(Verb.DONE, ())]),
        ("visto\nvisto", [(Verb.SEEN, ())]),
    ],
)
def test_numbers_and_several_commands_are_told_apart(text: str, expected: list[tuple[Verb, tuple[int, ...]]]) -> None:
    assert _verbs(text) == expected


@pytest.mark.parametrize(
    ("text", "verb", "name", "numbers"),
    [
        ("reasignar KV", Verb.REASSIGN, "kv", ()),
        ("Reasignar a Karla Velarde, gracias", Verb.REASSIGN, "karla velarde", ()),
        ("Reasignar: KV", Verb.REASSIGN, "kv", ()),
        ("2 reasignar kv", Verb.REASSIGN, "kv", (2,)),
        ("reasignar el 2 a KV", Verb.REASSIGN, "kv", (2,)),
        ("reasignar ESC-02", Verb.REASSIGN, "esc-02", ()),
        ("orden 2026-004512", Verb.ORDER, "2026-004512", ()),
        ("Orden: 2026-4512 gracias", Verb.ORDER, "2026-4512", ()),
        ("es la orden 4512", Verb.ORDER, "4512", ()),
        ("3 orden 2026-004512", Verb.ORDER, "2026-004512", (3,)),
        ("2026-004512", Verb.ORDER, "2026-004512", ()),
        ("cliente 20131312955", Verb.CLIENT, "20131312955", ()),
        ("Es del cliente 20131312955, gracias", Verb.CLIENT, "20131312955", ()),
        ("20131312955", Verb.CLIENT, "20131312955", ()),
        ("Cliente: Textiles Andes", Verb.CLIENT, "textiles andes", ()),
        ("3 cliente Textiles Andes", Verb.CLIENT, "textiles andes", (3,)),
        ("2", Verb.CHOICE, "2", ()),
        ("la 2, gracias", Verb.CHOICE, "2", ()),
        ("opción 3", Verb.CHOICE, "3", ()),
        ("la segunda", Verb.CHOICE, "2", ()),
    ],
)
def test_a_person_an_order_or_a_choice_is_named(text: str, verb: Verb, name: str, numbers: tuple[int, ...]) -> None:
    read = read_commands(text)

    assert not isinstance(read, NotUnderstood)
    assert [(command.verb, command.name, command.numbers) for command in read] == [(verb, name, numbers)]


@pytest.mark.parametrize(
    "text",
    [
        "orden 2026-004512 atendido",
        "2026-004512 atendido",
        "atendido la orden 2026-004512",
        "Atendido, orden 2026-004512",
        "Orden 2026-004512: atendido",
    ],
)
def test_a_line_may_be_named_by_its_order(text: str) -> None:
    read = read_commands(text)

    assert not isinstance(read, NotUnderstood)
    assert [(command.verb, command.order) for command in read] == [(Verb.DONE, "2026-004512")]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("posponer el 2 4h", (2,)), ("posponer 2 hasta mañana", (2,)), ("posponer 2 días", ()), ("posponer todo 4h", ())],
)
def test_the_line_and_the_time_of_a_delay_are_told_apart(text: str, numbers: tuple[int, ...]) -> None:
    read = read_commands(text)

    assert not isinstance(read, NotUnderstood)
    assert [(command.verb, command.numbers, command.delay is not None) for command in read] == [
        (Verb.POSTPONE, numbers, True)
    ]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Sí es reclamo, avisar a Mariela", Verb.IS_COMPLAINT),
        ("Atendido, pasa a Liquidación", Verb.DONE),
        ("Visto, cliente molesto", Verb.SEEN),
        ("Visto, derivado a Operaciones", Verb.SEEN),
        ("Recuérdame en 2 horas", Verb.POSTPONE),
        ("pasarlo a KV", Verb.REASSIGN),
        ("derivar a KV", Verb.REASSIGN),
    ],
)
def test_what_is_told_beside_a_command_is_no_second_one(text: str, verb: Verb) -> None:
    assert _verbs(text) == [(verb, ())]


@pytest.mark.parametrize("text", ["posponer 4h", "Posponer 30 min por favor", "2 posponer hasta mañana 10:00"])
def test_a_delay_is_read_with_its_command(text: str) -> None:
    read = read_commands(text)

    assert not isinstance(read, NotUnderstood)
    assert read[0].verb is Verb.POSTPONE
    assert read[0].delay is not None


def test_a_delay_that_cannot_be_read_is_left_open() -> None:
    read = read_commands("posponer un ratito")

    assert not isinstance(read, NotUnderstood)
    assert read[0].delay is None


@pytest.mark.parametrize(
    "text",
    [
        "no atendido",
        "no está atendido",
        "¿atendido?",
        "ya está atendido?",
        "atendido, pero falta el BL",
        "atendido parcialmente",
        "atendido. Todavía espero la factura",
        "si ya está atendido, avísame",
        "si es reclamo avisen a Mariela",
        "no, es un reclamo",
        "visto que no llegó el BL no podemos numerar",
        "visto bueno",
        "Rocío, por favor atiende esto hoy mismo.",
        "Estimados, sobre lo atendido ayer: el cliente aún reclama.",
        "es reclamo\nno es reclamo",
        "orden 2026-004512 no 2026-004513",
        "¿quién lo ve?\nvisto",
        "> atendido",
    ],
)
def test_what_is_doubtful_is_not_understood(text: str) -> None:
    assert isinstance(read_commands(text), NotUnderstood)


@pytest.mark.parametrize("text", ["gracias", "Ok, gracias Lucía", "Muchas gracias.\n\nSaludos", "👍", ""])
def test_mere_courtesy_is_told_from_what_was_not_understood(text: str) -> None:
    read = read_commands(text)

    assert isinstance(read, NotUnderstood)
    assert read.is_courtesy


def test_the_notice_below_the_answer_is_no_command() -> None:
    text = "visto\n\nRESPONDA A ESTE CORREO CON UNA LÍNEA\n  atendido\n  no es reclamo\n"

    assert _verbs(text) == [(Verb.SEEN, ())]


@pytest.mark.parametrize("text", ["ok " + "a" * 100_000, "gracias " * 40_000, "2 " * 40_000, "1," * 50_000 + "visto"])
def test_a_mail_made_to_be_slow_is_not(text: str) -> None:
    assert isinstance(read_commands(text), NotUnderstood)


WORDS = (
    *("visto", "atendido", "no", "sí", "es", "reclamo", "un", "posponer", "hasta", "mañana", "4h", "2", "y", ",", "."),
    *(
        "reasignar",
        "KV",
        "orden",
        "2026-004512",
        "gracias",
        "ok",
        "ya",
        "lo",
        "atendí",
        "el",
        "1",
        ":",
        "?",
        "\n",
        "31/02",
    ),
)
CALENDAR = office_calendar(hours=DEFAULT_HOURS)


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=200))
def test_whatever_is_written_is_read_or_refused_and_every_delay_ends(text: str) -> None:
    read = read_commands(text)

    for command in read if isinstance(read, tuple) else ():
        assert isinstance(command, Command)
        if command.delay is not None:
            said_at = lima("2026-11-16 10:00")
            assert (over_at := until(command.delay, said_at, CALENDAR)) is None or over_at > said_at
