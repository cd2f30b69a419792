"""The contract's rulings as cases from outside: mails and an office in files, the command line, its JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.app import run
from tests.integration.rulings_office import (
    ASKER,
    GRA,
    GRB,
    MIN,
    OWNER,
    QUESTION,
    TEX,
    lay_out,
    lines_of,
    mail,
    write_office,
)

MONDAY = "2026-07-06T10:00"
DMARC_FAILED = "mx.brk.example; dmarc=fail header.from=texuno.example"
# Label, what is named in the text, headers, expected: orders, candidates, client.
LINKS: list[tuple[str, str, dict[str, str], list[str], list[str], str | None]] = [
    ("order in full", "orden 2026-004512", {}, ["2026-004512"], [], TEX),
    ("order without its zeros", "orden 2026-4512", {}, ["2026-004512"], [], TEX),
    ("partial order, this year first", "orden 4512", {}, ["2026-004512"], [], TEX),
    ("partial DAM of an older open dispatch", "DAM 011111", {}, ["2025-004512"], [], TEX),
    ("full number of a closed dispatch", "orden 2025-000900", {}, ["2025-000900"], [], TEX),
    ("DAM with the regime first", "DAM 118-10-2026-084512", {}, ["2026-004512"], [], TEX),
    ("BL without its prefix", "carga del BL 262731845", {}, ["2026-004512"], [], TEX),
    ("purchase order without its letters", "OC 450099", {}, ["2026-004600"], [], TEX),
    (
        "two orders, as named",
        "orden 2026-004512 y de la orden 2026-004600",
        {},
        ["2026-004512", "2026-004600"],
        [],
        TEX,
    ),
    ("one typing error", "DAM 118-2026-10-084513", {}, [], ["2026-004512"], TEX),
    ("one typing error beside the BL", "DAM 118-2026-10-084513, BL MAEU262731845", {}, ["2026-004512"], [], TEX),
    ("another client's", "orden 2026-000100", {}, [], ["2026-000100"], TEX),
    ("a stranger", "orden 2026-004512", {"sender": "X <x@nadie.example>"}, [], ["2026-004512"], None),
    (
        "a stranger with the client in copy",
        "orden 2026-004512",
        {"sender": "X <x@nadie.example>", "cc": ASKER},
        ["2026-004512"],
        [],
        TEX,
    ),
    (
        "a stranger with a client's display name",
        "orden 2026-004512",
        {"sender": '"luis@texuno.example" <x@nadie.example>'},
        [],
        ["2026-004512"],
        None,
    ),
    ("DMARC failed", "orden 2026-004512", {"authentication_results": DMARC_FAILED}, [], ["2026-004512"], None),
    ("a forwarder of two", "orden 2026-000100", {"sender": "Fred <fred@fwd.example>"}, ["2026-000100"], [], MIN),
    ("a shared domain", "orden 2026-000301", {"sender": "Z <z@grupo.example>"}, ["2026-000301"], [], GRA),
    (
        "a contact before the domain",
        "orden 2026-000301",
        {"sender": "B <beto@grupo.example>"},
        [],
        ["2026-000301"],
        GRB,
    ),
    ("a colleague", "orden 2026-004512", {"sender": "Juan <juan@brk.example>"}, ["2026-004512"], [], TEX),
]


def _triage(folder: Path, capsys: pytest.CaptureFixture[str], *mails: bytes) -> list[dict[str, Any]]:
    office = write_office(folder / "oficina")
    return lines_of(capsys, "triage", lay_out(folder / "correos", mails), "--office", office)


def test_a_link_is_decided_as_the_contract_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mails = [mail(MONDAY, QUESTION.format(named), **headers) for _, named, headers, *_ in LINKS]

    shapes = _triage(tmp_path, capsys, *mails)

    found = {
        label: (
            [item["order"] for item in shape["dispatches"]],
            [item["order"] for item in shape["candidates"]],
            shape["client"] and shape["client"]["ruc"],
        )
        for (label, *_), shape in zip(LINKS, shapes, strict=True)
    }
    assert found == {label: (orders, candidates, ruc) for label, _, _, orders, candidates, ruc in LINKS}
    assert all(shape["dispatch"] == (shape["dispatches"] or [None])[0] for shape in shapes)


def test_a_stranger_who_asks_about_no_dispatch_is_put_to_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "Buenos días, ¿me pueden cotizar una importación de muebles desde China?\n\nXimena"

    (shape,) = _triage(tmp_path, capsys, mail(MONDAY, body, sender="X <x@nadie.example>"))

    assert (shape["client"], shape["dispatch"], shape["candidates"]) == (None, None, [])
    assert shape["needs_review"] is True


def test_a_field_without_a_value_is_null_and_none_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shape,) = _triage(tmp_path, capsys, mail(MONDAY, QUESTION.format("orden 2026-004512")))

    for name in ("id", "in_reply_to", "kind_reason", "bounce"):
        assert shape[name] is None, name
    for name in ("cc", "reply_to", "reference_ids", "attachments", "forwarded", "candidates", "missing_documents"):
        assert shape[name] == [], name
    assert shape["received_at"] == "2026-07-06T10:00:00-05:00"


def test_a_corpus_on_standard_input_keeps_its_ids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    record = {"id": "a1-001", "from": "L <l@texuno.example>", "subject": "Hola", "body": "¿Ya salió?"}
    raw = (json.dumps(record) + "\n" + json.dumps(record | {"id": "a1-002"}) + "\n").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))

    assert [shape["id"] for shape in lines_of(capsys, "parse", "-")] == ["a1-001", "a1-002"]


def test_a_line_of_json_stays_one_line_for_every_reader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "Rosa,\u2028¿ya salió?\u0085\nLuis"

    (shape,) = lines_of(capsys, "parse", lay_out(tmp_path / "correos", [mail(MONDAY, body)]))

    assert "\u2028" in shape["text"]


def _replay(folder: Path, capsys: pytest.CaptureFixture[str], *mails: bytes, **office: str) -> list[dict[str, Any]]:
    book = write_office(folder / "oficina", **office)
    return lines_of(capsys, "replay", "--mail", lay_out(folder / "correos", mails), "--office", book)


def _steps(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["step"], event["at"][5:16]) for event in events if event["step"]]


QUESTION_4512 = QUESTION.format("orden 2026-004512")


@pytest.mark.parametrize(
    ("at", "agreement", "due_at", "steps"),
    [
        ("2026-07-06T10:00", "", "07-06T12:00", ["07-06T11:46", "07-06T12:10", "07-06T15:10"]),
        # 18:00 is closed: what was due then waits for the opening, and leaves at it.
        ("2026-07-06T16:00", "", "07-06T18:00", ["07-06T17:46", "07-07T09:00", "07-07T11:10"]),
        # Gathering never carries a notice past the last moment of the day.
        ("2026-07-06T16:20", "", "07-07T09:20", ["07-06T17:59", "07-07T09:30", "07-07T11:30"]),
        # Too near its limit to wait for company.
        ("2026-07-06T10:00", "30 min hábiles", "07-06T10:30", ["07-06T10:24", "07-06T10:40", "07-06T11:10"]),
        # 80 % of 24 elapsed hours lies in the night: 30 minutes before the last closing in time.
        ("2026-07-10T10:00", "24 h", "07-11T10:00", ["07-10T17:30", "07-13T09:00", "07-13T09:00"]),
        # That moment has passed too: no reminder.
        ("2026-07-10T17:40", "24 h", "07-11T17:40", ["07-13T09:00", "07-13T09:00"]),
        # Holidays on 28 and 29 July.
        ("2026-07-27T17:00", "", "07-30T10:00", ["07-30T09:46", "07-30T10:10", "07-30T12:10"]),
    ],
    ids=["plain", "18:00", "17:59:59", "30 minutes", "last call", "no last call", "holidays"],
)
def test_each_step_of_the_ladder_has_its_moment(
    at: str, agreement: str, due_at: str, steps: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = _replay(tmp_path, capsys, mail(at, QUESTION_4512), agreement=agreement)

    assert {event["due_at"][5:16] for event in events if event["due_at"]} == {due_at}
    assert _steps(events) == list(zip(("owner", "supervisor", "head")[-len(steps) :], steps, strict=True))


def test_copies_go_as_the_ladder_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = [event for event in _replay(tmp_path, capsys, mail(MONDAY, QUESTION_4512)) if event["step"]]

    assert [(event["to"], event["cc"]) for event in told] == [
        (["rosa@brk.example"], ["ana@brk.example"]),
        (["sara@brk.example"], ["rosa@brk.example"]),
        (["jorge@brk.example"], ["sara@brk.example"]),
    ]


def test_an_absent_owner_and_the_suplente_stand_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = _replay(tmp_path, capsys, mail(MONDAY, QUESTION_4512), absent="06/07/2026")

    (reminder,) = [event for event in events if event["step"] == "owner"]
    assert sorted(reminder["to"]) == ["juan@brk.example", "rosa@brk.example"]


ANSWER = "Luis, el levante salió hoy a las nueve.\nRosa"


@pytest.mark.parametrize(
    ("at", "headers", "met"),
    [
        ("2026-07-06T12:00", {}, True),
        ("2026-07-06T11:00", {"sender": "Juan <juan@brk.example>"}, True),
        ("2026-07-06T11:00", {"to": "Jefe <jefe@texuno.example>", "cc": ASKER}, True),
        ("2026-07-06T11:00", {"to": "Jefe <jefe@texuno.example>"}, False),
        ("2026-07-06T11:00", {"to": "x@naviera.example", "subject": "RV: Consulta"}, False),
        ("2026-07-06T11:00", {"to": "juan@brk.example", "subject": "RV: Consulta"}, False),
        ("2026-07-06T11:00", {"auto_submitted": "auto-replied"}, False),
        ("2026-07-06T11:00", {"in_reply_to": ""}, True),
        ("2026-07-06T11:00", {"in_reply_to": "", "subject": "Otra cosa"}, False),
    ],
    ids=[
        "at the very moment",
        "a colleague",
        "asker in copy",
        "not to the asker",
        "a forward outside",
        "a forward inside",
        "automatic",
        "by subject",
        "by nothing",
    ],
)
def test_what_is_an_answer(
    at: str, headers: dict[str, str], met: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = mail(MONDAY, QUESTION_4512, message_id="<q@texuno.example>")
    known = {"subject": "RE: Consulta", "in_reply_to": "<q@texuno.example>", "sender": OWNER, "to": ASKER} | headers
    answer = mail(at, ANSWER, **{name: value for name, value in known.items() if value})

    events = [event["event"] for event in _replay(tmp_path, capsys, question, answer) if event["kind"] == "reply"]

    assert ("obligation_met" in events, "obligation_breached" in events) == (met, not met)


def test_the_same_id_with_other_content_is_another_mail_with_its_own_obligation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = mail(MONDAY, QUESTION_4512, message_id="<q@texuno.example>")
    other = mail("2026-07-06T10:20", QUESTION_4512 + "\n¿Y a qué hora llega la nave?", message_id="<q@texuno.example>")

    events = _replay(tmp_path, capsys, first, first, other)

    assert [event["event"] for event in events].count("message") == 2
    assert [event["due_at"][11:16] for event in events if event["event"] == "obligation_opened"] == ["12:00", "12:20"]


def test_a_client_that_is_not_the_dispatchs_is_a_wrong_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = write_office(tmp_path / "oficina")
    call = ["due", "reply", "--received", MONDAY, "--client", MIN, "--dispatch", "2026-004512", "--office", str(office)]

    assert run(call) == 2
    assert TEX in capsys.readouterr().err


def test_what_is_asked_of_the_esc_leaves_in_office_hours_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "Rosa, la SUNAT nos puso una multa por la orden 2026-004512 que ustedes no regularizaron. ¿Quién la paga?"

    events = _replay(tmp_path, capsys, mail("2026-07-11T10:00", body))

    told = [event["at"] for event in events if event["event"] in ("ask", "notice", "reminder")]
    assert min(told) == "2026-07-13T09:00:00-05:00"
