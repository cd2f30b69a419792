"""The store's contract: marks of mails."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.domain.errors import StoreRefused, UnknownName
from mailbot.domain.marking import KeptMarks
from mailbot.domain.marks import Flag, FlagState, Marks
from mailbot.ports.store import Store
from tests.unit.store.samples import HOUR, NOW, event, key, obligation, stored
from tests.unit.store.stores import STORES, opened

FLAG = Flag(state=FlagState.FLAGGED, starts_at=NOW, due_at=NOW + 2 * HOUR)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, tmp_path) as opened_store:
        with opened_store.begin() as unit:
            for name in ("m1", "m2", "m3"):
                unit.messages.add(stored(name), raw=b"raw")
            unit.obligations.add(obligation(message="m1"), event())
            unit.commit()
        yield opened_store


def marks(message: str = "m1", mailbox: str = "esc1", **changes: object) -> KeptMarks:
    kept = KeptMarks(
        mailbox=mailbox,
        message=message,
        message_id=f"<{message}@x.example>",
        key=replace(key(), mailbox=mailbox),
        received_at=NOW,
    )
    return replace(kept, **changes)  # type: ignore[arg-type]


def keep(store: Store, *kept: KeptMarks) -> None:
    with store.begin() as unit:
        for one in kept:
            assert unit.marks.add(one)
        unit.commit()


class TestMarkings:
    def test_everything_comes_back_as_it_was_kept(self, store: Store) -> None:
        whole = marks(
            item="INBOX|7:9",
            folder="Clientes/Reclamo",
            marks=Marks(categories=("Reclamo",), flag=FLAG, stamp=("2026-004512",)),
            asked=FLAG,
            pending=Marks(categories=("Documentos",)),
            moving_to="Documentos",
            theirs=("Revisar",),
            refused=("2026-004513",),
            obligation="o1",
            is_flag_left=True,
            is_due=False,
            is_filed=True,
            is_gone=True,
        )
        keep(store, whole)
        with store.begin() as unit:
            assert unit.marks.get("esc1", "m1") == whole

    def test_a_message_is_kept_once_in_each_mailbox(self, store: Store) -> None:
        keep(store, marks(), marks(mailbox="esc2"))
        with store.begin() as unit:
            assert not unit.marks.add(marks(folder="otra"))
            assert [kept.mailbox for kept in unit.marks.of_message("m1")] == ["esc1", "esc2"]
            assert unit.marks.get("esc1", "m1") == marks()
            assert unit.marks.get("esc3", "m1") is None

    def test_an_update_replaces_and_needs_something_to_replace(self, store: Store) -> None:
        keep(store, marks())
        with store.begin() as unit:
            unit.marks.update(marks(item="otro", is_due=False))
            unit.commit()
        with store.begin() as unit:
            assert unit.marks.get("esc1", "m1") == marks(item="otro", is_due=False)
            with pytest.raises(UnknownName):
                unit.marks.update(marks("m2"))

    def test_a_mail_is_found_by_what_its_adapter_calls_it(self, store: Store) -> None:
        keep(store, marks(item="a"), marks("m2", item="b"), marks(mailbox="esc2", item="b"))
        with store.begin() as unit:
            found = unit.marks.by_item("esc1", "b")
            assert found is not None
            assert found.message == "m2"
            assert unit.marks.by_item("esc1", "c") is None
            assert unit.marks.by_item("esc1", "") is None

    def test_open_are_the_due_ones_and_then_those_where_something_waits(self, store: Store) -> None:
        flagged = Marks(flag=FLAG)
        keep(
            store,
            marks("m1", is_due=False, marks=flagged, received_at=NOW - HOUR),
            marks("m2", received_at=NOW),
            marks("m3", is_due=False),
            marks("m1", "esc2", is_due=False, marks=flagged, is_flag_left=True),
            marks("m2", "esc2", received_at=NOW - HOUR),
        )
        with store.begin() as unit:
            assert [kept.message for kept in unit.marks.open("esc1")] == ["m2", "m1"]
            assert [kept.message for kept in unit.marks.open("esc1", limit=1)] == ["m2"]
            assert [kept.message for kept in unit.marks.open("esc2")] == ["m2"]

    def test_a_touch_makes_a_message_due_everywhere(self, store: Store) -> None:
        keep(store, marks(is_due=False), marks(mailbox="esc2", is_due=False, is_gone=True), marks("m2", is_due=False))
        with store.begin() as unit:
            unit.marks.touch("m1")
            unit.marks.touch("m3")
            unit.commit()
        with store.begin() as unit:
            assert [kept.message for kept in unit.marks.open("esc1")] == ["m1"]
            assert unit.marks.open("esc2") == []

    def test_marks_of_a_message_that_is_not_stored_are_refused(self, store: Store) -> None:
        with store.begin() as unit:
            unit.marks.add(marks("nobody"))
            with pytest.raises(StoreRefused):
                unit.commit()

    def test_leaving_without_commit_keeps_nothing(self, store: Store) -> None:
        with store.begin() as unit:
            unit.marks.add(marks())
        with store.begin() as unit:
            assert unit.marks.get("esc1", "m1") is None
