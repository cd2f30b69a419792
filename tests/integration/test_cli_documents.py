"""The papers of a dispatch from the command line: the office's own checklist, and what is there and missing."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.cli.app import run
from tests.integration.rulings_office import write_office


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import os

    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_copy_of_our_list_is_taken_as_the_offices_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["office", "checklist", "lista.toml"]) == 0
    monkeypatch.setenv("MAILBOT_CHECKLIST_FILE", "lista.toml")
    monkeypatch.setenv("MAILBOT_SECRET", "clave-de-prueba-larga")
    monkeypatch.setenv("MAILBOT_MAILBOX__RQ__ADDRESS", "rq@agencia.example")
    monkeypatch.setenv("MAILBOT_MAILBOX__RQ__KIND", "imap")
    monkeypatch.setenv("MAILBOT_MAILBOX__RQ__HOST", "127.0.0.1")
    monkeypatch.setenv("MAILBOT_MAILBOX__RQ__PORT", "1")
    monkeypatch.setenv("MAILBOT_MAILBOX__RQ__PASSWORD", "x")

    assert run(["check"]) == 4

    assert "✔ lista de documentos: la de lista.toml, 15 filas" in capsys.readouterr().out


def test_a_list_that_is_there_already_is_not_overwritten(folder: Path) -> None:
    (folder / "lista.toml").write_text("mía", encoding="utf-8")

    assert run(["office", "checklist", "lista.toml"]) == 2
    assert (folder / "lista.toml").read_text(encoding="utf-8") == "mía"


def test_faults_of_the_list_are_told_before_anything_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "lista.toml").write_text('[[row]]\nkey = "seguro"\nneed = "siempre"\n', encoding="utf-8")
    monkeypatch.setenv("MAILBOT_CHECKLIST_FILE", "lista.toml")
    mail = folder / "m.eml"
    mail.write_bytes(_with_invoice())

    assert run(["triage", str(mail)]) == 3

    told = capsys.readouterr().err
    assert "MAILBOT_CHECKLIST_FILE: lista.toml, línea 3: fila «seguro», need: «siempre» no existe" in told
    assert "fila «seguro», name_es: falta" in told


def test_triage_follows_the_offices_list(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_office(folder / "oficina")
    (folder / "m.eml").write_bytes(_with_invoice())
    assert _missing(capsys) == ["bill_of_lading", "packing_list"]

    (folder / "lista.toml").write_text(
        '[[row]]\nkey = "packing-list"\nneed = "none"\n[[row]]\nkey = "insurance"\nneed = "mandatory"\n'
        'document = "insurance_policy"\nname_es = "póliza"\nname_en = "policy"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("MAILBOT_CHECKLIST_FILE", "lista.toml")

    assert _missing(capsys) == ["bill_of_lading", "insurance_policy"]


def _missing(capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert run(["triage", "m.eml", "--office", "oficina", "--jsonl"]) == 0
    return list(json.loads(capsys.readouterr().out)["missing_documents"])


def _with_invoice() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Luis <luis@texuno.example>", "rosa@brk.example"
    mail["Date"], mail["Message-ID"] = "Tue, 10 Nov 2026 10:00:00 -0500", "<1@texuno.example>"
    mail["Subject"] = "Orden 2026-004512 factura comercial"
    mail.set_content("Rosa, adjunto la factura comercial de la orden 2026-004512.")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="factura comercial.pdf")
    return mail.as_bytes()
