"""One service works on an SQLite file; on PostgreSQL many do, and one of them leads."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.domain.errors import StoreRefused
from mailbot.store import leadership
from mailbot.store.service_lock import ServiceLock, hold_service_lock
from tests.servers.postgresql import cluster


def test_a_second_service_on_one_file_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.db"
    with hold_service_lock(url) as lock:
        assert lock.is_held()
        with pytest.raises(StoreRefused, match=f"pid {os.getpid()}"), hold_service_lock(url):
            pass
    with hold_service_lock(url) as lock:
        assert lock.is_held()


def test_a_killed_service_leaves_the_file_free(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.db"
    holder = start(hold_for_ever, url)
    with pytest.raises(StoreRefused, match=f"pid {holder.pid}"), hold_service_lock(url):
        pass
    kill(holder, signal.SIGKILL)
    with hold_service_lock(url) as lock:
        assert lock.is_held()


@pytest.mark.needs_postgresql
def test_one_of_many_services_leads_and_the_next_takes_over(postgresql_url: str) -> None:
    with hold_service_lock(postgresql_url) as second:
        with hold_service_lock(postgresql_url) as first:
            assert first.is_held()
            assert not second.is_held()
            assert first.is_held()
        assert second.is_held()


@pytest.mark.needs_postgresql
def test_a_leader_whose_connection_breaks_leads_no_more(postgresql_url: str) -> None:
    with hold_service_lock(postgresql_url) as first, hold_service_lock(postgresql_url) as second:
        assert first.is_held()
        cut(postgresql_url)
        assert not first.is_held()
        assert second.is_held()
        assert not first.is_held()


@pytest.mark.needs_postgresql
def test_a_killed_leader_is_followed_within_seconds(postgresql_url: str) -> None:
    holder = start(hold_for_ever, postgresql_url)
    with hold_service_lock(postgresql_url) as lock:
        assert not lock.is_held()
        kill(holder, signal.SIGKILL)
        await_leadership(lock)


def test_a_server_out_of_reach_has_no_leader() -> None:
    with hold_service_lock("postgresql+psycopg://u:p@127.0.0.1:1/mailbot") as lock:
        assert not lock.is_held()


@pytest.mark.needs_postgresql
def test_a_mailbox_is_read_by_one_service_and_others_are_free(postgresql_url: str) -> None:
    with hold_service_lock(postgresql_url) as first, hold_service_lock(postgresql_url) as second:
        assert first.takes("esc1")
        assert not second.takes("esc1")
        assert second.takes("esc2")
        assert not first.takes("esc2")
        assert first.takes("esc1")
        assert second.is_held()


def test_alone_on_a_file_every_mailbox_is_ones_own(tmp_path: Path) -> None:
    with hold_service_lock(f"sqlite:///{tmp_path}/mailbot.db") as lock:
        assert lock.takes("esc1")


@pytest.mark.needs_postgresql
def test_a_frozen_leader_is_let_go_and_finds_out_when_it_wakes(postgresql_url: str) -> None:
    holder = start(hold_and_report, postgresql_url)
    with hold_service_lock(postgresql_url) as lock:
        assert not lock.is_held()
        assert holder.pid
        os.kill(holder.pid, signal.SIGSTOP)
        await_leadership(lock)
        os.kill(holder.pid, signal.SIGCONT)
        holder.join(timeout=30)
        assert holder.exitcode == LOST
        assert lock.is_held()


@pytest.mark.long
@pytest.mark.needs_postgresql
def test_a_session_that_idles_is_kept_alive(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch.setattr)
    with hold_service_lock(postgresql_url) as first, hold_service_lock(postgresql_url) as second:
        assert first.is_held()
        time.sleep(2.5)
        assert not second.is_held()


LOST = 17


def quicken(set_value: Callable[..., None]) -> None:
    """A second instead of twenty, as only a test needs it."""
    set_value(leadership, "_GIVE_UP", leadership.text("SET idle_session_timeout = '1s'"))
    set_value(leadership, "_KEEP_ALIVE_SECONDS", 0.2)


def hold_and_report(url: str, ready: "threading.Event") -> None:
    """Leads; ends with a number of its own when it finds that it leads no more."""
    quicken(setattr)
    with hold_service_lock(url) as lock:
        assert lock.is_held()
        ready.set()
        while lock.is_held():
            time.sleep(0.05)
        os._exit(LOST)


def await_leadership(lock: ServiceLock) -> None:
    until = time.monotonic() + 20
    while not lock.is_held():
        assert time.monotonic() < until
        time.sleep(0.05)


def start(work: Callable[..., None], url: str) -> multiprocessing.process.BaseProcess:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=work, args=(url, ready), daemon=True)
    process.start()
    assert ready.wait(timeout=30)
    return process


def kill(process: multiprocessing.process.BaseProcess, how: signal.Signals) -> None:
    assert process.pid
    os.kill(process.pid, how)
    process.join(timeout=10)


def hold_for_ever(url: str, ready: "threading.Event") -> None:
    with hold_service_lock(url) as lock:
        assert lock.is_held()
        ready.set()
        time.sleep(600)


def cut(url: str) -> None:
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    cluster().run_sql(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}",  # noqa: S608
        database=url.rpartition("/")[2],
    )
