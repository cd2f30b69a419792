"""The store: open it by URL. SQLAlchemy is loaded when a database is opened, not before."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.ports.store import Store

if TYPE_CHECKING:
    from mailbot.store.copying import CopiedTable


def open_store(url: str) -> Store:
    """The store behind a database URL; an empty database gets its tables on the way.

    Raises `StoreRefused` for a wrong URL or a database of another version, `StoreUnavailable` when the
    server is out of reach.
    """
    from mailbot.store.opening import open_sql_store

    return open_sql_store(url)


def upgrade(url: str) -> str:
    """Bring the tables to this version, all or nothing, and say which version that is.

    Raises `StoreRefused` for a wrong URL or a database of a newer version, `StoreUnavailable` when the
    server is out of reach.
    """
    from mailbot.store.opening import upgrade_sql

    return upgrade_sql(url)


def check_integrity(url: str) -> Sequence[str]:
    """Every fault of the database, in Spanish, saying where it lies; empty when it is sound."""
    from mailbot.store.integrity import check_sql

    return check_sql(url)


def backup(url: str, target: Path) -> None:
    """Copy the database into a new SQLite file, consistent while the service goes on.

    Raises `StoreRefused` when the target exists or cannot be written.
    """
    from mailbot.store.backups import backup_sql

    backup_sql(url, target)


def restore(source: Path, url: str, *, at: datetime) -> str:
    """Put a backup in the place of a missing or empty database, and say which version it has now.

    What waited to be sent becomes uncertain, so that nothing is sent a second time.
    """
    from mailbot.store.backups import restore_sql

    return restore_sql(source, url, at=at)


def copy(url_from: str, url_to: str) -> "Sequence[CopiedTable]":
    """Copy everything into an empty database, prove it by count and digest, and say what was copied."""
    from mailbot.store.copying import copy_sql

    return copy_sql(url_from, url_to)
