"""What Graph answers to a mail that is sent, and what that means for the mail."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from mailbot.demo.servers.graph import GraphFault, GraphServer, graph_server
from mailbot.demo.servers.graph_mail import Mail
from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, MailbotError
from mailbot.domain.mail import MailFile, MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.mailboxes.graph import GraphAccount, GraphMailSource
from mailbot.senders.graph import GraphSender
from mailbot.senders.mime import to_bytes
from tests.contract.graph_box import StaticTokens

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
AVISOS = "avisos@broker.example"
SMALL = MailFile(name="acta.pdf", type="application/pdf", content=b"%PDF small")
LARGE = MailFile(name="informe ñ.xlsx", type="application/vnd.ms-excel", content=b"0123456789" * 420_000)


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with graph_server() as running:
        running.add_mailbox(AVISOS)
        yield running


def _app(server: GraphServer) -> GraphApp:
    return GraphApp(url=server.url, client_id=str(server.port), timeout=timedelta(seconds=5))


def _sender(server: GraphServer, **changes: object) -> GraphSender:
    app = replace(_app(server), **changes)
    return GraphSender(GraphClient(app, tokens=StaticTokens(), sleep=lambda _: None), address=AVISOS)


def _mail(**changes: object) -> OutgoingMail:
    mail = OutgoingMail(
        key="notice/1",
        purpose=MailPurpose.NOTICE,
        message_id="<notice.1@broker.example>",
        sender=Address(address=AVISOS, name="Avisos"),
        to=(Address(address="jefa@broker.example"),),
        subject="Límite vencido",
        text="La respuesta venció.",
        html="<p>La respuesta venció.</p>",
        in_reply_to="<pregunta@cliente.example>",
        references=("<pregunta@cliente.example>",),
        created_at=MORNING,
        not_before=MORNING,
    )
    return replace(mail, **changes)


def _drafts(server: GraphServer) -> int:
    mailbox = server.mailboxes[AVISOS]
    return len(mailbox.in_folder(mailbox.folders["drafts"]))


def _sent(server: GraphServer) -> list[EmailMessage]:
    return [email.message_from_bytes(raw, policy=email.policy.default) for _, raw in server.sent]  # type: ignore[misc]


class TestOutcome:
    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (GraphFault(match="/send$", status=429, retry_after=9), DeliveryDeferred),
            (GraphFault(match="/send$", status=503, retry_after=9), DeliveryDeferred),
            (GraphFault(match="/send$", status=401, code="InvalidAuthenticationToken", times=2), DeliveryDeferred),
            (GraphFault(match="/send$", status=403, code="ErrorAccessDenied"), DeliveryDeferred),
            (GraphFault(match="/send$", status=403, code="ErrorSendAsDenied"), DeliveryDeferred),
            (GraphFault(match="/users", status=404, code="ErrorInvalidUser"), DeliveryDeferred),
            (GraphFault(match="POST .*/messages$", status=503), DeliveryDeferred),
            (GraphFault(match="/send$", status=400, code="ErrorInvalidRecipients"), DeliveryRefused),
            (GraphFault(match="POST .*/messages$", status=413, code="ErrorMessageSizeExceeded"), DeliveryRefused),
        ],
        ids=lambda value: f"{value.status}-{value.code}" if isinstance(value, GraphFault) else "",
    )
    def test_what_surely_did_not_leave_is_deferred_or_refused_and_leaves_no_draft(
        self, server: GraphServer, fault: GraphFault, error: type[MailbotError]
    ) -> None:
        server.script.faults = [fault]
        with pytest.raises(error):
            _sender(server).send(_mail())
        assert (server.sent, _drafts(server)) == ([], 0)

    @pytest.mark.parametrize(
        "fault",
        [
            GraphFault(match="/send$", status=500, code="InternalServerError", after=True),
            GraphFault(match="/send$", status=504, code="GatewayTimeout", after=True),
            GraphFault(match="/send$", status=None, after=True),
        ],
        ids=["500", "504", "cut"],
    )
    def test_sent_though_the_answer_was_an_error_is_seen_by_the_draft(
        self, server: GraphServer, fault: GraphFault
    ) -> None:
        server.script.faults = [fault]
        _sender(server).send(_mail())
        _sender(server).send(_mail())
        assert len(server.sent) == 1

    @pytest.mark.parametrize("status", [500, 503, 504, None], ids=str)
    def test_an_error_with_the_draft_still_there_is_uncertain_and_a_retry_sends_that_draft(
        self, server: GraphServer, status: int | None
    ) -> None:
        server.script.faults = [GraphFault(match="/send$", status=status)]
        with pytest.raises(DeliveryUncertain):
            _sender(server).send(_mail())
        assert (server.sent, _drafts(server)) == ([], 1)
        _sender(server).send(_mail())
        assert ([mail["Message-ID"] for mail in _sent(server)], _drafts(server)) == (["<notice.1@broker.example>"], 0)

    def test_a_timeout_after_success_is_seen_in_sent_and_a_retry_sends_nothing_again(self, server: GraphServer) -> None:
        server.script.faults = [GraphFault(match="/send$", after=True, status=202, delay=0.6)]
        _sender(server, timeout=timedelta(seconds=0.3)).send(_mail())
        account = GraphAccount(name="avisos", address=AVISOS, app=_app(server))
        source = GraphMailSource(account, client=GraphClient(account.app, tokens=StaticTokens()))
        with closing(source):
            assert source.find("<notice.1@broker.example>", folder=source.sent_folder)
        _sender(server).send(_mail())
        assert len(server.sent) == 1

    @pytest.mark.parametrize("cut", ["POST .*/messages$", "POST .*/createReply$", "PATCH "], ids=str)
    def test_a_run_that_ends_between_two_steps_leaves_nothing_that_leaves_twice(
        self, server: GraphServer, cut: str
    ) -> None:
        if "messages" not in cut:
            _arrives(server, "<pregunta@cliente.example>")
        server.script.faults = [
            GraphFault(match=cut, status=None, after=True),
            GraphFault(match="DELETE", status=None, times=9),
        ]
        with pytest.raises(DeliveryDeferred):
            _sender(server).send(_mail())
        server.script.faults = []
        _sender(server).send(_mail())
        _sender(server).send(_mail())
        assert [mail["Message-ID"] for mail in _sent(server)] == ["<notice.1@broker.example>"]

    def test_a_mail_that_lies_in_sent_is_not_sent_again(self, server: GraphServer) -> None:
        mailbox = server.mailboxes[AVISOS]
        raw = to_bytes(_mail(), instance="mailbot")
        mailbox.add(raw, at=MORNING, folder=mailbox.folder("sentitems"))
        _sender(server).send(_mail())
        assert (server.sent, _drafts(server)) == ([], 0)

    def test_a_mail_that_still_waits_in_the_outbox_is_uncertain_and_gets_no_twin(self, server: GraphServer) -> None:
        mailbox = server.mailboxes[AVISOS]
        mailbox.add(to_bytes(_mail(), instance="mailbot"), at=MORNING, folder=mailbox.folder("outbox"))
        with pytest.raises(DeliveryUncertain, match="bandeja de salida"):
            _sender(server).send(_mail())
        assert (server.sent, _drafts(server)) == ([], 0)

    def test_throttling_tells_until_when(self, server: GraphServer) -> None:
        server.script.faults = [GraphFault(match="/send$", status=429, retry_after=120)]
        with pytest.raises(DeliveryDeferred) as raised:
            _sender(server).send(_mail())
        assert raised.value.retry_at == server.now + timedelta(seconds=120)

    def test_a_token_that_ended_is_renewed_and_the_mail_leaves_once(self, server: GraphServer) -> None:
        tokens = StaticTokens("token-viejo")
        GraphSender(GraphClient(_app(server), tokens=tokens), address=AVISOS).send(_mail())
        assert (len(server.sent), tokens.renewals) == (1, 1)

    def test_another_sender_than_the_mailbox_waits_for_a_person(self, server: GraphServer) -> None:
        with pytest.raises(DeliveryDeferred, match="MAILBOT_SENDER"):
            _sender(server).send(_mail(sender=Address(address="nadie@broker.example")))

    @pytest.mark.parametrize("permission", ["Mail.Send", "Mail.ReadWrite"])
    def test_check_without_a_permission_says_which_and_a_mail_waits_for_it(
        self, server: GraphServer, permission: str
    ) -> None:
        server.script.lacking = {AVISOS: {permission}}
        with pytest.raises(DeliveryRefused, match=f"Application {permission}".replace(".", r"\.")):
            _sender(server).check()
        with pytest.raises(DeliveryDeferred, match=f"Application {permission}".replace(".", r"\.")):
            _sender(server).send(_mail())
        assert server.sent == []


def _arrives(server: GraphServer, message_id: str) -> Mail:
    mailbox = server.mailboxes[AVISOS]
    raw = f"From: pregunta@cliente.example\r\nMessage-ID: {message_id}\r\nSubject: Consulta\r\n\r\n¿Ya?".encode()
    return mailbox.add(raw, at=MORNING, folder=mailbox.folder("inbox"))


class TestReply:
    def test_an_answer_to_a_mail_of_the_mailbox_is_a_reply_in_its_conversation(self, server: GraphServer) -> None:
        asked = _arrives(server, "<pregunta@cliente.example>")
        _sender(server).send(_mail())
        steps = [line.split("?")[0].rpartition("/")[2] for line in server.requests if not line.startswith("GET")]
        assert [steps[0], server.requests[-2].split()[0], steps[-1]] == ["createReply", "PATCH", "send"]
        mailbox = server.mailboxes[AVISOS]
        (reply,) = mailbox.in_folder(mailbox.folder("sentitems"))
        assert reply.conversation == asked.conversation != ""

    def test_it_bears_our_message_id_and_says_that_a_machine_wrote_it(self, server: GraphServer) -> None:
        _arrives(server, "<pregunta@cliente.example>")
        _sender(server).send(_mail())
        (reply,) = _sent(server)
        assert reply["Message-ID"] == "<notice.1@broker.example>"
        assert reply["In-Reply-To"] == "<pregunta@cliente.example>"
        assert str(reply["Auto-Submitted"]).startswith("auto-")

    def test_an_answer_to_a_mail_that_is_gone_is_a_mail_of_its_own(self, server: GraphServer) -> None:
        _arrives(server, "<pregunta@cliente.example>")
        server.script.faults = [GraphFault(match="createReply", status=404, code="ErrorItemNotFound")]
        _sender(server).send(_mail())
        assert [mail["Message-ID"] for mail in _sent(server)] == ["<notice.1@broker.example>"]


class TestLarge:
    def test_large_files_arrive_whole_under_the_same_message_id_in_the_same_conversation(
        self, server: GraphServer
    ) -> None:
        _sender(server).send(_mail(files=(SMALL, LARGE)))
        assert len(server.sent) == 1
        arrived = email.message_from_bytes(server.sent[0][1], policy=email.policy.default)
        assert arrived["Message-ID"] == "<notice.1@broker.example>"
        assert arrived["In-Reply-To"] == "<pregunta@cliente.example>"
        files = {part.get_filename(): part.get_content() for part in arrived.iter_attachments()}
        assert files == {SMALL.name: SMALL.content, LARGE.name: LARGE.content}
        assert _drafts(server) == 0

    def test_a_picture_stays_with_the_page_when_large_files_go_apart(self, server: GraphServer) -> None:
        picture = MailFile(name="days.png", type="image/png", content=b"\x89PNG", content_id="days.1@mailbot")
        _sender(server).send(_mail(files=(picture, LARGE)))
        (arrived,) = _sent(server)
        (shown,) = (part for part in arrived.walk() if part.get_content_type() == "image/png")
        assert (shown["Content-ID"], shown.get_content()) == ("<days.1@mailbot>", picture.content)
        assert [part.get_filename() for part in arrived.iter_attachments()] == [LARGE.name]

    @pytest.mark.parametrize("size", [1_999_000, 2_001_000, 2_999_999, 3_140_000, 3_140_001], ids=str)
    def test_every_size_around_the_limits_arrives(self, server: GraphServer, size: int) -> None:
        _sender(server).send(_mail(files=(replace(LARGE, content=bytes(size)),)))
        parts = email.message_from_bytes(server.sent[0][1]).get_payload()
        assert len(parts[-1].get_payload(decode=True)) == size

    def test_a_piece_that_was_lost_is_put_again(self, server: GraphServer) -> None:
        server.script.faults = [GraphFault(match="PUT /upload", status=503)]
        _sender(server).send(_mail(files=(LARGE,)))
        assert LARGE.content in email.message_from_bytes(server.sent[0][1]).get_payload()[-1].get_payload(decode=True)

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (GraphFault(match="POST .*/messages$", status=503), DeliveryDeferred),
            (GraphFault(match="createUploadSession", status=503), DeliveryDeferred),
            (GraphFault(match="PUT /upload", status=503, times=9), DeliveryDeferred),
            (GraphFault(match="PUT /upload", status=None, after=True, times=9), DeliveryDeferred),
            (GraphFault(match="/send$", status=429, retry_after=5), DeliveryDeferred),
            (GraphFault(match="/send$", status=400, code="ErrorInvalidRecipients"), DeliveryRefused),
        ],
        ids=["draft", "session", "pieces", "pieces cut", "throttled", "refused"],
    )
    def test_what_fails_before_it_is_sent_leaves_no_draft(
        self, server: GraphServer, fault: GraphFault, error: type[MailbotError]
    ) -> None:
        server.script.faults = [fault]
        with pytest.raises(error):
            _sender(server).send(_mail(files=(LARGE,)))
        assert (server.sent, _drafts(server)) == ([], 0)

    def test_a_draft_that_was_left_half_filled_gets_what_it_lacks_and_nothing_twice(self, server: GraphServer) -> None:
        server.script.faults = [
            GraphFault(match="createUploadSession", status=503),
            GraphFault(match="DELETE", status=503, times=9),
        ]
        with pytest.raises(DeliveryDeferred):
            _sender(server).send(_mail(files=(SMALL, LARGE)))
        assert _drafts(server) == 1
        _sender(server).send(_mail(files=(SMALL, LARGE)))
        (arrived,) = _sent(server)
        assert [part.get_filename() for part in arrived.iter_attachments()] == [SMALL.name, LARGE.name]
        assert _drafts(server) == 0

    def test_a_file_that_no_mailbox_takes_is_refused(self, server: GraphServer) -> None:
        with pytest.raises(DeliveryRefused, match="150 MB"):
            _sender(server).send(_mail(files=(replace(LARGE, content=bytes(150 * 2**20 + 1)),)))
        assert _drafts(server) == 0
