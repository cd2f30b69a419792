"""What the IMAP adapter does when a server or one mail misbehaves, on a scripted server."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, Transient
from mailbot.login import CommandTokens, Security
from mailbot.mailboxes.imap import ImapAccount, ImapMailSource
from mailbot.ports.mailbox import Cursor, FetchedMail
from tests.servers.imap_script import ALWAYS, Fault, ScriptedImap, scripted_imap

Make = Callable[..., ImapMailSource]


DATE = "Date: Tue, 3 Nov 2026 08:00:00 -0500"


def _mail(number: int) -> bytes:
    return f"Message-ID: <{number}@cliente.example>\r\n{DATE}\r\n\r\nTexto {number}\r\n".encode()


@pytest.fixture
def script() -> Iterator[ScriptedImap]:
    with scripted_imap(ScriptedImap(mails={uid: _mail(uid) for uid in range(11, 18)})) as running:
        yield running


@pytest.fixture
def make(script: ScriptedImap) -> Iterator[Make]:
    made: list[ImapMailSource] = []

    def _make(**changes: object) -> ImapMailSource:
        values: dict[str, object] = {
            "name": "ana",
            "host": "127.0.0.1",
            "port": script.port,
            "security": Security.PLAIN,
            "username": "ana@broker.example",
            "password": "secreta",
            "timeout": timedelta(seconds=0.6),
        }
        made.append(ImapMailSource(ImapAccount(**(values | changes))))
        return made[-1]

    yield _make
    for source in made:
        source.close()


def _all(source: ImapMailSource, cursor: Cursor | None = None, since: datetime | None = None) -> list[FetchedMail]:
    return [mail for batch in source.fetch("INBOX", cursor, since=since) for mail in batch]


def _cursor(uid: int, validity: int = 7) -> Cursor:
    return Cursor(mailbox="ana", folder="INBOX", validity=validity, uid=uid)


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.NO, Fault.OMIT, Fault.GARBAGE, Fault.HANG], ids=str)
def test_a_mail_that_never_comes_is_told_and_the_rest_goes_on(script: ScriptedImap, make: Make, fault: Fault) -> None:
    script.faults = {13: (fault, ALWAYS)}
    mails = _all(make())
    assert [mail.key.uid for mail in mails] == [11, 12, 13, 14, 15, 16, 17]
    assert [mail.raw for mail in mails] == [None if uid == 13 else _mail(uid) for uid in range(11, 18)]
    assert [bool(mail.fault) for mail in mails] == [uid == 13 for uid in range(11, 18)]


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.NO, Fault.OMIT, Fault.HANG], ids=str)
def test_a_fault_that_happens_once_costs_no_mail(script: ScriptedImap, make: Make, fault: Fault) -> None:
    script.faults = {13: (fault, 1)}
    assert [mail.raw for mail in _all(make())] == [_mail(uid) for uid in range(11, 18)]


def test_two_bad_mails_in_a_batch_cost_nothing_but_themselves(script: ScriptedImap, make: Make) -> None:
    script.faults = {12: (Fault.DROP, ALWAYS), 16: (Fault.NO, ALWAYS)}
    assert [mail.key.uid for mail in _all(make()) if mail.raw is None] == [12, 16]


def test_a_faulty_mail_keeps_the_arrival_its_clock_starts_from(script: ScriptedImap, make: Make) -> None:
    script.faults = {13: (Fault.NO, ALWAYS)}
    faulty = next(mail for mail in _all(make()) if mail.raw is None)
    assert faulty.received_at == datetime(2026, 11, 3, 14, tzinfo=UTC)


def test_a_server_that_leaves_in_the_middle_blames_no_mail(script: ScriptedImap, make: Make) -> None:
    source = make(batch_count=2)
    batches = source.fetch("INBOX", None)
    assert [mail.key.uid for mail in next(batches)] == [11, 12]
    script.login_answer = "NO [UNAVAILABLE] try later"
    script.faults = dict.fromkeys((15, 16, 17), (Fault.DROP, ALWAYS))
    with pytest.raises(MailboxUnavailable):
        list(batches)


def test_a_mail_too_big_to_fetch_is_told_and_not_asked_for(script: ScriptedImap, make: Make) -> None:
    script.mails[14] = _mail(14) + b"x" * 5000
    mails = {mail.key.uid: mail for mail in _all(make(max_bytes=4000))}
    assert mails[14].raw is None
    assert mails[14].fault
    assert mails[15].raw == _mail(15)
    assert not any("FETCH 14" in command and "BODY" in command for command in script.commands)


def test_a_big_mail_is_fetched_by_itself(script: ScriptedImap, make: Make) -> None:
    script.mails[13] = _mail(13) + b"x" * 5000
    batches = list(make(batch_bytes=1000).fetch("INBOX", None))
    assert [[mail.key.uid for mail in batch] for batch in batches] == [[11, 12], [13], [14, 15, 16, 17]]


def test_an_open_range_that_gives_the_last_mail_again_gives_nothing(script: ScriptedImap, make: Make) -> None:
    script.next_uid_is_told = False
    assert _all(make(), _cursor(17)) == []
    assert "UID SEARCH UID 18:*" in script.commands


def test_where_uidnext_is_told_a_look_at_nothing_new_asks_nothing_more(script: ScriptedImap, make: Make) -> None:
    assert _all(make(), _cursor(17)) == []
    assert not any(command.startswith(("UID SEARCH", "UID FETCH")) for command in script.commands)


def test_another_validity_starts_again(script: ScriptedImap, make: Make) -> None:
    assert [mail.key.uid for mail in _all(make(), _cursor(16, validity=6))] == [11, 12, 13, 14, 15, 16, 17]


def test_a_validity_that_changes_while_reading_ends_the_reading(script: ScriptedImap, make: Make) -> None:
    batches = make(batch_count=2).fetch("INBOX", None)
    next(batches)
    script.validity = 8
    script.faults = dict.fromkeys((15, 16, 17), (Fault.DROP, ALWAYS))
    with pytest.raises(MailboxUnavailable, match="renovó"):
        list(batches)


@pytest.mark.parametrize("date", [None, "nonsense"])
def test_without_an_arrival_the_senders_date_stands_in(script: ScriptedImap, make: Make, date: str | None) -> None:
    script.internal_date = date
    mails = _all(make(), since=datetime(2026, 11, 3, tzinfo=UTC))
    assert {mail.received_at for mail in mails} == {datetime(2026, 11, 3, 13, tzinfo=UTC)}
    assert len(mails) == 7


def test_a_reading_that_is_given_up_leaves_no_thread_behind(make: Make) -> None:
    batches = make(batch_count=2).fetch("INBOX", None)
    next(batches)
    batches.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("mailbot-fetch")]


def test_a_search_may_come_between_two_batches(make: Make) -> None:
    source = make(batch_count=2)
    uids = []
    for batch in source.fetch("INBOX", None):
        uids += [mail.key.uid for mail in batch]
        source.find("<1@cliente.example>", folder="Sent")
    assert uids == list(range(11, 18))


def test_a_connection_that_went_stale_is_opened_again_unseen(script: ScriptedImap, make: Make) -> None:
    source = make()
    assert len(_all(source)) == 7
    # The next command meets a server that hangs up, as after half an hour of silence.
    script.says_bye_at, script.byes = "EXAMINE", 1
    assert len(_all(source)) == 7
    assert script.connections == 2


def test_close_from_another_thread_ends_a_read_that_hangs(script: ScriptedImap, make: Make) -> None:
    script.faults = {11: (Fault.HANG, ALWAYS)}
    source = make(timeout=timedelta(seconds=20))
    start = time.monotonic()
    timer = threading.Timer(0.3, source.close)
    timer.start()
    with pytest.raises(MailboxUnavailable):
        _all(source)
    assert time.monotonic() - start < 5
    timer.join()


def test_the_inbox_has_one_spelling_whatever_the_settings_say(make: Make) -> None:
    assert list(make(folders=("Inbox",)).folders) == ["INBOX", "Sent"]


class TestLogin:
    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            ("NO [AUTHENTICATIONFAILED] wrong", MailboxRefused),
            ("NO LOGIN failed.", MailboxRefused),
            ("NO [UNAVAILABLE] directory is down", MailboxUnavailable),
            ("NO [LIMIT] too many connections", MailboxUnavailable),
        ],
        ids=["wrong password", "wrong password, no code", "directory down", "too many connections"],
    )
    def test_a_refused_login_is_told_from_one_to_try_again(
        self, script: ScriptedImap, make: Make, answer: str, error: type[Exception]
    ) -> None:
        script.login_answer = answer
        with pytest.raises(error):
            _all(make())

    def test_no_error_holds_the_password(self, script: ScriptedImap, make: Make) -> None:
        script.login_answer = "NO no"
        with pytest.raises(MailboxRefused) as refusal:
            make().check()
        assert "secreta" not in str(refusal.value)
        assert "secreta" not in repr(make()._account)

    def test_a_goodbye_at_login_is_unavailable(self, script: ScriptedImap, make: Make) -> None:
        script.says_bye_at = "LOGIN"
        with pytest.raises(MailboxUnavailable):
            _all(make())

    def test_a_server_without_passwords_is_refused_with_what_to_do(self, script: ScriptedImap, make: Make) -> None:
        script.capabilities = "IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"
        with pytest.raises(MailboxRefused, match="TOKEN_COMMAND"):
            _all(make())

    def test_a_server_without_tokens_is_refused_with_what_to_do(self, make: Make) -> None:
        with pytest.raises(MailboxRefused, match="contraseña"):
            _all(make(password=None, tokens=CommandTokens("echo abc")))

    def test_starttls_that_is_not_offered_is_never_skipped(self, script: ScriptedImap, make: Make) -> None:
        with pytest.raises(MailboxRefused):
            _all(make(security=Security.STARTTLS))
        assert not any(command.startswith("LOGIN") for command in script.commands)

    @pytest.mark.parametrize(
        ("command", "error"),
        [
            ("false", MailboxUnavailable),
            ("true", MailboxUnavailable),
            ("no-such-program --token", MailboxRefused),
            ("echo 'unclosed", MailboxRefused),
        ],
        ids=["fails", "prints nothing", "is not there", "is garbled"],
    )
    def test_a_token_command_that_gives_none(
        self, script: ScriptedImap, make: Make, command: str, error: type[Exception]
    ) -> None:
        script.capabilities = "IMAP4rev1 AUTH=XOAUTH2"
        with pytest.raises(error, match="TOKEN_COMMAND"):
            _all(make(password=None, tokens=CommandTokens(command)))


class TestWatch:
    def test_where_the_server_cannot_push_it_only_waits(self, script: ScriptedImap, make: Make) -> None:
        script.capabilities = "IMAP4rev1"
        source = make()
        _all(source)
        start = time.monotonic()
        assert not source.wait(timedelta(seconds=0.4))
        assert time.monotonic() - start >= 0.4
        assert not any(command.startswith("IDLE") for command in script.commands)

    def test_wake_ends_that_wait_too(self, script: ScriptedImap, make: Make) -> None:
        script.capabilities = "IMAP4rev1"
        source = make()
        timer = threading.Timer(0.2, source.wake)
        timer.start()
        start = time.monotonic()
        assert not source.wait(timedelta(seconds=20))
        assert time.monotonic() - start < 3
        timer.join()

    def test_idle_is_renewed_before_the_server_loses_patience(self, script: ScriptedImap, make: Make) -> None:
        assert not make(idle_renewal=timedelta(seconds=0.1)).wait(timedelta(seconds=0.55))
        assert script.commands.count("IDLE") >= 4

    def test_a_watch_that_is_cut_again_and_again_is_unavailable_instead_of_busy(
        self, script: ScriptedImap, make: Make
    ) -> None:
        script.says_bye_at = "IDLE"
        source = make()
        with pytest.raises(Transient):
            source.wait(timedelta(seconds=5))
        assert script.connections <= 2

    def test_mail_that_came_while_the_watch_was_cut_is_told(self, script: ScriptedImap, make: Make) -> None:
        source = make()
        _all(source)
        script.mails[30] = _mail(30)
        assert source.wait(timedelta(seconds=5))
