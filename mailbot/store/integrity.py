"""Checking a database: version, files, foreign keys, the digests of the mails, the chain of the audit log.

It only reads, and says of every fault where it lies. One fault of a sort is not repeated a thousand
times: after a few, their number is told.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, and_, func, select
from sqlalchemy import text as sql

from mailbot.domain.errors import StoreRefused
from mailbot.domain.obligation import ObligationState
from mailbot.store.audit import GENESIS, digest_of
from mailbot.store.engine import make_engine
from mailbot.store.faults import translated
from mailbot.store.mapping import to_audit_line
from mailbot.store.packing import unpack
from mailbot.store.revisions import check_revision, revision_of
from mailbot.store.schema import METADATA, table_of
from mailbot.store.tables import AuditRow, ObligationRow, RawMailRow

_RAWS = table_of(RawMailRow)
_AUDIT = table_of(AuditRow)
_OBLIGATIONS = table_of(ObligationRow)
_MOST_TOLD = 20
_CHUNK = 200


def check_sql(url: str) -> Sequence[str]:
    """Every fault of a database, in Spanish; empty when it is sound."""
    engine = make_engine(url)
    try:
        with translated(), engine.connect() as connection:
            return tuple(_faults(connection))
    finally:
        engine.dispose()


def _faults(connection: Connection) -> Iterator[str]:
    version_fault = _version_fault(connection)
    if version_fault is not None:
        yield version_fault
        return
    checks: tuple[Callable[[Connection], Iterator[str]], ...] = (
        _file_faults,
        _key_faults,
        _digest_faults,
        _state_faults,
        _chain_faults,
    )
    for check in checks:
        faults = check(connection)
        yield from islice(faults, _MOST_TOLD)
        more = sum(1 for _ in faults)
        if more:
            yield f"… y {more} faltas más de la misma clase"


def _version_fault(connection: Connection) -> str | None:
    try:
        revision = revision_of(connection)
        if revision is None:
            return "la base de datos está vacía: ejecute «mailbot db upgrade»"
        check_revision(revision)
    except StoreRefused as refusal:
        return str(refusal)
    return None


def _file_faults(connection: Connection) -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return
    for (line,) in connection.execute(sql("PRAGMA integrity_check")):
        if line != "ok":
            yield f"archivo de la base de datos: {line}"


def _key_faults(connection: Connection) -> Iterator[str]:
    for table in METADATA.sorted_tables:
        for constraint in table.foreign_key_constraints:
            pairs = [(element.parent, element.column) for element in constraint.elements]
            yield from _orphans(connection, table, pairs)


def _orphans(connection: Connection, table: Table, pairs: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    child, parent = pairs[0]
    joined = table.outerjoin(parent.table, and_(*(mine == theirs for mine, theirs in pairs)))
    keys = list(table.primary_key)
    query = select(*keys, child.label("pointer")).select_from(joined).where(child.is_not(None), parent.is_(None))
    for row in connection.execute(query):
        place = "/".join(str(value) for value in row[:-1])
        yield f"{table.name} {place}: apunta a {parent.table.name} {row[-1]}, que no existe"


def _digest_faults(connection: Connection) -> Iterator[str]:
    # Bytes that retention forgot are no fault.
    query = select(_RAWS).where(func.length(_RAWS.c.content) > 0).execution_options(yield_per=_CHUNK)
    for row in connection.execute(query).mappings():
        fault = _raw_fault(row["content"], sha256=row["sha256"], size=row["size"])
        if fault is not None:
            yield f"raw_mails {row['sha256']}: {fault}"


def _raw_fault(content: bytes, *, sha256: str, size: int) -> str | None:
    try:
        raw = unpack(content)
    except zlib.error:
        return "los bytes guardados no se pueden descomprimir"
    if len(raw) != size:
        return f"tiene {len(raw)} bytes y debía tener {size}"
    if hashlib.sha256(raw).hexdigest() != sha256:
        return "los bytes no dan la huella con la que se guardaron"
    return None


def _state_faults(connection: Connection) -> Iterator[str]:
    open_states = (ObligationState.OPEN, ObligationState.WAITING)
    query = select(_OBLIGATIONS.c.id).where(_OBLIGATIONS.c.is_open != _OBLIGATIONS.c.state.in_(open_states))
    for (key,) in connection.execute(query):
        yield f"obligations {key}: su estado y su marca de abierta no concuerdan"


def _chain_faults(connection: Connection) -> Iterator[str]:
    previous, expected = GENESIS, 1
    query = select(_AUDIT).order_by(_AUDIT.c.seq).execution_options(yield_per=_CHUNK)
    for row in connection.execute(query).mappings():
        seq = row["seq"]
        if seq != expected:
            yield f"audit {expected}: falta la línea; la siguiente es la {seq}"
        elif row["digest"] != digest_of(to_audit_line(dict(row)), seq=seq, previous=previous):
            yield f"audit {seq}: la línea no es la que se escribió, o la anterior cambió"
        previous, expected = row["digest"], seq + 1
