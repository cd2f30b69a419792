"""The contract of `mailbot.ports.mailbox`, line by line, over every kind of mailbox."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable
from mailbot.login import Security
from mailbot.ports.mailbox import Cursor, FetchedMail, ListsKeys, MailSource
from tests.contract.mailbox_boxes import BATCH, EXTRA, Box, DovecotBox, EmbeddedBox, ImapBox, MemoryBox

MORNING = datetime(2026, 11, 3, 14, 0, 5, tzinfo=UTC)
_DOVECOT = pytest.mark.needs_dovecot
_SERVERS = [pytest.param("embedded", id="embedded"), pytest.param("dovecot-tls", id="dovecot", marks=_DOVECOT)]
_OTHER_WAYS_IN = ("plain", "starttls", "xoauth2")


def _box(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Box]:
    if kind == "memory":
        yield MemoryBox()
    elif kind == "embedded":
        box = EmbeddedBox()
        yield box
        box.source.close()
        box.close()
    else:
        real = DovecotBox(request.getfixturevalue("dovecot"), kind.removeprefix("dovecot-"), folder)
        yield real
        real.source.close()


@pytest.fixture(params=[pytest.param("memory", id="memory"), *_SERVERS])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    yield from _box(request.param, request, tmp_path)


@pytest.fixture(params=_SERVERS)
def imap_box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    """Where flags exist."""
    yield from _box(request.param, request, tmp_path)


@pytest.fixture(params=[pytest.param(f"dovecot-{way}", id=way, marks=_DOVECOT) for way in _OTHER_WAYS_IN])
def other_box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    """The same real server, reached in other ways."""
    yield from _box(request.param, request, tmp_path)


def _mail(number: int, *, size: int = 0) -> bytes:
    return (
        f"From: Cliente <cliente@cliente.example>\r\nTo: ana@broker.example\r\nSubject: Consulta {number}\r\n"
        f"Message-ID: <{number}@cliente.example>\r\n\r\nEstado, por favor.\r\n{'x' * size}"
    ).encode() + "Señor Ñandú\r\n".encode("latin-1")


def _all(
    source: MailSource, *, folder: str = "INBOX", cursor: Cursor | None = None, since: datetime | None = None
) -> list[FetchedMail]:
    return [mail for batch in source.fetch(folder, cursor, since=since) for mail in batch]


def _cursor(mail: FetchedMail) -> Cursor:
    key = mail.key
    return Cursor(mailbox=key.mailbox, folder=key.folder, validity=key.validity, uid=key.uid, token=mail.token)


def _fill(box: Box, count: int, *, folder: str = "INBOX") -> None:
    box.deliver_all([(_mail(number), MORNING + timedelta(minutes=number)) for number in range(count)], folder)


class TestFetch:
    def test_the_first_fetch_gives_every_mail_as_the_server_holds_it(self, box: Box) -> None:
        _fill(box, 3)
        mails = _all(box.source)
        assert [mail.raw for mail in mails] == [_mail(0), _mail(1), _mail(2)]
        assert [mail.received_at for mail in mails] == [MORNING + timedelta(minutes=n) for n in range(3)]
        assert all(mail.fault == "" for mail in mails)

    def test_the_arrival_is_in_utc(self, box: Box) -> None:
        _fill(box, 1)
        assert _all(box.source)[0].received_at.utcoffset() == timedelta(0)

    def test_a_key_names_mailbox_and_folder_and_uids_ascend(self, box: Box) -> None:
        _fill(box, 4, folder=EXTRA)
        keys = [mail.key for mail in _all(box.source, folder=EXTRA)]
        assert {(key.mailbox, key.folder) for key in keys} == {("ana", EXTRA)}
        assert [key.uid for key in keys] == sorted({key.uid for key in keys})

    def test_batches_are_bounded_and_hold_nothing_twice(self, box: Box) -> None:
        _fill(box, 2 * BATCH + 2)
        batches = list(box.source.fetch("INBOX", None))
        assert [len(batch) for batch in batches] == [BATCH, BATCH, 2]
        assert len({mail.key for batch in batches for mail in batch}) == 2 * BATCH + 2

    def test_after_the_cursor_only_newer_mail_comes(self, box: Box) -> None:
        _fill(box, 3)
        first = _all(box.source)
        box.deliver(_mail(3), MORNING)
        assert [mail.raw for mail in _all(box.source, cursor=_cursor(first[-1]))] == [_mail(3)]
        assert [mail.raw for mail in _all(box.source, cursor=_cursor(first[1]))] == [_mail(2), _mail(3)]

    def test_with_nothing_new_there_is_no_batch(self, box: Box) -> None:
        _fill(box, 2)
        last = _all(box.source)[-1]
        assert list(box.source.fetch("INBOX", _cursor(last))) == []

    def test_an_empty_folder_gives_no_batch(self, box: Box) -> None:
        assert list(box.source.fetch("INBOX", None)) == []

    def test_the_first_listing_begins_at_since(self, box: Box) -> None:
        for days in (9, 2, 1, 0):
            box.deliver(_mail(days), MORNING - timedelta(days=days))
        # Two mails lie within the day of margin that the server's own search needs.
        mails = _all(box.source, since=MORNING - timedelta(days=1))
        assert [mail.raw for mail in mails] == [_mail(1), _mail(0)]

    def test_since_does_not_hide_what_lies_after_the_cursor(self, box: Box) -> None:
        _fill(box, 1)
        cursor = _cursor(_all(box.source)[0])
        box.deliver(_mail(1), MORNING - timedelta(days=400))
        assert [mail.raw for mail in _all(box.source, cursor=cursor, since=MORNING)] == [_mail(1)]

    def test_another_validity_lists_the_folder_again_from_since(self, box: Box) -> None:
        box.deliver(_mail(8), MORNING - timedelta(days=8), EXTRA)
        box.deliver(_mail(0), MORNING, EXTRA)
        before = _all(box.source, folder=EXTRA)
        box.renew(EXTRA)
        after = _all(box.source, folder=EXTRA, cursor=_cursor(before[-1]), since=MORNING - timedelta(days=3))
        assert [mail.raw for mail in after] == [_mail(0)]
        assert after[0].key.validity != before[0].key.validity

    def test_a_mail_that_was_deleted_is_no_fault(self, box: Box) -> None:
        _fill(box, 3)
        box.remove_first()
        mails = _all(box.source)
        assert [mail.raw for mail in mails] == [_mail(1), _mail(2)]

    def test_an_unknown_folder_is_refused_with_the_names_that_exist(self, box: Box) -> None:
        with pytest.raises(MailboxRefused) as refusal:
            _all(box.source, folder="No hay")
        assert all(f"«{name}»" in str(refusal.value) for name in ("No hay", "INBOX", EXTRA, "Enviados"))

    def test_a_server_that_is_away_is_unavailable_and_read_on_when_it_is_back(self, box: Box) -> None:
        _fill(box, 1)
        assert len(_all(box.source)) == 1
        box.break_off()
        try:
            with pytest.raises(MailboxUnavailable):
                _all(box.source)
        finally:
            box.mend()
        box.deliver(_mail(7), MORNING)
        assert _all(box.source)[-1].raw == _mail(7)


class TestNoTrace:
    def test_reading_changes_no_flag(self, imap_box: ImapBox) -> None:
        _fill(imap_box, BATCH + 3)
        uids = sorted(imap_box.flags())
        imap_box.mark(uids[1], [b"\\Seen"])
        imap_box.mark(uids[2], [b"\\Flagged", b"\\Answered"])
        before = imap_box.flags()
        assert len(_all(imap_box.source)) == BATCH + 3
        imap_box.source.find("<3@cliente.example>", folder="INBOX")
        imap_box.source.check()
        imap_box.source.wait(timedelta(seconds=0.2))
        imap_box.source.close()
        assert imap_box.flags() == before
        assert sum(flags == frozenset() for flags in before.values()) == BATCH + 1

    def test_a_mail_that_somebody_read_first_is_fetched_all_the_same(self, imap_box: ImapBox) -> None:
        _fill(imap_box, 2)
        for uid in imap_box.flags():
            imap_box.mark(uid, [b"\\Seen"])
        assert [mail.raw for mail in _all(imap_box.source)] == [_mail(0), _mail(1)]


class TestFind:
    def test_a_mail_is_found_by_its_message_id(self, box: Box) -> None:
        _fill(box, 2, folder=EXTRA)
        assert box.source.find("<1@cliente.example>", folder=EXTRA)
        assert not box.source.find("<9@cliente.example>", folder=EXTRA)
        assert not box.source.find("<1@cliente.example>", folder="INBOX")

    def test_a_mail_that_came_since_the_last_look_is_found(self, box: Box) -> None:
        assert not box.source.find("<5@cliente.example>", folder="INBOX")
        box.deliver(_mail(5), MORNING)
        assert box.source.find("<5@cliente.example>", folder="INBOX")

    def test_an_unknown_folder_is_refused(self, box: Box) -> None:
        with pytest.raises(MailboxRefused):
            box.source.find("<1@cliente.example>", folder="No hay")

    def test_a_server_that_is_away_is_unavailable(self, box: Box) -> None:
        box.break_off()
        try:
            with pytest.raises(MailboxUnavailable):
                box.source.find("<1@cliente.example>", folder="INBOX")
        finally:
            box.mend()


class TestSent:
    def test_the_sent_folder_is_known_and_among_the_folders(self, box: Box) -> None:
        assert box.source.sent_folder == "Enviados"
        assert list(box.source.folders) == ["INBOX", EXTRA, "Enviados"]

    def test_a_copy_of_a_sent_mail_is_filed_at_its_moment(self, box: Box) -> None:
        box.source.file_sent(_mail(1), at=MORNING)
        filed = _all(box.source, folder="Enviados")
        assert [(mail.raw, mail.received_at) for mail in filed] == [(_mail(1), MORNING)]

    def test_the_copy_is_marked_as_read(self, imap_box: ImapBox) -> None:
        imap_box.source.file_sent(_mail(1), at=MORNING)
        assert list(imap_box.flags("Enviados").values()) == [{b"\\Seen"}]

    def test_filing_again_makes_no_second_copy(self, box: Box) -> None:
        box.source.file_sent(_mail(1), at=MORNING)
        box.source.file_sent(_mail(1), at=MORNING + timedelta(minutes=5))
        assert len(_all(box.source, folder="Enviados")) == 1


class TestWait:
    def test_new_mail_ends_the_wait_within_two_seconds(self, box: Box) -> None:
        _all(box.source)
        moments: list[float] = []

        def arrive() -> None:
            moments.append(time.monotonic())
            box.deliver(_mail(1), MORNING)

        timer = threading.Timer(0.4, arrive)
        timer.start()
        assert box.source.wait(timedelta(seconds=15))
        assert time.monotonic() - moments[0] < 2
        timer.join()

    def test_mail_that_came_before_the_wait_is_told_at_once(self, box: Box) -> None:
        _all(box.source)
        box.deliver(_mail(1), MORNING)
        start = time.monotonic()
        assert box.source.wait(timedelta(seconds=10))
        assert time.monotonic() - start < 2

    def test_mail_that_came_between_two_waits_is_told_at_once(self, box: Box) -> None:
        _all(box.source)
        assert not box.source.wait(timedelta(seconds=0.1))
        box.deliver(_mail(1), MORNING)
        start = time.monotonic()
        assert box.source.wait(timedelta(seconds=10))
        assert time.monotonic() - start < 2

    def test_without_news_the_wait_ends_after_its_timeout(self, box: Box) -> None:
        _fill(box, 1)
        _all(box.source)
        box.source.wait(timedelta(0))
        start = time.monotonic()
        assert not box.source.wait(timedelta(seconds=0.4))
        assert 0.35 < time.monotonic() - start < 2

    def test_wake_ends_a_wait_at_once(self, box: Box) -> None:
        _all(box.source)
        timer = threading.Timer(0.3, box.source.wake)
        timer.start()
        start = time.monotonic()
        assert not box.source.wait(timedelta(seconds=20))
        assert time.monotonic() - start < 2
        timer.join()

    def test_a_wake_before_the_wait_is_not_lost(self, box: Box) -> None:
        _all(box.source)
        box.source.wake()
        start = time.monotonic()
        assert not box.source.wait(timedelta(seconds=20))
        assert time.monotonic() - start < 2

    def test_a_server_that_is_away_is_unavailable(self, box: Box) -> None:
        box.break_off()
        try:
            with pytest.raises(MailboxUnavailable):
                box.source.wait(timedelta(seconds=5))
        finally:
            box.mend()


class TestCheck:
    def test_check_names_every_folder(self, box: Box) -> None:
        lines = "\n".join(box.source.check())
        assert all(f"«{folder}»" in lines for folder in ("INBOX", EXTRA, "Enviados"))

    def test_a_server_that_is_away_is_unavailable(self, box: Box) -> None:
        box.break_off()
        try:
            with pytest.raises(MailboxUnavailable):
                box.source.check()
        finally:
            box.mend()

    def test_after_close_the_next_call_connects_again(self, box: Box) -> None:
        _fill(box, 1)
        assert len(_all(box.source)) == 1
        box.source.close()
        box.source.close()
        assert len(_all(box.source)) == 1
        assert not box.source.wait(timedelta(seconds=0.1))


class TestOtherWaysIn:
    """What depends on how the connection was made and opened."""

    def test_mail_is_read_and_filed(self, other_box: Box) -> None:
        _fill(other_box, BATCH + 1)
        assert [mail.raw for mail in _all(other_box.source)] == [_mail(number) for number in range(BATCH + 1)]
        other_box.source.file_sent(_mail(9), at=MORNING)
        assert other_box.source.find("<9@cliente.example>", folder="Enviados")

    def test_new_mail_ends_the_wait(self, other_box: Box) -> None:
        _all(other_box.source)
        timer = threading.Timer(0.3, other_box.deliver, [_mail(1), MORNING])
        timer.start()
        assert other_box.source.wait(timedelta(seconds=15))
        timer.join()

    def test_check_says_how_it_got_in(self, other_box: DovecotBox) -> None:
        lines = "\n".join(other_box.source.check())
        assert ("token" in lines) == (other_box.account.tokens is not None)
        assert ("SIN CIFRAR" in lines) == (other_box.account.security is Security.PLAIN)


class TestListKeys:
    def test_the_keys_are_those_of_the_mails_that_are_fetched(self, box: Box) -> None:
        _fill(box, 2 * BATCH, folder=EXTRA)
        assert isinstance(box.source, ListsKeys)
        fetched = [mail.key for mail in _all(box.source, folder=EXTRA)]
        assert list(box.source.list_keys(EXTRA, since=MORNING)) == fetched

    def test_only_mails_that_arrived_since_are_listed(self, box: Box) -> None:
        for hours in (30, 1, 0):
            box.deliver(_mail(hours), MORNING - timedelta(hours=hours))
        assert isinstance(box.source, ListsKeys)
        recent = [mail.key for mail in _all(box.source)[1:]]
        assert list(box.source.list_keys("INBOX", since=MORNING - timedelta(hours=1))) == recent

    def test_an_empty_folder_has_no_keys(self, box: Box) -> None:
        assert isinstance(box.source, ListsKeys)
        assert list(box.source.list_keys("INBOX", since=MORNING)) == []
