"""From `mailbot init` to a mailbox on an Exchange server that is read and sent from, over the loopback EWS server."""

import importlib.util
import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.demo.servers.ews import PASSWORD, SERVICE, EwsServer, ews_server
from mailbot.settings import load_settings
from tests.builders import ESC, raw_mail

AVISOS = "avisos@agencia.example"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import os

    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def server() -> Iterator[EwsServer]:
    with ews_server() as running:
        running.add_mailbox(ESC)
        running.add_mailbox(AVISOS)
        yield running


def _settings(folder: Path, *lines: str) -> None:
    file = folder / "settings.env"
    common = (
        "MAILBOT_SECRET=clave-de-prueba-larga",
        f"MAILBOT_MAILBOX__RQ__ADDRESS={ESC}",
        "MAILBOT_MAILBOX__RQ__KIND=ews",
    )
    file.write_text("\n".join((*common, *lines)) + "\n", encoding="utf-8")
    file.chmod(0o600)


def _at(server: EwsServer) -> tuple[str, ...]:
    return (
        f"MAILBOT_EWS_URL={server.url}",
        "MAILBOT_EWS_AUTH=basic",
        f"MAILBOT_EWS_USERNAME={SERVICE}",
        f"MAILBOT_EWS_PASSWORD={PASSWORD}",
    )


def test_init_for_an_exchange_server_writes_settings_that_load(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ("2", "ana@agencia.example", "", "se", "", r"AGENCIA\mailbot", "la 'clave'", AVISOS)
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: sys.stdin.readline().strip())
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: sys.stdin.readline().strip())

    assert run(["init"]) == 0

    settings = load_settings(folder / "settings.env")
    assert settings.mailbox["ana"].kind == "ews"
    assert settings.ews_url == "https://correo.agencia.example/EWS/Exchange.asmx"
    assert (settings.ews_version, settings.ews_auth, settings.ews_username) == ("se", "ntlm", r"AGENCIA\mailbot")
    assert settings.ews_password is not None
    assert settings.ews_password.get_secret_value() == "la 'clave'"


def test_check_tries_reading_and_sending_and_sends_nothing(
    folder: Path, server: EwsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    _settings(folder, *_at(server), "MAILBOT_SEND=ews", f"MAILBOT_SENDER={AVISOS}")

    assert run(["check"]) == 0

    said = capsys.readouterr().out
    assert "EWS, Exchange 15.2.2562.17" in said
    assert "por suplantación" in said
    assert "«INBOX»: 0 mensajes" in said
    assert "Exchange avisa al momento" in said
    assert f"borradores y enviados de {AVISOS}" in said
    assert server.sent == []
    assert server.mailboxes[AVISOS].items == {}


def test_check_names_the_role_that_is_missing(
    folder: Path, server: EwsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.script.impersonators = set()
    _settings(folder, *_at(server))
    assert run(["check"]) != 0
    assert "ApplicationImpersonation" in capsys.readouterr().out


def test_check_tries_what_may_be_shown_on_the_mails_and_changes_nothing(
    folder: Path, server: EwsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    _settings(folder, *_at(server), "MAILBOT_MARKS=categories,flags")
    assert run(["check"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Exchange deja cambiar categorías y seguimiento" in said
    assert "Categorías por crear: Reclamo, Contingencia" in said
    assert server.mailboxes[ESC].configurations == {}


def test_check_names_the_right_that_is_missing_to_mark(
    folder: Path, server: EwsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.script.delegates = {ESC: {SERVICE}}
    server.script.readers = {ESC: {SERVICE}}
    _settings(folder, *_at(server), "MAILBOT_EWS_RIGHTS=delegate", "MAILBOT_MARKS=flags")
    assert run(["check"]) != 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"✘ marcas en {ESC}" in said
    assert "no puede modificar los correos de la carpeta «INBOX»: dele «Full Access»" in said


def test_poll_reads_the_mailbox(folder: Path, server: EwsServer, capsys: pytest.CaptureFixture[str]) -> None:
    mailbox = server.mailboxes[ESC]
    mailbox.add(raw_mail(subject="Consulta"), folder=mailbox.known["inbox"], at=datetime.now(UTC))
    _settings(folder, *_at(server))
    assert run(["poll", "--once"]) == 0
    capsys.readouterr()
    assert run(["messages", "--jsonl"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert not any(item.is_read for item in mailbox.items.values())


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("MAILBOT_EWS_URL=https://outlook.office365.com/EWS/Exchange.asmx",), "use Microsoft Graph"),
        (("MAILBOT_EWS_USERNAME=x", "MAILBOT_EWS_PASSWORD=y1"), "MAILBOT_EWS_URL: falta"),
        (("MAILBOT_EWS_URL=https://correo.agencia.example/EWS/Exchange.asmx",), "MAILBOT_EWS_PASSWORD: falta"),
        (("MAILBOT_EWS_URL=http://correo.agencia.example/EWS/Exchange.asmx",), "debe empezar por https://"),
        (("MAILBOT_EWS_AUTH=oauth", "MAILBOT_EWS_AUTODISCOVER=true"), "MAILBOT_EWS_TOKEN_COMMAND: falta"),
    ],
    ids=["exchange online", "no url", "no password", "plain http", "no token"],
)
def test_wrong_settings_never_start_and_say_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], lines: tuple[str, ...], said: str
) -> None:
    _settings(folder, *lines)
    assert run(["check"]) != 0
    assert said in " ".join(capsys.readouterr().err.split())


def test_without_the_extra_the_settings_say_what_to_install(
    folder: Path, server: EwsServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr("mailbot.bootstrap_ews.find_spec", lambda name: None if name == "exchangelib" else found(name))
    _settings(folder, *_at(server))
    assert run(["check"]) != 0
    assert "mailbot[ews]" in capsys.readouterr().err


def test_importing_bootstrap_and_the_command_line_loads_no_exchangelib() -> None:
    code = "import sys, mailbot.bootstrap, mailbot.cli.app; sys.exit('exchangelib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
