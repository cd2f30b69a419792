"""The store's contract: prepared answers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.domain.drafting import OURS, DraftKind, DraftState, KeptAnswer
from mailbot.domain.errors import StoreRefused, UnknownName
from mailbot.ports.store import Store
from tests.unit.store import samples
from tests.unit.store.samples import NOW
from tests.unit.store.stores import STORES, opened


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, tmp_path) as store:
        with store.begin() as unit:
            unit.messages.add(samples.stored("m1"), raw=b"m1")
            unit.obligations.add(samples.obligation("o1", message="m1"), samples.event("o1"))
            unit.commit()
        yield store


def answer(stamp: str = "documents-o1", **changes: object) -> KeptAnswer:
    kept = KeptAnswer(
        stamp=stamp, mailbox="esc1", message="m1", obligation="o1", kind=DraftKind.DOCUMENTS, changed_at=NOW
    )
    return replace(kept, **changes)  # type: ignore[arg-type]


def keep(store: Store, *kept: KeptAnswer) -> None:
    with store.begin() as unit:
        for one in kept:
            assert unit.answers.add(one)
        unit.commit()


def test_everything_comes_back_as_it_was_kept(store: Store) -> None:
    whole = answer(
        state=DraftState.TAKEN, item="x", version="3", fingerprint="f", basis="b", text="Falta", hints=("sin incoterm",)
    )
    keep(store, whole)
    with store.begin() as unit:
        assert unit.answers.get("documents-o1") == whole


def test_there_is_one_of_each_stamp(store: Store) -> None:
    keep(store, answer())
    with store.begin() as unit:
        assert not unit.answers.add(answer(mailbox="esc2"))


def test_open_are_those_that_mailbot_may_change(store: Store) -> None:
    keep(store, *(answer(str(at), state=state) for at, state in enumerate(DraftState)))
    with store.begin() as unit:
        assert [kept.state for kept in unit.answers.open()] == list(OURS)


def test_an_update_replaces_and_needs_something_to_replace(store: Store) -> None:
    keep(store, answer())
    later = answer(state=DraftState.OFFERED, changed_at=NOW + timedelta(minutes=5))
    with store.begin() as unit:
        unit.answers.update(later)
        unit.commit()
    with store.begin() as unit:
        assert unit.answers.of_obligation("o1") == [later]
        assert unit.answers.of_obligation("o2") == []
        with pytest.raises(UnknownName):
            unit.answers.update(answer("status-o1"))


def test_an_answer_needs_what_it_answers(store: Store) -> None:
    with store.begin() as unit:
        unit.answers.add(answer(message="nobody"))
        with pytest.raises(StoreRefused):
            unit.commit()


def test_nothing_is_kept_without_a_commit(store: Store) -> None:
    with store.begin() as unit:
        unit.answers.add(answer())
    with store.begin() as unit:
        assert unit.answers.get("documents-o1") is None
