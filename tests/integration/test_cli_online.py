"""Exchange Online over IMAP by the settings alone: tokens from Microsoft's login, and a server that has little."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.bootstrap import build_watched
from mailbot.cli.app import run
from mailbot.demo.servers import EmbeddedMailServer
from mailbot.settings import load_settings
from tests.builders import ESC, raw_mail
from tests.servers.exchange_online import ExchangeOnline, exchange_online
from tests.servers.imap_client import mail_program
from tests.servers.microsoft_login import CLIENT, SECRET, TENANT, MicrosoftLogin, microsoft_login

SENT = "Elementos enviados"
AS_APP = (f"MAILBOT_GRAPH_CLIENT_SECRET={SECRET}",)
AS_PERSON = ("MAILBOT_GRAPH_LOGIN=device",)


@dataclass(kw_only=True)
class Cloud:
    """A tenant: who gives tokens, and the mailbox they open."""

    login: MicrosoftLogin
    door: ExchangeOnline
    inside: EmbeddedMailServer
    folder: Path

    def settings(self, *lines: str) -> None:
        common = (
            "MAILBOT_SECRET=clave-de-prueba-larga",
            f"MAILBOT_MAILBOX__RQ__ADDRESS={ESC}",
            "MAILBOT_MAILBOX__RQ__PROFILE=exchange-online",
            "MAILBOT_IMAP_HOST=127.0.0.1",
            f"MAILBOT_IMAP_PORT={self.door.port}",
            "MAILBOT_IMAP_SECURITY=plain",
            f"MAILBOT_GRAPH_TENANT={TENANT}",
            f"MAILBOT_GRAPH_CLIENT_ID={CLIENT}",
            f"MAILBOT_GRAPH_LOGIN_URL={self.login.url}",
            f"MAILBOT_GRAPH_CA_FILE={self.login.ca_file}",
        )
        file = self.folder / "settings.env"
        file.write_text("\n".join((*common, *lines)) + "\n", encoding="utf-8")
        file.chmod(0o600)

    def flags(self) -> set[bytes]:
        with mail_program(self.inside.imap_port, ESC, self.inside.password) as client:
            client.select_folder("INBOX", readonly=True)
            return {flag for flags in client.get_flags(client.search()).values() for flag in flags}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    import os

    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with (
        microsoft_login(tmp_path) as login,
        EmbeddedMailServer([ESC], folders=(SENT, "Borradores")) as inside,
        exchange_online(inside, lambda user, token: _opens(login, user, token)) as door,
    ):
        login.person = ESC
        yield Cloud(login=login, door=door, inside=inside, folder=tmp_path)


def _opens(login: MicrosoftLogin, user: str, token: str) -> bool:
    """A token for IMAP opens the mailbox of its person; the application's opens those it was given."""
    scopes, person = login.given.get(token, ("", "nobody"))
    return scopes == "https://outlook.office365.com/.default" and person.lower() in ("", user.lower())


def test_the_application_enters_with_a_token_and_the_spanish_sent_folder_is_found(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.settings(*AS_APP, "MAILBOT_MARKS=categories")

    assert run(["check"]) == 0

    told = capsys.readouterr().out
    for words in ("con un token (OAuth)", f"Carpeta de enviados: «{SENT}»", "no guarda palabras clave"):
        assert words in told
    assert "LOGIN" not in cloud.door.commands


def test_a_person_enters_with_a_code_once_and_mail_is_read(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.settings(*AS_PERSON)
    now = datetime.now(UTC)
    cloud.inside.deliver(raw_mail(subject="¿Ya salió el levante?", at=now), ESC, at=now)

    assert run(["poll"]) == 4
    assert "mailbot login" in capsys.readouterr().err
    assert run(["login"]) == 0
    told = capsys.readouterr()
    assert "https://microsoft.com/devicelogin" in told.err
    assert "ABCD1234" in told.err
    assert run(["login"]) == 0
    assert "ya se puede entrar" in capsys.readouterr().out
    assert run(["poll"]) == 0
    assert "1 nuevos" in capsys.readouterr().out
    assert b"\\Seen" not in cloud.flags()


def test_a_token_that_was_withdrawn_is_replaced_at_the_next_login(cloud: Cloud) -> None:
    cloud.settings(*AS_APP)
    (watched,) = build_watched(load_settings(cloud.folder / "settings.env"))
    watched.source.check()
    cloud.login.given.update(dict.fromkeys(cloud.login.given, ("withdrawn", "nobody")))
    assert watched.source.check()
    watched.close()


def test_the_server_files_what_is_sent_itself(cloud: Cloud) -> None:
    cloud.settings(*AS_APP)
    (watched,) = build_watched(load_settings(cloud.folder / "settings.env"))
    watched.source.file_sent(raw_mail(subject="Aviso"), at=datetime.now(UTC))
    watched.close()
    assert not [command for command in cloud.door.commands if command.startswith("APPEND")]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "MAILBOT_GRAPH_CERTIFICATE_FILE"),
        ((*AS_APP, "MAILBOT_IMAP_PASSWORD=x"), "no admite contraseñas"),
    ],
    ids=["nothing to enter with", "a password"],
)
def test_what_cannot_open_it_is_said_before_anything_starts(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], lines: tuple[str, ...], words: str
) -> None:
    cloud.settings(*lines)

    assert run(["check"]) == 3

    assert words in capsys.readouterr().err


def test_a_token_without_the_right_is_refused_with_where_to_look(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.settings(*AS_APP)
    cloud.door.opens = lambda user, token: False

    assert run(["check"]) == 4

    told = capsys.readouterr().out
    assert "MAILBOT_GRAPH_*" in told
    assert not [token for token in cloud.login.given if token in told]


def test_login_says_which_setting_it_needs(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.settings(*AS_APP)
    assert run(["login"]) == 3
    assert "MAILBOT_GRAPH_LOGIN" in capsys.readouterr().err
    cloud.settings(*AS_PERSON)
    assert run(["login", "--address", "otro@agencia.example"]) == 2
