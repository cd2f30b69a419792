"""The store's contract for the outbox: queued once, claimed by one, settled with its outcome."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot.domain.errors import UnknownName
from mailbot.domain.mail import MailFile, MailPurpose, MailState, OutgoingMail, departure_of
from mailbot.domain.message import Address
from mailbot.ports.store import Store
from tests.unit.store.samples import HOUR, NOW, mail
from tests.unit.store.stores import STORES, opened

LEASE = timedelta(minutes=5)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, tmp_path) as opened_store:
        yield opened_store


def queue(store: Store, *mails: OutgoingMail) -> None:
    with store.begin() as unit:
        for outgoing in mails:
            assert unit.outbox.add(outgoing)
        unit.commit()


def claim(store: Store, *, at: datetime = NOW, worker: str = "w1", limit: int = 20) -> list[str]:
    with store.begin() as unit:
        claimed = unit.outbox.claim(at, worker=worker, lease=LEASE, limit=limit)
        unit.commit()
    assert all(outgoing.state is MailState.SENDING for outgoing in claimed)
    return [outgoing.key for outgoing in claimed]


def settle(store: Store, key: str, state: MailState, **how: object) -> OutgoingMail:
    with store.begin() as unit:
        unit.outbox.settle(key, state, at=NOW + HOUR, **how)  # type: ignore[arg-type]
        unit.commit()
    return look(store, key)


def look(store: Store, key: str) -> OutgoingMail:
    with store.begin() as unit:
        found = unit.outbox.get(key)
    assert found is not None
    return found


class TestQueue:
    def test_a_mail_comes_back_as_it_was_with_its_files(self, store: Store) -> None:
        full = mail(
            "k1",
            purpose=MailPurpose.DIGEST,
            cc=(Address(address="jefe@agencia.example"),),
            files=(
                MailFile(name="status.xlsx", type="x/y", content=b"\x00\xff"),
                MailFile(name="b", type="t", content=b""),
                MailFile(name="c.png", type="image/png", content=b"\x89", content_id="c.1@mailbot"),
            ),
            in_reply_to="<a@b.example>",
            references=("<z@b.example>", "<a@b.example>"),
            mailbox="esc1",
            obligations=("o1", "o2"),
        )
        queue(store, full, mail("k2"))
        assert look(store, "k1") == full
        assert look(store, "k2") == mail("k2")
        with store.begin() as unit:
            assert unit.outbox.by_message_id(full.message_id) == full
            assert unit.outbox.by_message_id("<nobody@x.example>") is None
            assert unit.outbox.get("k3") is None

    @pytest.mark.parametrize("within", ["the same unit of work", "another"])
    @pytest.mark.parametrize(
        "again", [mail("k1", subject="other", message_id="<2@x.example>"), mail("k2", message_id=mail("k1").message_id)]
    )
    def test_a_key_or_message_id_is_queued_once_for_ever(self, store: Store, within: str, again: OutgoingMail) -> None:
        with store.begin() as unit:
            assert unit.outbox.add(mail("k1"))
            if within == "another":
                unit.commit()
            assert not unit.outbox.add(again)
            unit.commit()
        settle(store, "k1", MailState.SENT)
        with store.begin() as unit:
            assert not unit.outbox.add(again)
            assert [m.subject for m in unit.outbox.list()] == [mail().subject]

    def test_mails_are_listed_by_creation_state_and_moment(self, store: Store) -> None:
        queue(store, mail("k2", created_at=NOW + HOUR), mail("k1"), mail("k3", created_at=NOW + 2 * HOUR))
        settle(store, "k1", MailState.REFUSED)
        with store.begin() as unit:
            assert [m.key for m in unit.outbox.list()] == ["k1", "k2", "k3"]
            assert [m.key for m in unit.outbox.list(states=[MailState.REFUSED, MailState.SENT])] == ["k1"]
            assert [m.key for m in unit.outbox.list(since=NOW + HOUR)] == ["k2", "k3"]


class TestClaims:
    def test_only_what_is_ready_is_claimed_the_longest_waiting_first(self, store: Store) -> None:
        queue(
            store,
            mail("now"),
            mail("before", not_before=NOW - HOUR),
            mail("later", not_before=NOW + HOUR),
            mail("sent", state=MailState.SENT),
            mail("withheld", state=MailState.WITHHELD),
            mail("deferred", state=MailState.DEFERRED, not_before=NOW - 2 * HOUR),
        )
        assert claim(store) == ["deferred", "before", "now"]
        assert claim(store, at=NOW + HOUR) == ["later"]

    def test_a_claimed_mail_is_nobody_elses(self, store: Store) -> None:
        queue(store, mail("k1"), mail("k2"))
        assert claim(store, limit=1) == ["k1"]
        assert claim(store, worker="w2") == ["k2"]
        assert claim(store, worker="w3", at=NOW + 9 * HOUR) == []

    def test_a_claim_that_is_not_committed_is_none(self, store: Store) -> None:
        queue(store, mail())
        with store.begin() as unit:
            assert unit.outbox.claim(NOW, worker="w1", lease=LEASE)
        assert claim(store, worker="w2") == ["k1"]

    def test_workers_at_the_same_time_never_get_the_same_mail(self, store: Store) -> None:
        queue(store, *(mail(f"k{number:02}") for number in range(40)))
        taken: list[str] = []

        def work(worker: str) -> None:
            while keys := claim(store, worker=worker, limit=3):
                taken.extend(keys)

        threads = [threading.Thread(target=work, args=[f"w{number}"]) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(taken) == [f"k{number:02}" for number in range(40)]

    def test_a_stale_claim_becomes_uncertain_to_the_second(self, store: Store) -> None:
        queue(store, mail("k1"), mail("k2"))
        claim(store, limit=1)
        claim(store, at=NOW + timedelta(seconds=1))
        with store.begin() as unit:
            assert not unit.outbox.release_stale(NOW + LEASE - timedelta(seconds=1))
            released = unit.outbox.release_stale(NOW + LEASE)
            unit.commit()
        assert [(m.key, m.state, m.attempts) for m in released] == [("k1", MailState.UNCERTAIN, 0)]
        assert look(store, "k1") == replace(mail("k1"), state=MailState.UNCERTAIN)
        assert claim(store, at=NOW + HOUR) == []


class TestOutcomes:
    @pytest.mark.parametrize(
        ("state", "how", "expected"),
        [
            (MailState.SENT, {}, {"sent_at": NOW + HOUR}),
            (
                MailState.DEFERRED,
                {"error": "451 later", "not_before": NOW + 2 * HOUR},
                {"last_error": "451 later", "not_before": NOW + 2 * HOUR},
            ),
            (MailState.REFUSED, {"error": "550 no such user"}, {"last_error": "550 no such user"}),
            (MailState.UNCERTAIN, {"error": "closed after DATA"}, {"last_error": "closed after DATA"}),
            (MailState.WITHHELD, {}, {}),
        ],
        ids=["sent", "deferred", "refused", "uncertain", "withheld"],
    )
    def test_an_outcome_is_kept_and_counted(
        self, store: Store, state: MailState, how: dict[str, object], expected: dict[str, object]
    ) -> None:
        queue(store, mail())
        claim(store)
        settled = settle(store, "k1", state, **how)
        assert settled == replace(mail(), state=state, attempts=1, **expected)  # type: ignore[arg-type]
        with store.begin() as unit:
            assert not unit.outbox.release_stale(NOW + 9 * HOUR)

    def test_a_deferred_mail_is_claimed_again_at_its_moment_and_counts_on(self, store: Store) -> None:
        queue(store, mail())
        claim(store)
        settle(store, "k1", MailState.DEFERRED, error="451", not_before=NOW + 2 * HOUR)
        assert claim(store, at=NOW + HOUR) == []
        assert claim(store, at=NOW + 2 * HOUR) == ["k1"]
        assert settle(store, "k1", MailState.SENT).attempts == 2

    def test_an_uncertain_mail_can_be_settled_either_way(self, store: Store) -> None:
        queue(store, mail("k1"), mail("k2"))
        for key, outcome in (("k1", MailState.SENT), ("k2", MailState.QUEUED)):
            settle(store, key, MailState.UNCERTAIN)
            assert settle(store, key, outcome).state is outcome

    def test_a_mail_that_was_sent_stays_sent(self, store: Store) -> None:
        queue(store, mail())
        sent = settle(store, "k1", MailState.SENT)
        assert settle(store, "k1", MailState.DEFERRED, error="a worker that woke up late") == sent

    def test_settling_an_unknown_mail_is_refused(self, store: Store) -> None:
        with store.begin() as unit, pytest.raises(UnknownName):
            unit.outbox.settle("k1", MailState.SENT, at=NOW)


class TestDepartures:
    def test_what_was_sent_since_is_told_in_order_without_its_words(self, store: Store) -> None:
        answer = mail("k2", in_reply_to="<a@b.example>", references=("<r@b>",))
        queue(store, mail("k1", created_at=NOW - HOUR), answer, mail("k3"), mail("k4", created_at=NOW + HOUR))
        for key in ("k1", "k2", "k4"):
            settle(store, key, MailState.SENT)
        with store.begin() as unit:
            sent = unit.outbox.departures(since=NOW)
        assert sent == [departure_of(answer, at=NOW + HOUR), departure_of(mail("k4"), at=NOW + HOUR)]
        assert (sent[0].to, sent[0].references) == (answer.to, ("<r@b>",))
