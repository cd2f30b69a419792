"""Copies of a database that runs, and the way back from one.

A copy is always one SQLite file, whatever the database: it can be looked at, checked and restored
anywhere.
"""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from mailbot.domain.errors import StoreRefused
from mailbot.domain.mail import MailState
from mailbot.store.copying import copy_sql
from mailbot.store.engine import file_of, is_sqlite, make_engine
from mailbot.store.faults import of_sqlite
from mailbot.store.opening import make_folder, upgrade_sql
from mailbot.store.schema import table_of
from mailbot.store.sql_facts import SqlFacts
from mailbot.store.tables import OutboxRow
from mailbot.store.transaction import Transaction

_OUTBOX = table_of(OutboxRow)
_WAITING = (MailState.QUEUED, MailState.DEFERRED, MailState.SENDING)
_DOUBT = (
    update(_OUTBOX)
    .where(_OUTBOX.c.state.in_(_WAITING))
    .values(state=MailState.UNCERTAIN, claimed_by=None, claimed_until=None)
)

# What the delivery reads to be careful after a restore, see `restore_sql`.
RESTORED_AT = "store.restored_at"


def backup_sql(url: str, target: Path) -> None:
    """Copy a database into a new file, consistent while others go on writing."""
    if target.exists():
        raise StoreRefused(f"{target} ya existe: elija otro nombre para la copia")
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        _copy(url, part)
        _keep(part, target)
    except OSError as error:
        raise StoreRefused(f"no se puede escribir {target}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def restore_sql(backup: Path, url: str, *, at: datetime) -> str:
    """Put a copy in the place of an empty or missing database, and say which version it has now.

    What was waiting to be sent when the copy was made may have been sent since: it becomes uncertain,
    so that delivery looks for it among the sent mails first. `RESTORED_AT` says when that happened.
    """
    if not backup.is_file():
        raise StoreRefused(f"no hay ninguna copia en {backup}")
    if is_sqlite(url):
        _restore_file(backup, file_of(url))
    else:
        copy_sql(f"sqlite:///{backup}", url)
    revision = upgrade_sql(url)
    _doubt_what_waits(url, at)
    return revision


def _copy(url: str, part: Path) -> None:
    if not is_sqlite(url):
        copy_sql(url, f"sqlite:///{part}")
        return
    source = file_of(url)
    if not source.is_file():
        raise StoreRefused(f"no hay ninguna base de datos en {source}")
    try:
        with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(part)) as writing:
            # All pages in one step: one snapshot, which no writer makes begin again.
            reading.backup(writing)
            # Without a write-ahead log beside it, the copy is one file.
            writing.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise of_sqlite(error) from error


def _keep(part: Path, target: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)


def _restore_file(backup: Path, database: Path) -> None:
    if database.exists():
        raise StoreRefused(f"{database} ya existe: muévalo antes de recuperar la copia")
    make_folder(f"sqlite:///{database}")
    _copy(f"sqlite:///{backup}", database)


def _doubt_what_waits(url: str, at: datetime) -> None:
    engine = make_engine(url)
    transaction = Transaction(engine)
    try:
        transaction.change(_DOUBT)
        SqlFacts(transaction).set(RESTORED_AT, at.isoformat())
        transaction.commit()
    finally:
        transaction.roll_back()
        engine.dispose()
