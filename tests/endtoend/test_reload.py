"""A running service takes up new settings: what did not change goes on, faulty settings are refused."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from mailbot.ports.stored import MessageFilter
from tests.endtoend.crash_office import CrashOffice, complaint, crash_office, until
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.needs_dovecot

_ROOT = str(Path(__file__).parents[2])


@dataclass(kw_only=True)
class _Running:
    """`mailbot run` and what it logged so far."""

    process: "subprocess.Popen[bytes]"
    log: Path
    office: CrashOffice

    def lines(self, event: str) -> list[dict[str, Any]]:
        texts = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        found = [json.loads(text) for text in texts if text.startswith("{") and text.endswith("}")]
        return [line for line in found if line["event"] == event]

    def await_line(self, event: str, count: int = 1) -> dict[str, Any]:
        until(lambda: len(self.lines(event)) >= count, within=30, what=lambda: self.log.read_text())
        return self.lines(event)[count - 1]

    def reload(self, change: Callable[[str], str]) -> None:
        file = self.office.folder / "settings.env"
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
        self.process.send_signal(signal.SIGHUP)

    def await_messages(self, count: int) -> None:
        until(lambda: _stored(self.office) >= count, within=30, what=lambda: self.log.read_text())


def _stored(office: CrashOffice) -> int:
    with office.store() as store, store.begin() as uow:
        return len(uow.messages.list(MessageFilter()))


@pytest.fixture
def running(dovecot: Dovecot, tmp_path: Path) -> Iterator[_Running]:
    with _started(dovecot, tmp_path, f"sqlite:///{tmp_path}/mailbot.sqlite") as service:
        yield service


@contextmanager
def _started(dovecot: Dovecot, tmp_path: Path, url: str) -> Iterator[_Running]:
    """A service that has read its first mail, told to send nothing."""
    with crash_office(tmp_path, dovecot, url=url, speed=1.0) as office:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
        settings = tmp_path / "settings.env"
        settings.write_text(settings.read_text().replace("SEND=smtp", "SEND=off") + "MAILBOT_SINCE_DAYS=3000\n")
        log = tmp_path / "service.log"
        office.complain(0)
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "mailbot", "--settings", str(settings), "run"],
                env=environment | {"PYTHONPATH": _ROOT},
                stderr=file,
            )
        service = _Running(process=process, log=log, office=office)
        try:
            service.await_line("service_started")
            service.await_messages(1)
            yield service
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()


def test_a_new_mailbox_is_read_and_the_others_keep_their_connections(running: _Running) -> None:
    running.reload(lambda text: text + f"MAILBOT_MAILBOX__JS__ADDRESS={running.office.head}\n")
    line = running.await_line("settings_reloaded")
    assert (line["mailboxes"], line["kept"]) == (3, 2)

    at = running.office.now()
    with running.office.dovecot.client(running.office.head) as client:
        client.append("INBOX", complaint(1, to=running.office.head, at=at), msg_time=at)
    running.await_messages(2)
    running.office.complain(2)
    running.await_messages(3)


def test_a_mailbox_that_is_left_out_is_read_no_more(running: _Running) -> None:
    running.reload(lambda text: "\n".join(line for line in text.splitlines() if "__MF__" not in line))
    line = running.await_line("settings_reloaded")
    assert (line["mailboxes"], line["kept"]) == (1, 1)
    running.office.complain(1)
    running.await_messages(2)


def test_faulty_settings_are_refused_and_the_old_ones_go_on(running: _Running) -> None:
    running.reload(lambda text: text.replace("POLL_SECONDS=5", "POLL_SECONDS=0"))
    assert "MAILBOT_POLL_SECONDS" in running.await_line("settings_refused")["problems"][0]
    assert not running.lines("settings_reloaded")
    running.office.complain(1)
    running.await_messages(2)


def test_another_database_needs_a_new_start(running: _Running, tmp_path: Path) -> None:
    running.reload(lambda text: text.replace("mailbot.sqlite", "other.sqlite"))
    assert running.await_line("settings_need_restart")["settings"] == ["MAILBOT_DATABASE_URL"]
    running.await_line("settings_reloaded")
    running.office.complain(1)
    running.await_messages(2)
    assert not (tmp_path / "other.sqlite").exists()


_LOCKS = "SELECT pid, classid, objid FROM pg_locks WHERE locktype = 'advisory' AND classid IN (7246, 7247)"


@pytest.mark.needs_postgresql
def test_leases_stay_with_the_session_that_holds_them(dovecot: Dovecot, postgresql_url: str, tmp_path: Path) -> None:
    engine = create_engine(postgresql_url)

    def held() -> set[tuple[int, ...]]:
        with engine.connect() as connection:
            return {tuple(row) for row in connection.execute(text(_LOCKS))}

    with _started(dovecot, tmp_path, postgresql_url) as running:
        # The schedule and two mailboxes.
        until(lambda: len(held()) == 3, within=30, what=lambda: running.log.read_text())
        before = held()
        running.reload(lambda words: words + f"MAILBOT_MAILBOX__JS__ADDRESS={running.office.head}\n")
        seen: list[set[tuple[int, ...]]] = []
        until(lambda: seen.append(held()) or len(seen[-1]) == 4, within=30, what=lambda: running.log.read_text())
        assert running.await_line("settings_reloaded")["kept"] == 2
    assert [held_then for held_then in seen if not before <= held_then] == []
    assert len({pid for pid, *_ in seen[-1]}) == 1
    engine.dispose()
