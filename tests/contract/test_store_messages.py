"""The store's contract for messages and for where they were seen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailbot.domain.clock import LIMA
from mailbot.ports.store import Store
from mailbot.ports.stored import MessageFilter, SightingState
from mailbot.ports.tally import LedgerLine
from tests.unit.store.samples import HOUR, NOW, event, key, obligation, read, sighting, stored
from tests.unit.store.stores import STORES, opened


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, tmp_path) as opened_store:
        yield opened_store


def keep(store: Store, *messages: object, raw: bytes = b"raw") -> None:
    with store.begin() as unit:
        for message in messages:
            assert unit.messages.add(message, raw=raw)  # type: ignore[arg-type]
        unit.commit()


QUERIES = {
    "all": (MessageFilter(), ["m1", "m2", "m3"]),
    "client": (MessageFilter(client="20100000001"), ["m2"]),
    "order": (MessageFilter(order="2026-000002"), ["m2", "m3"]),
    "since counts": (MessageFilter(since=NOW + HOUR), ["m2", "m3"]),
    "until does not": (MessageFilter(until=NOW + HOUR), ["m1"]),
    "limit": (MessageFilter(limit=2), ["m1", "m2"]),
    "several": (MessageFilter(order="2026-000002", client="20131312955", since=NOW), ["m3"]),
}


class TestMessages:
    def test_a_message_comes_back_as_it_was(self, store: Store) -> None:
        full = stored(in_reply_to="<a@b.example>", reference_ids=("<z@b.example>", "<a@b.example>"))
        bare = stored("m2", date=None, verdict=None, client=None, orders=(), references=(), attachments=())
        keep(store, full, bare)
        with store.begin() as unit:
            assert unit.messages.get("m1") == full
            assert unit.messages.get("m2") == bare
            assert unit.messages.get("m3") is None

    def test_the_raw_bytes_come_back_and_equal_ones_are_shared(self, store: Store) -> None:
        raw = bytes(range(256)) * 100
        keep(store, stored("m1", sha256="same"), stored("m2", sha256="same"), raw=raw)
        with store.begin() as unit:
            assert unit.messages.raw("m1") == unit.messages.raw("m2") == raw
            assert unit.messages.raw("m3") is None

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    def test_adding_a_message_twice_says_so_and_changes_nothing(self, store: Store, within: str) -> None:
        with store.begin() as unit:
            assert unit.messages.add(stored(), raw=b"raw")
            if within == "another":
                unit.commit()
            assert not unit.messages.add(stored(subject="other"), raw=b"raw")
            unit.commit()
        with store.begin() as unit:
            assert not unit.messages.add(stored(), raw=b"raw")
            assert [m.subject for m in unit.messages.list(MessageFilter())] == [stored().subject]

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    def test_a_correction_replaces_what_is_said_of_a_message(self, store: Store, within: str) -> None:
        corrected = stored(client="20100000001", orders=("2026-000001", "2026-000002"), verdict=None)
        with store.begin() as unit:
            unit.messages.add(stored(), raw=b"raw")
            if within == "another":
                unit.commit()
            unit.messages.update(corrected)
            assert unit.messages.get("m1") == corrected
            assert not unit.messages.list(MessageFilter(order="2026-004512"))
            unit.commit()
        with store.begin() as unit:
            assert list(unit.messages.list(MessageFilter(order="2026-000002"))) == [corrected]
            assert unit.messages.raw("m1") == b"raw"

    def test_same_id_and_content_is_a_duplicate_and_same_id_alone_is_not(self, store: Store) -> None:
        first = stored("m1", message_id="<x@carrier.example>", content_digest="one")
        second = stored("m2", message_id="<x@carrier.example>", content_digest="two")
        keep(store, first)
        with store.begin() as unit:
            unit.messages.prefetch([read(first), read(second)])
            assert unit.messages.duplicate_of(read(first)) == first
            assert unit.messages.duplicate_of(read(second)) is None
            assert unit.messages.add(second, raw=b"raw")
            assert unit.messages.duplicate_of(read(second)) == second
            unit.commit()
        with store.begin() as unit:
            assert unit.messages.duplicate_of(read(second)) == second

    @pytest.mark.parametrize("is_prefetched", [False, True], ids=["asked at once", "prefetched"])
    def test_message_ids_find_the_named_and_their_siblings(self, store: Store, is_prefetched: bool) -> None:
        root = stored("m1")
        child = stored("m2", in_reply_to=root.message_id, received_at=NOW + HOUR)
        orphan = stored("m3", reference_ids=("<unseen@x.example>",), received_at=NOW + 2 * HOUR)
        sibling = stored("m4", reference_ids=("<unseen@x.example>", "<m9@x.example>"), received_at=NOW + 3 * HOUR)
        keep(store, root, child, orphan)
        with store.begin() as unit:
            if is_prefetched:
                unit.messages.prefetch([replace(read(sibling), references=sibling.reference_ids), read(root)])
            assert [m.id for m in unit.messages.by_message_ids([root.message_id])] == ["m1", "m2"]
            unit.messages.add(sibling, raw=b"raw")
            assert [m.id for m in unit.messages.by_message_ids(["<unseen@x.example>"])] == ["m3", "m4"]
            found = unit.messages.by_message_ids([sibling.message_id, "<m9@x.example>", root.message_id])
            assert [m.id for m in found] == ["m1", "m2", "m4"]
            assert not unit.messages.by_message_ids(["<nobody@x.example>"])
            assert not unit.messages.by_message_ids([])

    @pytest.mark.parametrize("hours", [None, 0, 58], ids=["asked at once", "all prefetched", "the newest prefetched"])
    def test_a_subject_finds_its_messages_newest_first_at_most_fifty(self, store: Store, hours: int | None) -> None:
        keep(store, *(stored(f"m{n:02}", received_at=NOW + n * HOUR) for n in range(60)), stored("x", subject_key="y"))
        with store.begin() as unit:
            if hours is not None:
                unit.messages.prefetch([read(stored())], since=NOW + hours * HOUR)
            unit.messages.add(stored("m60", received_at=NOW + 60 * HOUR), raw=b"raw")
            found = unit.messages.by_subject(stored().subject_key, since=NOW)
            assert [m.id for m in found] == [f"m{n:02}" for n in range(60, 10, -1)]
            assert len(unit.messages.by_subject(stored().subject_key, since=NOW + 58 * HOUR)) == 3

    def test_a_subject_that_nobody_wrote_under_finds_nothing_until_somebody_does(self, store: Store) -> None:
        with store.begin() as unit:
            unit.messages.prefetch([read(stored())], since=NOW)
            assert not unit.messages.by_subject(stored().subject_key, since=NOW)
            unit.messages.add(stored(), raw=b"raw")
            assert [m.id for m in unit.messages.by_subject(stored().subject_key, since=NOW)] == ["m1"]

    @pytest.mark.parametrize("is_prefetched", [False, True], ids=["asked at once", "prefetched"])
    def test_a_conversation_is_told_in_order_of_arrival(self, store: Store, is_prefetched: bool) -> None:
        late = stored("m1", conversation="c", received_at=NOW + HOUR)
        keep(store, late, stored("m2", conversation="c"), stored("m3"))
        with store.begin() as unit:
            if is_prefetched:
                unit.messages.prefetch([read(stored("m4"))], conversations=["c", "nobody's"])
                assert not unit.messages.in_conversation("nobody's")
            unit.messages.add(stored("m4", conversation="c", received_at=NOW + 2 * HOUR), raw=b"raw")
            assert [m.id for m in unit.messages.in_conversation("c")] == ["m2", "m1", "m4"]

    def test_conversations_join_with_their_obligations(self, store: Store) -> None:
        keep(store, stored("m1", conversation="old"), stored("m2", conversation="new"))
        with store.begin() as unit:
            unit.obligations.add(obligation("o1", conversation="old"), event("o1"))
            unit.commit()
        with store.begin() as unit:
            unit.messages.prefetch([read(stored("m1"))], conversations=["new"])
            unit.messages.add(stored("m3", conversation="old"), raw=b"raw")
            unit.obligations.add(obligation("o2", conversation="old"), event("o2"))
            unit.messages.move_conversation("old", "new")
            assert [m.id for m in unit.messages.in_conversation("new")] == ["m1", "m2", "m3"]
            unit.commit()
        with store.begin() as unit:
            assert not unit.messages.in_conversation("old")
            assert [m.id for m in unit.messages.in_conversation("new")] == ["m1", "m2", "m3"]
            assert {o.conversation for o in map(unit.obligations.get, ["o1", "o2"]) if o} == {"new"}

    def test_messages_are_listed_by_what_is_asked(self, store: Store) -> None:
        keep(
            store,
            stored("m3", orders=("2026-000001", "2026-000002"), received_at=NOW + 2 * HOUR),
            stored("m2", client="20100000001", orders=("2026-000002",), received_at=NOW + HOUR),
            stored("m1", orders=()),
        )
        with store.begin() as unit:
            found = {name: [m.id for m in unit.messages.list(query)] for name, (query, _) in QUERIES.items()}
        assert found == {name: expected for name, (_, expected) in QUERIES.items()}

    def test_text_that_no_database_takes_is_stored_all_the_same(self, store: Store) -> None:
        awful = stored(
            subject="nul \x00 and half \ud83d a pair",
            message_id="<" + "x" * 5000 + "@x.example>",
            subject_key="y" * 9000,
            reference_ids=("<" + "z" * 5000 + ">", "<\udcff>"),
        )
        keep(store, awful)
        with store.begin() as unit:
            unit.messages.prefetch([read(awful)], since=NOW, conversations=["\ud83d \x00"])
            assert unit.messages.duplicate_of(read(awful)) is not None
            assert not unit.messages.add(awful, raw=b"raw")
            assert [m.id for m in unit.messages.by_message_ids(["<" + "z" * 5000 + ">"])] == ["m1"]
            assert [m.id for m in unit.messages.by_subject("y" * 9000, since=NOW)] == ["m1"]
            assert len(unit.messages.list(MessageFilter())) == 1


class TestSightings:
    def test_a_place_is_recorded_once(self, store: Store) -> None:
        keep(store, stored())
        with store.begin() as unit:
            assert unit.messages.see(sighting())
            assert not unit.messages.see(sighting(state=SightingState.DUPLICATE))
            unit.commit()
        with store.begin() as unit:
            assert not unit.messages.see(sighting())
            assert list(unit.messages.sightings("m1")) == [sighting()]

    def test_known_tells_recorded_places_from_new_ones(self, store: Store) -> None:
        keep(store, stored())
        with store.begin() as unit:
            unit.messages.see(sighting(1))
            unit.commit()
        other_validity, other_folder = key(1, validity=8), key(1, folder="Sent")
        with store.begin() as unit:
            assert unit.messages.known([key(1), key(2), other_validity, other_folder]) == {key(1)}
            assert unit.messages.see(sighting(2))
            assert unit.messages.known([key(1), key(2)]) == {key(1), key(2)}
            assert unit.messages.known([]) == frozenset()

    def test_what_was_ignored_or_set_aside_counts_without_a_message(self, store: Store) -> None:
        with store.begin() as unit:
            assert unit.messages.see(sighting(1, state=SightingState.IGNORED, message=None, reason="own mail"))
            assert unit.messages.see(sighting(2, state=SightingState.QUARANTINED, message=None, reason="no headers"))
            unit.commit()
        with store.begin() as unit:
            assert unit.messages.known([key(1), key(2)]) == {key(1), key(2)}

    def test_every_place_of_a_message_is_told(self, store: Store) -> None:
        keep(store, stored())
        with store.begin() as unit:
            unit.messages.see(sighting(5, key=key(5, mailbox="esc2"), state=SightingState.DUPLICATE))
            unit.messages.see(sighting(4))
            unit.commit()
        with store.begin() as unit:
            assert [seen.key.mailbox for seen in unit.messages.sightings("m1")] == ["esc1", "esc2"]

    def test_many_places_of_a_folder_are_told_apart(self, store: Store) -> None:
        keep(store, stored())
        with store.begin() as unit:
            for uid in range(1, 1301, 2):
                assert unit.messages.see(sighting(uid, state=SightingState.DUPLICATE))
            unit.commit()
        asked = [key(uid) for uid in range(1, 1401)]
        with store.begin() as unit:
            assert unit.messages.known([key(1200), key(1201)]) == {key(1201)}
            assert unit.messages.known(asked[::-1]) == {key(uid) for uid in range(1, 1301, 2)}
            assert [unit.messages.see(sighting(uid)) for uid in (2, 3, 1299, 1300, 9)] == [
                True,
                False,
                False,
                True,
                False,
            ]

    def test_the_ledger_adds_up_by_mailbox_folder_and_day_of_the_office(self, store: Store) -> None:
        keep(store, stored())
        evening = datetime(2026, 7, 25, 4, 59, tzinfo=UTC)
        seen = [
            sighting(1),
            sighting(2, state=SightingState.DUPLICATE, received_at=evening),
            sighting(3, state=SightingState.IGNORED, message=None, received_at=evening + HOUR),
            sighting(4, key=key(4, folder="Sent"), state=SightingState.QUARANTINED, message=None),
            sighting(5, received_at=NOW - HOUR),
        ]
        with store.begin() as unit:
            for each in seen:
                unit.messages.see(each)
            unit.commit()
        with store.begin() as unit:
            lines = unit.messages.ledger(since=NOW, zone=LIMA)
        friday, saturday = date(2026, 7, 24), date(2026, 7, 25)
        assert list(lines) == [
            LedgerLine(mailbox="esc1", folder="INBOX", day=friday, stored=1, duplicate=1),
            LedgerLine(mailbox="esc1", folder="INBOX", day=saturday, ignored=1),
            LedgerLine(mailbox="esc1", folder="Sent", day=friday, quarantined=1),
        ]
        assert [line.seen for line in lines] == [2, 1, 1]

    def test_mails_are_listed_by_what_became_of_them(self, store: Store) -> None:
        keep(store, stored())
        ignored = sighting(3, state=SightingState.IGNORED, message=None, reason="correo propio")
        earlier = sighting(4, state=SightingState.IGNORED, message=None, received_at=NOW - HOUR)
        with store.begin() as unit:
            for each in (sighting(1), ignored, earlier):
                unit.messages.see(each)
            unit.commit()
        with store.begin() as unit:
            assert list(unit.messages.seen_as(SightingState.IGNORED)) == [earlier, ignored]
            assert list(unit.messages.seen_as(SightingState.IGNORED, since=NOW)) == [ignored]
            assert list(unit.messages.seen_as(SightingState.QUARANTINED)) == []
