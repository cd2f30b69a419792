"""`doctor` and `messages` over a real database: what was there adds up, and it is said who has to act."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.classify.card import Card, CardEntry, write_card
from mailbot.cli.app import run
from mailbot.domain.outgoing import message_id_for
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.services.climb import beat
from mailbot.services.desk import Box
from mailbot.services.poll import poll
from mailbot.services.reconcile import reconcile
from mailbot.store import open_store
from tests.builders import ESC, raw_mail
from tests.unit.services.world import World

BOX = Box(name="rq", address=ESC)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    settings = tmp_path / "settings.env"
    settings.write_text(
        f"MAILBOT_DATABASE_URL={url}\nMAILBOT_MAILBOX__RQ__ADDRESS={ESC}\nMAILBOT_IMAP_HOST=127.0.0.1\n"
        "MAILBOT_IMAP_PASSWORD=clave-larga\nMAILBOT_SECRET=otra-clave-larga\n",
        encoding="utf-8",
    )
    settings.chmod(0o600)
    return url


def _live(url: str, *, beats: bool = True) -> None:
    """A mail of each sort is read, and the service says that it lives."""
    now = datetime.now(UTC)
    world = World()
    source = MemoryMailSource("rq")
    own = message_id_for("agenda:1", domain="agencia.example", secret=world.desk.secret)
    source.add(raw_mail(subject="hola", at=now), at=now)
    source.add(raw_mail(subject="hola", at=now), at=now)
    source.add(raw_mail(subject="agenda", sender="mailbot@agencia.example", message_id=own, at=now), at=now)
    store = open_store(url)
    desk = replace(world.desk, store=store)
    poll(desk, source, BOX, now=now, since=now - timedelta(days=1))
    reconcile(desk, source, BOX, now=now)
    if beats:
        beat(desk, now=now)
    store.close()


def test_the_ledger_adds_up_to_what_lay_on_the_server(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    _live(url)

    assert run(["doctor", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    (box,) = told["mailboxes"]
    inbox = next(found for found in box["reconciled"] if found["folder"] == "INBOX")
    assert sum(line["seen"] for line in box["ledger"]) == inbox["on_server"] == 3
    counts = [sum(line[name] for line in box["ledger"]) for name in ("stored", "duplicate", "ignored", "quarantined")]
    assert counts == [1, 1, 1, 0]
    assert told["database"]
    assert told["model"]
    assert told["free_mb"] > 0
    assert told["problems"] == []


def test_the_page_for_people_ends_with_1_when_something_needs_them(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _live(url, beats=False)

    assert run(["doctor"]) == 1

    page = capsys.readouterr().out
    assert "3 correos en 14 días" in page
    assert "mailbot run" in page


def test_ignored_mails_are_listed_with_their_reason(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    _live(url)

    assert run(["messages", "--jsonl", "--state", "ignored"]) == 0

    (told,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (told["state"], told["reason"], told["mailbox"]) == ("ignored", "correo propio de mailbot", "rq")


def test_every_state_is_listed_with_the_same_fields(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    _live(url)

    assert run(["messages", "--jsonl"]) == 0

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["state"] for row in rows] == ["stored", "ignored"]
    assert rows[0].keys() == rows[1].keys()


def test_the_model_in_use_is_named_and_not_one_that_is_only_proposed(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _live(url)
    own = tmp_path / "models"
    own.mkdir()
    current = CardEntry(file="triage-a.skops", sha256="0")
    write_card(own, Card(current=current.file, candidate="triage-b.skops", models=(current,)))
    for name in ("triage-a.skops", "triage-b.skops"):
        (own / name).touch()
    monkeypatch.setenv("MAILBOT_MODEL_FILE", str(own))

    run(["doctor", "--json"])

    assert json.loads(capsys.readouterr().out)["model"] == "triage-a"
