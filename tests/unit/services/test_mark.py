"""Marks on mails, and what people do with them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.domain.corrections import LabelChange
from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, MarkRefused, Permanent, Transient
from mailbot.domain.labels import Category
from mailbot.domain.marks import NO_FLAG, Flag, FlagState, Switch
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.ports.marks import Ability, MarkChange, MarkedMail
from mailbot.services.hear import HEARD
from mailbot.services.mark import tend_all
from mailbot.services.word import correct, mark_done
from tests.builders import COMPLAINT, DOCUMENTS, ESC, REQUIREMENT, lima, verdict
from tests.unit.services.outlook_world import OutlookWorld

NINE = lima("2026-11-16 09:00")
MINUTE = timedelta(minutes=1)
DOUBTFUL = verdict(Category.REQUIREMENT, doubts=["complaint"])
TABLE = {"Estado": REQUIREMENT, "Reclamo": COMPLAINT, "Docs": DOCUMENTS, "Duda": DOUBTFUL}


def world(*switches: Switch, **changes: object) -> OutlookWorld:
    chosen = {"switches": switches} if switches else {}
    return OutlookWorld(verdicts=TABLE, **chosen, **changes)  # type: ignore[arg-type]


class TestShown:
    @pytest.mark.parametrize(
        ("subject", "names"),
        [
            ("Estado", {"Requerimiento"}),
            ("Docs", {"Documentos"}),
            ("Reclamo", {"Reclamo", "Contingencia"}),
            ("Duda", {"Requerimiento", "Revisar"}),
            ("Otra cosa", set()),
        ],
    )
    def test_each_label_is_a_category(self, subject: str, names: set[str]) -> None:
        office = world()
        mail = office.come(subject, NINE)
        office.tend(NINE)
        assert set(office.mail(mail).categories) == names

    def test_the_flag_carries_the_due_date_of_what_is_owed(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        owed = office.only(ObligationKind.REPLY)
        assert office.mail(mail).flag == Flag(state=FlagState.FLAGGED, starts_at=owed.starts_at, due_at=owed.due_at)

    def test_the_flag_completes_when_the_obligation_is_met(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        mark_done(office.desk.store, office.only(ObligationKind.REPLY).id, who="MF", why="", now=NINE + MINUTE)
        office.tend(NINE + MINUTE)
        assert office.mail(mail).flag.state is FlagState.COMPLETE

    def test_the_flag_goes_when_nothing_is_owed_after_all(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        correct(office.desk, office.stored(mail).id, LabelChange(categories=()), who="MF", now=NINE + MINUTE)
        office.tend(NINE + MINUTE)
        assert office.mail(mail).flag == NO_FLAG
        assert office.mail(mail).categories == ()

    def test_nothing_is_touched_that_the_office_did_not_switch_on(self) -> None:
        office = OutlookWorld(verdicts=TABLE, switches=())
        office.come("Estado", NINE)
        office.tend(NINE)
        assert office.marks.changes == 0
        assert office.marks.colours == {}

    def test_the_dispatch_is_a_category_or_a_stamp(self) -> None:
        office = world(Switch.DISPATCH, Switch.STAMP)
        mail = office.come("Estado", NINE, text="¿Cómo va la orden 2026-004512?")
        office.tend(NINE)
        assert office.mail(mail).categories == ("2026-004512",)
        assert office.mail(mail).stamp == ("2026-004512",)

    def test_repeating_changes_nothing(self) -> None:
        office = world()
        office.come("Reclamo", NINE)
        office.tend(NINE)
        before = office.marks.changes
        for minute in range(5):
            assert office.tend(NINE + minute * MINUTE).marked == 0
        assert office.marks.changes == before
        assert office.said(HEARD) == []

    def test_categories_of_people_stay_through_everything(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.marks.person_sets(mail, categories=("Viaje",))
        office.tend(NINE)
        correct(office.desk, office.stored(mail).id, LabelChange(categories=()), who="MF", now=NINE)
        office.tend(NINE + MINUTE)
        assert office.mail(mail).categories == ("Viaje",)

    def test_what_a_mail_bore_before_is_neither_heard_nor_taken_away(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.marks.person_sets(mail, categories=("Reclamo",), flag=Flag(state=FlagState.FLAGGED))
        office.tend(NINE)
        office.tend(NINE + MINUTE)
        assert set(office.mail(mail).categories) == {"Reclamo", "Requerimiento"}
        assert office.mail(mail).flag == Flag(state=FlagState.FLAGGED)
        assert office.said(HEARD) == []

    def test_a_mail_is_moved_only_where_a_setting_says_so_and_only_once(self) -> None:
        office = world(Switch.CATEGORIES, Switch.FOLDERS)
        mail = office.come("Reclamo", NINE)
        office.tend(NINE)
        assert office.mail(mail).folder == "Reclamo"
        office.marks.person_moves(mail, "INBOX")
        office.tend(NINE + MINUTE)
        office.tend(NINE + 2 * MINUTE)
        assert office.mail(mail).folder == "INBOX"
        assert office.said(HEARD) == []

    def test_a_flag_stands_in_where_a_server_has_no_categories(self) -> None:
        office = world(Switch.CATEGORIES, abilities=[Ability.FLAGS])
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        assert office.mail(mail).categories == ()
        assert office.mail(mail).flag == Flag(state=FlagState.FLAGGED)


class TestHeard:
    def test_a_category_taken_away_corrects_the_label(self) -> None:
        office = world()
        mail = office.come("Reclamo", NINE)
        office.tend(NINE)
        office.marks.person_sets(mail, categories=("Requerimiento",))
        office.tend(NINE + MINUTE)
        now = office.stored(mail).verdict
        assert now is not None
        assert now.categories == (Category.REQUIREMENT,)
        assert now.contingency == ()
        assert [who for who, _ in office.said("correction")] == ["RQ"]
        assert office.mail(mail).categories == ("Requerimiento",)

    def test_a_category_put_on_corrects_the_label_and_opens_what_follows(self) -> None:
        office = world()
        mail = office.come("Otra cosa", NINE)
        office.tend(NINE)
        office.marks.person_sets(mail, categories=("Reclamo",))
        office.tend(NINE + MINUTE)
        assert office.only(ObligationKind.REPLY).is_open
        office.tend(NINE + 2 * MINUTE)
        assert office.mail(mail).flag.state is FlagState.FLAGGED

    def test_taking_revisar_away_says_that_the_labels_are_right(self) -> None:
        office = world()
        mail = office.come("Duda", NINE)
        office.tend(NINE)
        office.marks.person_sets(mail, categories=("Requerimiento",))
        office.tend(NINE + MINUTE)
        now = office.stored(mail).verdict
        assert now is not None
        assert (now.categories, now.needs_review, now.doubts) == ((Category.REQUIREMENT,), False, ())

    def test_a_mail_dragged_to_a_folder_named_for_a_category_corrects_the_label(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        office.marks.person_moves(mail, "Documentos")
        office.tend(NINE + MINUTE)
        now = office.stored(mail).verdict
        assert now is not None
        assert now.categories == (Category.DOCUMENTS,)
        assert office.mail(mail).categories == ("Documentos",)
        assert office.mail(mail).folder == "Documentos"

    def test_a_mail_put_anywhere_else_says_nothing(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        office.marks.person_moves(mail, "Archivo")
        office.tend(NINE + MINUTE)
        assert office.said(HEARD) == []

    def test_a_flag_marked_complete_is_done_by_whose_mailbox_it_is(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        office.marks.person_sets(mail, flag=Flag(state=FlagState.COMPLETE))
        office.tend(NINE + MINUTE)
        done = office.only(ObligationKind.REPLY)
        assert (done.state, done.ended_at) == (ObligationState.MET, NINE + MINUTE)
        assert done.evidence == "dado por hecho por RQ: marcado como completado en Outlook"
        assert [who for who, _ in office.said("obligation_done")] == ["RQ"]

    def test_a_completion_taken_back_opens_it_again(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        flagged = office.mail(mail).flag
        office.marks.person_sets(mail, flag=Flag(state=FlagState.COMPLETE))
        office.tend(NINE + MINUTE)
        office.marks.person_sets(mail, flag=flagged)
        office.tend(NINE + 2 * MINUTE)
        assert office.only(ObligationKind.REPLY).is_open

    def test_a_flag_that_a_person_cleared_is_left_alone(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        office.marks.person_sets(mail, flag=NO_FLAG)
        for minute in range(1, 4):
            office.tend(NINE + minute * MINUTE)
        assert office.mail(mail).flag == NO_FLAG
        assert office.only(ObligationKind.REPLY).is_open

    def test_a_flag_with_another_date_is_theirs(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        theirs = Flag(state=FlagState.FLAGGED, starts_at=NINE, due_at=NINE + timedelta(days=9))
        office.marks.person_sets(mail, flag=theirs)
        office.tend(NINE + MINUTE)
        assert office.mail(mail).flag == theirs

    def test_another_order_put_on_links_the_mail(self) -> None:
        office = world(Switch.DISPATCH)
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        office.marks.person_sets(mail, categories=("2026-004512",))
        office.tend(NINE + MINUTE)
        assert office.stored(mail).orders == ("2026-004512",)

    def test_where_a_flag_cannot_complete_its_end_is_done(self) -> None:
        office = world(abilities=[Ability.FLAGS])
        mail = office.come("Estado", NINE)
        office.tend(NINE)
        office.marks.person_sets(mail, flag=NO_FLAG)
        office.tend(NINE + MINUTE)
        assert not office.only(ObligationKind.REPLY).is_open


class _Killed(Exception):
    """The process dies."""


class TestCrashes:
    @pytest.mark.parametrize("is_after", [False, True], ids=["before the write", "after the write"])
    def test_a_run_that_dies_at_the_server_is_taken_up_and_never_heard_as_a_person(self, is_after: bool) -> None:
        office = world()
        mail = office.come("Reclamo", NINE)
        real = office.marks.set

        def dying(found: MarkedMail, change: MarkChange) -> MarkedMail | None:
            if is_after:
                real(found, change)
            raise _Killed

        office.marks.set = dying  # type: ignore[method-assign]
        with pytest.raises(_Killed):
            office.tend(NINE)
        office.marks.set = real  # type: ignore[method-assign]
        office.tend(NINE + MINUTE)
        office.tend(NINE + 2 * MINUTE)
        assert set(office.mail(mail).categories) == {"Reclamo", "Contingencia"}
        assert office.mail(mail).flag.state is FlagState.FLAGGED
        assert office.said(HEARD) == []

    def test_a_person_who_works_in_the_mail_meanwhile_is_heard_and_not_overwritten(self) -> None:
        office = world()
        mail = office.come("Reclamo", NINE)
        real, rounds = office.marks.set, []

        def meanwhile(found: MarkedMail, change: MarkChange) -> MarkedMail | None:
            if not rounds:
                rounds.append(1)
                office.marks.person_sets(mail, categories=("Urgente",))
            return real(found, change)

        office.marks.set = meanwhile  # type: ignore[method-assign]
        office.tend(NINE)
        assert set(office.mail(mail).categories) == {"Urgente", "Reclamo", "Contingencia"}

    def test_a_mailbox_that_is_away_is_marked_later(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.source.fail_with(MailboxUnavailable("gone"))
        with pytest.raises(MailboxUnavailable):
            office.tend(NINE)
        office.source.fail_with(None)
        office.tend(NINE + MINUTE)
        assert office.mail(mail).categories == ("Requerimiento",)

    def test_a_mail_that_is_refused_keeps_no_other_back_is_told_once_and_is_no_word_of_a_person(self) -> None:
        office = world()
        refused, other = office.come("Reclamo", NINE), office.come("Estado", NINE)
        office.marks.full_for = ("Contingencia",)
        with pytest.raises(MarkRefused):
            office.tend(NINE)
        assert office.mail(refused).categories == ("Reclamo",)
        assert office.mail(refused).flag.state is FlagState.FLAGGED
        assert office.mail(other).categories == ("Requerimiento",)
        assert office.tend(NINE + MINUTE).marked == 0
        assert office.said(HEARD) == []

    def test_a_mail_that_was_deleted_is_let_go(self) -> None:
        office = world()
        mail = office.come("Estado", NINE)
        office.marks.person_deletes(mail)
        assert office.tend(NINE).marked == 0
        with office.desk.store.begin() as uow:
            assert uow.marks.open("rq") == []


def test_the_flag_of_a_colleague_stands_in_the_colleagues_own_mailbox() -> None:
    office = world()
    mail = office.come("Estado", NINE)
    stored = office.stored(mail)
    with office.desk.store.begin() as uow:
        kept = uow.marks.get("rq", stored.id)
        assert kept is not None
        uow.marks.add(replace(kept, mailbox="kv", key=replace(kept.key, mailbox="kv")))
        uow.commit()
    office.tend(NINE)
    assert office.only(ObligationKind.REPLY).owner == "RQ"
    assert office.desk.box("rq").address == ESC
    assert office.mail(mail).flag.state is FlagState.FLAGGED


class TestSeveralMailboxes:
    def _with_fault(self, fault: Exception | None) -> OutlookWorld:
        office = world()
        office.come("Estado", NINE)
        office.source.fail_with(fault)  # type: ignore[arg-type]
        return office

    def test_all_that_fail_are_told_and_the_rest_is_marked(self) -> None:
        away = self._with_fault(MailboxUnavailable("el buzón de Ana no responde"))
        refused = self._with_fault(MailboxRefused("el buzón de Luis pide otra contraseña"))
        fine = self._with_fault(None)
        with pytest.raises(Permanent) as told:
            tend_all(fine.desk, [away.outlook, refused.outlook, fine.outlook], now=NINE)
        assert "Ana" in str(told.value)
        assert "Luis" in str(told.value)
        assert fine.marks.changes == 1

    def test_several_that_are_away_are_tried_again(self) -> None:
        offices = [self._with_fault(MailboxUnavailable(f"no responde {name}")) for name in ("Ana", "Luis")]
        with pytest.raises(Transient, match=r"Ana.*Luis"):
            tend_all(offices[0].desk, [office.outlook for office in offices], now=NINE)
