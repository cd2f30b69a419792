"""The store's contract for what it forgets."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.domain.mail import MailFile, MailState
from mailbot.domain.message import Address
from mailbot.domain.obligation import EventName, ObligationState
from mailbot.ports.retention import ERASED, Forgotten
from mailbot.ports.store import Store
from tests.unit.store.samples import NOW, event, mail, obligation, stored
from tests.unit.store.stores import STORES, opened

DAY = timedelta(days=1)
ANA = "ana.torres@textilesandinos.example"
FILE = MailFile(name="status.xlsx", type="x/y", content=b"rows")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, tmp_path) as opened_store:
        yield opened_store


@pytest.fixture
def old(store: Store) -> Store:
    """Three messages of yesterday, one of today; one opened and one ended an obligation."""
    with store.begin() as unit:
        for name in ("plain", "opener", "answer"):
            unit.messages.add(stored(name, received_at=NOW - DAY), raw=name.encode())
        unit.messages.add(stored("new", sender="luis@other.example", recipients=(ANA, "x@y.example")), raw=b"new")
        met = obligation("o1", message="opener", asker=ANA, state=ObligationState.MET)
        unit.obligations.add(met, event("o1", message="opener"))
        unit.obligations.append(event("o1", EventName.MET, message="answer"))
        unit.outbox.add(mail("sent", created_at=NOW - DAY, files=(FILE,), to=(Address(address=ANA.upper()),)))
        unit.outbox.add(mail("waiting", created_at=NOW - DAY, to=(Address(address=ANA),)))
        unit.outbox.add(mail("other", created_at=NOW, state=MailState.SENT))
        unit.outbox.settle("sent", MailState.SENT, at=NOW)
        unit.commit()
    return store


class TestExpiry:
    def test_words_and_bytes_go_and_facts_and_evidence_stay(self, old: Store) -> None:
        with old.begin() as unit:
            assert unit.retention.expire(NOW) == Forgotten(messages=1, mails=1)
            unit.commit()
        with old.begin() as unit:
            plain = unit.messages.get("plain")
            assert plain
            assert plain.verdict
            assert (plain.new_text, plain.verdict.reasons, plain.sender) == ("", (), ANA)
            assert plain.verdict.categories == stored().verdict.categories  # type: ignore[union-attr]
            assert [unit.messages.raw(name) for name in ("plain", "opener", "answer", "new")] == [
                None,
                b"opener",
                b"answer",
                b"new",
            ]
            sent, waiting = unit.outbox.get("sent"), unit.outbox.get("waiting")
            assert sent
            assert (sent.text, sent.html, sent.files, sent.state) == ("", "", (), MailState.SENT)
            assert waiting == mail("waiting", created_at=NOW - DAY, to=(Address(address=ANA),))

    def test_doing_it_again_forgets_nothing_more(self, old: Store) -> None:
        with old.begin() as unit:
            unit.retention.expire(NOW)
            unit.commit()
        with old.begin() as unit:
            assert unit.retention.expire(NOW) == Forgotten(messages=0, mails=0)


class TestPerson:
    def test_everything_that_names_an_address_is_told_in_order(self, old: Store) -> None:
        with old.begin() as unit:
            data = unit.retention.of(ANA.upper())
            assert [message.id for message in data.messages] == ["answer", "opener", "plain", "new"]
            assert [outgoing.key for outgoing in data.mails] == ["sent", "waiting"]
            nobody = unit.retention.of("a_a.torres@textilesandinos.example")
            assert not nobody.messages
            assert not nobody.mails

    def test_a_person_is_taken_out_of_everything_that_is_over(self, old: Store) -> None:
        with old.begin() as unit:
            assert unit.retention.erase(ANA) == Forgotten(messages=4, mails=1, kept=0)
            unit.commit()
        with old.begin() as unit:
            data = unit.retention.of(ANA)
            assert not data.messages
            assert [outgoing.key for outgoing in data.mails] == ["waiting"]
            opener, new, owed = unit.messages.get("opener"), unit.messages.get("new"), unit.obligations.get("o1")
            assert opener
            assert new
            assert owed
            assert (opener.sender, opener.sender_name, opener.subject, opener.new_text) == (ERASED, "", "", "")
            assert (new.sender, new.recipients, new.subject) == (
                "luis@other.example",
                (ERASED, "x@y.example"),
                stored().subject,
            )
            assert owed.asker == ERASED
            assert unit.messages.raw("opener") is None

    def test_what_is_still_owed_keeps_its_messages(self, old: Store) -> None:
        with old.begin() as unit:
            unit.obligations.add(obligation("o2", message="plain", asker=ANA), event("o2"))
            unit.commit()
        with old.begin() as unit:
            assert unit.retention.erase(ANA) == Forgotten(messages=3, mails=1, kept=1)
            unit.commit()
        with old.begin() as unit:
            assert [message.id for message in unit.retention.of(ANA).messages] == ["plain"]
            assert unit.messages.raw("plain") == b"plain"
            owed = unit.obligations.get("o2")
            assert owed
            assert owed.asker == ANA
