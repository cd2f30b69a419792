"""`evidence`: an archive that proves what became of an obligation."""

import hashlib
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.domain.obligation import ObligationKind
from mailbot.ports.stored import ObligationFilter
from mailbot.services.climb import climb
from mailbot.services.deliver import deliver
from mailbot.services.ingest import ingest
from mailbot.store import open_store
from tests.builders import COMPLAINT, ESC, fetched, lima, raw_mail
from tests.unit.services.world import BOX, World

NOON = lima("2026-11-16 12:00")
SUBJECT = "reclamo <script>alert(1)</script>"
QUESTION = raw_mail(subject=SUBJECT, text="Exigimos una respuesta.", at=NOON, message_id="<q@textiles.example>")
ANSWER = raw_mail(
    subject=f"RE: {SUBJECT}",
    text="Lo sentimos mucho, esto pasó.",
    sender=ESC,
    to="compras@textiles.example",
    at=NOON + timedelta(hours=1),
    message_id="<a@agencia.example>",
    In_Reply_To="<q@textiles.example>",
)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A complaint, the notice of it and its answer, and the archive of the reply that was owed."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    monkeypatch.setenv("MAILBOT_DATABASE_URL", url)
    monkeypatch.setenv("MAILBOT_OFFICE_NAME", "Agencia de prueba")
    owed = _live(url)
    out = tmp_path / "prueba.zip"
    assert run(["evidence", owed, "--out", str(out)]) == 0
    return out


def _live(url: str) -> str:
    world = World(verdicts={SUBJECT: COMPLAINT})
    store = open_store(url)
    desk = replace(world.desk, store=store)
    with store.begin() as uow:
        uow.office.save(world.book)
        uow.office.save_dispatches(world.book.dispatches)
        uow.commit()
    ingest(desk, [fetched(QUESTION, uid=1, at=NOON)], box=BOX, now=NOON)
    climb(desk, now=NOON)
    deliver(desk, world.post, now=NOON)
    later = NOON + timedelta(hours=1)
    ingest(desk, [fetched(ANSWER, uid=2, at=later, folder="Sent")], box=BOX, now=later)
    with store.begin() as uow:
        (owed,) = uow.obligations.list(ObligationFilter(kind=ObligationKind.REPLY))
    store.close()
    return owed.id


def _files(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_the_mails_that_opened_and_ended_it_are_there_byte_for_byte(archive: Path) -> None:
    files = _files(archive)

    assert [content for name, content in files.items() if name.startswith("mensajes/")] == [QUESTION, ANSWER]


def test_every_file_has_its_digest(archive: Path) -> None:
    files = _files(archive)
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())

    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_the_page_explains_the_deadline_and_runs_nothing_of_a_mail(archive: Path) -> None:
    page = _files(archive)["constancia.html"].decode()

    assert "2 h hábiles" in page
    assert "dentro del plazo" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_programs_read_the_same(archive: Path) -> None:
    told = json.loads(_files(archive)["obligacion.json"])

    assert told["in_time"] is True
    assert told["obligation"]["state"] == "met"
    assert [event["name"] for event in told["events"]] == ["opened", "met"]
    assert {line["action"] for line in told["log"]} >= {"message_stored"}


def test_an_archive_is_never_overwritten(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = archive.read_bytes()

    assert run(["evidence", "whatever", "--out", str(archive)]) == 2
    assert archive.read_bytes() == before


def test_an_unknown_obligation_is_a_wrong_call(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evidence", "nobody", "--out", str(archive.with_name("other.zip"))]) == 2
    assert not archive.with_name("other.zip").exists()
