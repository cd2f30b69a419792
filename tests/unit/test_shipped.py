from pathlib import Path

import pytest

from mailbot import shipped


def test_the_checkouts_folders_are_found() -> None:
    assert (shipped.models_folder() / "card.json").is_file()
    assert shipped.templates_folder().is_dir()
    assert shipped.example_settings().is_file()


def test_an_installed_wheels_own_copy_comes_first(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "mailbot"  # type: ignore[operator]
    (package / "_shipped" / "models").mkdir(parents=True)
    monkeypatch.setattr(shipped, "_PACKAGE", package)
    assert shipped.models_folder() == package / "_shipped" / "models"


def test_a_model_is_named_by_its_file_or_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "triage-1.skops"
    file.touch()

    assert shipped.folder_of_model(None) == shipped.models_folder()
    assert shipped.folder_of_model(tmp_path) == shipped.folder_of_model(file) == tmp_path
