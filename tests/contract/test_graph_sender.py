"""What Graph answers to a mail that is sent, and what that means for the mail."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, MailbotError
from mailbot.domain.mail import MailFile, MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.mailboxes.graph import GraphAccount, GraphMailSource
from mailbot.senders.graph import GraphSender
from tests.contract.graph_box import StaticTokens
from tests.servers.graph import GraphFault, GraphServer, graph_server

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


class TestOutcome:
    @pytest.mark.parametrize(
        ("fault", "error", "sent"),
        [
            (GraphFault(match="sendMail", status=429, retry_after=9), DeliveryDeferred, 0),
            (GraphFault(match="sendMail", status=503, retry_after=9), DeliveryDeferred, 0),
            (GraphFault(match="sendMail", status=401, code="InvalidAuthenticationToken", times=2), DeliveryDeferred, 0),
            (GraphFault(match="sendMail", status=403, code="ErrorAccessDenied"), DeliveryDeferred, 0),
            (GraphFault(match="sendMail", status=403, code="ErrorSendAsDenied"), DeliveryDeferred, 0),
            (GraphFault(match="sendMail", status=404, code="ErrorInvalidUser"), DeliveryDeferred, 0),
            (GraphFault(match="sendMail", status=400, code="ErrorInvalidRecipients"), DeliveryRefused, 0),
            (GraphFault(match="sendMail", status=413, code="ErrorMessageSizeExceeded"), DeliveryRefused, 0),
            (GraphFault(match="sendMail", status=500, code="InternalServerError", after=True), DeliveryUncertain, 1),
            (GraphFault(match="sendMail", status=504, code="GatewayTimeout", after=True), DeliveryUncertain, 1),
            (GraphFault(match="sendMail", status=503, code="ServiceUnavailable"), DeliveryUncertain, 0),
            (GraphFault(match="sendMail", status=None, after=True), DeliveryUncertain, 1),
            (GraphFault(match="sendMail", status=None), DeliveryUncertain, 0),
        ],
        ids=lambda value: f"{value.status}-{value.code}-{value.after}" if isinstance(value, GraphFault) else "",
    )
    def test_each_answer_means_what_the_port_says_and_nothing_is_sent_again(
        self, server: GraphServer, fault: GraphFault, error: type[MailbotError], sent: int
    ) -> None:
        server.script.faults = [fault]
        with pytest.raises(error):
            _sender(server).send(_mail())
        assert len(server.sent) == sent

    def test_a_timeout_after_success_is_uncertain_and_sent_shows_the_mail(self, server: GraphServer) -> None:
        server.script.faults = [GraphFault(match="sendMail", after=True, status=202, delay=0.6)]
        with pytest.raises(DeliveryUncertain):
            _sender(server, timeout=timedelta(seconds=0.2)).send(_mail())
        account = GraphAccount(name="avisos", address=AVISOS, app=_app(server))
        source = GraphMailSource(account, client=GraphClient(account.app, tokens=StaticTokens()))
        with closing(source):
            assert source.find("<notice.1@broker.example>", folder=source.sent_folder)

    def test_throttling_tells_until_when(self, server: GraphServer) -> None:
        server.script.faults = [GraphFault(match="sendMail", status=429, retry_after=120)]
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

    def test_check_without_the_permission_says_which(self, server: GraphServer) -> None:
        server.script.denied.add(AVISOS)
        with pytest.raises(DeliveryRefused, match=r"Application Mail\.Send"):
            _sender(server).check()


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

    @pytest.mark.parametrize("status", [500, 504, None], ids=str)
    def test_sent_though_the_answer_was_an_error_is_seen_by_the_draft(
        self, server: GraphServer, status: int | None
    ) -> None:
        server.script.faults = [GraphFault(match="/send$", status=status, after=True)]
        _sender(server).send(_mail(files=(LARGE,)))
        assert len(server.sent) == 1

    def test_an_error_with_the_draft_still_there_is_uncertain(self, server: GraphServer) -> None:
        server.script.faults = [GraphFault(match="/send$", status=500)]
        with pytest.raises(DeliveryUncertain):
            _sender(server).send(_mail(files=(LARGE,)))
        assert server.sent == []

    def test_a_file_that_no_mailbox_takes_is_refused(self, server: GraphServer) -> None:
        with pytest.raises(DeliveryRefused, match="150 MB"):
            _sender(server).send(_mail(files=(replace(LARGE, content=bytes(150 * 2**20 + 1)),)))
        assert _drafts(server) == 0
