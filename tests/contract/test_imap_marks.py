"""Marks over IMAP where servers differ: what the contract that all adapters share cannot say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, MarkRefused
from mailbot.domain.marks import Flag, FlagState, Switch
from mailbot.login import Security
from mailbot.mailboxes.imap import ImapAccount, ImapMailSource
from mailbot.mailboxes.imap_marking import MOST_KEYWORDS, MarkingConnection
from mailbot.mailboxes.imap_marks import ImapMarks
from mailbot.ports.marks import Ability, MarkChange
from tests.contract.imap_mark_boxes import DovecotMarkBox
from tests.contract.mark_boxes import MORNING, NAMED, letter, wanted
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ScriptedImap, scripted_imap

RAISED = Flag(state=FlagState.FLAGGED)
CHANGE = MarkChange(add=("Reclamo",), flag=RAISED)


@contextmanager
def scripted(**changes: object) -> Iterator[tuple[ImapMarks, ScriptedImap]]:
    """One mail on a server that behaves as it is told."""
    with scripted_imap(ScriptedImap(mails={1: letter(1)}, **changes)) as script:  # type: ignore[arg-type]
        account = ImapAccount(
            name="ana",
            host="127.0.0.1",
            port=script.port,
            security=Security.PLAIN,
            username="ana",
            password="x",
            timeout=timedelta(seconds=5),
        )
        marks = ImapMarks(account)
        yield marks, script
        marks.close()


class TestWhatAServerKeeps:
    @pytest.mark.parametrize(
        ("permanent", "abilities"),
        [
            ("\\Flagged \\*", {Ability.CATEGORIES, Ability.FLAGS}),
            ("\\Flagged Reclamo Contingencia REQUERIMIENTO Documentos Revisar", {Ability.CATEGORIES, Ability.FLAGS}),
            ("\\Flagged \\Seen Reclamo", {Ability.FLAGS}),
            ("\\Seen", set()),
        ],
        ids=["any keyword", "ours alone", "not all of ours", "nothing"],
    )
    def test_keywords_and_flags_count_where_they_are_kept_for_good(
        self, permanent: str, abilities: set[Ability]
    ) -> None:
        with scripted(permanent=permanent) as (marks, _):
            assert marks.abilities() == abilities

    def test_without_keywords_only_the_flag_is_set_and_no_word_is_said_of_them(self) -> None:
        with scripted(permanent="\\Flagged") as (marks, script):
            found = marks.find(wanted(1))
            assert found is not None
            marks.set(found, CHANGE)
            assert script.flags[1] == {"\\FLAGGED"}
            assert not [line for line in script.commands if "RECLAMO" in line]

    def test_what_may_only_be_read_is_left_alone_and_the_missing_right_is_named(self) -> None:
        with scripted(is_read_only=True) as (marks, script):
            assert marks.abilities() == frozenset()
            with pytest.raises(MailboxRefused, match="permiso de escritura"):
                marks.check([Switch.CATEGORIES])
            assert not [line for line in script.commands if line.startswith("UID STORE")]

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            ("NO [LIMIT] too many keywords", MarkRefused),
            ("NO keyword not allowed", MarkRefused),
            ("NO [SERVERBUG] internal error", MailboxUnavailable),
        ],
    )
    def test_a_server_that_refuses_a_mark_is_told_from_one_in_trouble(self, answer: str, error: type) -> None:
        with scripted(store_answer=answer) as (marks, _):
            found = marks.find(wanted(1))
            assert found is not None
            with pytest.raises(error):
                marks.set(found, CHANGE)

    def test_a_server_that_drops_a_keyword_in_silence_is_found_out(self) -> None:
        with scripted() as (marks, script):
            found = marks.find(wanted(1))
            assert found is not None
            script.flags = _Deaf()
            with pytest.raises(MarkRefused, match=r"no guarda Reclamo.*Dovecot"):
                marks.set(found, CHANGE)

    def test_where_a_move_would_touch_other_mails_nothing_is_moved(self) -> None:
        with scripted(capabilities="IMAP4rev1") as (marks, script):
            found = marks.find(wanted(1))
            assert found is not None
            assert marks.move(found, "Sent") is None
            assert 1 in script.mails


class _Deaf(dict[int, set[str]]):
    """Keeps nothing that it is told."""

    def setdefault(self, key: int, default: set[str] | None = None) -> set[str]:
        return set()


@pytest.mark.needs_dovecot
class TestOnDovecot:
    @pytest.fixture
    def box(self, dovecot: Dovecot) -> Iterator[DovecotMarkBox]:
        box = DovecotMarkBox(dovecot)
        yield box
        box.close()

    def test_a_change_between_the_look_and_the_store_is_not_overwritten(self, box: DovecotMarkBox) -> None:
        key = box.deliver(1)
        version = int(box.found(1).version)
        connection = MarkingConnection.open(box.account)
        connection.select("INBOX")
        box.person_sets(1, categories=("Personal",))
        assert not connection.store(key.uid, "+", ["Reclamo"], unless_after=version)
        assert connection.store(key.uid, "+", ["Revisar"], unless_after=int(box.found(1).version))
        connection.close()
        assert set(box.found(1).categories) == {"Personal", "Revisar"}

    def test_a_look_gives_only_what_changed(self, box: DovecotMarkBox) -> None:
        for number in range(1, 6):
            box.deliver(number)
        first = box.marks.look(["INBOX"], named=[], token="", since=MORNING)
        box.person_sets(4, categories=("Reclamo",))
        second = box.marks.look(["INBOX"], named=[], token=first.token, since=MORNING)
        third = box.marks.look(["INBOX"], named=[], token=second.token, since=MORNING)
        assert [len(look.mails) for look in (first, second, third)] == [5, 1, 0]
        assert third.token == second.token

    def test_orders_leave_room_for_our_own_words(self, box: DovecotMarkBox) -> None:
        box.deliver(1)
        orders = tuple(f"2026-{number:06d}" for number in range(MOST_KEYWORDS))
        with pytest.raises(MarkRefused, match="dispatch"):
            box.marks.set(box.found(1), MarkChange(add=orders))
        box.marks.set(box.found(1), MarkChange(add=("Reclamo", "Contingencia", "Revisar")))
        kept = box.found(1).categories
        assert {"Reclamo", "Contingencia", "Revisar"} <= set(kept)
        assert len(kept) == MOST_KEYWORDS - 2

    def test_the_connection_that_reads_mail_sees_marks_come_and_sets_none(self, box: DovecotMarkBox) -> None:
        box.deliver(1)
        source = ImapMailSource(box.account)
        before = [mail.key for batch in source.fetch("INBOX", None) for mail in batch]
        box.marks.set(box.found(1), CHANGE)
        after = [mail.key for batch in source.fetch("INBOX", None) for mail in batch]
        source.close()
        assert before == after
        assert not box.shape(1).is_read

    def test_a_mail_without_message_id_is_moved_and_followed(self, box: DovecotMarkBox) -> None:
        with box.client() as client:
            client.append("INBOX", b"Subject: sin id\r\n\r\nHola\r\n", msg_time=MORNING)
        look = box.marks.look(["INBOX"], named=[], token="", since=MORNING)
        moved = box.marks.move(look.mails[0], NAMED)
        assert moved is not None
        assert (moved.folder, moved.message_id) == (NAMED, "")
