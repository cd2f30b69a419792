"""From `mailbot init` to a mailbox in Microsoft 365 that is read and sent from, over the loopback Graph server."""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.demo.servers.graph import TOKEN, GraphServer, graph_server
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
def server() -> Iterator[GraphServer]:
    with graph_server() as running:
        running.add_mailbox(ESC)
        running.add_mailbox(AVISOS)
        yield running


def _settings(folder: Path, *lines: str) -> None:
    file = folder / "settings.env"
    common = (
        "MAILBOT_SECRET=clave-de-prueba-larga",
        f"MAILBOT_MAILBOX__RQ__ADDRESS={ESC}",
        "MAILBOT_MAILBOX__RQ__KIND=graph",
    )
    file.write_text("\n".join((*common, *lines)) + "\n", encoding="utf-8")
    file.chmod(0o600)


def _in_cloud(folder: Path, server: GraphServer, *lines: str) -> None:
    (folder / "token.py").write_text(f"print({TOKEN!r})")
    given = (f"MAILBOT_GRAPH_TOKEN_COMMAND='{sys.executable} token.py'", f"MAILBOT_GRAPH_URL={server.url}")
    _settings(folder, *given, *lines)


def _answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
    # A hidden prompt reads the terminal; here it is answered like the others.
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: sys.stdin.readline().strip())
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: sys.stdin.readline().strip())


def test_init_asks_where_the_mailbox_is_first_and_writes_settings_that_load(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _answering(monkeypatch, "1", "ana@agencia.example", "", "11111111-2222", "a", "", "el-secreto", AVISOS)

    assert run(["init"]) == 0

    settings = load_settings(folder / "settings.env")
    assert settings.mailbox["ana"].kind == "graph"
    assert (settings.graph_tenant, settings.graph_client_id) == ("agencia.example", "11111111-2222")
    assert settings.graph_client_secret is not None
    assert settings.graph_client_secret.get_secret_value() == "el-secreto"
    assert settings.sender == AVISOS
    said = capsys.readouterr().out
    assert said.index("¿Dónde está el buzón?") < said.index("Dirección del buzón")


def test_init_for_a_person_who_types_a_code_asks_for_no_secret(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _answering(monkeypatch, "1", "ana@agencia.example", "", "11111111-2222", "p", AVISOS)

    assert run(["init"]) == 0

    settings = load_settings(folder / "settings.env")
    assert (settings.graph_login, settings.graph_client_secret) == ("device", None)
    assert "mailbot login" in capsys.readouterr().out


def test_init_for_another_server_asks_for_imap_as_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _answering(monkeypatch, "3", "ana@agencia.example", "", "", "c", "clave 'rara'", "n")

    assert run(["init"]) == 0

    settings = load_settings(folder / "settings.env")
    assert settings.mailbox["ana"].kind == "imap"
    assert settings.imap_host == "imap.agencia.example"
    assert settings.mailbox["ana"].password is not None
    assert settings.mailbox["ana"].password.get_secret_value() == "clave 'rara'"


def test_check_tries_reading_and_sending_and_sends_nothing(
    folder: Path, server: GraphServer, capsys: pytest.CaptureFixture[str]
) -> None:
    _in_cloud(folder, server, "MAILBOT_SEND=graph", f"MAILBOT_SENDER={AVISOS}")

    assert run(["check"]) == 0

    said = capsys.readouterr().out
    assert "Microsoft Graph" in said
    assert "«INBOX»: 0 mensajes" in said
    assert f"deja enviar desde {AVISOS}" in said
    assert server.sent == []


@pytest.mark.parametrize(
    ("denied", "role"), [(ESC, "Application Mail.Read"), (AVISOS, "Application Mail.Send")], ids=["reading", "sending"]
)
def test_check_names_the_permission_that_is_missing(
    folder: Path, server: GraphServer, capsys: pytest.CaptureFixture[str], denied: str, role: str
) -> None:
    _in_cloud(folder, server, "MAILBOT_SEND=graph", f"MAILBOT_SENDER={AVISOS}")
    server.script.denied.add(denied)

    assert run(["check"]) != 0

    said = capsys.readouterr().out
    assert role in said
    assert denied in said
    assert TOKEN not in said


def test_poll_takes_a_mail_in_once(folder: Path, server: GraphServer, capsys: pytest.CaptureFixture[str]) -> None:
    _in_cloud(folder, server)
    mailbox = server.mailboxes[ESC]
    mailbox.add(raw_mail(subject="¿Ya salió el levante?"), at=datetime.now(UTC), folder=mailbox.folders["inbox"])

    assert run(["poll"]) == 0
    assert run(["poll"]) == 0
    assert run(["messages", "--jsonl"]) == 0

    assert capsys.readouterr().out.count('"mailbox": "rq"') == 1
    assert sum("$value" in line for line in server.requests) == 1


def test_a_folder_that_has_to_be_listed_again_stores_no_mail_twice(
    folder: Path, server: GraphServer, capsys: pytest.CaptureFixture[str]
) -> None:
    _in_cloud(folder, server)
    mailbox = server.mailboxes[ESC]
    for number in range(25):
        raw = raw_mail(subject=f"Consulta {number}", message_id=f"<{number}@cliente.example>")
        mailbox.add(raw, at=datetime.now(UTC), folder=mailbox.folders["inbox"])
    assert run(["poll"]) == 0
    server.lose_tokens()
    mailbox.add(raw_mail(subject="Otra"), at=datetime.now(UTC), folder=mailbox.folders["inbox"])
    assert run(["poll"]) == 0
    capsys.readouterr()

    assert run(["messages", "--jsonl"]) == 0

    stored = [line for line in capsys.readouterr().out.splitlines() if '"stored"' in line]
    assert len(stored) == 26


def test_missing_graph_settings_are_told_all_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(folder)

    assert run(["poll"]) == 3

    said = capsys.readouterr().err
    assert all(f"MAILBOT_GRAPH_{name}" in said for name in ("TENANT", "CLIENT_ID", "CERTIFICATE_FILE", "CLIENT_SECRET"))


def test_a_password_for_exchange_online_is_refused_and_pointed_to_graph(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _settings(
        folder,
        "MAILBOT_MAILBOX__OTRO__ADDRESS=otro@agencia.example",
        "MAILBOT_MAILBOX__OTRO__HOST=Outlook.office365.com",
        "MAILBOT_MAILBOX__OTRO__PASSWORD=clave",
        "MAILBOT_GRAPH_TOKEN_COMMAND=true",
    )

    assert run(["poll"]) == 3

    said = capsys.readouterr().err
    assert "MAILBOT_MAILBOX__OTRO__KIND=graph" in said
    assert "XOAUTH2" in said


def test_a_token_never_travels_in_the_open(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(folder, "MAILBOT_GRAPH_URL=http://graph.microsoft.com/v1.0")

    assert run(["poll"]) == 3
    assert "https://" in capsys.readouterr().err
