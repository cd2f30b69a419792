"""`replay` and `obligations --at` on the command line, with the shipped model and real files."""

import json
import mailbox
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.app import run
from mailbot.demo.mails import sample_mails
from mailbot.demo.office import sample_office
from mailbot.domain.obligation import EventName, ObligationEvent
from mailbot.records.writing import write_office
from mailbot.store import open_store
from tests.builders import lima, obligation, office, raw_mail

# Every field of the contract, in its order, and `cc`.
FIELDS = [
    *("at", "event", "message_id", "order", "client", "kind", "obligation", "due_at"),
    *("to", "cc", "step", "subject", "reckoning"),
]
EVENTS = {
    *("message", "obligation_opened", "obligation_met", "obligation_breached", "obligation_cancelled"),
    *("reminder", "notice", "digest", "ask"),
}
QUESTION = "¿Ya tenemos levante de la orden 2026-004512? Por favor confirmar."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def book(folder: Path) -> Path:
    path = folder / "oficina.xlsx"
    write_office(path, office())
    return path


def question(number: int = 1, at: str = "2026-11-16 09:00") -> bytes:
    subject = f"consulta levante {number}"
    return raw_mail(subject=subject, text=QUESTION, at=lima(at), message_id=f"<{number}@textiles.example>")


def replayed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert run(["replay", *arguments, "--jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def _maildir(folder: Path, mails: Sequence[bytes]) -> Path:
    place = folder / "maildir"
    box = mailbox.Maildir(place)
    for raw in mails:
        box.add(raw)
    return place


def _mbox(folder: Path, mails: Sequence[bytes]) -> Path:
    place = folder / "correos.mbox"
    box = mailbox.mbox(place)
    for raw in mails:
        box.add(raw)
    box.flush()
    box.close()
    return place


def _folder(folder: Path, mails: Sequence[bytes]) -> Path:
    place = folder / "exportado" / "Bandeja de entrada"
    place.mkdir(parents=True)
    for number, raw in enumerate(mails):
        (place / f"{number}.eml").write_bytes(raw)
    return place.parent


def test_every_line_has_the_fields_of_the_contract(
    folder: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = replayed(capsys, "--mail", str(_folder(folder, [question()])), "--office", str(book))

    assert events
    assert all(list(event) == FIELDS for event in events)
    assert {event["event"] for event in events} <= EVENTS
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert all(event["at"].endswith("-05:00") for event in events)
    assert any(event["event"] == "obligation_breached" for event in events)


@pytest.mark.parametrize("make", [_maildir, _mbox, _folder], ids=["maildir", "mbox", "export folder"])
def test_any_kind_of_mail_folder_tells_the_same(
    make: Any, folder: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mails = [question(1), question(2, "2026-11-16 10:00")]

    events = replayed(capsys, "--mail", str(make(folder, mails)), "--office", str(book))

    assert [event["message_id"] for event in events if event["event"] == "message"] == [
        "<1@textiles.example>",
        "<2@textiles.example>",
    ]


@pytest.mark.long
def test_the_same_past_gives_the_same_bytes_whatever_the_hash_seed(folder: Path) -> None:
    write_office(folder / "oficina.xlsx", sample_office())
    (folder / "correos").mkdir()
    for number, mail in enumerate(sample_mails()):
        (folder / "correos" / f"{number:02}.eml").write_bytes(mail.raw)
    call = [sys.executable, "-m", "mailbot", "replay", "--mail", "correos", "--office", "oficina.xlsx", "--jsonl"]

    outputs = [
        subprocess.run(call, cwd=folder, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=False)
        for seed in ("1", "2")
    ]

    assert outputs[0].stdout
    assert outputs[0].stdout == outputs[1].stdout


def test_json_is_one_document(folder: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(_folder(folder, [question()]))

    assert run(["replay", "--mail", place, "--office", str(book), "--json"]) == 0

    assert isinstance(json.loads(capsys.readouterr().out), list)


def test_actions_find_their_files_beside_them(folder: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    aside = folder / "acciones"
    aside.mkdir()
    (aside / "despachos.csv").write_text(
        "orden,ruc,regimen,modalidad,via,canal\n2026-004512,20131312955,10,diferido,maritima,rojo\n"
    )
    lines = (
        {"at": "2026-11-16T10:00", "do": "done", "message_id": "<1@textiles.example>", "kind": "reply", "who": "RQ"},
        {"at": "2026-11-16T11:00", "do": "office", "path": "despachos.csv"},
    )
    (aside / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    place = str(_folder(folder, [question()]))

    events = replayed(capsys, "--mail", place, "--office", str(book), "--actions", str(aside / "a.jsonl"))

    assert [event["at"] for event in events if event["event"] == "obligation_met"] == ["2026-11-16T10:00:00-05:00"]
    assert [event["order"] for event in events if event["kind"] == "milestone_notice"][:1] == ["2026-004512"]


def test_a_mail_that_cannot_be_read_ends_with_1_and_is_named(
    folder: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["replay", "--mail", str(folder / "nada"), "--office", str(book), "--jsonl"])

    assert code == 1
    assert "nada" in capsys.readouterr().err


def test_an_action_that_makes_no_sense_ends_with_2(
    folder: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.jsonl").write_text('{"at": "2026-11-16T10:00", "do": "bailar"}')
    place = str(_folder(folder, [question()]))

    code = run(["replay", "--mail", place, "--office", str(book), "--actions", str(folder / "a.jsonl")])

    assert code == 2
    assert "línea 1" in capsys.readouterr().err


def test_the_report_is_one_page(folder: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(_folder(folder, [question()]))

    assert run(["replay", "--mail", place, "--office", str(book), "--report", "informe.html"]) == 0

    page = (folder / "informe.html").read_text(encoding="utf-8")
    assert "Repaso de correos" in page
    assert page.count("<svg") >= 4


def test_obligations_can_be_seen_as_they_stood(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "settings.env").write_text("MAILBOT_SECRET=clave-de-prueba-larga\nMAILBOT_DATABASE_URL=sqlite:///m.db\n")
    (folder / "settings.env").chmod(0o600)
    owed = obligation()
    store = open_store("sqlite:///m.db")
    with store.begin() as uow:
        uow.office.save(office())
        opened = ObligationEvent(obligation=owed.id, at=lima("2026-11-16 09:00"), name=EventName.OPENED, who="mailbot")
        uow.obligations.add(owed, opened)
        uow.commit()
    store.close()
    assert run(["done", owed.id, "--who", "RQ", "--why", "por teléfono"]) == 0
    capsys.readouterr()

    told = {}
    for at in ("2026-11-16T08:00", "2026-11-16T10:00", "2026-11-16T12:00"):
        assert run(["obligations", "--at", at, "--jsonl"]) == 0
        told[at] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert told["2026-11-16T08:00"] == []
    assert [(item["state"], item["breached_at"]) for item in told["2026-11-16T10:00"]] == [("open", None)]
    assert [(item["state"], item["breached_at"]) for item in told["2026-11-16T12:00"]] == [
        ("open", "2026-11-16T11:00:00-05:00")
    ]
    assert run(["obligations", "--at", "2026-11-16T12:00", "--state", "overdue", "--jsonl"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert run(["obligations", "--at", "mañana"]) == 2


def test_an_import_moves_what_is_owed_at_once(folder: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "settings.env").write_text("MAILBOT_SECRET=clave-de-prueba-larga\nMAILBOT_DATABASE_URL=sqlite:///m.db\n")
    (folder / "settings.env").chmod(0o600)
    row = "2026-004512,20131312955,10,diferido,maritima,rojo"
    (folder / "despachos.csv").write_text(f"orden,ruc,regimen,modalidad,via,canal\n{row}\n")
    assert run(["office", "import", str(book)]) == 0

    assert run(["dispatches", "import", "despachos.csv"]) == 0

    capsys.readouterr()
    assert run(["obligations", "--jsonl"]) == 0
    owed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(item["kind"], item["order"], item["owner"]) for item in owed] == [
        ("milestone_notice", "2026-004512", "RQ")
    ]
    assert owed[0]["reckoning"][0] == "canal: rojo"
