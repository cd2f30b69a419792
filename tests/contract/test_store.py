"""The store's contract: transactions, messages, sightings, cursors, quarantine, facts, audit log."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot.domain.errors import StoreRefused
from mailbot.domain.mail import MailState
from mailbot.domain.obligation import ObligationState
from mailbot.ports.mailbox import Cursor
from mailbot.ports.store import Store, UnitOfWork
from mailbot.ports.stored import AuditLine, QuarantinedMail
from mailbot.ports.tally import Tally
from tests.unit.store.samples import HOUR, NOW, dispatch, event, key, mail, notice, obligation, sighting, stored
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


class TestTransactions:
    def test_leaving_without_commit_keeps_nothing_of_anything(self, store: Store) -> None:
        with store.begin() as unit:
            unit.messages.add(stored(), raw=b"raw")
            unit.messages.see(sighting())
            unit.obligations.add(obligation(message="m1"), event())
            unit.obligations.add_notice(notice())
            unit.outbox.add(mail())
            unit.cursors.set(Cursor(mailbox="esc1", folder="INBOX", validity=7, uid=9))
            unit.office.save_dispatches([dispatch()])
            unit.facts.set("heartbeat", "now")
            unit.audit(AuditLine(at=NOW, who="mailbot", action="stored", subject="m1"))
        with store.begin() as unit:
            assert unit.messages.get("m1") is None
            assert unit.messages.raw("m1") is None
            assert not unit.messages.known([key()])
            assert unit.obligations.get("o1") is None
            assert not unit.obligations.events("o1")
            assert not unit.obligations.waiting_notices()
            assert unit.outbox.get("k1") is None
            assert unit.cursors.get("esc1", "INBOX") is None
            assert unit.records.dispatch("2026-004512") is None
            assert unit.facts.get("heartbeat") is None
            assert not unit.audit_lines()

    def test_an_exception_rolls_back_and_passes_on(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError), store.begin() as unit:
            set_and_fail(unit)
        with store.begin() as unit:
            assert unit.facts.get("a") is None

    def test_what_was_changed_before_a_rollback_is_as_before(self, store: Store) -> None:
        keep(store, stored(conversation="c1"))
        with store.begin() as unit:
            unit.obligations.add(obligation(conversation="c1"), event())
            unit.commit()
        with store.begin() as unit:
            unit.messages.move_conversation("c1", "c2")
            unit.obligations.schedule("o1", None)
        with store.begin() as unit:
            assert [m.id for m in unit.messages.in_conversation("c1")] == ["m1"]
            assert not unit.messages.in_conversation("c2")
            assert [o.id for o in unit.obligations.due_for_step(NOW + HOUR)] == ["o1"]

    def test_work_after_a_commit_needs_another_commit(self, store: Store) -> None:
        with store.begin() as unit:
            unit.facts.set("a", "1")
            unit.commit()
            unit.facts.set("a", "2")
        with store.begin() as unit:
            assert unit.facts.get("a") == "1"

    def test_a_commit_is_seen_by_the_next_unit_of_work_of_another_thread(self, store: Store) -> None:
        def work(number: int) -> None:
            with store.begin() as unit:
                unit.facts.set(f"fact {number}", "set")
                unit.audit(AuditLine(at=NOW, who="mailbot", action="set", subject=str(number)))
                unit.commit()

        threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.begin() as unit:
            assert [unit.facts.get(f"fact {number}") for number in range(8)] == ["set"] * 8
            assert len(unit.audit_lines()) == 8

    @pytest.mark.parametrize("what", ["obligation", "sighting"])
    def test_what_names_a_message_that_is_not_there_is_refused(self, store: Store, what: str) -> None:
        with store.begin() as unit:
            if what == "obligation":
                unit.obligations.add(obligation(message="nobody"), event())
            else:
                unit.messages.see(sighting(message="nobody"))
            with pytest.raises(StoreRefused):
                unit.commit()
        with store.begin() as unit:
            assert unit.obligations.get("o1") is None
            assert not unit.messages.known([key()])


class TestSmallThings:
    def test_a_cursor_is_moved_and_kept_per_folder(self, store: Store) -> None:
        first = Cursor(mailbox="esc1", folder="INBOX", validity=2**32 - 1, uid=1)
        with store.begin() as unit:
            unit.cursors.set(first)
            unit.cursors.set(replace(first, uid=2**32 - 1, token="Ñ" * 40_000))
            unit.commit()
        with store.begin() as unit:
            assert unit.cursors.get("esc1", "INBOX") == replace(first, uid=2**32 - 1, token="Ñ" * 40_000)
            assert unit.cursors.get("esc1", "Sent") is None

    def test_a_fact_is_set_and_replaced(self, store: Store) -> None:
        with store.begin() as unit:
            unit.facts.set("digest", "monday")
            assert unit.facts.get("digest") == "monday"
            unit.facts.set("digest", "tuesday")
            unit.commit()
        with store.begin() as unit:
            assert unit.facts.get("digest") == "tuesday"
            assert unit.facts.get("other") is None

    def test_unreadable_mail_is_kept_with_its_bytes_until_it_is_removed(self, store: Store) -> None:
        first, second = quarantined("q1", received_at=NOW + HOUR), quarantined("q2", received_at=NOW)
        with store.begin() as unit:
            assert unit.quarantine.add(first)
            assert unit.quarantine.add(second)
            assert not unit.quarantine.add(first)
            unit.commit()
        with store.begin() as unit:
            assert unit.quarantine.get("q1") == first
            assert list(unit.quarantine.list()) == [second, first]
            unit.quarantine.remove("q1")
            unit.quarantine.remove("nobody")
            unit.commit()
        with store.begin() as unit:
            assert unit.quarantine.get("q1") is None
            assert list(unit.quarantine.list()) == [second]

    def test_everything_is_counted(self, store: Store) -> None:
        with store.begin() as unit:
            assert unit.tally(NOW) == Tally(
                messages=0,
                open=0,
                overdue=0,
                oldest_due_at=None,
                mails=dict.fromkeys(MailState, 0),
                quarantined=0,
            )
            unit.messages.add(stored(), raw=b"raw")
            unit.quarantine.add(quarantined("q1", received_at=NOW))
            for number in range(3):
                unit.obligations.add(obligation(f"o{number}", due_at=NOW + number * HOUR), event(f"o{number}"))
            ended = obligation("o4", due_at=NOW - HOUR, state=ObligationState.MET)
            unit.obligations.add(ended, event("o4"))
            unit.outbox.add(mail("k1"))
            unit.outbox.add(mail("k2", state=MailState.REFUSED))
            unit.commit()
        with store.begin() as unit:
            assert unit.tally(NOW + HOUR) == Tally(
                messages=1,
                open=3,
                overdue=1,
                oldest_due_at=NOW,
                mails=dict.fromkeys(MailState, 0) | {MailState.QUEUED: 1, MailState.REFUSED: 1},
                quarantined=1,
            )

    def test_the_audit_log_keeps_its_order_and_tells_of_one_subject(self, store: Store) -> None:
        lines = [
            AuditLine(at=NOW + timedelta(seconds=n), who="ESC1", action="done", subject=f"o{n % 2}", detail=f"nº {n}")
            for n in range(5)
        ]
        with store.begin() as unit:
            for line in lines[:3]:
                unit.audit(line)
            assert list(unit.audit_lines()) == lines[:3]
            unit.audit(lines[3])
            unit.commit()
        with store.begin() as unit:
            unit.audit(lines[4])
            unit.commit()
        with store.begin() as unit:
            assert list(unit.audit_lines()) == lines
            assert list(unit.audit_lines(subject="o1")) == lines[1::2]


def set_and_fail(unit: UnitOfWork) -> None:
    unit.facts.set("a", "1")
    raise ZeroDivisionError


def quarantined(id: str, *, received_at: datetime) -> QuarantinedMail:
    return QuarantinedMail(
        id=id,
        key=key(),
        raw=b"\x00\xff broken",
        received_at=received_at,
        reason="no headers",
        attempts=2,
        quarantined_at=NOW + 2 * HOUR,
    )
