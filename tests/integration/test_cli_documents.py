"""The papers of a dispatch from the command line: the office's own checklist, and what is there and missing."""

import json
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.bootstrap import build_desk
from mailbot.cli.app import run
from mailbot.services.desk import Box
from mailbot.services.ingest import ingest
from mailbot.settings import load_settings
from mailbot.store import open_store
from tests.builders import fetched, lima
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


def _with_invoice(content: bytes = b"%PDF-1.4") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Luis <luis@texuno.example>", "rosa@brk.example"
    mail["Date"], mail["Message-ID"] = "Tue, 10 Nov 2026 10:00:00 -0500", f"<{content.hex()}@texuno.example>"
    mail["Subject"] = "Orden 2026-004512 factura comercial"
    mail.set_content("Rosa, adjunto la factura comercial de la orden 2026-004512.")
    mail.add_attachment(content, maintype="application", subtype="pdf", filename="factura comercial.pdf")
    return mail.as_bytes()


class TestDocuments:
    """`mailbot documents`: what is kept of the papers of one dispatch."""

    ORDER = "2026-004512"

    @pytest.fixture(autouse=True)
    def received(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MAILBOT_SECRET", "clave-de-prueba-larga")
        write_office(folder / "oficina")
        assert run(["office", "import", "oficina"]) == 0
        with closing(open_store(f"sqlite:///{folder}/mailbot.sqlite")) as store:
            desk = build_desk(load_settings(), store)
            first, later = lima("2026-11-10 10:00"), lima("2026-11-11 11:00")
            mails = [fetched(_with_invoice(), uid=1, at=first), fetched(_with_invoice(b"%PDF-1.5"), uid=2, at=later)]
            ingest(desk, mails, box=Box(name="rq", address="rosa@brk.example"), now=later)

    def test_what_is_there_replaced_missing_and_to_be_decided_is_told_with_its_dates(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        capsys.readouterr()

        assert run(["documents", self.ORDER, "--json"]) == 0

        told = json.loads(capsys.readouterr().out)
        rows = {row["key"]: row for row in told["checklist"]}
        assert told["missing_documents"] == ["bill_of_lading", "packing_list"]
        assert (rows["transport-sea"]["state"], rows["transport-sea"]["since"]) == ("missing", None)
        assert (rows["origin"]["state"], rows["origin"]["condition"] is not None) == ("to_decide", True)
        invoice = rows["invoice"]
        assert (invoice["state"], invoice["since"]) == ("replaced", "2026-11-11T11:00:00-05:00")
        old, new = invoice["versions"]
        assert (old["version"], old["is_current"], old["replaced_at"]) == (1, False, "2026-11-11T11:00:00-05:00")
        assert (new["version"], new["is_current"], new["replaced_at"]) == (2, True, None)
        assert (old["received_at"], old["from"]) == ("2026-11-10T10:00:00-05:00", "luis@texuno.example")
        assert (old["path"], old["fault"], old["is_scan"]) == ("2", "ilegible", False)
        assert old["sha256"] != new["sha256"]

    def test_people_read_the_same(self, capsys: pytest.CaptureFixture[str]) -> None:
        capsys.readouterr()

        assert run(["documents", self.ORDER]) == 0

        told = capsys.readouterr().out
        assert "factura comercial.pdf (v2)" in told
        assert "Falta: conocimiento de embarque (BL), lista de empaque." in told

    def test_an_order_nobody_knows_names_the_nearest(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["documents", "2026-004513"]) == 2
        assert "¿Quiso decir 2026-004512" in capsys.readouterr().err
