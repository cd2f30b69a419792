"""A private PostgreSQL on a loopback port: one cluster a test process, one database a test."""

import atexit
import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    import psycopg

MISSING = "PostgreSQL is not on this machine: apt install postgresql"
_BIN = "/usr/lib/postgresql/*/bin"
_USER = "postgres"
_PASSWORD = "only-for-tests"


def bin_folder() -> Path | None:
    """The folder of the newest server's programs, if there is one."""
    folders = [Path(folder) for folder in glob.glob(_BIN) if (Path(folder) / "initdb").exists()]
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return max(folders, key=lambda folder: _version(folder), default=None)


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


class Cluster:
    """A running server; `stop` and `start` let a test take it away and bring it back."""

    def __init__(self, folder: Path, *, programs: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._programs = programs
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql+psycopg://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/{database}"

    def run_sql(self, statement: str, *, database: str | None = None) -> None:
        """Run statements as the owner, outside any transaction."""
        with contextlib.closing(self._connect(database)) as connection:
            connection.autocommit = True
            connection.execute(statement.encode())

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = ["-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder)]
        # What a test writes need not survive a power cut.
        options += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off"]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(self._programs / "postgres"), *options], stdout=log, stderr=log, **_as_owner(self.folder)
            )
        self._await()

    def stop(self) -> None:
        """Stop it at once, cutting every connection."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(timeout=30)
            self._server = None

    def remove(self) -> None:
        """Stop it and delete its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self, database: str | None = None) -> "psycopg.Connection[tuple[Any, ...]]":
        import psycopg

        return psycopg.connect(self.url(database or "postgres").replace("+psycopg", ""))

    def _await(self) -> None:
        import psycopg

        until = time.monotonic() + 30
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return


@cache
def cluster() -> Cluster:
    """The cluster of this test process, started when first asked for; skips the test without a server."""
    programs = bin_folder()
    if programs is None:
        pytest.skip(MISSING)
    # Sockets have short paths, so not under pytest's own folder.
    folder = Path(tempfile.mkdtemp(prefix="mailbot-pg-"))
    owner = _as_owner(folder)
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    _initialise(folder, programs)
    running = Cluster(folder, programs=programs, port=_free_port())
    atexit.register(running.remove)
    running.start()
    return running


@contextlib.contextmanager
def new_database() -> Iterator[str]:
    """The URL of an empty database, dropped afterwards with whoever is still in it."""
    server = cluster()
    name = f"t{uuid4().hex}"
    server.run_sql(f"CREATE DATABASE {name}")
    try:
        yield server.url(name)
    finally:
        server.run_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of an empty database on the private cluster."""
    with new_database() as url:
        yield url


def _initialise(folder: Path, programs: Path) -> None:
    secret = folder / "password"
    secret.write_text(_PASSWORD)
    owner = _as_owner(folder)
    if owner:
        os.chown(secret, owner["user"], owner["group"])
    options = ["-U", _USER, "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync", "--no-instructions"]
    made = subprocess.run(
        [str(programs / "initdb"), "-D", str(folder / "data"), "-E", "UTF8", "--locale=C", *options],
        capture_output=True,
        check=False,
        **owner,
    )
    if made.returncode:
        raise RuntimeError(made.stderr.decode(errors="replace"))


def _as_owner(folder: Path) -> dict[str, Any]:
    """initdb refuses to run as root; the package's own user takes its place."""
    if os.geteuid() != 0:
        return {"cwd": str(folder)}
    user = pwd.getpwnam(_USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "cwd": str(folder)}


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
