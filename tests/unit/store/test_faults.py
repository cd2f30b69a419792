"""A driver's error becomes one of the domain's, in words for people and without its secrets."""

import sqlite3

import pytest
from sqlalchemy import exc

from mailbot.domain.errors import MailbotError, StoreRefused, StoreUnavailable
from mailbot.store.faults import of_sqlite, translated


class PostgresError(Exception):
    """Stands for what the driver raises."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("near SELECT secret FROM t")
    error.sqlite_errorcode = code
    return error


def wrapped(kind: type[exc.DBAPIError], error: Exception) -> exc.DBAPIError:
    return kind("SELECT secret FROM t", {"password": "secret"}, error)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, StoreUnavailable, "otro proceso"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreUnavailable, "otro proceso"),
        (sqlite3.SQLITE_FULL, StoreUnavailable, "disco está lleno"),
        (sqlite3.SQLITE_IOERR_WRITE, StoreUnavailable, "disco"),
        (sqlite3.SQLITE_READONLY, StoreRefused, "permisos"),
        (sqlite3.SQLITE_CANTOPEN, StoreRefused, "ruta"),
        (sqlite3.SQLITE_NOTADB, StoreRefused, "no es una base de datos"),
        (sqlite3.SQLITE_CORRUPT, StoreRefused, "dañado"),
        (sqlite3.SQLITE_ERROR, StoreRefused, "db upgrade"),
        (sqlite3.SQLITE_INTERRUPT, StoreUnavailable, "en este momento"),
    ],
)
def test_a_code_of_sqlite_has_its_word(code: int, kind: type[MailbotError], words: str) -> None:
    error = of_sqlite(sqlite_error(code))
    assert type(error) is kind
    assert words in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (wrapped(exc.OperationalError, PostgresError("connection refused")), StoreUnavailable, "no responde"),
        (wrapped(exc.OperationalError, PostgresError("x", "57P01")), StoreUnavailable, "no responde"),
        (wrapped(exc.OperationalError, PostgresError("x", "53100")), StoreUnavailable, "no responde"),
        (wrapped(exc.OperationalError, PostgresError("x", "40P01")), StoreUnavailable, "no responde"),
        (
            wrapped(exc.OperationalError, PostgresError('FATAL: password authentication failed for user "u"')),
            StoreRefused,
            "contraseña",
        ),
        (wrapped(exc.OperationalError, PostgresError('FATAL: database "x" does not exist')), StoreRefused, "créela"),
        (wrapped(exc.ProgrammingError, PostgresError("x", "42P01")), StoreRefused, "db upgrade"),
        (wrapped(exc.ProgrammingError, PostgresError("x", "42501")), StoreRefused, "permiso"),
        (wrapped(exc.IntegrityError, PostgresError("x", "23505")), StoreUnavailable, "entretanto"),
        (wrapped(exc.IntegrityError, PostgresError("row contains secret", "23503")), StoreRefused, "reglas"),
        (wrapped(exc.DataError, PostgresError("x", "22003")), StoreRefused, "22003"),
        (exc.TimeoutError("QueuePool limit"), StoreUnavailable, "ocupadas"),
        (exc.InvalidRequestError("SELECT secret"), StoreRefused, "InvalidRequestError"),
    ],
)
def test_an_error_of_a_library_is_translated_once(error: Exception, kind: type[MailbotError], words: str) -> None:
    with pytest.raises(kind, match=words) as caught, translated():
        raise error
    assert caught.value.__cause__ is error
    assert "secret" not in str(caught.value)


def test_an_error_of_the_domain_passes_as_it_is() -> None:
    with pytest.raises(StoreUnavailable, match="mine"), translated():
        raise StoreUnavailable("mine")
