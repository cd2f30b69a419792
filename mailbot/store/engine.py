"""How a database is opened: SQLite in one file by default, PostgreSQL by its URL.

SQLite runs with a write-ahead log, so that readers and the writer do not wait for each other, and with
`synchronous=FULL`: a mail that was queued and sent must not be forgotten by a power cut, and with work
in batches the one flush a commit is not felt. A transaction begins as a reader and takes the write lock
(BEGIN IMMEDIATE) before its first change, because a reader that turns writer half-way can be refused.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from mailbot.domain.errors import StoreRefused

# Set on a connection whose next transaction will write.
WRITING = "mailbot_writing"

# What is erased is to be gone from the file too, not only from its tables (secure_delete).
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "secure_delete=ON")
_BUSY_SECONDS = 15
# No error text, wherever it ends, may quote what was to be stored.
_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 16, "hide_parameters": True}
_FORMS = "sqlite:////carpeta/mailbot.db o postgresql+psycopg://usuario:clave@servidor/base"
# A connection that dies silently is noticed within seconds, not after two hours (libpq keep-alives).
_POSTGRESQL_OPTIONS = {
    "connect_timeout": 10,
    "application_name": "mailbot",
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
    # The server's half: a service that was cut off in the middle holds its rows no longer than this.
    "options": "-c lock_timeout=30s -c timezone=UTC -c idle_in_transaction_session_timeout=60s "
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2 -c tcp_user_timeout=15000",
}


def read_url(url: str) -> URL:
    """The parts of a database URL.

    Raises `StoreRefused` for one that is no URL, or of a database mailbot does not know.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreRefused(f"MAILBOT_DATABASE_URL no se entiende: escriba {_FORMS}") from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreRefused(f"mailbot no conoce bases de datos «{parsed.drivername}»: escriba {_FORMS}")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreRefused(f"MAILBOT_DATABASE_URL no nombra un archivo: escriba {_FORMS}")
    return parsed


def is_sqlite(url: str) -> bool:
    """Whether the database is a file of SQLite."""
    return read_url(url).get_backend_name() == "sqlite"


def file_of(url: str) -> Path:
    """The file of an SQLite database."""
    return Path(read_url(url).database or "")


def shown(url: str) -> str:
    """The URL without its password, for people."""
    return read_url(url).render_as_string(hide_password=True)


def make_engine(url: str) -> Engine:
    """An engine that has not connected yet."""
    parsed = read_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _make_sqlite(parsed)
    return _make_postgresql(parsed)


def _make_postgresql(url: URL) -> Engine:
    options = {name: value for name, value in _POSTGRESQL_OPTIONS.items() if name not in url.query}
    try:
        return create_engine(url, connect_args=options, pool_pre_ping=True, **_POOL)
    except ImportError as error:
        raise StoreRefused("PostgreSQL necesita un paquete más: pip install 'mailbot[postgres]'") from error


def _make_sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, **_POOL)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    # The driver must not begin transactions by itself: it would do so too late and never immediate.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
