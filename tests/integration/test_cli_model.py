"""`mailbot model` on a small corpus: proposed, compared, and never switched by training alone."""

import json
import os
import shutil
from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.shipped import models_folder


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_shipped_model_shows_its_scores(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["model", "show", "--json"]) == 0

    card = json.loads(capsys.readouterr().out)
    current = next(entry for entry in card["models"] if entry["file"] == card["current"])
    assert (models_folder() / current["file"]).exists()
    assert current["scores"]


def test_training_asks_for_a_folder_of_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["model", "train"]) == 2
    assert "--folder" in capsys.readouterr().err


def test_there_is_nothing_to_compare_without_a_candidate(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["model", "evaluate", "--folder", "modelos"]) == 1
    assert "mailbot model train" in capsys.readouterr().err


@pytest.mark.long
def test_a_trained_model_is_proposed_and_only_a_better_one_takes_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = folder / "corpus"
    corpus.mkdir()
    for name in ("t1.jsonl", "t2.jsonl", "t3.jsonl"):
        shutil.copy2(models_folder() / "corpus" / name, corpus / name)

    assert run(["model", "train", "--folder", "modelos", "--corpus", str(corpus)]) == 0
    before = json.loads((folder / "modelos" / "card.json").read_text(encoding="utf-8"))
    assert before["candidate"]
    assert before["current"] != before["candidate"]

    # Three files of eight cannot beat all eight.
    assert run(["model", "evaluate", "--folder", "modelos", "--corpus", str(corpus)]) == 0
    after = json.loads((folder / "modelos" / "card.json").read_text(encoding="utf-8"))
    assert after["current"] == before["current"]


def test_drift_of_an_office_without_mail_is_an_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["model", "drift", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []

    assert run(["model", "drift", "--since", "ayer"]) == 2
    assert "--since" in capsys.readouterr().err
