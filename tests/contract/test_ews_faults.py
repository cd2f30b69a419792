"""What an Exchange server does on bad days, and what becomes of the mailbox that is read."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.demo.servers.ews import PASSWORD, SERVICE, TOKEN, EwsFault, EwsScript, EwsServer, ews_server
from mailbot.domain.errors import MailboxRefused, MailboxUnavailable
from mailbot.ews.client import EwsClient
from mailbot.ews.endpoint import EwsAuth, EwsEndpoint, EwsRights, is_exchange_online
from mailbot.mailboxes.ews import EwsAccount, EwsMailSource
from mailbot.mailboxes.graph_progress import Progress
from mailbot.ports.mailbox import Cursor, FetchedMail
from tests.contract.ews_box import ADDRESS, EwsBox, endpoint_of, ews_box
from tests.contract.mailbox_boxes import EXTRA
from tests.servers.tls import make_certificates

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)


@pytest.fixture
def box() -> Iterator[EwsBox]:
    with ews_box() as opened:
        yield opened


def _mail(number: int, *, size: int = 0) -> bytes:
    return f"Message-ID: <{number}@cliente.example>\r\nSubject: Consulta {number}\r\n\r\n{'x' * size}".encode()


def _fill(box: EwsBox, count: int) -> None:
    box.deliver_all([(_mail(number), MORNING + timedelta(minutes=number)) for number in range(count)])


def _all(
    box: EwsBox, *, cursor: Cursor | None = None, since: datetime | None = None, folder: str = "INBOX"
) -> list[FetchedMail]:
    return [mail for batch in box.source.fetch(folder, cursor, since=since) for mail in batch]


def _cursor(mail: FetchedMail) -> Cursor:
    key = mail.key
    return Cursor(mailbox=key.mailbox, folder=key.folder, validity=key.validity, uid=key.uid, token=mail.token)


def _inbox(box: EwsBox) -> str:
    return box.mailbox.known["inbox"]


def _source(endpoint: EwsEndpoint, address: str = ADDRESS) -> EwsMailSource:
    account = EwsAccount(name="ana", address=address, endpoint=endpoint)
    return EwsMailSource(account, client=EwsClient(endpoint, address, sleep=lambda _: None))


class TestSynchronisation:
    def test_more_than_a_page_is_listed_whole(self, box: EwsBox) -> None:
        _fill(box, 1030)
        assert len(box.source._rounds.after(Progress(), folder=_inbox(box)).mails) == 1030

    def test_the_state_of_the_store_is_gone_on_from_after_a_restart(self, box: EwsBox) -> None:
        _fill(box, 6)
        last = _all(box)[-1]
        box.source.close()
        box.source = _source(box.client.endpoint)
        box.deliver(_mail(9), MORNING + timedelta(hours=3))
        assert [mail.raw for mail in _all(box, cursor=_cursor(last))] == [_mail(9)]

    def test_a_mail_that_somebody_reads_or_marks_is_not_handed_out_again(self, box: EwsBox) -> None:
        _fill(box, 3)
        cursor = _cursor(_all(box)[-1])
        first, second, _ = box.mailbox.in_folder(_inbox(box))
        first.is_read, second.categories = True, ["Reclamo"]
        box.mailbox.touch(first, what="read")
        box.mailbox.touch(second)
        assert _all(box, cursor=cursor) == []

    def test_a_mail_of_before_since_is_none_of_our_business_whoever_marks_it(self, box: EwsBox) -> None:
        box.deliver(_mail(1), MORNING - timedelta(days=200))
        box.deliver(_mail(2), MORNING)
        cursor = _cursor(_all(box, since=MORNING - timedelta(days=3))[-1])
        box.mailbox.touch(box.mailbox.in_folder(_inbox(box))[-1])
        assert _all(box, cursor=cursor) == []

    def test_a_moved_mail_has_another_id_and_is_handed_out_where_it_lies_now(self, box: EwsBox) -> None:
        _fill(box, 1)
        _all(box)
        item = box.mailbox.in_folder(_inbox(box))[0]
        box.mailbox.move(item, box.mailbox.folder_named(EXTRA).id)
        assert [mail.raw for mail in _all(box, folder=EXTRA)] == [_mail(0)]

    def test_one_mail_without_content_keeps_back_no_other(self, box: EwsBox) -> None:
        _fill(box, 3)
        box.mailbox.in_folder(_inbox(box))[1].fault = "ErrorMimeContentConversionFailed"
        mails = _all(box)
        assert [mail.raw for mail in mails] == [_mail(0), None, _mail(2)]
        assert "ErrorMimeContentConversionFailed" in mails[1].fault

    def test_an_answer_that_breaks_is_asked_for_mail_by_mail(self, box: EwsBox) -> None:
        _fill(box, 3)
        box.server.script.faults = [EwsFault(match="GetItem", status=413)]
        assert [mail.raw for mail in _all(box)] == [_mail(0), _mail(1), _mail(2)]

    def test_a_mail_above_the_limit_is_told_and_not_fetched(self, box: EwsBox) -> None:
        box.deliver(_mail(1, size=10_000_001), MORNING)
        (mail,) = _all(box)
        assert mail.raw is None
        assert "MB" in mail.fault

    def test_an_item_of_an_unknown_kind_harms_nobody(self, box: EwsBox) -> None:
        _fill(box, 2)
        box.mailbox.in_folder(_inbox(box))[0].kind = "RoleMember"
        assert len(_all(box)) == 2


class TestPatience:
    @pytest.mark.parametrize(
        "fault",
        [
            EwsFault(match="SyncFolderItems", status=429, retry_after=3),
            EwsFault(match="SyncFolderItems", status=503, retry_after=3),
            EwsFault(match="SyncFolderItems", fault="ErrorServerBusy", back_off=3000),
            EwsFault(match="SyncFolderItems", code="ErrorServerBusy"),
            EwsFault(match="SyncFolderItems", status=500),
            EwsFault(match="SyncFolderItems", code="ErrorInternalServerTransientError"),
            EwsFault(match="SyncFolderItems", status=None, times=2),
        ],
        ids=["429", "503", "busy", "busy in band", "500", "transient", "cut twice"],
    )
    def test_a_busy_server_is_waited_out_as_long_as_it_asks_and_a_little_more(
        self, box: EwsBox, fault: EwsFault
    ) -> None:
        _fill(box, 1)
        box.server.script.faults = [fault]
        assert len(_all(box)) == 1
        asked = 3.0 if fault.retry_after or fault.back_off else 0.5
        assert asked <= box.pauses[0] <= asked * 1.25

    def test_a_server_that_stays_busy_is_unavailable_until_the_moment_it_names(self, box: EwsBox) -> None:
        box.server.script.faults = [EwsFault(match="SyncFolderItems", status=429, retry_after=300, times=99)]
        with pytest.raises(MailboxUnavailable) as raised:
            _all(box)
        assert raised.value.retry_at == box.server.now + timedelta(seconds=300)
        assert box.pauses == []


class TestRights:
    @pytest.mark.parametrize(
        ("script", "changes", "said"),
        [
            (EwsScript(impersonators=set()), {}, "ApplicationImpersonation"),
            (EwsScript(), {"rights": EwsRights.DELEGATE}, "Full Access"),
            (EwsScript(), {"password": "mala"}, "contraseña"),
            (EwsScript(versions=()), {}, "MAILBOT_EWS_VERSION"),
            (EwsScript(faults=[EwsFault(match=".", status=403, times=9)]), {}, "EwsEnabled"),
            (EwsScript(faults=[EwsFault(match=".", status=404, times=9)]), {}, "MAILBOT_EWS_URL"),
        ],
        ids=["impersonation", "delegate", "401", "version", "403", "404"],
    )
    def test_check_names_what_is_missing(self, script: EwsScript, changes: dict[str, object], said: str) -> None:
        with ews_box(script, **changes) as box, pytest.raises(MailboxRefused, match=said):
            box.source.check()

    def test_an_address_without_a_mailbox_is_named(self, box: EwsBox) -> None:
        source = _source(box.client.endpoint, "nadie@broker.example")
        with closing(source), pytest.raises(MailboxRefused, match=r"nadie@broker\.example"):
            source.check()

    def test_full_access_is_enough_without_impersonation(self) -> None:
        script = EwsScript(impersonators=set(), delegates={ADDRESS: {SERVICE}})
        with ews_box(script, rights=EwsRights.DELEGATE) as box:
            _fill(box, 2)
            assert len(_all(box)) == 2

    def test_several_mailboxes_are_read_by_one_account_each_its_own(self, box: EwsBox) -> None:
        other = box.server.add_mailbox("luis@broker.example")
        other.add(_mail(7), folder=other.known["inbox"])
        _fill(box, 1)
        with closing(_source(box.client.endpoint, "luis@broker.example")) as source:
            theirs = [mail.raw for batch in source.fetch("INBOX", None) for mail in batch]
        assert (theirs, [mail.raw for mail in _all(box)]) == ([_mail(7)], [_mail(0)])

    def test_a_token_logs_in_and_is_asked_for_again_when_it_was_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text("viejo")
        with ews_box(EwsScript(auth="bearer"), auth=EwsAuth.OAUTH, password=None, token_command=f"cat {file}") as box:
            _fill(box, 1)
            with pytest.raises(MailboxRefused):
                _all(box)
            file.write_text(TOKEN)
            assert len(_all(box)) == 1

    @pytest.mark.parametrize("password", [PASSWORD, "mala"], ids=["right", "wrong"])
    def test_windows_authentication_lets_in_who_has_the_password_and_nobody_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str
    ) -> None:
        users = tmp_path / "users"
        users.write_text(f"BROKER:mailbot:{PASSWORD}\n")
        monkeypatch.setenv("NTLM_USER_FILE", str(users))
        login = {"auth": EwsAuth.NTLM, "username": "BROKER\\mailbot", "password": password}
        with ews_box(EwsScript(auth="ntlm"), **login) as box:
            _fill(box, 2)
            if password == PASSWORD:
                assert len(_all(box)) == 2
            else:
                with pytest.raises(MailboxRefused, match="MAILBOT_EWS_AUTH"):
                    _all(box)

    @pytest.mark.parametrize("status", [301, 302], ids=str)
    def test_a_redirect_to_another_server_never_gets_the_login(self, box: EwsBox, status: int) -> None:
        with ews_server() as other:
            other.add_mailbox(ADDRESS)
            box.server.script.faults = [EwsFault(match=".", status=status, location=other.url, times=9)]
            with pytest.raises(MailboxRefused, match="MAILBOT_EWS_URL"):
                _all(box)
            assert other.requests == []


class TestCertificates:
    def test_the_office_s_own_authority_is_trusted_when_it_is_given_and_only_then(self, tmp_path: Path) -> None:
        certificates = make_certificates(tmp_path)
        with ews_server(certificates=certificates) as server:
            server.add_mailbox(ADDRESS)
            with closing(_source(endpoint_of(server, ca_file=certificates.ca_file))) as source:
                assert "Conectado" in source.check()[0]
            with closing(_source(endpoint_of(server))) as source, pytest.raises(MailboxRefused, match="CA_FILE"):
                source.check()

    def test_an_authority_file_that_cannot_be_read_is_named(self, box: EwsBox, tmp_path: Path) -> None:
        endpoint = replace(box.client.endpoint, ca_file=tmp_path / "nada.pem")
        with closing(_source(endpoint)) as source, pytest.raises(MailboxRefused, match=r"nada\.pem"):
            source.check()


class TestOnline:
    @pytest.mark.parametrize(
        ("host", "is_online"),
        [
            ("outlook.office365.com", True),
            ("OUTLOOK.OFFICE365.COM.", True),
            ("outlook.office.com", True),
            ("autodiscover-s.outlook.com", True),
            ("partner.outlook.cn", True),
            ("correo.agencia.example", False),
            ("outlook.office365.com.agencia.example", False),
            ("notoutlook.com", False),
        ],
    )
    def test_microsoft_s_own_servers_are_known(self, host: str, is_online: bool) -> None:
        assert is_exchange_online(host) is is_online

    def test_exchange_online_is_refused_without_a_request_and_says_to_use_graph_and_why(self) -> None:
        endpoint = EwsEndpoint(url="https://outlook.office365.com/EWS/Exchange.asmx", username="x", password="y")
        with closing(_source(endpoint)) as source, pytest.raises(MailboxRefused, match=r"2026.*Graph"):
            source.check()


class TestStream:
    def test_a_connection_that_ends_is_made_again_and_the_gap_is_looked_at(self) -> None:
        # A minute of the server lasts so short that connections end all the time.
        with ews_box(EwsScript(minute=0.02)) as box:
            _all(box)
            assert not box.source.wait(timedelta(seconds=1.3))
            box.deliver(_mail(1), MORNING)
            assert box.source.wait(timedelta(seconds=8))
            assert box.server.requests.count("GetStreamingEvents") > 1

    def test_nothing_is_asked_on_the_connection_of_the_stream_so_queries_go_on_beside_it(self, box: EwsBox) -> None:
        _all(box)
        box.source.wait(timedelta(seconds=0.3))
        assert box.server.streams == 1
        _fill(box, 5)
        assert len(_all(box)) == 5
        assert box.server.streams == 1

    def test_without_notifications_the_mailbox_is_looked_at(self) -> None:
        faults = [EwsFault(match="Subscribe", code="ErrorExceededSubscriptionCount", times=999)]
        with ews_box(EwsScript(faults=faults)) as box:
            _all(box)
            timer = threading.Timer(0.5, box.deliver, [_mail(1), MORNING])
            timer.start()
            start = time.monotonic()
            assert box.source.wait(timedelta(seconds=10))
            assert time.monotonic() - start < 3
            timer.join()
            assert any("no concede avisos" in line for line in box.source.check())

    def test_a_subscription_that_the_server_forgot_is_made_again(self, box: EwsBox) -> None:
        box.server.script.faults = [EwsFault(match="GetStreamingEvents", code="ErrorSubscriptionNotFound")]
        _all(box)
        timer = threading.Timer(0.3, box.deliver, [_mail(1), MORNING])
        timer.start()
        assert box.source.wait(timedelta(seconds=8))
        timer.join()

    def test_close_ends_the_listening_at_once(self, box: EwsBox) -> None:
        box.source.wait(timedelta(seconds=0.3))
        start = time.monotonic()
        box.source.close()
        assert time.monotonic() - start < 1
        assert not [thread for thread in threading.enumerate() if thread.name == "ews-stream" and thread.is_alive()]


class TestLogs:
    def test_no_word_of_a_mail_and_no_secret_reaches_a_log_whatever_its_level(
        self, box: EwsBox, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        logging.getLogger("exchangelib.util.xml").setLevel(logging.DEBUG)
        box.deliver(b"Subject: Asunto reservado\r\n\r\nEl secreto del cliente.\r\n", MORNING)
        _all(box)
        box.server.script.faults = [
            EwsFault(match="GetItem", status=500),
            EwsFault(match="FindItem", code="ErrorInternalServerError"),
        ]
        _all(box)
        with pytest.raises(MailboxUnavailable):
            box.source.find("<asunto-reservado@cliente.example>", folder="INBOX")
        said = caplog.text
        assert not [word for word in ("reservado", "secreto", "Envelope", PASSWORD, "Authorization") if word in said]
        assert not [record for record in caplog.records if record.name.startswith(("exchangelib", "spnego"))]


class TestUnreachable:
    def test_a_server_that_is_not_there_is_unavailable(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        server = EwsServer(EwsScript(), port=port)
        with closing(_source(endpoint_of(server))) as source, pytest.raises(MailboxUnavailable):
            source.check()
