"""The IMAP adapter against a real Dovecot where things go wrong."""

import shlex
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable
from mailbot.login import CommandTokens, Security
from mailbot.mailboxes.imap import ImapAccount, ImapMailSource
from mailbot.ports.mailbox import Cursor, FetchedMail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.tls import make_certificates

pytestmark = pytest.mark.needs_dovecot

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)

Make = Callable[..., ImapMailSource]


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    return dovecot.new_user()


@pytest.fixture
def make(dovecot: Dovecot, user: str) -> Iterator[Make]:
    made: list[ImapMailSource] = []

    def _make(**changes: object) -> ImapMailSource:
        values: dict[str, object] = {
            "name": "ana",
            "host": "localhost",
            "port": dovecot.imaps_port,
            "username": user,
            "password": PASSWORD,
            "ca_file": dovecot.certificates.ca_file,
            "timeout": timedelta(seconds=5),
        }
        made.append(ImapMailSource(ImapAccount(**(values | changes))))
        return made[-1]

    yield _make
    for source in made:
        source.close()


def _printed(file: Path) -> CommandTokens:
    return CommandTokens(shlex.join(["cat", str(file)]), keeps=False)


def _deliver(dovecot: Dovecot, user: str, *numbers: int, size: int = 0) -> None:
    with dovecot.client(user) as client:
        for number in numbers:
            raw = f"Message-ID: <{number}@cliente.example>\r\n\r\n{'x' * size}\r\n".encode()
            client.append("INBOX", raw, msg_time=MORNING)


def _all(source: ImapMailSource, cursor: Cursor | None = None, since: datetime | None = None) -> list[FetchedMail]:
    return [mail for batch in source.fetch("INBOX", cursor, since=since) for mail in batch]


def test_a_mail_that_the_server_cannot_read_is_told_and_the_rest_goes_on(
    dovecot: Dovecot, user: str, make: Make
) -> None:
    _deliver(dovecot, user, 1, 2, 3, 4)
    # The owner takes away the right to read one file, as a broken disk or backup would.
    dovecot.mail_files(user)[1].chmod(0)
    mails = _all(make())
    assert [mail.raw is None for mail in mails] == [False, True, False, False]
    assert mails[1].fault
    assert [mail.key.uid for mail in mails] == [1, 2, 3, 4]


def test_a_folder_numbered_anew_is_listed_again_from_since(dovecot: Dovecot, user: str, make: Make) -> None:
    _deliver(dovecot, user, 1, 2)
    source = make()
    before = _all(source)
    source.close()
    box = dovecot.home / "mail" / user / "Maildir"
    for file in (*box.glob("dovecot-uid*"), *box.glob("dovecot.index*")):
        file.unlink()
    time.sleep(1.1)
    last = before[-1].key
    cursor = Cursor(mailbox="ana", folder="INBOX", validity=last.validity, uid=last.uid)
    after = _all(source, cursor, since=MORNING - timedelta(days=1))
    assert sorted(mail.raw or b"" for mail in after) == sorted(mail.raw or b"" for mail in before)
    assert {mail.key.validity for mail in after}.isdisjoint({last.validity})


def test_a_server_that_dies_in_the_middle_is_read_on_after_it_is_back(dovecot: Dovecot, user: str, make: Make) -> None:
    _deliver(dovecot, user, *range(1, 13), size=20_000)
    source = make(batch_count=3)
    batches = source.fetch("INBOX", None)
    seen = list(next(batches))
    dovecot.stop()
    try:
        with pytest.raises(MailboxUnavailable):
            seen.extend(mail for batch in batches for mail in batch)
    finally:
        dovecot.start()
    key = seen[-1].key
    seen += _all(source, Cursor(mailbox="ana", folder="INBOX", validity=key.validity, uid=key.uid))
    assert [mail.key.uid for mail in seen] == list(range(1, 13))
    assert all(mail.raw for mail in seen)


def test_a_watch_survives_a_restart_and_tells_of_mail_that_came_after_it(
    dovecot: Dovecot, user: str, make: Make
) -> None:
    source = make()
    _all(source)
    assert not source.wait(timedelta(seconds=0.2))

    def restart() -> None:
        dovecot.stop()
        dovecot.start()
        _deliver(dovecot, user, 1)

    timer = threading.Timer(0.3, restart)
    timer.start()
    found = False
    until = time.monotonic() + 15
    while not found and time.monotonic() < until:
        try:
            found = source.wait(timedelta(seconds=10))
        except MailboxUnavailable:
            time.sleep(0.1)
    timer.join()
    assert found


def test_a_second_look_with_nothing_new_is_quick(dovecot: Dovecot, user: str, make: Make) -> None:
    _deliver(dovecot, user, *range(1, 6))
    source = make()
    key = _all(source)[-1].key
    cursor = Cursor(mailbox="ana", folder="INBOX", validity=key.validity, uid=key.uid)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        assert _all(source, cursor) == []
        took.append(time.perf_counter() - start)
    assert min(took) < 0.05


def test_another_authority_is_refused_with_what_to_do(tmp_path: Path, make: Make) -> None:
    other = make_certificates(tmp_path)
    for ca_file in (other.ca_file, None):
        with pytest.raises(MailboxRefused, match="CA_FILE"):
            _all(make(ca_file=ca_file))


def test_a_plain_port_where_tls_is_expected_is_refused_with_what_to_do(dovecot: Dovecot, make: Make) -> None:
    with pytest.raises(MailboxRefused, match="starttls"):
        _all(make(port=dovecot.imap_port))


def test_a_wrong_password_is_refused(make: Make) -> None:
    with pytest.raises(MailboxRefused, match="revise usuario y contraseña") as refusal:
        make(password="otra-Ñ").check()
    assert "otra-Ñ" not in str(refusal.value)


def test_an_expired_token_is_refused_with_what_to_do(dovecot: Dovecot, user: str, make: Make, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(dovecot.token(user, lasts=-60))
    with pytest.raises(MailboxRefused, match="TOKEN_COMMAND"):
        make(password=None, tokens=_printed(tmp_path / "token")).check()


def test_somebody_elses_token_opens_no_mailbox(dovecot: Dovecot, make: Make, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(dovecot.token(dovecot.new_user()))
    with pytest.raises(MailboxRefused):
        make(password=None, tokens=_printed(tmp_path / "token")).check()


def test_a_token_is_asked_for_again_at_every_login(dovecot: Dovecot, user: str, make: Make, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(dovecot.token(user, lasts=-60))
    source = make(password=None, tokens=_printed(file), security=Security.TLS)
    with pytest.raises(MailboxRefused):
        source.check()
    file.write_text(dovecot.token(user))
    assert source.check()
