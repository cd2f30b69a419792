"""The stores that the contract is tried on."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import make_url

from mailbot.ports.store import Store
from mailbot.store import open_store, upgrade
from mailbot.store.memory import MemoryStore
from mailbot.store.schema import METADATA
from tests.servers.postgresql import cluster, new_database

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.needs_postgresql)
DATABASES = ["sqlite", POSTGRESQL]
STORES = ["memory", *DATABASES]


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database."""
    with new_database() if name == "postgresql" else nullcontext(f"sqlite:///{folder}/mail bot/mailbot.db") as url:
        yield url


@contextmanager
def prepared(name: str, folder: Path) -> Iterator[str]:
    """The URL of a migrated database with empty tables."""
    if name == "postgresql":
        url = _migrated_database()
        _empty(url)
        yield url
        return
    file = folder / "mailbot.db"
    file.write_bytes(_migrated_file())
    yield f"sqlite:///{file}"


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Store]:
    """An empty store."""
    if name == "memory":
        yield MemoryStore()
        return
    with prepared(name, folder) as url, closing(open_store(url)) as store:
        yield store


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mailbot.db"
        upgrade(f"sqlite:///{file}")
        # The write-ahead log is folded in when the last connection closes.
        return file.read_bytes()


@cache
def _migrated_database() -> str:
    cluster().run_sql("CREATE DATABASE migrated")
    upgrade(cluster().url("migrated"))
    return cluster().url("migrated")


def _empty(url: str) -> None:
    deletions = "; ".join(str(table.delete()) for table in METADATA.sorted_tables)
    # Neither foreign keys nor the audit log's guard may stand in the way.
    cluster().run_sql(f"SET session_replication_role = replica; {deletions}", database=make_url(url).database)
