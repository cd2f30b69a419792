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
