"""The demo itself, on every kind of server it can run on."""

from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.demo.places import PLACES

pytestmark = pytest.mark.long


@pytest.mark.parametrize("kind", PLACES)
def test_the_three_days_end_with_marks_and_due_dates_on_the_mails(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["demo", "--fast", "--keep", str(tmp_path), "--mailbox", kind]) == 0

    told = capsys.readouterr().out
    assert "52 correos marcados; seguimiento: 8 pendientes" in told
    for category in ("Reclamo", "Contingencia", "Requerimiento", "Documentos", "Revisar", "2026-004512"):
        assert category in told
    assert ("⚑ vence 17/11 18:00" if kind != "imap" else "⚑ pendiente") in told
    assert len(list((tmp_path / "correos").glob("*.eml"))) > 100


def test_a_kind_that_does_not_exist_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--mailbox", "pop3"]) == 2
    assert "imap, graph, ews" in capsys.readouterr().err
