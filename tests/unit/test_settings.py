import os
import re
from pathlib import Path

import pytest

from mailbot.domain.errors import SettingsError
from mailbot.settings import SendMode, load_settings, setting_names
from mailbot.shipped import example_settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)


def _file(folder: Path, text: str) -> Path:
    file = folder / "settings.env"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return file


def _problems(file: Path | None) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    return "\n".join(caught.value.problems)


def test_without_any_setting_nobody_is_mailed() -> None:
    assert load_settings().send is SendMode.FOLDER


def test_the_example_names_every_setting_and_no_other() -> None:
    text = example_settings().read_text(encoding="utf-8")
    named = re.findall(r"^#?(MAILBOT_\w+)=", text, re.MULTILINE)

    assert sorted(named) == sorted(setting_names())


def test_the_example_itself_loads_and_gives_the_defaults(tmp_path: Path) -> None:
    file = _file(tmp_path, example_settings().read_text(encoding="utf-8"))

    assert load_settings(file) == load_settings()


def test_a_mailbox_has_its_own_block(tmp_path: Path) -> None:
    file = _file(
        tmp_path,
        "MAILBOT_MAILBOX__ROSA__ADDRESS=rosa@agencia.example\nMAILBOT_MAILBOX__ROSA__PASSWORD='p#ss w0rd'\n",
    )

    box = load_settings(file).mailbox["rosa"]

    assert box.address == "rosa@agencia.example"
    assert box.password is not None
    assert box.password.get_secret_value() == "p#ss w0rd"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _file(tmp_path, "MAILBOT_SEND=off\n")
    monkeypatch.setenv("MAILBOT_SEND", "folder")

    assert load_settings(file).send is SendMode.FOLDER


def test_a_secret_never_shows(tmp_path: Path) -> None:
    file = _file(tmp_path, "MAILBOT_SECRET=una-clave-larga\nMAILBOT_IMAP_PASSWORD=hunter22\n")

    shown = repr(load_settings(file))

    assert "una-clave-larga" not in shown
    assert "hunter22" not in shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("MAILBOT_SENDD=smtp", "MAILBOT_SENDD: no existe esa opción; ¿quiso decir MAILBOT_SEND?"),
        ("MAILBOT_IMAP_PORT=abc", "MAILBOT_IMAP_PORT: debe ser un número entero"),
        ("MAILBOT_IMAP_PORT=70000", "MAILBOT_IMAP_PORT: debe ser 65535 o menos"),
        ("MAILBOT_POLL_SECONDS=1", "MAILBOT_POLL_SECONDS: debe ser 5 o más"),
        ("MAILBOT_SEND=fax", "MAILBOT_SEND: debe ser 'smtp', 'graph', 'ews', 'folder', 'shadow' o 'off'"),
        ("MAILBOT_SEND=smtp", "MAILBOT_SEND=smtp necesita también MAILBOT_SMTP_HOST, MAILBOT_SENDER"),
        ("MAILBOT_SECRET=changeme", "MAILBOT_SECRET: todavía tiene el valor de ejemplo"),
        ("MAILBOT_TIMEZONE=Lima", "MAILBOT_TIMEZONE: «Lima» no es una zona horaria"),
        ("MAILBOT_OFFICE_HOURS=siempre", "MAILBOT_OFFICE_HOURS: "),
        ("MAILBOT_AGENDA_AT=25:00", "MAILBOT_AGENDA_AT: debe ser una hora como 08:00"),
        ("MAILBOT_SENDER=rosa", "MAILBOT_SENDER: «rosa» no es una dirección de correo"),
        ("MAILBOT_MAILBOX__ROSA__PORT=1", "MAILBOT_MAILBOX__ROSA__ADDRESS: falta"),
        ("MAILBOT_MAILBOX__ROSA__ADRESS=a@b.example", "MAILBOT_MAILBOX__ROSA__ADRESS: no existe esa opción"),
    ],
    ids=lambda value: value if value.startswith("MAILBOT") else "",
)
def test_a_wrong_value_is_named_with_what_to_do(tmp_path: Path, line: str, said: str) -> None:
    assert said in _problems(_file(tmp_path, line + "\n"))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    problems = _problems(_file(tmp_path, "MAILBOT_IMAP_PORT=abc\nMAILBOT_SENDD=1\nMAILBOT_LOG_LEVEL=loud\n"))

    assert len(problems.splitlines()) == 3


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = _file(tmp_path, "MAILBOT_SEND=off\n")
    file.chmod(0o644)

    assert "chmod 600" in _problems(file)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    assert "mailbot init" in _problems(tmp_path / "settings.env")


def test_an_unknown_variable_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_PASWORD", "x")

    assert "MAILBOT_PASWORD: no existe esa variable" in _problems(None)
