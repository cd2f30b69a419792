"""Where the files that travel with mailbot lie: `templates/`, `models/` and the example settings.

In an installed wheel they stand inside the package (`mailbot/_shipped`), in a source checkout at the
top level. Only this module knows the difference.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """The folder of the mail templates."""
    return _shipped("templates")


def models_folder() -> Path:
    """The folder of the corpus, the trained model and its card."""
    return _shipped("models")


def example_settings() -> Path:
    """The example settings file with every setting commented."""
    return _shipped("settings.example.env")


def _shipped(name: str) -> Path:
    """The wheel's own copy where there is one, else the checkout's."""
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def folder_of_model(named: Path | None) -> Path:
    """The folder of the model that a setting names by its file or its folder; without one, that which ships."""
    if named is None:
        return models_folder()
    return named if named.is_dir() else named.parent
