"""The contract of `mailbot.ports.drafts`, line by line, over every kind of mailbox that keeps drafts."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.domain.errors import MailboxUnavailable, MailChanged
from mailbot.domain.message import Address
from mailbot.ports.drafts import KeptDraft, ReplyDraft
from tests.contract.mark_box_kinds import MARK_BOXES, mark_box
from tests.contract.mark_boxes import MORNING, MarkBox, message_id

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


@pytest.fixture(params=MARK_BOXES)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MarkBox]:
    with mark_box(request.param, request, tmp_path) as opened:
        yield opened


def _written(box: MarkBox) -> KeptDraft:
    box.deliver(1)
    kept = box.drafts.write(ANSWER, to=box.found(1))
    assert kept is not None
    return kept


def _found(box: MarkBox, kept: KeptDraft) -> KeptDraft:
    found = box.drafts.find(kept.item)
    assert found is not None
    return found


class TestWrite:
    def test_the_answer_lies_in_the_drafts_of_its_conversation(self, box: MarkBox) -> None:
        assert _written(box).is_new
        (seen,) = box.draft_list()
        assert (seen.subject.casefold(), seen.to) == ("re: consulta 1", ("cliente@cliente.example",))
        assert "Recibimos su factura. Falta la póliza de seguro." in seen.text
        assert seen.answers == message_id(1)

    def test_there_is_one_of_each_stamp(self, box: MarkBox) -> None:
        kept = _written(box)
        again = box.drafts.write(ANSWER, to=box.found(1))
        assert again is not None
        assert (again.item, again.is_new) == (kept.item, False)
        assert len(box.draft_list()) == 1

    def test_another_stamp_is_another_draft(self, box: MarkBox) -> None:
        _written(box)
        other = box.drafts.write(replace(ANSWER, stamp="status-0123456789ab"), to=box.found(1))
        assert other is not None
        assert other.is_new
        assert len(box.draft_list()) == 2

    def test_the_mail_that_is_answered_stays_as_it_is(self, box: MarkBox) -> None:
        box.deliver(1)
        before = box.shape(1)
        box.drafts.write(ANSWER, to=box.found(1))
        assert box.shape(1) == before

    def test_a_server_that_is_away_is_unavailable(self, box: MarkBox) -> None:
        box.deliver(1)
        found = box.found(1)
        box.break_off()
        with pytest.raises(MailboxUnavailable):
            box.drafts.write(ANSWER, to=found)


class TestFind:
    def test_an_untouched_draft_says_the_same(self, box: MarkBox) -> None:
        kept = _written(box)
        assert _found(box, kept).fingerprint == kept.fingerprint

    def test_a_draft_that_a_person_edited_differs_or_is_gone(self, box: MarkBox) -> None:
        kept = _written(box)
        box.person_edits_draft("Mejor así.")
        found = box.drafts.find(kept.item)
        assert found is None or found.fingerprint != kept.fingerprint

    def test_a_draft_that_was_deleted_is_none(self, box: MarkBox) -> None:
        kept = _written(box)
        box.person_deletes_draft()
        assert box.drafts.find(kept.item) is None


class TestUpdate:
    def test_a_draft_says_something_else_in_its_place(self, box: MarkBox) -> None:
        updated = box.drafts.update(_written(box), BETTER)
        assert updated is not None
        (seen,) = box.draft_list()
        assert "Ya no falta nada." in seen.text
        assert "póliza" not in seen.text
        assert seen.answers == message_id(1)
        assert _found(box, updated).fingerprint == updated.fingerprint

    def test_a_draft_updates_again(self, box: MarkBox) -> None:
        once = box.drafts.update(_written(box), BETTER)
        assert once is not None
        twice = box.drafts.update(once, ANSWER)
        assert twice is not None
        assert "póliza" in box.draft_list()[0].text

    def test_what_a_person_wrote_stays(self, box: MarkBox) -> None:
        kept = _written(box)
        box.person_edits_draft("Mejor así.")
        with contextlib.suppress(MailChanged):
            assert box.drafts.update(kept, BETTER) is None
        assert [seen.text for seen in box.draft_list()] == ["Mejor así."]

    def test_a_draft_that_is_gone_does_not_come_back(self, box: MarkBox) -> None:
        kept = _written(box)
        box.person_deletes_draft()
        assert box.drafts.update(kept, BETTER) is None
        assert box.draft_list() == []


class TestDiscard:
    def test_an_untouched_draft_goes(self, box: MarkBox) -> None:
        assert box.drafts.discard(_written(box))
        assert box.draft_list() == []

    def test_what_a_person_wrote_is_not_thrown_away(self, box: MarkBox) -> None:
        kept = _written(box)
        box.person_edits_draft("Mejor así.")
        with contextlib.suppress(MailChanged):
            assert not box.drafts.discard(kept)
        assert [seen.text for seen in box.draft_list()] == ["Mejor así."]

    def test_a_draft_that_is_gone_is_no_trouble(self, box: MarkBox) -> None:
        kept = _written(box)
        box.person_deletes_draft()
        assert not box.drafts.discard(kept)
