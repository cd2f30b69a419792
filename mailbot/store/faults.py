"""A database's errors, turned once into those of the domain.

Nobody above the store sees a driver's exception, and no message shows a password or a statement.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from mailbot.domain.errors import MailbotError, StoreRefused, StoreUnavailable

_OLD_TABLES = "a la base de datos le faltan tablas de esta versión: ejecute «mailbot db upgrade»"
_HELD = "otro proceso ocupa la base de datos desde hace demasiado"
# Codes after which trying again unchanged is no use (sqlite.org/rescode.html).
_SQLITE_REFUSALS = {
    sqlite3.SQLITE_READONLY: "el archivo de la base de datos no se puede escribir: revise su dueño y sus permisos",
    sqlite3.SQLITE_NOTADB: "el archivo no es una base de datos: revise la ruta o recupere una copia",
    sqlite3.SQLITE_CORRUPT: "el archivo de la base de datos está dañado: recupere una copia de seguridad",
    sqlite3.SQLITE_CANTOPEN: "el archivo de la base de datos no se puede abrir: revise la ruta y sus permisos",
    sqlite3.SQLITE_ERROR: _OLD_TABLES,
}
_SQLITE_TROUBLES = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_FULL: "el disco está lleno: libere espacio",
    sqlite3.SQLITE_IOERR: "el disco no se puede leer o escribir",
}
# SQLSTATE classes and codes of PostgreSQL (appendix A of its manual).
_POSTGRESQL_REFUSALS = {
    "28000": "la base de datos no admite al usuario: revíselo en MAILBOT_DATABASE_URL",
    "28P01": "la base de datos no admite la contraseña: revísela en MAILBOT_DATABASE_URL",
    "3D000": "el servidor no tiene esa base de datos: créela o revise su nombre en MAILBOT_DATABASE_URL",
    "42501": "al usuario de la base de datos le falta un permiso sobre las tablas: concédaselo",
    "42P01": _OLD_TABLES,
    "42703": _OLD_TABLES,
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
        raise StoreUnavailable(
            "todas las conexiones con la base de datos están ocupadas: inténtelo otra vez"
        ) from error
    except exc.SQLAlchemyError as error:
        raise StoreRefused(f"la base de datos no se puede usar: {type(error).__name__}") from error


def of_sqlite(error: sqlite3.Error) -> MailbotError:
    """The domain's word for an error of SQLite."""
    # Extended codes carry the plain one in their lowest byte.
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in _SQLITE_REFUSALS:
        return StoreRefused(_SQLITE_REFUSALS[code])
    return StoreUnavailable(_SQLITE_TROUBLES.get(code, "la base de datos no se puede usar en este momento"))


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
        return StoreUnavailable("otro proceso guardó lo mismo entretanto: inténtelo otra vez")
    return StoreRefused(f"la base de datos no admite un valor que rompe una de sus reglas: {_rule(error.orig)}")


def _rule(error: BaseException | None) -> str:
    """The rule's name alone: PostgreSQL's own text quotes the row, and rows hold what people wrote."""
    if isinstance(error, sqlite3.Error):
        return str(error)
    return str(getattr(getattr(error, "diag", None), "constraint_name", None) or "regla sin nombre")


def _of_postgresql(error: exc.DBAPIError) -> MailbotError:
    said = str(error.orig)
    code = getattr(error.orig, "sqlstate", None)
    if code is None:
        code = next((known for words, known in _LOGIN_REFUSALS.items() if words in said), None)
    if code in _POSTGRESQL_REFUSALS:
        return StoreRefused(_POSTGRESQL_REFUSALS[code])
    # Everything an operational error stands for may pass: no connection, restart, disk full, deadlock.
    if isinstance(error, exc.OperationalError | exc.InterfaceError | exc.InternalError):
        return StoreUnavailable("el servidor de la base de datos no responde o no se puede usar en este momento")
    return StoreRefused(f"la base de datos no admite una instrucción ({code or type(error).__name__})")
