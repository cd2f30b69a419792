"""`mailbot run` as a process of its own, against real IMAP and SMTP on loopback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.demo.servers import EmbeddedMailServer
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.records.writing import write_office
from mailbot.store import open_store
from tests.builders import CLIENT, ESC, HEAD, SUPERVISOR, office, raw_mail

_PATIENCE = 180.0
_SECRET = "clave-de-prueba-larga"


@dataclass(frozen=True, kw_only=True)
class Life:
    """What one run of the service left behind."""

    pid: int
    messages: list[StoredMessage]
    second: subprocess.CompletedProcess[str]
    checked: subprocess.CompletedProcess[str]
    seconds_to_stop: float
    exit_code: int
    errors: str
    flags: list[bytes]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Start it, let two mails arrive, try a second one, stop it."""
    folder = tmp_path_factory.mktemp("service")
    with EmbeddedMailServer((ESC, SUPERVISOR, HEAD)) as server:
        _furnish(folder, server)
        checked = _mailbot(folder, "check")
        process = subprocess.Popen(
            _command("run"), cwd=folder, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            _ask(server, "levante confidencial")
            _until(lambda: len(_messages(folder)) == 1)
            # The second comes while the service waits for a hint.
            _ask(server, "otra consulta")
            _until(lambda: len(_messages(folder)) == 2)
            second = _mailbot(folder, "run")
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
        yield Life(
            pid=process.pid,
            messages=_messages(folder),
            second=second,
            checked=checked,
            seconds_to_stop=time.monotonic() - began,
            exit_code=process.returncode,
            errors=errors,
            flags=_flags(server),
        )


def _furnish(folder: Path, server: EmbeddedMailServer) -> None:
    """A working folder with settings and an imported office, as a user leaves it."""
    settings = folder / "settings.env"
    settings.write_text(
        f"""MAILBOT_DATABASE_URL=sqlite:///{folder / "mailbot.sqlite"}
MAILBOT_MAILBOX__RQ__ADDRESS={ESC}
MAILBOT_MAILBOX__RQ__SENT_FOLDER=Enviados
MAILBOT_IMAP_HOST=127.0.0.1
MAILBOT_IMAP_PORT={server.imap_port}
MAILBOT_IMAP_SECURITY=plain
MAILBOT_IMAP_PASSWORD={server.password}
MAILBOT_POLL_SECONDS=5
MAILBOT_SEND=smtp
MAILBOT_SMTP_HOST=127.0.0.1
MAILBOT_SMTP_PORT={server.smtp_port}
MAILBOT_SMTP_SECURITY=plain
MAILBOT_SENDER=mailbot@agencia.example
MAILBOT_SECRET={_SECRET}
""",
        encoding="utf-8",
    )
    settings.chmod(0o600)
    write_office(folder / "oficina.xlsx", office())
    assert _mailbot(folder, "office", "import", "oficina.xlsx").returncode == 0


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mailbot", *arguments]


def _environment() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")} | {"PYTHONPATH": root}


def _mailbot(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(*arguments),
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )


def _until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if claim():
            return
        time.sleep(0.2)
    pytest.fail("it did not happen in time")


def _messages(folder: Path) -> list[StoredMessage]:
    store = open_store(f"sqlite:///{folder / 'mailbot.sqlite'}")
    try:
        with store.begin() as uow:
            return list(uow.messages.list(MessageFilter()))
    finally:
        store.close()


def _ask(server: EmbeddedMailServer, subject: str) -> None:
    now = datetime.now(UTC)
    server.deliver(raw_mail(subject=subject, text="¿Ya tenemos levante de la orden 2026-004512?", at=now), ESC, at=now)


def _flags(server: EmbeddedMailServer) -> list[bytes]:
    from imapclient import IMAPClient

    client = IMAPClient("127.0.0.1", server.imap_port, ssl=False)
    client.login(ESC, server.password)
    client.select_folder("INBOX", readonly=True)
    found = [flag for flags in client.get_flags(client.search()).values() for flag in flags]
    client.logout()
    return found


def test_mails_that_arrive_while_it_runs_are_taken_in(life: Life) -> None:
    assert [(item.client, item.orders) for item in life.messages] == [("20131312955", ("2026-004512",))] * 2


def test_it_stops_cleanly_within_five_seconds_of_sigterm(life: Life) -> None:
    assert life.seconds_to_stop < 5
    assert life.exit_code == 0
    assert "service_stopped" in life.errors
    assert "Traceback" not in life.errors


def test_a_second_service_on_the_same_database_is_refused(life: Life) -> None:
    assert life.second.returncode == 4
    assert str(life.pid) in life.second.stderr
    assert "Traceback" not in life.second.stderr


def test_logs_hold_ids_and_counts_and_no_content(life: Life) -> None:
    assert "mailbox_read" in life.errors
    for secret in ("confidencial", CLIENT, _SECRET):
        assert secret not in life.errors


def test_check_says_in_one_line_each_what_works(life: Life) -> None:
    assert life.checked.returncode == 0, life.checked.stdout + life.checked.stderr
    lines = life.checked.stdout.splitlines()
    assert all(line.startswith("✔") for line in lines)
    for thing in ("configuración", "base de datos", "modelo", f"buzón {ESC}", "envío"):
        assert any(thing in line for line in lines)


def test_no_flag_is_set_by_reading(life: Life) -> None:
    assert b"\\Seen" not in life.flags
