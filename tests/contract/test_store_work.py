"""The store's contract for obligations, their events and notices."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.domain.errors import StoreUnavailable, UnknownName
from mailbot.domain.obligation import EventName, ObligationKind, ObligationState, Step
from mailbot.ports.store import Store
from mailbot.ports.stored import ObligationFilter
from tests.unit.store.samples import HOUR, NOW, event, mail, notice, obligation, stored
from tests.unit.store.stores import STORES, opened


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, tmp_path) as opened_store:
        yield opened_store


def owe(store: Store, *obligations: object) -> None:
    with store.begin() as unit:
        for owed in obligations:
            assert unit.obligations.add(owed, event(owed.id))  # type: ignore[arg-type, attr-defined]
        unit.commit()


ENDED = obligation(
    "o3",
    order="2026-000009",
    kind=ObligationKind.PROFORMA,
    conversation="c9",
    starts_at=NOW + HOUR,
    due_at=NOW + 9 * HOUR,
    state=ObligationState.CANCELLED,
)
WAITING = obligation("o2", client="20100000001", owner="ESC2", due_at=NOW + HOUR, state=ObligationState.WAITING)
QUERIES = {
    "all": (ObligationFilter(), ["o2", "o1", "o3"]),
    "client": (ObligationFilter(client="20100000001"), ["o2"]),
    "order": (ObligationFilter(order="2026-000009"), ["o3"]),
    "owner": (ObligationFilter(owner="ESC2"), ["o2"]),
    "kind": (ObligationFilter(kind=ObligationKind.PROFORMA), ["o3"]),
    "open": (ObligationFilter(is_open=True), ["o2", "o1"]),
    "ended": (ObligationFilter(is_open=False), ["o3"]),
    "conversation": (ObligationFilter(conversation="c9"), ["o3"]),
    "since": (ObligationFilter(since=NOW + HOUR), ["o3"]),
    "limit": (ObligationFilter(limit=2), ["o2", "o1"]),
    "several": (ObligationFilter(owner="ESC1", is_open=True), ["o1"]),
}


class TestObligations:
    def test_an_obligation_comes_back_as_it_was(self, store: Store) -> None:
        full = obligation(message="m1", received_at=NOW, seen_until=NOW + HOUR, breached_at=NOW + 2 * HOUR)
        bare = obligation("o2", client=None, order=None, conversation=None, message_id=None, asker=None)
        with store.begin() as unit:
            unit.messages.add(stored(), raw=b"raw")
            unit.obligations.add(full, event("o1"))
            unit.obligations.add(bare, event("o2"))
            assert unit.obligations.get("o1") == full
            unit.commit()
        with store.begin() as unit:
            assert unit.obligations.get("o1") == full
            assert unit.obligations.get("o2") == bare
            assert unit.obligations.get("o3") is None

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    def test_adding_one_twice_says_so_and_changes_nothing(self, store: Store, within: str) -> None:
        with store.begin() as unit:
            assert unit.obligations.add(obligation(), event())
            if within == "another":
                unit.commit()
            assert not unit.obligations.add(obligation(owner="ESC2"), event(name=EventName.REOPENED))
            unit.commit()
        with store.begin() as unit:
            assert unit.obligations.get("o1") == obligation()
            assert [e.name for e in unit.obligations.events("o1")] == [EventName.OPENED]

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    def test_an_update_replaces_it_and_says_why(self, store: Store, within: str) -> None:
        met = obligation().to(ObligationState.MET, at=NOW + HOUR, evidence="answered <a@b.example>")
        why = event(name=EventName.MET, at=NOW + HOUR, who="luz@agencia.example", evidence="answered", message="m2")
        with store.begin() as unit:
            unit.obligations.add(obligation(), event())
            if within == "another":
                unit.commit()
            unit.obligations.update(met, why)
            assert unit.obligations.get("o1") == met
            assert [o.state for o in unit.obligations.list(ObligationFilter())] == [ObligationState.MET]
            unit.commit()
        with store.begin() as unit:
            assert unit.obligations.get("o1") == met
            assert list(unit.obligations.events("o1")) == [event(), why]

    def test_what_is_said_of_an_unknown_obligation_is_refused(self, store: Store) -> None:
        with store.begin() as unit:
            for say in (
                lambda: unit.obligations.update(obligation(), event()),
                lambda: unit.obligations.schedule("o1", NOW),
                lambda: unit.obligations.append(event()),
                lambda: unit.obligations.add_notice(notice()),
            ):
                with pytest.raises(UnknownName):
                    say()

    def test_events_are_told_in_the_order_in_which_they_were_appended(self, store: Store) -> None:
        owe(store, obligation())
        names = [EventName.REMINDED, EventName.SEEN, EventName.BREACHED]
        with store.begin() as unit:
            for name in names:
                unit.obligations.append(event(name=name))
            assert [e.name for e in unit.obligations.events("o1")] == [EventName.OPENED, *names]
            assert not unit.obligations.events("o2")
            unit.commit()
        with store.begin() as unit:
            assert [e.name for e in unit.obligations.events("o1")] == [EventName.OPENED, *names]

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    def test_obligations_are_listed_by_what_is_asked(self, store: Store, within: str) -> None:
        with store.begin() as unit:
            for owed in (ENDED, obligation("o1"), WAITING):
                unit.obligations.add(owed, event(owed.id))
            if within == "another":
                unit.commit()
            found = {name: [o.id for o in unit.obligations.list(query)] for name, (query, _) in QUERIES.items()}
        assert found == {name: expected for name, (_, expected) in QUERIES.items()}


class TestSteps:
    def test_what_is_due_for_a_step_comes_oldest_first(self, store: Store) -> None:
        owe(
            store,
            obligation("later", next_step_at=NOW + HOUR),
            obligation("now", next_step_at=NOW),
            obligation("before", next_step_at=NOW - HOUR),
            obligation("never", next_step_at=None),
            obligation("ended", next_step_at=NOW, state=ObligationState.MET),
        )
        with store.begin() as unit:
            assert [o.id for o in unit.obligations.due_for_step(NOW)] == ["before", "now"]
            assert [o.id for o in unit.obligations.due_for_step(NOW, limit=1)] == ["before"]

    def test_scheduling_moves_the_next_look_and_is_no_event(self, store: Store) -> None:
        owe(store, obligation("o1", next_step_at=NOW), obligation("o2", next_step_at=NOW))
        with store.begin() as unit:
            unit.obligations.schedule("o1", NOW + HOUR)
            unit.obligations.schedule("o2", None)
            assert not unit.obligations.due_for_step(NOW)
            unit.commit()
        with store.begin() as unit:
            assert [o.id for o in unit.obligations.due_for_step(NOW + HOUR)] == ["o1"]
            assert unit.obligations.get("o2") == obligation("o2", next_step_at=None)
            assert len(unit.obligations.events("o1")) == 1

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    def test_a_notice_is_queued_once_per_step_recipient_and_occurrence(self, store: Store, within: str) -> None:
        owe(store, obligation())
        with store.begin() as unit:
            assert unit.obligations.add_notice(notice())
            if within == "another":
                unit.commit()
            assert not unit.obligations.add_notice(notice(due_at=NOW + HOUR, is_urgent=True))
            assert unit.obligations.add_notice(notice(step=Step.SUPERVISOR))
            assert unit.obligations.add_notice(notice(recipient="asc1@agencia.example", is_copy=True))
            assert unit.obligations.add_notice(notice(occurrence=1))
            assert unit.obligations.add_notice(notice(mark="T-30"))
            unit.commit()
        with store.begin() as unit:
            assert len(unit.obligations.notices("o1")) == 5
            assert not unit.obligations.notices("o2")

    def test_notices_wait_by_their_moment_until_a_mail_carries_them(self, store: Store) -> None:
        owe(store, obligation("o1"), obligation("o2"))
        late, early = notice("o1", due_at=NOW + HOUR, is_urgent=True, mark="T-7"), notice("o2")
        with store.begin() as unit:
            unit.obligations.add_notice(late)
            unit.obligations.add_notice(early)
            assert list(unit.obligations.waiting_notices()) == [early, late]
            unit.outbox.add(mail("k1"))
            unit.obligations.carry([early], mail="k1")
            assert list(unit.obligations.waiting_notices()) == [late]
            unit.commit()
        with store.begin() as unit:
            assert list(unit.obligations.waiting_notices()) == [late]
            assert list(unit.obligations.notices("o2")) == [replace(early, mail="k1")]
            unit.obligations.carry([], mail="k1")

    def test_what_is_fetched_ahead_is_what_is_found_without(self, store: Store) -> None:
        owe(store, obligation("o1"), obligation("o2"))
        with store.begin() as unit:
            unit.obligations.add_notice(notice("o2"))
            unit.commit()
        seen = replace(obligation("o1"), seen_until=NOW + HOUR)
        with store.begin() as unit:
            unit.obligations.update(seen, event("o1", name=EventName.SEEN))
            unit.obligations.prefetch(["o2", "o1", "o2", "nobody"])
            assert [unit.obligations.get(key) for key in ("o1", "o2", "nobody")] == [seen, obligation("o2"), None]
            assert list(unit.obligations.notices("o2")) == [notice("o2")]
            assert not unit.obligations.notices("o1")
            unit.obligations.update(replace(obligation("o2"), seen_until=NOW + HOUR), event("o2", name=EventName.SEEN))
            unit.commit()
        with store.begin() as unit:
            unit.obligations.prefetch([])
            assert unit.obligations.get("o1") == seen

    def test_a_notice_that_one_mail_carries_goes_into_no_other(self, store: Store) -> None:
        owe(store, obligation())
        with store.begin() as unit:
            unit.obligations.add_notice(notice())
            unit.outbox.add(mail("k1"))
            unit.outbox.add(mail("k2"))
            unit.obligations.carry([notice()], mail="k1")
            unit.obligations.carry([notice()], mail="k1")
            with pytest.raises(StoreUnavailable):
                unit.obligations.carry([notice()], mail="k2")

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    def test_a_withdrawn_notice_may_be_queued_again_unless_a_mail_carries_it(self, store: Store, within: str) -> None:
        owe(store, obligation())
        carried = notice(step=Step.SUPERVISOR)
        with store.begin() as unit:
            unit.obligations.add_notice(notice())
            unit.obligations.add_notice(carried)
            unit.outbox.add(mail())
            unit.obligations.carry([carried], mail="k1")
            if within == "another":
                unit.commit()
            unit.obligations.withdraw([notice(), carried])
            unit.obligations.withdraw([])
            assert list(unit.obligations.notices("o1")) == [replace(carried, mail="k1")]
            assert unit.obligations.add_notice(notice())
            assert not unit.obligations.add_notice(carried)

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    def test_a_notice_keeps_when_it_was_first_taken_back_unless_a_mail_carries_it(
        self, store: Store, within: str
    ) -> None:
        owe(store, obligation())
        carried = notice(step=Step.SUPERVISOR)
        with store.begin() as unit:
            unit.obligations.add_notice(notice())
            unit.obligations.add_notice(carried)
            unit.outbox.add(mail())
            unit.obligations.carry([carried], mail="k1")
            if within == "another":
                unit.commit()
            unit.obligations.take_back([notice(), carried], at=NOW)
            unit.obligations.take_back([notice()], at=NOW + HOUR)
            unit.obligations.take_back([], at=NOW)
            unit.commit()
        with store.begin() as unit:
            found = {item.step: item.taken_back_at for item in unit.obligations.notices("o1")}
        assert found == {notice().step: NOW, Step.SUPERVISOR: None}
