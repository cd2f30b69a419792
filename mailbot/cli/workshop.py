"""Open what a command works on, and close it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.cli.app import State

if TYPE_CHECKING:
    from mailbot.ports.store import Store
    from mailbot.services.desk import Desk
    from mailbot.settings import Settings


def now() -> datetime:
    """The moment a command is run."""
    return datetime.now(UTC)


def settings() -> "Settings":
    """The settings that the command line and the environment name."""
    from mailbot.settings import load_settings

    return load_settings(State.settings_file)


@contextmanager
def database() -> Iterator["Store"]:
    """The office's store, schema up to date."""
    from mailbot.bootstrap import open_database

    store = open_database(settings())
    try:
        yield store
    finally:
        store.close()


def reading_desk(book: Path | None) -> "Desk":
    """A desk over memory for commands that write nothing; with the office of a workbook if given."""
    from mailbot.bootstrap import memory_desk
    from mailbot.domain.office import Office

    office = Office()
    if book is not None:
        from mailbot.records.workbook import read_office

        office = read_office(book)
    return memory_desk(settings(), office)
