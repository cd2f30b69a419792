"""The migrations inside the package lead to exactly the tables that the program writes."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect, text

from mailbot.domain.errors import StoreRefused, StoreUnavailable
from mailbot.store import open_store, upgrade
from mailbot.store.revisions import revisions
from mailbot.store.schema import METADATA
from tests.unit.store.samples import event, obligation, stored
from tests.unit.store.stores import DATABASES, database

NEWEST = revisions()[-1]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with database(request.param, tmp_path) as empty:
        yield empty


def test_an_upgraded_database_equals_the_tables(url: str) -> None:
    assert upgrade(url) == NEWEST
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_an_upgraded_database_holds_every_enum_to_its_members(url: str) -> None:
    upgrade(url)
    engine = create_engine(url)
    looked_at = inspect(engine)
    for table in METADATA.sorted_tables:
        wanted = {c.name: words_of(str(c.sqltext)) for c in table.constraints if isinstance(c, CheckConstraint)}
        actual = {c["name"]: words_of(c["sqltext"]) for c in looked_at.get_check_constraints(table.name)}
        assert actual == wanted
    engine.dispose()


def words_of(check: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", check))


def test_an_upgrade_is_done_once_and_changes_nothing_afterwards(url: str) -> None:
    upgrade(url)
    with closing(open_store(url)) as store, store.begin() as unit:
        unit.messages.add(stored(), raw=b"raw")
        unit.commit()
    assert upgrade(url) == NEWEST
    with closing(open_store(url)) as store, store.begin() as unit:
        assert unit.messages.get("m1") == stored()


def test_the_first_opening_makes_the_tables(url: str) -> None:
    with closing(open_store(url)) as store, store.begin() as unit:
        assert unit.messages.get("m1") is None
    assert upgrade(url) == NEWEST


@pytest.mark.parametrize("way", [upgrade, open_store])
def test_a_database_of_a_newer_version_is_refused_with_what_to_do(url: str, way: object) -> None:
    upgrade(url)
    set_revision(url, "9999")
    with pytest.raises(StoreRefused, match="la actualizó un mailbot más nuevo"):
        way(url)  # type: ignore[operator]


def test_a_database_of_an_older_version_is_not_opened_but_upgraded(url: str) -> None:
    older_one(url)
    with pytest.raises(StoreRefused, match="mailbot db upgrade"):
        open_store(url)
    assert upgrade(url) == NEWEST
    open_store(url).close()


def test_foreign_tables_are_left_alone(url: str) -> None:
    upgrade(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()
    with pytest.raises(StoreRefused, match="no son de mailbot"):
        upgrade(url)


def test_an_upgrade_that_fails_half_way_leaves_the_old_version(url: str) -> None:
    older_one(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE facts (name VARCHAR)"))
    with pytest.raises((StoreRefused, StoreUnavailable)):
        upgrade(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == revisions()[-2]
        assert "audit" not in inspect(connection).get_table_names()
    engine.dispose()


def test_the_audit_log_refuses_changes_by_whoever_has_the_connection(url: str) -> None:
    upgrade(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit (seq, at, who, action, subject, detail, digest) "
                "VALUES (1, '2026-07-24 00:00:00', 'a', 'b', 'c', 'd', 'e')"
            )
        )
    for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with engine.connect() as connection, pytest.raises(Exception, match="takes new lines only"):
            connection.execute(text(statement))
    engine.dispose()


def test_the_history_of_an_obligation_refuses_changes_by_whoever_has_the_connection(url: str) -> None:
    upgrade(url)
    with closing(open_store(url)) as store, store.begin() as unit:
        unit.obligations.add(obligation("o1", message=None), event("o1"))
        unit.commit()
    engine = create_engine(url)
    for statement in ("UPDATE obligation_events SET who = 'x'", "DELETE FROM obligation_events"):
        with engine.connect() as connection, pytest.raises(Exception, match="takes new lines only"):
            connection.execute(text(statement))
    engine.dispose()
    with closing(open_store(url)) as store, store.begin() as unit:
        assert list(unit.obligations.events("o1")) == [event("o1")]


def test_a_path_with_blanks_and_signs_is_no_trouble(tmp_path: Path) -> None:
    file = tmp_path / "año 100% (copia)" / "más; hondo" / "mailbot.db"
    assert upgrade(f"sqlite:///{file}") == NEWEST
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def older_one(url: str) -> None:
    """A database as the last version but one left it: the newest migration makes `facts` and `audit`."""
    upgrade(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE facts"))
        connection.execute(text("DROP TABLE audit"))
        connection.execute(
            text("DROP FUNCTION IF EXISTS refuse_audit_change") if "postgresql" in url else text("SELECT 1")
        )
    engine.dispose()
    set_revision(url, revisions()[-2])


def set_revision(url: str, revision: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()
