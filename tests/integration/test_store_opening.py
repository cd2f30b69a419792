"""Opening a database that cannot be opened says so in one sentence, never with a driver's words."""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from mailbot.domain.errors import MailbotError, StoreRefused, StoreUnavailable
from mailbot.store import engine as engine_module
from mailbot.store import open_store, upgrade
from tests.servers.postgresql import cluster
from tests.unit.store.samples import NOW, event, obligation, stored
from tests.unit.store.stores import DATABASES, opened


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailbot.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://user:secret@host/mailbot",
        "postgresql+psycopg://user:secret@host:port/mailbot",
        "oracle://x",
    ],
)
def test_a_wrong_url_is_refused_with_the_right_form_and_without_its_password(url: str) -> None:
    with pytest.raises(StoreRefused, match="sqlite:////carpeta/mailbot") as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("way", [open_store, upgrade])
def test_a_server_out_of_reach_is_unavailable(way: object) -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://u:p@127.0.0.1:{nobody.getsockname()[1]}/mailbot"
        with pytest.raises(StoreUnavailable):
            way(url)  # type: ignore[operator]


@pytest.mark.needs_postgresql
@pytest.mark.parametrize(
    ("change", "words"),
    [(("only-for-tests", "wrong"), "contraseña"), (("/mailbot", "/nowhere"), "créela")],
    ids=["password", "database"],
)
def test_what_the_server_refuses_is_refused(change: tuple[str, str], words: str) -> None:
    with pytest.raises(StoreRefused, match=words):
        open_store(cluster().url("mailbot").replace(*change))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("this is no database, but quite a long text about one" * 100)
    with pytest.raises(StoreRefused, match="no es una base de datos"):
        open_store(f"sqlite:///{file}")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreRefused, match="no se puede crear la carpeta"):
        open_store(f"sqlite:///{tmp_path}/file/mailbot.db")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mailbot.db"
    upgrade(f"sqlite:///{file}")
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    with pytest.raises(StoreRefused, match="dañado"):
        open_store(f"sqlite:///{file}")


def test_a_locked_database_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_BUSY_SECONDS", 0.05)
    file = tmp_path / "mailbot.db"
    with closing(open_store(f"sqlite:///{file}")) as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with store.begin() as unit, pytest.raises(StoreUnavailable, match="otro proceso"):
            unit.facts.set("a", "1")
        with store.begin() as unit:
            # A reader does not wait for a writer.
            assert unit.facts.get("a") is None
        other.rollback()
        with store.begin() as unit:
            unit.facts.set("a", "1")
            unit.commit()


def test_a_full_disk_is_unavailable_and_loses_nothing_of_before(tmp_path: Path) -> None:
    script = """
import sys
from resource import RLIMIT_FSIZE, setrlimit
import signal
from mailbot.domain.errors import StoreUnavailable
from mailbot.store import open_store
store = open_store(sys.argv[1])
with store.begin() as unit:
    unit.facts.set("before", "kept")
    unit.commit()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
setrlimit(RLIMIT_FSIZE, (2_000_000, 2_000_000))
try:
    for number in range(100):
        with store.begin() as unit:
            unit.facts.set(f"fact {number}", "x" * 100_000)
            unit.commit()
except StoreUnavailable as fault:
    print(fault)
"""
    url = f"sqlite:///{tmp_path}/mailbot.db"
    ran = subprocess.run([sys.executable, "-c", script, url], capture_output=True, text=True, check=False)
    assert "el disco" in ran.stdout, ran.stderr
    with closing(open_store(url)) as store, store.begin() as unit:
        assert unit.facts.get("before") == "kept"


@pytest.mark.parametrize("name", DATABASES)
def test_an_error_names_the_rule_and_never_what_was_to_be_stored(name: str, tmp_path: Path) -> None:
    with opened(name, tmp_path) as store, store.begin() as unit:
        wrong = obligation(message="nobody", owner="a secret", state="nonsense", evidence="a secret")
        unit.obligations.add(wrong, event())
        with pytest.raises(StoreRefused, match=r"ck_obligations_state") as caught:
            unit.commit()
    assert "a secret" not in str(caught.value)
    # The statement that failed is told without its values.
    assert "a secret" not in str(caught.value.__cause__).partition("[SQL:")[2]


@pytest.mark.needs_postgresql
def test_a_connection_cut_by_the_server_is_unavailable_and_the_next_one_works(postgresql_url: str) -> None:
    with closing(open_store(postgresql_url)) as store:
        with store.begin() as unit:
            unit.facts.set("a", "1")
            cut_connections(postgresql_url)
            with pytest.raises(StoreUnavailable):
                unit.facts.set("b", "2")
        with store.begin() as unit:
            assert unit.facts.get("a") is None
            unit.facts.set("a", "3")
            unit.commit()


def cut_connections(url: str) -> None:
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    cluster().run_sql(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}",  # noqa: S608
        database=url.rpartition("/")[2],
    )


@pytest.mark.parametrize("name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgresql)])
def test_two_writers_of_the_same_obligation_do_not_overwrite_each_other(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/m.db" if name == "sqlite" else request.getfixturevalue("postgresql_url")
    with closing(open_store(url)) as store, closing(open_store(url)) as other_store:
        with store.begin() as unit:
            unit.obligations.add(obligation(), event())
            unit.commit()
        with store.begin() as slow:
            assert slow.obligations.get("o1")
            with other_store.begin() as quick:
                assert quick.obligations.get("o1")
                quick.obligations.update(obligation(owner="ESC2"), event())
                quick.commit()
            slow.obligations.update(obligation(owner="ESC3"), event())
            with pytest.raises(StoreUnavailable, match="entretanto"):
                slow.commit()
        with store.begin() as unit:
            kept = unit.obligations.get("o1")
            assert kept
            assert kept.owner == "ESC2"


@pytest.mark.parametrize("name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgresql)])
def test_two_that_store_the_same_at_the_same_time_store_it_once(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/m.db" if name == "sqlite" else request.getfixturevalue("postgresql_url")
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def work() -> None:
        with closing(open_store(url)) as store, store.begin() as unit:
            added = unit.messages.add(stored(), raw=b"raw")
            barrier.wait(timeout=20)
            try:
                unit.commit()
            except MailbotError as error:
                outcomes.append(type(error).__name__)
            else:
                outcomes.append(f"added {added}")

    open_store(url).close()
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["StoreUnavailable", "added True"]
    with closing(open_store(url)) as store, store.begin() as unit:
        assert not unit.messages.add(stored(), raw=b"raw")
        assert unit.messages.get("m1") == stored(received_at=NOW)


def test_importing_the_store_loads_no_database_library() -> None:
    script = "import sys, mailbot.store, mailbot.store.memory; print('sqlalchemy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
