"""What the store costs: statements a mail, and look-ups that do not grow with what is stored."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import create_engine, event, text

from mailbot.domain.labels import ReferenceKind
from mailbot.ports.store import Store
from mailbot.store import open_store
from mailbot.store.memory import MemoryStore
from mailbot.store.schema import table_of
from mailbot.store.tables import ObligationRow
from mailbot.store.unit_of_work import SqlStore
from tests.unit.store.samples import HOUR, NOW, dispatch, key, notice, obligation, read, sighting, stored
from tests.unit.store.samples import event as happening

BATCH = 50
RAW = b"x" * 10_000


def take_batch(store: Store, number: int) -> None:
    """What one batch of mails asks of the store, as the services do it."""
    mails = [
        stored(
            f"m{at}",
            conversation=f"c{at - at % 3}",
            subject_key=f"consulta {at - at % 3}",
            in_reply_to=f"<m{at - 1}@textilesandinos.example>" if at % 3 else None,
            received_at=NOW + at * timedelta(minutes=1),
        )
        for at in range(number * BATCH, (number + 1) * BATCH)
    ]
    with store.begin() as unit:
        unit.messages.prefetch([read(mail) for mail in mails])
        for at, mail in enumerate(mails, start=number * BATCH):
            unit.messages.duplicate_of(read(mail))
            unit.messages.by_message_ids([mail.message_id, mail.in_reply_to or mail.message_id])
            unit.messages.by_subject(mail.subject_key, since=NOW)
            unit.messages.in_conversation(mail.conversation)
            unit.messages.add(mail, raw=RAW)
            unit.messages.see(sighting(at, message=mail.id))
            unit.obligations.add(
                obligation(f"o{at}", message=mail.id, conversation=mail.conversation), happening(f"o{at}")
            )
        unit.commit()


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements sent to the database within the block."""
    statements: list[str] = []
    assert isinstance(store, SqlStore)

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(store._engine, "before_cursor_execute", note)


def test_a_batch_costs_at_most_four_statements_a_mail(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/m.db")) as store:
        take_batch(store, 0)
        with counted(store) as statements:
            take_batch(store, 1)
    assert len(statements) / BATCH <= 4


def test_a_tick_with_a_hundred_due_costs_few_statements(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/m.db")) as store:
        with store.begin() as unit:
            for number in range(100):
                unit.obligations.add(obligation(f"o{number}", next_step_at=NOW), happening(f"o{number}"))
            unit.commit()
        with counted(store) as statements:
            tick(store)
    assert len(statements) < 20


def test_what_a_bundle_of_notices_tells_is_read_together(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/m.db")) as store:
        take_batch(store, 0)
        with store.begin() as unit:
            for number in range(BATCH):
                unit.obligations.add_notice(notice(f"o{number}"))
            unit.commit()
        with counted(store) as statements, store.begin() as unit:
            waiting = unit.obligations.waiting_notices()
            owed = [unit.obligations.get(queued.obligation) for queued in waiting]
            told = [unit.messages.get(one.message) for one in owed if one and one.message]
            assert len([message for message in told if message]) == BATCH
    assert len(statements) <= 4


def tick(store: Store, occurrence: int = 0) -> None:
    """What the schedule does with what is due."""
    with store.begin() as unit:
        for owed in unit.obligations.due_for_step(NOW):
            unit.obligations.notices(owed.id)
            unit.obligations.add_notice(notice(owed.id, occurrence=occurrence))
            unit.obligations.append(happening(owed.id))
            unit.obligations.schedule(owed.id, NOW)
        unit.commit()


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_storing_batches(benchmark: BenchmarkFixture, tmp_path: Path, kind: str) -> None:
    store: Store = MemoryStore() if kind == "memory" else open_store(f"sqlite:///{tmp_path}/m.db")
    numbers = iter(range(1_000_000))
    benchmark(lambda: take_batch(store, next(numbers)))
    with store.begin() as unit:
        assert unit.messages.known([key(0)]) == {key(0)}
    store.close()


def test_a_sender_never_waits_for_a_look_into_an_empty_outbox(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/m.db")) as store:

        def look() -> int:
            with store.begin() as unit:
                return len(unit.outbox.claim(NOW, worker="w", lease=HOUR)) + len(unit.outbox.release_stale(NOW))

        assert benchmark(look) == 0


# Many obligations like the one that is there, told apart by their id alone.
_MULTIPLY = """
INSERT INTO obligations ({names}) SELECT {values} FROM
(SELECT * FROM obligations LIMIT 1),
(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count) SELECT n FROM s)
"""


def multiply(url: str, *, count: int) -> None:
    engine = create_engine(url)
    columns = [f'"{column.name}"' for column in table_of(ObligationRow).columns]
    values = ["printf('k%07d', n)" if column == '"id"' else column for column in columns]
    with engine.begin() as connection:
        statement = _MULTIPLY.format(names=", ".join(columns), values=", ".join(values))
        connection.execute(text(statement), {"count": count})
        connection.execute(text("ANALYZE"))
    engine.dispose()


def milliseconds(work: Callable[[], object], *, times: int = 9) -> float:
    """The middle one of several runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken)


def owing(url: str, count: int) -> Store:
    """A store that owes `count` things later and a hundred now."""
    with closing(open_store(url)) as store, store.begin() as unit:
        unit.obligations.add(obligation("later", next_step_at=NOW + HOUR), happening("later"))
        unit.commit()
    multiply(url, count=count)
    store = open_store(url)
    with store.begin() as unit:
        for number in range(100):
            unit.obligations.add(obligation(f"o{number}", next_step_at=NOW), happening(f"o{number}"))
        unit.commit()
    return store


@pytest.mark.long
def test_a_tick_among_a_million_obligations_costs_what_is_due(tmp_path: Path) -> None:
    costs = {}
    for count in (10_000, 1_000_000):
        store = owing(f"sqlite:///{tmp_path}/{count}.db", count)
        occurrences = iter(range(1000))
        costs[count] = milliseconds(lambda store=store, numbers=occurrences: tick(store, next(numbers)))
        store.close()
    print(f"a tick among 10,000: {costs[10_000]:.1f} ms, among 1,000,000: {costs[1_000_000]:.1f} ms")
    assert costs[1_000_000] < 100
    assert costs[1_000_000] < 2 * costs[10_000] + 10


@pytest.mark.long
def test_a_reference_among_a_hundred_thousand_dispatches_is_found_within_a_millisecond(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/m.db")) as store:
        with store.begin() as unit:
            unit.office.save_dispatches(
                [
                    dispatch(f"2026-{number:06}", dam=f"118-2026-10-{number:06}", bls=(f"MAEU{number:09}",))
                    for number in range(100_000)
                ]
            )
            unit.commit()
        with store.begin() as unit:
            numbers = iter(range(500, 100_000, 977))

            def look() -> None:
                number = next(numbers)
                assert unit.records.dispatches_by_reference(ReferenceKind.DAM, f"118-2026-10-{number:06}")
                assert unit.records.dispatches_by_reference(ReferenceKind.BL, f"{number:09}")

            look()
            cost = milliseconds(look) / 2
    print(f"a look-up among 100,000 dispatches: {cost:.2f} ms")
    assert cost < 1
