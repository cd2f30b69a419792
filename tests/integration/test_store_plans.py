"""The statements that run all day go through the indexes made for them, however much is stored."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from mailbot.domain.labels import ReferenceKind
from mailbot.domain.mail import MailState
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import ObligationFilter
from mailbot.store import sql_office
from mailbot.store.unit_of_work import SqlStore
from tests.unit.store.samples import HOUR, NOW, key, read, stored
from tests.unit.store.stores import opened


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlStore]:
    monkeypatch.setattr(sql_office, "MOST_HELD", -1)
    with opened("sqlite", tmp_path) as opened_store:
        assert isinstance(opened_store, SqlStore)
        yield opened_store


def plan_of(store: SqlStore, ask: Callable[[UnitOfWork], object]) -> str:
    """How SQLite would find the answers to everything that is asked."""
    asked: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(store._engine, "before_cursor_execute", note)
    with store.begin() as unit:
        ask(unit)
    event.remove(store._engine, "before_cursor_execute", note)
    with closing(store._engine.raw_connection()) as connection:
        cursor = connection.cursor()
        rows = [row for statement, values in asked for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda unit: unit.obligations.due_for_step(NOW), "ix_obligations_due_for_step"),
        (lambda unit: unit.obligations.waiting_notices(), "ix_notices_mail"),
        (lambda unit: unit.obligations.list(ObligationFilter(is_open=True)), "ix_obligations_open"),
        (lambda unit: unit.obligations.list(ObligationFilter(conversation="c")), "ix_obligations_conversation"),
        (lambda unit: unit.obligations.list(ObligationFilter(client="r")), "ix_obligations_client_due_at"),
        (lambda unit: unit.outbox.claim(NOW, worker="w", lease=HOUR), "ix_outbox_state_not_before"),
        (lambda unit: unit.outbox.release_stale(NOW), "ix_outbox_held"),
        (lambda unit: unit.outbox.list(states=[MailState.SENT], since=NOW), "ix_outbox_state_created_at"),
        (lambda unit: unit.messages.known([key()]), "sqlite_autoindex_sightings"),
        (lambda unit: unit.messages.by_subject("s", since=NOW), "ix_messages_subject_key_received_at"),
        (lambda unit: unit.messages.in_conversation("c"), "ix_messages_conversation"),
        (lambda unit: unit.messages.prefetch([read(stored())], since=NOW), "ix_messages_subject_key_received_at"),
        (lambda unit: unit.messages.duplicate_of(read(stored())), "sqlite_autoindex_messages"),
        (lambda unit: unit.records.open_dispatches("r"), "ix_dispatches_open"),
        (
            lambda unit: unit.records.dispatches_by_reference(ReferenceKind.BL, "B1"),
            "autoindex_dispatch_keys",
        ),
        (lambda unit: unit.audit_lines(subject="m1"), "ix_audit_subject"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_look_up_uses_its_index(store: SqlStore, ask: Callable[[UnitOfWork], object], index: str) -> None:
    plan = plan_of(store, ask)
    assert index in plan, plan
    assert "SCAN messages" not in plan
    assert "SCAN obligations\n" not in plan + "\n"
    assert "SCAN dispatch_keys" not in plan
