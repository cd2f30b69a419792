"""Moving an office from one database to another, and proving that all of it arrived.

The source is read in one transaction, so a copy is consistent while the service goes on. A digest is
reckoned of every table on either side; it does not depend on the order of rows, since two databases
order text differently.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy import text as sql

from mailbot.domain.errors import StoreRefused
from mailbot.store.engine import WRITING, make_engine
from mailbot.store.faults import translated
from mailbot.store.opening import upgrade_sql
from mailbot.store.revisions import check_revision, revision_of
from mailbot.store.schema import METADATA

_CHUNK = 500
_WHOLE = 2**256


@dataclass(frozen=True, kw_only=True)
class CopiedTable:
    """One table as it arrived: its rows and a digest of their content."""

    name: str
    rows: int
    digest: str


def copy_sql(url_from: str, url_to: str) -> Sequence[CopiedTable]:
    """Copy everything into an empty database; all of it or nothing.

    Raises `StoreRefused` when the target already holds something, or when what arrived differs.
    """
    upgrade_sql(url_to)
    source, target = make_engine(url_from), make_engine(url_to)
    try:
        with translated(), source.connect() as reading, target.connect() as writing:
            _begin(reading, writing)
            copied = tuple(_copy_table(table, reading, writing) for table in METADATA.sorted_tables)
            writing.commit()
        return copied
    finally:
        source.dispose()
        target.dispose()


def _begin(reading: Connection, writing: Connection) -> None:
    if reading.dialect.name == "postgresql":
        reading.execution_options(isolation_level="REPEATABLE READ")
    revision = revision_of(reading)
    if revision is None:
        raise StoreRefused("la base de datos de origen está vacía")
    check_revision(revision)
    writing.execution_options(**{WRITING: True})
    for table in METADATA.sorted_tables:
        if _count(table, writing):
            raise StoreRefused(f"la base de datos de destino no está vacía (tabla {table.name}): use una nueva")


def _copy_table(table: Table, reading: Connection, writing: Connection) -> CopiedTable:
    rows, digest = 0, 0
    for chunk in _chunks(table, reading):
        writing.execute(insert(table), chunk)
        rows += len(chunk)
        digest = (digest + _digest_of(chunk)) % _WHOLE
    _move_sequence(table, writing)
    arrived = sum(_digest_of(chunk) for chunk in _chunks(table, writing)) % _WHOLE
    if _count(table, writing) != rows or arrived != digest:
        raise StoreRefused(f"la copia de la tabla {table.name} no es igual al original: no se guardó nada")
    return CopiedTable(name=table.name, rows=rows, digest=f"{digest:064x}")


def _chunks(table: Table, connection: Connection) -> Iterator[list[dict[str, Any]]]:
    # In the order of the key, so that a row never comes before one it was numbered after.
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=_CHUNK)
    for partition in connection.execute(query).mappings().partitions():
        yield [dict(row) for row in partition]


def _count(table: Table, connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _move_sequence(table: Table, writing: Connection) -> None:
    """Rows came with their numbers; let the next one get a number of its own."""
    column = table.autoincrement_column
    if column is None or writing.dialect.name != "postgresql":
        return
    name = writing.execute(sql("SELECT pg_get_serial_sequence(:table, :column)"), _named(table, column.name)).scalar()
    last = writing.execute(select(func.max(column))).scalar()
    if name is not None and last is not None:
        writing.execute(sql("SELECT setval(CAST(:name AS regclass), :last)"), {"name": name, "last": last})


def _named(table: Table, column: str) -> dict[str, str]:
    return {"table": table.name, "column": column}


def _digest_of(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(_digest_of_row(row) for row in rows)


def _digest_of_row(row: Mapping[str, Any]) -> int:
    words = json.dumps(sorted(row.items()), default=_word_of, sort_keys=True)
    return int.from_bytes(hashlib.sha256(words.encode()).digest(), "big")


def _word_of(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(f"a column of type {type(value).__name__} has no digest")
