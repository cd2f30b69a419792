"""No secret is seen where it does not belong: not in logs, errors, lists of processes or the database."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.domain.errors import StoreRefused, StoreUnavailable
from mailbot.settings import load_settings
from mailbot.store import open_store
from tests.builders import ESC

SECRETS = {
    "MAILBOT_SECRET": "clave-de-firma-7f3a",
    "MAILBOT_IMAP_PASSWORD": "clave-de-buzon-91bc",
    "MAILBOT_SMTP_PASSWORD": "clave-de-envio-55de",
}
_ROOT = str(Path(__file__).parents[2])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder whose servers are out of reach."""
    monkeypatch.chdir(tmp_path)
    lines = [
        f"MAILBOT_DATABASE_URL=sqlite:///{tmp_path}/mailbot.sqlite",
        f"MAILBOT_MAILBOX__RQ__ADDRESS={ESC}",
        "MAILBOT_IMAP_HOST=127.0.0.1",
        "MAILBOT_IMAP_PORT=1",
        "MAILBOT_IMAP_SECURITY=plain",
        "MAILBOT_SEND=smtp",
        "MAILBOT_SMTP_HOST=127.0.0.1",
        "MAILBOT_SMTP_PORT=1",
        "MAILBOT_SMTP_USERNAME=mailbot",
        "MAILBOT_SENDER=mailbot@agencia.example",
        "MAILBOT_LOG_LEVEL=DEBUG",
        *(f"{name}={value}" for name, value in SECRETS.items()),
    ]
    settings = tmp_path / "settings.env"
    settings.write_text("\n".join(lines), encoding="utf-8")
    settings.chmod(0o600)
    return tmp_path


def _assert_clean(text: str) -> None:
    assert [value for value in SECRETS.values() if value in text] == []


@pytest.mark.parametrize("command", [["check"], ["poll"], ["deliver"], ["doctor"], ["messages"], ["db", "check"]])
def test_no_command_prints_a_secret(folder: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(command)

    shown = capsys.readouterr()
    _assert_clean(shown.out + shown.err)


def test_settings_show_no_secret_when_they_are_printed(folder: Path) -> None:
    settings = load_settings(folder / "settings.env")

    _assert_clean(f"{settings!r} {settings} {settings.model_dump()}")


def test_a_running_service_shows_no_secret_in_its_log_its_call_or_its_database(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
    service = subprocess.Popen(
        [sys.executable, "-m", "mailbot", "run"],
        env=environment | {"PYTHONPATH": _ROOT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        time.sleep(0.2)
        until = time.monotonic() + 60
        while not (folder / "mailbot.sqlite").exists() and time.monotonic() < until:
            time.sleep(0.2)
        # A round or two against servers that are not there.
        time.sleep(3)
        call = Path(f"/proc/{service.pid}/cmdline").read_text() if Path("/proc").is_dir() else ""
        passed = Path(f"/proc/{service.pid}/environ").read_text(errors="replace") if Path("/proc").is_dir() else ""
        service.send_signal(signal.SIGTERM)
        log, _ = service.communicate(timeout=30)
    finally:
        service.kill()
        service.wait()

    assert "mailbox_unavailable" in log
    _assert_clean(log + call + passed)
    for file in folder.glob("mailbot.sqlite*"):
        _assert_clean(file.read_bytes().decode("latin-1"))


@pytest.mark.parametrize("url", ["postgresql+psycopg://user:{}@127.0.0.1:1/db", "oracle://user:{}@127.0.0.1/db"])
def test_the_password_of_a_database_is_in_no_error(url: str) -> None:
    with pytest.raises((StoreRefused, StoreUnavailable)) as caught:
        open_store(url.format("clave-de-base-33aa"))

    assert "clave-de-base-33aa" not in f"{caught.value} {caught.value!r} {caught.value.__cause__}"


def test_a_settings_file_that_others_can_read_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "settings.env").chmod(0o644)

    assert run(["doctor"]) == 3
    shown = capsys.readouterr()
    assert "chmod 600" in shown.err
    _assert_clean(shown.out + shown.err)
