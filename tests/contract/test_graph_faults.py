"""What Graph does on bad days, and what becomes of the mailbox that is read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.demo.servers.graph import TOKEN, GraphFault, GraphScript, graph_server
from mailbot.domain.errors import MailboxRefused, MailboxUnavailable
from mailbot.graph.client import GraphClient
from mailbot.mailboxes.graph import GraphAccount, GraphMailSource
from mailbot.ports.mailbox import Cursor, FetchedMail
from tests.contract.graph_box import ADDRESS, GraphBox, StaticTokens, graph_box
from tests.contract.mailbox_boxes import EXTRA

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)


@pytest.fixture
def box() -> Iterator[GraphBox]:
    with graph_box() as opened:
        yield opened


def _mail(number: int, *, size: int = 0) -> bytes:
    return f"Message-ID: <{number}@cliente.example>\r\nSubject: Consulta {number}\r\n\r\n{'x' * size}".encode()


def _fill(box: GraphBox, count: int) -> None:
    box.deliver_all([(_mail(number), MORNING + timedelta(minutes=number)) for number in range(count)])


def _all(
    box: GraphBox, *, cursor: Cursor | None = None, since: datetime | None = None, folder: str = "INBOX"
) -> list[FetchedMail]:
    return [mail for batch in box.source.fetch(folder, cursor, since=since) for mail in batch]


def _raws(mails: list[FetchedMail]) -> list[bytes | None]:
    return [mail.raw for mail in mails]


def _cursor(mail: FetchedMail) -> Cursor:
    key = mail.key
    return Cursor(mailbox=key.mailbox, folder=key.folder, validity=key.validity, uid=key.uid, token=mail.token)


def _again(box: GraphBox) -> GraphBox:
    """The same mailbox after a restart of mailbot."""
    box.source.close()
    account = GraphAccount(name="ana", address=ADDRESS, app=box.client.app, folders=("INBOX", EXTRA))
    box.source = GraphMailSource(account, client=box.client)
    return box


class TestDelta:
    @pytest.mark.parametrize(
        ("status", "code"),
        [(410, "SyncStateNotFound"), (410, ""), (400, "syncStateInvalid"), (409, "resyncRequired")],
        ids=["not found", "gone", "invalid", "resync"],
    )
    def test_a_lost_sync_state_lists_the_folder_again_from_since(self, box: GraphBox, status: int, code: str) -> None:
        box.deliver(_mail(9), MORNING - timedelta(days=9))
        box.deliver(_mail(1), MORNING)
        last = _all(box)[-1]
        box.server.script.faults = [GraphFault(match="deltatoken", status=status, code=code)]
        again = _all(box, cursor=_cursor(last), since=MORNING - timedelta(days=2))
        assert _raws(again) == [_mail(1)]
        assert again[0].key.validity == last.key.validity + 1

    def test_a_mail_that_somebody_reads_or_flags_is_not_handed_out_again(self, box: GraphBox) -> None:
        _fill(box, 3)
        cursor = _cursor(_all(box)[-1])
        for mail in box.mailbox.mails.values():
            box.mailbox.patch(mail, {"isRead": True})
        assert _all(_again(box), cursor=cursor) == []

    def test_a_round_that_brings_nothing_is_not_listed_again_and_again(self, box: GraphBox) -> None:
        _fill(box, 1)
        cursor = _cursor(_all(box)[-1])
        links = []
        for _ in range(3):
            box.server.requests.clear()
            assert _all(box, cursor=cursor) == []
            links += box.server.requests
        assert len(set(links)) == 3

    def test_an_old_mail_that_somebody_marks_or_moves_is_none_of_our_business(self, box: GraphBox) -> None:
        box.deliver(_mail(1), MORNING - timedelta(days=200))
        box.deliver(_mail(2), MORNING)
        cursor = _cursor(_all(box, since=MORNING - timedelta(days=3))[-1])
        old = box.mailbox.in_folder(box.mailbox.folders["inbox"])[-1]
        box.mailbox.patch(old, {"isRead": True})
        assert _all(box, cursor=cursor) == []
        box.mailbox.move(old, box.mailbox.folders[EXTRA])
        box.mailbox.move(old, box.mailbox.folders["inbox"])
        assert _all(box, cursor=cursor) == []

    def test_a_new_mail_that_left_and_came_back_between_two_rounds_is_found(self, box: GraphBox) -> None:
        _fill(box, 1)
        cursor = _cursor(_all(box)[-1])
        box.deliver(_mail(7), MORNING + timedelta(hours=1))
        new = box.mailbox.in_folder(box.mailbox.folders["inbox"])[0]
        box.mailbox.move(new, box.mailbox.folders[EXTRA])
        box.mailbox.move(new, box.mailbox.folders["inbox"])
        assert _raws(_all(box, cursor=cursor)) == [_mail(7)]

    def test_a_known_mail_that_left_is_not_asked_for(self, box: GraphBox) -> None:
        _fill(box, 2)
        cursor = _cursor(_all(box)[-1])
        box.remove_first()
        box.server.requests.clear()
        assert _all(box, cursor=cursor) == []
        assert len(box.server.requests) == 1

    def test_a_mail_moved_to_another_watched_folder_comes_there(self, box: GraphBox) -> None:
        box.deliver(_mail(1), MORNING, EXTRA)
        cursor = _cursor(_all(box, folder=EXTRA)[-1])
        box.deliver(_mail(2), MORNING)
        moved = box.mailbox.in_folder(box.mailbox.folders["inbox"])[0]
        box.mailbox.move(moved, box.mailbox.folders[EXTRA])
        assert _raws(_all(box, cursor=cursor, folder=EXTRA)) == [_mail(2)]

    def test_a_restart_in_the_middle_of_a_round_goes_on_there(self, box: GraphBox) -> None:
        _fill(box, 10)
        first_batch = next(iter(box.source.fetch("INBOX", None)))
        rest = _all(_again(box), cursor=_cursor(first_batch[-1]))
        assert _raws(rest) == [_mail(number) for number in range(4, 10)]
        assert [mail.key.uid for mail in rest] == list(range(5, 11))

    def test_a_folder_of_more_than_a_page_comes_whole(self, box: GraphBox) -> None:
        _fill(box, 450)
        since = MORNING + timedelta(minutes=445)
        assert _raws(_all(box, since=since)) == [_mail(number) for number in range(445, 450)]

    def test_a_cursor_without_a_place_of_ours_begins_afresh_under_another_validity(self, box: GraphBox) -> None:
        _fill(box, 1)
        cursor = replace(_cursor(_all(box)[-1]), token="{broken")
        assert _all(box, cursor=cursor)[0].key.validity == cursor.validity + 1

    def test_a_mail_that_the_delta_left_out_is_found_when_the_newest_are_compared(self, box: GraphBox) -> None:
        _fill(box, 3)
        cursor = _cursor(_all(box, since=MORNING - timedelta(days=3))[-1])
        for number, at in [(7, MORNING + timedelta(hours=1)), (8, MORNING - timedelta(days=9))]:
            box.deliver(_mail(number), at)
            box.mailbox.folders["inbox"].history.pop()
        assert _all(box, cursor=cursor) == []
        account = GraphAccount(name="ana", address=ADDRESS, app=box.client.app, compare_every=timedelta(0))
        box.source = GraphMailSource(account, client=box.client)
        assert _raws(_all(box, cursor=cursor)) == [_mail(7)]

    def test_a_folder_inside_another_goes_by_its_path(self, box: GraphBox) -> None:
        inside = box.mailbox.make_folder("Clientes/Andina")
        box.mailbox.add(_mail(3), at=MORNING, folder=inside)
        assert _raws(_all(box, folder="Clientes/Andina")) == [_mail(3)]


class TestThrottling:
    def test_retry_after_is_waited_out_with_a_little_more(self, box: GraphBox) -> None:
        _fill(box, 1)
        box.server.script.faults = [
            GraphFault(match="delta", status=429, code="ApplicationThrottled", retry_after=3),
            GraphFault(match="value", status=503, retry_after=2),
        ]
        assert _raws(_all(box)) == [_mail(0)]
        assert [3 <= box.pauses[0] <= 4, 2 <= box.pauses[1] <= 2.5, len(box.pauses)] == [True, True, 2]

    def test_a_longer_wait_is_for_the_caller_who_is_told_until_when(self, box: GraphBox) -> None:
        box.server.script.faults = [GraphFault(match="delta", status=429, retry_after=300)]
        with pytest.raises(MailboxUnavailable) as raised:
            _all(box)
        assert raised.value.retry_at == box.server.now + timedelta(seconds=300)
        assert box.pauses == []

    def test_never_more_than_four_requests_run_at_once(self, box: GraphBox) -> None:
        other = GraphMailSource(
            GraphAccount(name="eva", address="eva@broker.example", app=box.client.app),
            client=GraphClient(box.client.app, tokens=StaticTokens()),
        )
        eva = box.server.add_mailbox("eva@broker.example")
        _fill(box, 8)
        for number in range(8):
            eva.add(_mail(number), at=MORNING, folder=eva.folders["inbox"])
        box.server.script.delay = 0.02
        with ThreadPoolExecutor() as pool:
            taken = list(pool.map(lambda source: sum(map(len, source.fetch("INBOX", None))), [box.source, other]))
        other.close()
        assert taken == [8, 8]
        assert 1 < box.server.most_at_once <= 4

    def test_a_server_that_stays_busy_is_unavailable(self, box: GraphBox) -> None:
        box.server.script.faults = [GraphFault(match="delta", status=503, times=99)]
        with pytest.raises(MailboxUnavailable):
            _all(box)
        assert len(box.pauses) == 3


class TestOneMail:
    @pytest.mark.parametrize("status", [400, 500], ids=str)
    def test_a_mail_that_cannot_be_given_is_a_fault_and_the_rest_goes_on(self, box: GraphBox, status: int) -> None:
        _fill(box, 3)
        bad = next(iter(box.mailbox.mails)).rstrip("=")
        fault = GraphFault(match=rf"{bad}[^/]*/\$value", status=status, code="ErrorInternalServerError", times=99)
        box.server.script.faults = [fault]
        mails = _all(box)
        assert _raws(mails) == [None, _mail(1), _mail(2)]
        assert "ErrorInternalServerError" in mails[0].fault

    def test_a_mail_beyond_the_limit_is_a_fault(self, box: GraphBox) -> None:
        box.deliver(_mail(1, size=10_100_000), MORNING)
        box.deliver(_mail(2), MORNING + timedelta(minutes=1))
        mails = _all(box)
        assert _raws(mails) == [None, _mail(2)]
        assert "MB" in mails[0].fault

    def test_a_mail_deleted_between_list_and_look_is_no_fault(self, box: GraphBox) -> None:
        _fill(box, 2)
        fault = GraphFault(match=r"AAkALg-2[^/]*/\$value", status=404, code="ErrorItemNotFound")
        box.server.script.faults = [fault]
        assert _raws(_all(box)) == [_mail(1)]


class TestRefusals:
    def test_a_token_that_ended_is_renewed_once(self, box: GraphBox) -> None:
        _fill(box, 1)
        tokens = StaticTokens("token-viejo")
        box.source = GraphMailSource(
            GraphAccount(name="ana", address=ADDRESS, app=box.client.app),
            client=GraphClient(box.client.app, tokens=tokens),
        )
        assert len(_all(box)) == 1
        assert tokens.renewals == 1

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            (GraphFault(match="/users", status=403, code="ErrorAccessDenied"), "Application Mail.Read"),
            (GraphFault(match="/users", status=403, code="Authorization_RequestDenied"), "consentimiento"),
            (GraphFault(match="/users", status=404, code="ErrorInvalidUser"), "no existe ningún buzón"),
            (GraphFault(match="/users", status=404, code="MailboxNotEnabledForRESTAPI"), "Exchange Online"),
            (GraphFault(match="/users", status=401, code="InvalidAuthenticationToken", times=2), "token"),
        ],
        ids=lambda value: value.code if isinstance(value, GraphFault) else "",
    )
    def test_what_a_person_has_to_mend_is_named(self, box: GraphBox, fault: GraphFault, words: str) -> None:
        box.server.script.faults = [fault]
        with pytest.raises(MailboxRefused, match=words) as raised:
            box.source.check()
        assert TOKEN not in str(raised.value)
        assert "ana" in str(raised.value)

    def test_a_link_to_another_host_is_not_followed(self) -> None:
        with graph_box(GraphScript(link_host="malo.example")) as box:
            _fill(box, 1)
            cursor = _cursor(_all(box)[-1])
            with pytest.raises(MailboxUnavailable, match="otro servidor"):
                _all(box, cursor=cursor)

    @pytest.mark.parametrize("status", [301, 302, 307], ids=str)
    def test_a_redirect_to_another_server_never_gets_the_token(self, box: GraphBox, status: int) -> None:
        with graph_server() as other:
            box.server.script.faults = [GraphFault(match="delta", status=status, location=f"{other.url}/me")]
            with pytest.raises(MailboxUnavailable):
                _all(box)
            assert other.requests == []


class TestConnection:
    def test_a_connection_cut_once_is_made_again(self, box: GraphBox) -> None:
        _fill(box, 1)
        box.server.script.faults = [GraphFault(match="delta", status=None)]
        assert _raws(_all(box)) == [_mail(0)]

    def test_a_connection_cut_again_and_again_is_unavailable(self, box: GraphBox) -> None:
        box.server.script.faults = [GraphFault(match="delta", status=None, times=99)]
        with pytest.raises(MailboxUnavailable):
            _all(box)

    def test_a_server_that_does_not_answer_is_unavailable(self, box: GraphBox) -> None:
        app = replace(box.client.app, timeout=timedelta(seconds=0.1), patience=timedelta(0))
        source = GraphMailSource(
            GraphAccount(name="ana", address=ADDRESS, app=app), client=GraphClient(app, tokens=StaticTokens())
        )
        box.server.script.delay = 0.5
        with pytest.raises(MailboxUnavailable, match="no respondió"):
            list(source.fetch("INBOX", None))
        source.close()
