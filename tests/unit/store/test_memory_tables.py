"""Tables that undo: after a roll-back nothing tells that anything was ever done."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.store.memory_tables import HashIndex, Journal, Table, TimeIndex

START = datetime(2026, 7, 24, tzinfo=UTC)
Row = tuple[str, int]
Change = tuple[str, Row | None]

keys = st.sampled_from("abcde")
rows = st.tuples(st.sampled_from("xyz"), st.integers(0, 5))
steps = st.lists(st.tuples(keys, st.none() | rows), max_size=30)


def moment(row: Row) -> datetime | None:
    return START + timedelta(hours=row[1]) if row[1] else None


def apply(table: Table[str, Row], done: list[Change]) -> None:
    for key, row in done:
        if row is None:
            table.drop(key)
        else:
            table.put(key, row)


@settings(max_examples=60, deadline=None)
@given(kept=steps, undone=steps)
def test_a_roll_back_restores_rows_and_indexes(kept: list[Change], undone: list[Change]) -> None:
    journal = Journal()
    by_letter: HashIndex[str, Row] = HashIndex(lambda row: [row[0]])
    by_time: TimeIndex[Row] = TimeIndex(moment)
    table: Table[str, Row] = Table(journal, by_letter, by_time)
    apply(table, kept)
    journal.keep()
    apply(table, undone)
    journal.roll_back()
    expected = {key: row for key, row in dict(kept).items() if row is not None}
    assert {key: table.get(key) for key in "abcde" if key in table} == expected
    for letter in "xyz":
        assert set(by_letter.find(letter)) == {key for key, row in expected.items() if row[0] == letter}
    due = [key for key, row in expected.items() if moment(row) and row[1] <= 3]
    assert sorted(by_time.until(START + timedelta(hours=3))) == sorted(due)


def test_rows_of_one_instant_come_by_key() -> None:
    table_index: TimeIndex[Row] = TimeIndex(moment)
    table: Table[str, Row] = Table(Journal(), table_index)
    for key in "cab":
        table.put(key, ("x", 1))
    assert list(table_index.until(START + timedelta(hours=1))) == ["a", "b", "c"]
