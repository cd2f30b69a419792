"""Which version of the tables a database has, and how it gets to this one's.

Alembic is imported only to change something: looking at the version costs one statement.
"""

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy import text as sql

from mailbot.domain.errors import StoreRefused

_MIGRATION = re.compile(r"(\d{4})_\w+\.py")
_UPGRADE_LOCK = sql("SELECT pg_advisory_xact_lock(7246002)")


def revisions() -> Sequence[str]:
    """Every version this program knows, oldest first."""
    names = (entry.name for entry in resources.files("mailbot.store.migrations").iterdir())
    return sorted(found[1] for found in map(_MIGRATION.fullmatch, names) if found)


def revision_of(connection: Connection) -> str | None:
    """The version of a database; None when it has no tables yet.

    Raises `StoreRefused` when the tables are not mailbot's.
    """
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found = connection.execute(sql("SELECT version_num FROM alembic_version")).scalar()
        return str(found) if found else None
    if tables:
        raise StoreRefused("la base de datos tiene tablas que no son de mailbot: dele a mailbot una base propia")
    return None


def check_revision(revision: str) -> None:
    """Refuse a version that this program does not know, or that is older than it needs."""
    known = revisions()
    if revision not in known:
        raise StoreRefused(
            f"la base de datos es de la versión {revision} y este mailbot conoce hasta la {known[-1]}: "
            "la actualizó un mailbot más nuevo; instale ese"
        )
    if revision != known[-1]:
        raise StoreRefused(
            f"la base de datos es de la versión {revision} y este mailbot necesita la {known[-1]}: "
            "detenga todo mailbot, haga una copia y ejecute «mailbot db upgrade»"
        )


def apply_migrations(connection: Connection) -> str:
    """Bring the database to this program's version within the open transaction; returns that version."""
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        # Two services that start at once upgrade one after the other.
        connection.execute(_UPGRADE_LOCK)
    revision = revision_of(connection)
    if revision is not None and revision not in revisions():
        check_revision(revision)
    with resources.as_file(resources.files("mailbot.store.migrations")) as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", _literally(folder / "environment"))
        config.set_main_option("version_locations", _literally(folder))
        # One folder, whatever characters its path has.
        config.set_main_option("path_separator", "newline")
        command.upgrade(config, "head")
    return revisions()[-1]


def _literally(path: Path) -> str:
    return str(path).replace("%", "%%")
