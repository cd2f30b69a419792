"""A database's errors, turned once into those of the domain.

Nobody above the store sees a driver's exception, and no message shows a password or a statement.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from mailbot.domain.errors import MailbotError, StoreRefused, StoreUnavailable

# Codes after which trying again unchanged is no use (sqlite.org/rescode.html).
_SQLITE_REFUSALS = {
    sqlite3.SQLITE_READONLY: "the database file may not be written: check its owner and mode",
    sqlite3.SQLITE_NOTADB: "the file is not a database: check the path, or restore a backup",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged: restore a backup, then run `mailbot db check`",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened: check the path and its folder's mode",
    sqlite3.SQLITE_ERROR: "the database has not the tables this version needs: run `mailbot db upgrade`",
}
_SQLITE_TROUBLES = {
    sqlite3.SQLITE_BUSY: "another process holds the database for too long",
    sqlite3.SQLITE_LOCKED: "another process holds the database for too long",
    sqlite3.SQLITE_FULL: "the disk is full: free some space",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
}
# SQLSTATE classes and codes of PostgreSQL (appendix A of its manual).
_POSTGRESQL_REFUSALS = {
    "28000": "the database refused the user: check the user in the database URL",
    "28P01": "the database refused the password: check it in the database URL",
    "3D000": "the server has no such database: create it, or check its name in the URL",
    "42501": "the database user lacks a permission: grant it the tables",
    "42P01": "the database has not the tables this version needs: run `mailbot db upgrade`",
    "42703": "the database has not the tables this version needs: run `mailbot db upgrade`",
}
# What libpq says when it could not even log in; such errors come without an SQLSTATE.
_LOGIN_REFUSALS = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "does not exist": "3D000",
    "no pg_hba.conf entry": "28000",
}


@contextmanager
def translated() -> Iterator[None]:
    """Let only errors of the domain out of the block."""
    try:
        yield
    except exc.DBAPIError as error:
        raise _of_driver(error) from error
    except exc.TimeoutError as error:
        raise StoreUnavailable("every connection to the database is in use: try again") from error
    except exc.SQLAlchemyError as error:
        raise StoreRefused(f"the database cannot be used: {type(error).__name__}") from error


def of_sqlite(error: sqlite3.Error) -> MailbotError:
    """The domain's word for an error of SQLite."""
    # Extended codes carry the plain one in their lowest byte.
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in _SQLITE_REFUSALS:
        return StoreRefused(_SQLITE_REFUSALS[code])
    return StoreUnavailable(_SQLITE_TROUBLES.get(code, "the database cannot be used right now"))


def _of_driver(error: exc.DBAPIError) -> MailbotError:
    if isinstance(error, exc.IntegrityError):
        return _of_constraint(error)
    if isinstance(error.orig, sqlite3.Error):
        return of_sqlite(error.orig)
    return _of_postgresql(error)


def _of_constraint(error: exc.IntegrityError) -> MailbotError:
    # 23505 is a unique key: somebody else stored the same between our look and our write.
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    if code in ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        return StoreUnavailable("another process stored the same meanwhile: try again")
    return StoreRefused(f"the database refused a value that breaks one of its rules: {error.orig}")


def _of_postgresql(error: exc.DBAPIError) -> MailbotError:
    said = str(error.orig)
    code = getattr(error.orig, "sqlstate", None)
    if code is None:
        code = next((known for words, known in _LOGIN_REFUSALS.items() if words in said), None)
    if code in _POSTGRESQL_REFUSALS:
        return StoreRefused(_POSTGRESQL_REFUSALS[code])
    # Everything an operational error stands for may pass: no connection, restart, disk full, deadlock.
    if isinstance(error, exc.OperationalError | exc.InterfaceError | exc.InternalError):
        return StoreUnavailable("the database server cannot be reached or used right now")
    return StoreRefused(f"the database refused a statement ({code or type(error).__name__})")
