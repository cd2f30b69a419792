"""What a person may ask for (Ley 29733): everything that is kept of an address, and that it be forgotten."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.bootstrap import habits_of
from mailbot.cli.app import run
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.ports.stored import MessageFilter
from mailbot.services.desk import Desk
from mailbot.services.poll import poll
from mailbot.services.tick import jobs
from mailbot.settings import load_settings
from mailbot.store import open_store
from tests.builders import CLIENT, ESC, raw_mail
from tests.unit.services.world import BOX, World

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=400)
OTHER = "operaciones@naviera.example"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An office that was written to by two people, long ago and now."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    settings = tmp_path / "settings.env"
    settings.write_text(
        f"MAILBOT_DATABASE_URL={url}\nMAILBOT_MAILBOX__RQ__ADDRESS={ESC}\nMAILBOT_IMAP_HOST=127.0.0.1\n"
        "MAILBOT_IMAP_PASSWORD=clave-larga\nMAILBOT_SECRET=otra-clave-larga\nMAILBOT_KEEP_DAYS=365\n",
        encoding="utf-8",
    )
    settings.chmod(0o600)
    return url


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    with closing(open_store(url)) as store:
        yield replace(World().desk, store=store)


@pytest.fixture(autouse=True)
def _written(desk: Desk) -> None:
    source = MemoryMailSource("rq")
    for number, (sender, at, text) in enumerate(
        [(CLIENT, LONG_AGO, "palabras antiguas"), (CLIENT, NOW, "palabras nuevas"), (OTHER, NOW, "palabras ajenas")]
    ):
        # Long enough to fill pages of the file that are let go of later.
        source.add(raw_mail(subject=f"consulta {number}", text=f"{text} " * 1000, sender=sender, at=at), at=at)
    poll(desk, source, BOX, now=NOW, since=LONG_AGO - timedelta(days=1))


def _exported(capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert run(["person", "export", CLIENT]) == 0
    return [" ".join(json.loads(line)["text"].split()[:2]) for line in capsys.readouterr().out.splitlines()]


def _on_disk(url: str) -> bytes:
    """Every byte of the database, with what SQLite has let go of."""
    file = Path(url.removeprefix("sqlite:///"))
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


def test_a_person_gets_all_that_is_kept_of_them_and_nothing_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert _exported(capsys) == ["palabras antiguas", "palabras nuevas"]


def test_who_is_erased_is_nowhere_in_the_file_and_the_rest_is_sound(
    url: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["person", "erase", CLIENT, "--dry-run"]) == 0
    assert "2 mensajes" in capsys.readouterr().out
    assert len(_exported(capsys)) == 2

    assert run(["person", "erase", CLIENT]) == 0
    capsys.readouterr()

    assert _exported(capsys) == []
    assert run(["db", "check"]) == 0
    desk.store.close()
    left = _on_disk(url)
    assert b"palabras ajenas" in left
    assert [word for word in (b"palabras antiguas", b"palabras nuevas", CLIENT.encode()) if word in left] == []


def test_words_older_than_the_settings_keep_them_are_forgotten_by_the_schedule(url: str, desk: Desk) -> None:
    habits = habits_of(load_settings(Path("settings.env")))
    forget = next(job for job in jobs(desk, None, habits=habits) if job.name == "forget")

    forget.run(NOW)

    with desk.store.begin() as uow:
        texts = [message.new_text for message in uow.messages.list(MessageFilter())]
    assert [sum(words in text for text in texts) for words in ("antiguas", "nuevas", "ajenas")] == [0, 1, 1]
    assert run(["db", "check"]) == 0
    desk.store.close()
    assert b"palabras antiguas" not in _on_disk(url)


def test_without_the_setting_nothing_is_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_KEEP_DAYS", "0")

    assert habits_of(load_settings(Path("settings.env"))).keep is None
