"""`mailbot digest preview`: what a client would get, as files to open; nothing is sent or remembered."""

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from mailbot.cli.app import run
from mailbot.demo.screens import take_screens
from mailbot.records.writing import write_office
from tests.builders import OTHER_RUC, RUC, office


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with settings and the office's file imported."""
    monkeypatch.chdir(tmp_path)
    settings = tmp_path / "settings.env"
    settings.write_text("MAILBOT_SECRET=clave-de-prueba-larga\nMAILBOT_SEND=folder\n", encoding="utf-8")
    settings.chmod(0o600)
    write_office(tmp_path / "oficina.xlsx", office())
    assert run(["db", "upgrade"]) == 0
    assert run(["office", "import", "oficina.xlsx"]) == 0
    return tmp_path


def test_a_preview_is_a_page_a_text_and_a_workbook_of_that_client_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert run(["digest", "preview", "--client", RUC, "--out", "vista"]) == 0

    page, text, (file,) = (
        (folder / "vista/status.html").read_text("utf-8"),
        (folder / "vista/status.txt").read_text("utf-8"),
        list((folder / "vista").glob("status-*.xlsx")),
    )
    rows = {str(row[0]) for row in load_workbook(file).worksheets[0].iter_rows(min_row=2, values_only=True)}
    assert rows == {"2026-004512"}
    for told in (page, text):
        assert "2026-004512" in told
        assert not re.search("2026-004600|Ferretería", told)
    # A page that needs nothing but itself.
    assert page.startswith("<!DOCTYPE html>")
    assert not re.search(r"https?://|src=|<link|@import", page)
    printed = capsys.readouterr().out.split()
    assert printed == ["vista/status.html", "vista/status.txt", f"vista/{file.name}"]
    assert not list((folder / "outbox").glob("*.eml"))


def test_a_client_that_nobody_has_is_answered_with_the_nearest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["digest", "preview", "--client", f"{OTHER_RUC[:-1]}9"]) == 2
    assert OTHER_RUC in capsys.readouterr().err


@pytest.mark.long
def test_a_browser_makes_a_picture_of_the_page(folder: Path) -> None:
    assert run(["digest", "preview", "--client", RUC, "--out", "vista"]) == 0

    pictures = take_screens({"status": (folder / "vista/status.html").read_text("utf-8")}, folder / "fotos")

    if not pictures:
        pytest.skip("needs Chromium")
    assert pictures[0].read_bytes().startswith(b"\x89PNG")
