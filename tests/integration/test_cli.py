"""The command line with wrong input: one clear message, the contract's exit code, never a traceback."""

import json
import socket
from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.demo.mails import sample_mails
from mailbot.demo.servers import EmbeddedMailServer
from mailbot.records.writing import write_office
from tests.builders import ESC, RUC, office, raw_mail


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import os

    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def book(folder: Path) -> Path:
    path = folder / "oficina.xlsx"
    write_office(path, office())
    return path


def _settings(folder: Path, *lines: str) -> Path:
    file = folder / "settings.env"
    common = ("MAILBOT_SECRET=clave-de-prueba-larga", f"MAILBOT_MAILBOX__RQ__ADDRESS={ESC}", "MAILBOT_SEND=folder")
    file.write_text("\n".join((*common, *lines)) + "\n", encoding="utf-8")
    file.chmod(0o600)
    return file


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_unknown_command_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly"]) == 2
    assert "--help" in capsys.readouterr().err


def test_a_wrong_setting_ends_with_3(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(folder, "MAILBOT_POL_SECONDS=60")

    assert run(["poll"]) == 3
    assert "MAILBOT_POL_SECONDS: no existe esa opción; ¿quiso decir MAILBOT_POLL_SECONDS?" in capsys.readouterr().err


def test_a_settings_file_that_is_not_there_ends_with_3(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--settings", "nowhere.env", "poll"]) == 3
    assert "mailbot init" in capsys.readouterr().err


def test_an_unreachable_mailbox_ends_with_4(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(
        folder,
        "MAILBOT_IMAP_HOST=127.0.0.1",
        f"MAILBOT_IMAP_PORT={_closed_port()}",
        "MAILBOT_IMAP_SECURITY=plain",
        "MAILBOT_IMAP_PASSWORD=demo",
    )

    assert run(["poll"]) == 4
    assert run(["check"]) == 4
    assert "127.0.0.1" in capsys.readouterr().out


def test_check_says_what_of_the_marks_a_server_keeps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedMailServer((ESC,)) as server:
        _settings(
            folder,
            "MAILBOT_MARKS=categories,flags,dispatch,stamp,folders",
            "MAILBOT_IMAP_HOST=127.0.0.1",
            f"MAILBOT_IMAP_PORT={server.imap_port}",
            "MAILBOT_IMAP_SECURITY=plain",
            f"MAILBOT_IMAP_PASSWORD={server.password}",
        )
        assert run(["check"]) == 0

    told = capsys.readouterr().out
    assert f"✔ marcas en {ESC}: " in told
    for words in (
        "no guarda palabras clave",
        "bandera sin fecha",
        "no existe en IMAP",
        "Mover correos («folders»): sí",
    ):
        assert words in told


def test_a_refused_login_ends_with_4_and_hides_the_password(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedMailServer((ESC,)) as server:
        _settings(
            folder,
            "MAILBOT_IMAP_HOST=127.0.0.1",
            f"MAILBOT_IMAP_PORT={server.imap_port}",
            "MAILBOT_IMAP_SECURITY=plain",
            "MAILBOT_IMAP_PASSWORD=equivocada99",
        )
        code = run(["check"])

    told = capsys.readouterr()
    assert code == 4
    assert "✘ buzón" in told.out
    assert "equivocada99" not in told.out + told.err


def test_a_token_command_that_fails_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedMailServer((ESC,)) as server:
        _settings(
            folder,
            "MAILBOT_IMAP_HOST=127.0.0.1",
            f"MAILBOT_IMAP_PORT={server.imap_port}",
            "MAILBOT_IMAP_SECURITY=plain",
            "MAILBOT_IMAP_TOKEN_COMMAND=false",
        )
        assert run(["check"]) == 4

    assert "TOKEN_COMMAND" in capsys.readouterr().out


def test_a_workbook_with_faults_is_refused_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(folder)
    file = folder / "clinet.csv"
    file.write_text("orden;ruc;regimen;via\nxx;123;10;submarina\n", encoding="utf-8")

    assert run(["dispatches", "import", str(file)]) == 1
    told = capsys.readouterr().err
    assert "fila 2" in told
    assert "columna" in told


def test_a_book_that_is_no_workbook_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(folder)
    file = folder / "oficina.xlsx"
    file.write_bytes(b"no es un libro")

    assert run(["office", "import", str(file)]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_a_database_from_a_newer_version_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    _settings(folder)
    assert run(["db", "upgrade"]) == 0
    connection = sqlite3.connect(folder / "mailbot.sqlite")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()

    assert run(["messages"]) == 4
    assert "9999" in capsys.readouterr().err


def test_a_database_url_that_makes_no_sense_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(folder, "MAILBOT_DATABASE_URL=oracle://x")

    assert run(["messages"]) == 4
    assert "Traceback" not in capsys.readouterr().err


def test_importing_twice_changes_nothing_the_second_time(
    folder: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _settings(folder)
    assert run(["office", "import", str(book)]) == 0
    capsys.readouterr()

    assert run(["office", "import", str(book)]) == 0
    assert "Sin cambios." in capsys.readouterr().out


def test_a_dry_run_of_the_import_keeps_nothing(folder: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(folder)

    assert run(["office", "import", str(book), "--dry-run"]) == 0
    capsys.readouterr()
    run(["dispatches", "--jsonl"])
    assert capsys.readouterr().out == ""


def test_a_template_imports_cleanly(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _settings(folder)

    assert run(["office", "template", "vacio.xlsx"]) == 0
    assert run(["office", "import", "vacio.xlsx"]) == 0
    assert run(["office", "template", "vacio.xlsx"]) == 2


def test_due_explains_itself_and_names_the_nearest_for_a_wrong_name(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["due", "reply", "--received", "2026-11-16T09:00", "--office", str(book), "--dispatch", "2026-4512"]

    assert run([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["due_at"], answer["client"], answer["dispatch"]) == (
        "2026-11-16T11:00:00-05:00",
        RUC,
        "2026-004512",
    )

    assert run([*arguments[:-1], "2026-004513"]) == 2
    assert "2026-004512" in capsys.readouterr().err


def test_parse_prints_every_field_of_the_contract(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.eml").write_bytes(raw_mail(subject="levante", text="¿Ya tenemos levante?"))

    assert run(["parse", "a.eml", "--jsonl"]) == 0

    (shape,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert set(shape) == {
        *("path", "id", "message_id", "sha256", "received_at", "date", "subject", "from", "to", "cc", "reply_to"),
        *("in_reply_to", "references", "text", "new_text", "signature", "quoted", "language", "attachments"),
        *("kind", "kind_reason", "bounce", "forwarded", "defects"),
    }
    assert (shape["path"], shape["new_text"]) == ("a.eml", "¿Ya tenemos levante?")


def test_a_file_that_is_not_there_ends_with_1_and_the_rest_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.eml").write_bytes(raw_mail(subject="levante"))

    assert run(["parse", "nowhere.eml", "a.eml", "--jsonl"]) == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1
    assert "nowhere.eml" in told.err


def test_triage_links_and_shows_what_would_be_owed(
    folder: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Buen día, ¿ya tenemos levante de la orden 2026-004512? Por favor confirmar.\n\nMilagros"
    (folder / "a.eml").write_bytes(raw_mail(subject="Levante orden 2026-004512", text=text))

    assert run(["triage", "a.eml", "--office", str(book), "--jsonl"]) == 0

    (shape,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert shape["dispatch"]["order"] == "2026-004512"
    assert shape["client"]["ruc"] == RUC
    assert shape["primary"] == "requirement"
    assert [item["kind"] for item in shape["obligations"]] == ["reply"]
    assert {"reference_ids", "scores", "confidence", "needs_review", "reasons", "documents", "candidates"} <= set(shape)


def test_replay_gives_the_same_bytes_twice(folder: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mails = folder / "mails"
    mails.mkdir()
    for number, mail in enumerate(sample_mails()[:12]):
        (mails / f"{number:02}.eml").write_bytes(mail.raw)
    arguments = ["replay", "--mail", str(mails), "--office", str(book), "--jsonl"]

    outputs = []
    for _ in range(2):
        assert run(arguments) == 0
        outputs.append(capsys.readouterr().out)

    assert outputs[0] == outputs[1]
    events = [json.loads(line) for line in outputs[0].splitlines()]
    assert {"message", "obligation_opened"} <= {event["event"] for event in events}
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
