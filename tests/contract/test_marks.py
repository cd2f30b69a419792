"""The contract of `mailbot.ports.marks`, line by line, over every kind of mailbox that can be marked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.domain.errors import MailboxUnavailable, MailChanged, MarkRefused
from mailbot.domain.marks import COLOURS, NO_FLAG, Colour, Flag, FlagState, MarkName, Switch
from mailbot.ports.marks import Ability, MarkChange
from tests.contract.mark_box_kinds import MARK_BOXES, mark_box
from tests.contract.mark_boxes import MORNING, NAMED, OTHER, MarkBox, wanted

DUE = Flag(state=FlagState.FLAGGED, starts_at=MORNING, due_at=MORNING + timedelta(hours=2))
DONE = Flag(state=FlagState.COMPLETE)


@pytest.fixture(params=MARK_BOXES)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MarkBox]:
    with mark_box(request.param, request, tmp_path) as opened:
        yield opened


def _needs(box: MarkBox, *abilities: Ability) -> None:
    """What the server cannot keep is left out; these cases speak of servers that can."""
    missing = set(abilities) - box.marks.abilities()
    if missing:
        pytest.skip(f"the server cannot: {', '.join(missing)}")


def _change(box: MarkBox, number: int, **change: object) -> None:
    mail = box.marks.set(box.found(number), MarkChange(**change))  # type: ignore[arg-type]
    assert mail is not None


class TestFind:
    def test_a_mail_is_found_by_the_key_it_was_read_under(self, box: MarkBox) -> None:
        key = box.deliver(1)
        found = box.found(1, key)
        assert (found.folder, found.categories, found.flag, found.stamp) == ("INBOX", (), NO_FLAG, ())

    def test_a_mail_is_found_by_its_message_id_alone(self, box: MarkBox) -> None:
        box.deliver(1)
        box.deliver(2)
        assert box.found(2).item != box.found(1).item

    def test_a_mail_is_found_where_its_owner_moved_it(self, box: MarkBox) -> None:
        key = box.deliver(1)
        before = box.found(1, key)
        box.person_moves(1, OTHER)
        after = box.marks.find(wanted(1, key, item=before.item))
        assert after is not None
        assert after.folder == OTHER

    def test_of_two_copies_the_one_that_was_read_is_found(self, box: MarkBox) -> None:
        box.deliver(1, folder=OTHER)
        key = box.deliver(1)
        assert box.found(1, key).folder == "INBOX"

    def test_two_mails_under_one_message_id_are_told_apart_by_their_arrival(self, box: MarkBox) -> None:
        box.deliver(1)
        first = box.found(1)
        box.deliver(1, minute=30)
        again, other = (box.marks.find(wanted(1, minute=minute)) for minute in (1, 30))
        assert again is not None
        assert other is not None
        assert again.item == first.item
        assert other.item != first.item

    def test_a_mail_that_was_moved_is_no_other_that_came_under_its_message_id(self, box: MarkBox) -> None:
        box.deliver(1)
        box.person_moves(1, OTHER)
        box.deliver(1, minute=30)
        moved, other = (box.marks.find(wanted(1, minute=minute)) for minute in (1, 30))
        assert moved is not None
        assert other is not None
        assert (moved.folder, other.folder) == (OTHER, "INBOX")

    def test_a_mail_that_was_deleted_is_none(self, box: MarkBox) -> None:
        key = box.deliver(1)
        found = box.found(1, key)
        box.person_deletes(1)
        assert box.marks.find(wanted(1, key, item=found.item)) is None


class TestCategories:
    def test_categories_come_and_go_by_name(self, box: MarkBox) -> None:
        _needs(box, Ability.CATEGORIES)
        box.deliver(1)
        _change(box, 1, add=("Reclamo", "Revisar"))
        assert set(box.found(1).categories) == {"Reclamo", "Revisar"}
        _change(box, 1, remove=("Revisar",))
        assert box.found(1).categories == ("Reclamo",)

    def test_categories_of_people_stay(self, box: MarkBox) -> None:
        _needs(box, Ability.CATEGORIES)
        box.deliver(1)
        box.person_sets(1, categories=("Personal", "Viaje"))
        _change(box, 1, add=("Reclamo",))
        _change(box, 1, remove=("Reclamo",), add=("Documentos",))
        assert set(box.found(1).categories) == {"Personal", "Viaje", "Documentos"}

    def test_setting_what_is_there_changes_nothing(self, box: MarkBox) -> None:
        _needs(box, Ability.CATEGORIES)
        box.deliver(1)
        _change(box, 1, add=("Reclamo",), flag=DUE)
        before = box.found(1)
        again = box.marks.set(before, MarkChange(add=("Reclamo",), remove=("Revisar",), flag=before.flag))
        assert again == before
        assert box.found(1).version == before.version

    def test_an_order_is_a_category_too(self, box: MarkBox) -> None:
        _needs(box, Ability.CATEGORIES)
        box.deliver(1)
        _change(box, 1, add=("2026-004512",))
        assert box.found(1).categories == ("2026-004512",)


class TestFlag:
    def test_a_flag_keeps_its_start_and_due_date(self, box: MarkBox) -> None:
        _needs(box, Ability.FLAGS, Ability.DUE_DATES)
        box.deliver(1)
        _change(box, 1, flag=DUE)
        assert box.found(1).flag == DUE

    def test_a_flag_completes_and_clears(self, box: MarkBox) -> None:
        _needs(box, Ability.FLAGS)
        box.deliver(1)
        _change(box, 1, flag=DUE)
        assert box.found(1).flag.state is FlagState.FLAGGED
        _change(box, 1, flag=DONE)
        can_complete = Ability.COMPLETION in box.marks.abilities()
        assert box.found(1).flag.state is (FlagState.COMPLETE if can_complete else FlagState.NONE)
        _change(box, 1, flag=NO_FLAG)
        assert box.found(1).flag == NO_FLAG

    def test_a_due_date_moves(self, box: MarkBox) -> None:
        _needs(box, Ability.FLAGS, Ability.DUE_DATES)
        box.deliver(1)
        _change(box, 1, flag=DUE)
        later = Flag(state=FlagState.FLAGGED, starts_at=MORNING, due_at=MORNING + timedelta(days=3))
        _change(box, 1, flag=later)
        assert box.found(1).flag == later

    def test_a_flag_leaves_categories_alone_and_they_leave_it(self, box: MarkBox) -> None:
        _needs(box, Ability.CATEGORIES, Ability.FLAGS)
        box.deliver(1)
        box.person_sets(1, categories=("Personal",))
        _change(box, 1, flag=DUE)
        _change(box, 1, add=("Reclamo",))
        found = box.found(1)
        assert set(found.categories) == {"Personal", "Reclamo"}
        assert found.flag.state is FlagState.FLAGGED


class TestStamp:
    def test_the_dispatch_stands_in_a_property(self, box: MarkBox) -> None:
        _needs(box, Ability.STAMPS)
        box.deliver(1)
        _change(box, 1, stamp=("2026-004512", "2026-004513"))
        assert box.found(1).stamp == ("2026-004512", "2026-004513")
        _change(box, 1, add=("Reclamo",))
        assert box.found(1).stamp == ("2026-004512", "2026-004513")
        _change(box, 1, stamp=())
        assert box.found(1).stamp == ()


class TestRestraint:
    def test_subject_body_read_state_and_folder_stay(self, box: MarkBox) -> None:
        key = box.deliver(1)
        before = box.shape(1)
        box.marks.prepare({mark.value: COLOURS[mark] for mark in MarkName})
        box.marks.set(box.found(1, key), MarkChange(add=("Reclamo",), flag=DUE, stamp=("2026-004512",)))
        box.marks.set(box.found(1, key), MarkChange(remove=("Reclamo",), flag=DONE, stamp=()))
        box.marks.look(["INBOX"], named=["Reclamo"], token="", since=MORNING)
        assert box.shape(1) == before

    def test_checking_changes_nothing(self, box: MarkBox) -> None:
        box.deliver(1)
        before = (box.found(1), box.shape(1), box.colours())
        assert box.marks.check(list(Switch))
        assert (box.found(1), box.shape(1), box.colours()) == before

    def test_a_mail_goes_to_a_folder_only_when_told(self, box: MarkBox) -> None:
        box.deliver(1)
        _change(box, 1, add=("Reclamo",))
        moved = box.marks.move(box.found(1), NAMED)
        assert moved is not None
        assert moved.folder == NAMED
        assert moved.categories == box.found(1).categories
        assert box.shape(1).folder == NAMED

    def test_a_folder_is_found_by_its_own_name(self, box: MarkBox) -> None:
        box.deliver(1)
        moved = box.marks.move(box.found(1), "reclamo")
        assert moved is not None
        assert moved.folder == NAMED

    def test_a_folder_that_is_not_there_moves_nothing(self, box: MarkBox) -> None:
        box.deliver(1)
        assert box.marks.move(box.found(1), "No existe") is None
        assert box.shape(1).folder == "INBOX"


class TestConflict:
    def test_a_mail_that_somebody_changed_is_not_overwritten(self, box: MarkBox) -> None:
        _needs(box, Ability.CATEGORIES)
        box.deliver(1)
        read = box.found(1)
        if not read.version:
            pytest.skip("the server has no versions")
        box.person_sets(1, categories=("Personal",))
        with pytest.raises(MailChanged):
            box.marks.set(read, MarkChange(add=("Reclamo",)))
        assert box.found(1).categories == ("Personal",)
        _change(box, 1, add=("Reclamo",))
        assert set(box.found(1).categories) == {"Personal", "Reclamo"}

    def test_what_a_mailbox_has_no_room_for_is_refused_and_the_rest_is_set(self, box: MarkBox) -> None:
        box.deliver(1)
        if not box.fill_up():
            pytest.skip("there is always room")
        with pytest.raises(MarkRefused):
            box.marks.set(box.found(1), MarkChange(add=("Reclamo", "2026-004512"), flag=DUE))
        found = box.found(1)
        assert found.categories == ("Reclamo",)
        assert found.flag.state is FlagState.FLAGGED

    def test_a_mail_that_is_gone_is_none(self, box: MarkBox) -> None:
        box.deliver(1)
        read = box.found(1)
        box.person_deletes(1)
        assert box.marks.set(read, MarkChange(add=("Reclamo",), flag=DUE)) is None
        assert box.marks.move(read, NAMED) is None

    def test_a_server_that_is_away_is_unavailable(self, box: MarkBox) -> None:
        box.deliver(1)
        read = box.found(1)
        box.break_off()
        with pytest.raises(MailboxUnavailable):
            box.marks.set(read, MarkChange(add=("Reclamo",), flag=DUE))


class TestLook:
    def _look(self, box: MarkBox, token: str = "") -> tuple[dict[str, frozenset[str]], str]:
        look = box.marks.look(["INBOX"], named=["Reclamo", "Documentos"], token=token, since=MORNING)
        return {mail.item: frozenset(mail.categories) for mail in look.mails}, look.token

    def test_what_people_changed_is_seen(self, box: MarkBox) -> None:
        _needs(box, Ability.CATEGORIES)
        box.deliver(1)
        box.deliver(2)
        _, token = self._look(box)
        box.person_sets(2, categories=("Reclamo",))
        seen, _ = self._look(box, token)
        assert seen[box.found(2).item] == {"Reclamo"}

    def test_a_flag_that_people_complete_is_seen(self, box: MarkBox) -> None:
        _needs(box, Ability.FLAGS)
        box.deliver(1)
        _change(box, 1, flag=DUE)
        _, token = self._look(box)
        box.person_sets(1, flag=DONE)
        look = box.marks.look(["INBOX"], named=[], token=token, since=MORNING)
        state = next(mail.flag.state for mail in look.mails if mail.item == box.found(1).item)
        assert state is (FlagState.COMPLETE if Ability.COMPLETION in box.marks.abilities() else FlagState.NONE)

    def test_a_mail_dragged_into_a_folder_named_for_a_category_is_seen_there(self, box: MarkBox) -> None:
        box.deliver(1)
        _, token = self._look(box)
        box.person_moves(1, NAMED)
        look = box.marks.look(["INBOX"], named=["reclamo"], token=token, since=MORNING)
        there = [mail for mail in look.mails if mail.folder == NAMED]
        assert [mail.message_id for mail in there] == ["<1@cliente.example>"]

    def test_without_a_token_everything_since_is_seen(self, box: MarkBox) -> None:
        box.deliver(1)
        box.deliver(2)
        seen, _ = self._look(box)
        assert {box.found(1).item, box.found(2).item} <= set(seen)

    def test_a_token_that_makes_no_sense_starts_again(self, box: MarkBox) -> None:
        box.deliver(1)
        seen, token = self._look(box, "sin-sentido")
        assert box.found(1).item in seen
        assert token != "sin-sentido"


class TestColours:
    def test_our_categories_come_into_the_list_with_a_colour_each(self, box: MarkBox) -> None:
        ours = {mark.value: COLOURS[mark] for mark in MarkName}
        box.marks.prepare(ours)
        box.marks.prepare(ours)
        if not box.colours():
            pytest.skip("the server has no list")
        assert set(box.colours()) == set(ours)
        assert len(set(box.colours().values())) == len(ours)

    def test_a_category_that_people_have_keeps_its_colour(self, box: MarkBox) -> None:
        box.person_colours("Reclamo", Colour.GREEN)
        before = box.colours().get("Reclamo")
        box.marks.prepare({"Reclamo": Colour.RED})
        assert box.colours().get("Reclamo") == before
