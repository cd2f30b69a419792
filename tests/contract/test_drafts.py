"""The contract of `mailbot.ports.drafts`, line by line, over every kind of mailbox that keeps drafts."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.domain.errors import MailboxUnavailable, MailChanged
from mailbot.domain.message import Address
from mailbot.ports.drafts import KeptDraft, ReplyDraft
from tests.contract.draft_boxes import DRAFT_BOXES, DraftBox, draft_box, wanted
from tests.contract.mark_boxes import MORNING, message_id

ANSWER = ReplyDraft(
    stamp="documents-0123456789ab",
    sender=Address(name="Ana Ríos", address="ana@broker.example"),
    to=(Address(name="Cliente", address="cliente@cliente.example"),),
    subject="RE: Consulta 1",
    in_reply_to=message_id(1),
    references=(message_id(1),),
    text="Recibimos su factura.\nFalta la póliza de seguro.\n",
    html="<p>Recibimos su factura.</p><p>Falta la póliza de seguro.</p>",
    created_at=MORNING,
)
BETTER = replace(ANSWER, text="Ya no falta nada.\n", html="<p>Ya no falta nada.</p>")


@pytest.fixture(params=DRAFT_BOXES)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DraftBox]:
    with draft_box(request.param, request, tmp_path) as opened:
        yield opened


def _written(box: DraftBox) -> KeptDraft:
    kept = box.drafts.write(ANSWER, to=wanted())
    assert kept is not None
    return kept


def _found(box: DraftBox, kept: KeptDraft) -> KeptDraft:
    found = box.drafts.find(kept.item)
    assert found is not None
    return found


class TestWrite:
    def test_the_answer_lies_in_the_drafts_of_its_conversation(self, box: DraftBox) -> None:
        assert _written(box).is_new
        (seen,) = box.seen()
        assert (seen.subject.casefold(), seen.to) == ("re: consulta 1", ("cliente@cliente.example",))
        assert "Recibimos su factura. Falta la póliza de seguro." in seen.text
        assert seen.answers == message_id(1)

    def test_there_is_one_of_each_stamp(self, box: DraftBox) -> None:
        kept = _written(box)
        again = box.drafts.write(ANSWER, to=wanted())
        assert again is not None
        assert (again.item, again.is_new) == (kept.item, False)
        assert len(box.seen()) == 1

    def test_one_that_nobody_touched_since_is_as_it_was_given(self, box: DraftBox) -> None:
        _written(box)
        again = box.drafts.write(ANSWER, to=wanted())
        assert again is not None
        assert again.is_as_given

    def test_one_that_says_something_else_is_not_as_it_was_given(self, box: DraftBox) -> None:
        _written(box)
        again = box.drafts.write(BETTER, to=wanted())
        assert again is not None
        assert (again.is_new, again.is_as_given) == (False, False)

    def test_another_stamp_is_another_draft(self, box: DraftBox) -> None:
        _written(box)
        other = box.drafts.write(replace(ANSWER, stamp="status-0123456789ab"), to=wanted())
        assert other is not None
        assert other.is_new
        assert len(box.seen()) == 2

    def test_the_mail_that_is_answered_stays_as_it_is(self, box: DraftBox) -> None:
        before = box.inbox()
        box.drafts.write(ANSWER, to=wanted())
        assert box.inbox() == before

    def test_a_server_that_is_away_is_unavailable(self, box: DraftBox) -> None:
        box.break_off()
        with pytest.raises(MailboxUnavailable):
            box.drafts.write(ANSWER, to=wanted())


class TestFind:
    def test_an_untouched_draft_says_the_same(self, box: DraftBox) -> None:
        kept = _written(box)
        assert _found(box, kept).fingerprint == kept.fingerprint

    def test_a_draft_that_a_person_edited_differs_or_is_gone(self, box: DraftBox) -> None:
        kept = _written(box)
        box.person_edits("Mejor así.")
        found = box.drafts.find(kept.item)
        assert found is None or found.fingerprint != kept.fingerprint

    def test_a_draft_that_was_deleted_is_none(self, box: DraftBox) -> None:
        kept = _written(box)
        box.person_deletes()
        assert box.drafts.find(kept.item) is None


class TestUpdate:
    def test_a_draft_says_something_else_in_its_place(self, box: DraftBox) -> None:
        updated = box.drafts.update(_written(box), BETTER)
        assert updated is not None
        (seen,) = box.seen()
        assert "Ya no falta nada." in seen.text
        assert "póliza" not in seen.text
        assert seen.answers == message_id(1)
        assert _found(box, updated).fingerprint == updated.fingerprint

    def test_a_draft_updates_again(self, box: DraftBox) -> None:
        once = box.drafts.update(_written(box), BETTER)
        assert once is not None
        twice = box.drafts.update(once, ANSWER)
        assert twice is not None
        assert "póliza" in box.seen()[0].text

    def test_a_change_is_repeated_harmlessly(self, box: DraftBox) -> None:
        kept = _written(box)
        box.drafts.update(kept, BETTER)
        # As if the answer to the first had been lost.
        again = box.drafts.update(kept, BETTER)
        found = [seen.text for seen in box.seen()]
        assert len(found) == 1
        assert "Ya no falta nada." in found[0]
        assert again is not None
        assert _found(box, again).fingerprint == again.fingerprint

    def test_what_a_person_wrote_stays(self, box: DraftBox) -> None:
        kept = _written(box)
        box.person_edits("Mejor así.")
        with contextlib.suppress(MailChanged):
            assert box.drafts.update(kept, BETTER) is None
        assert [seen.text for seen in box.seen()] == ["Mejor así."]

    def test_a_draft_that_is_gone_does_not_come_back(self, box: DraftBox) -> None:
        kept = _written(box)
        box.person_deletes()
        assert box.drafts.update(kept, BETTER) is None
        assert box.seen() == []


class TestDiscard:
    def test_an_untouched_draft_goes(self, box: DraftBox) -> None:
        assert box.drafts.discard(_written(box))
        assert box.seen() == []

    def test_what_a_person_wrote_is_not_thrown_away(self, box: DraftBox) -> None:
        kept = _written(box)
        box.person_edits("Mejor así.")
        with contextlib.suppress(MailChanged):
            assert not box.drafts.discard(kept)
        assert [seen.text for seen in box.seen()] == ["Mejor así."]

    def test_a_draft_that_is_gone_is_no_trouble(self, box: DraftBox) -> None:
        kept = _written(box)
        box.person_deletes()
        assert not box.drafts.discard(kept)


class TestCheck:
    def test_it_says_where_drafts_go_and_leaves_none(self, box: DraftBox) -> None:
        assert any("borrador" in line.lower() for line in box.drafts.check())
        assert box.seen() == []
