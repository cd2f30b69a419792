"""What an Exchange server answers to a mail that is sent, and what that means for the mail."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.demo.servers.ews import EwsFault, EwsServer, ews_server
from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, MailbotError
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.ews.client import EwsClient
from mailbot.senders.ews import EwsSender
from tests.contract.ews_box import endpoint_of

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
AVISOS = "avisos@broker.example"


@pytest.fixture
def server() -> Iterator[EwsServer]:
    with ews_server() as running:
        running.add_mailbox(AVISOS)
        yield running


def _sender(server: EwsServer, **changes: object) -> EwsSender:
    client = EwsClient(endpoint_of(server, **changes), AVISOS, sleep=lambda _: None)
    return EwsSender(client, address=AVISOS)


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
        created_at=MORNING,
        not_before=MORNING,
    )
    return replace(mail, **changes)


def _lying_in(server: EwsServer, folder: str) -> list[str]:
    mailbox = server.mailboxes[AVISOS]
    return [item.message_id for item in mailbox.in_folder(mailbox.known[folder])]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (EwsFault(match="CreateItem", status=429, retry_after=9), DeliveryDeferred),
        (EwsFault(match="CreateItem", status=503), DeliveryDeferred),
        (EwsFault(match="CreateItem", status=401), DeliveryDeferred),
        (EwsFault(match="CreateItem", status=413), DeliveryRefused),
        (EwsFault(match="CreateItem", code="ErrorMessageSizeExceeded"), DeliveryRefused),
        (EwsFault(match="CreateItem", code="ErrorMimeContentInvalid"), DeliveryRefused),
        (EwsFault(match="SendItem", fault="ErrorServerBusy", back_off=9000), DeliveryDeferred),
        (EwsFault(match="SendItem", status=429, retry_after=9), DeliveryDeferred),
        (EwsFault(match="SendItem", status=403), DeliveryDeferred),
        (EwsFault(match="SendItem", code="ErrorSendAsDenied"), DeliveryDeferred),
        (EwsFault(match="SendItem", code="ErrorInvalidRecipients"), DeliveryRefused),
    ],
    ids=lambda value: f"{value.match}-{value.status}-{value.fault}{value.code}" if isinstance(value, EwsFault) else "",
)
def test_what_surely_did_not_leave_is_deferred_or_refused_and_leaves_no_draft(
    server: EwsServer, fault: EwsFault, error: type[MailbotError]
) -> None:
    server.script.faults = [fault]
    with pytest.raises(error):
        _sender(server).send(_mail())
    assert (server.sent, _lying_in(server, "drafts")) == ([], [])


@pytest.mark.parametrize(
    "fault",
    [
        EwsFault(match="SendItem", after=True, status=None),
        EwsFault(match="SendItem", after=True, status=500),
        EwsFault(match="SendItem", after=True, status=504),
        EwsFault(match="SendItem", after=True, code=""),
        EwsFault(match="SendItem", after=True, code="ErrorInternalServerError"),
        EwsFault(match="SendItem", after=True, code="ErrorTimeoutExpired"),
    ],
    ids=["cut", "500", "504", "no code", "internal", "timeout"],
)
def test_sent_though_the_answer_was_an_error_is_seen_in_sent(server: EwsServer, fault: EwsFault) -> None:
    server.script.faults = [fault]
    _sender(server).send(_mail())
    assert len(server.sent) == 1
    assert _lying_in(server, "sentitems") == ["<notice.1@broker.example>"]


def test_a_timeout_after_success_is_seen_in_sent_and_a_retry_sends_nothing_again(
    server: EwsServer,
) -> None:
    server.script.faults = [EwsFault(match="SendItem", after=True, delay=0.5, status=None)]
    sender = _sender(server, timeout=timedelta(seconds=0.2), patience=timedelta(0))
    sender.send(_mail())
    sender.send(_mail())
    assert len(server.sent) == 1


@pytest.mark.parametrize("status", [500, None], ids=["500", "cut"])
def test_an_error_with_the_draft_still_there_is_uncertain_and_a_retry_sends_that_draft(
    server: EwsServer, status: int | None
) -> None:
    server.script.faults = [EwsFault(match="SendItem", status=status)]
    with pytest.raises(DeliveryUncertain):
        _sender(server).send(_mail())
    assert _lying_in(server, "drafts") == ["<notice.1@broker.example>"]
    _sender(server).send(_mail())
    assert len(server.sent) == 1
    assert (_lying_in(server, "drafts"), _lying_in(server, "sentitems")) == ([], ["<notice.1@broker.example>"])


def test_a_draft_made_though_the_answer_was_cut_is_not_made_again(server: EwsServer) -> None:
    server.script.faults = [EwsFault(match="CreateItem", after=True, status=None)]
    with pytest.raises(DeliveryDeferred):
        _sender(server).send(_mail())
    _sender(server).send(_mail())
    assert len(server.sent) == 1
    assert _lying_in(server, "drafts") == []


def test_a_mail_that_lies_in_sent_is_not_sent_again(server: EwsServer) -> None:
    _sender(server).send(_mail())
    _sender(server).send(_mail())
    assert len(server.sent) == 1


def test_a_mail_that_still_waits_in_the_outbox_is_uncertain_and_gets_no_twin(server: EwsServer) -> None:
    mailbox = server.mailboxes[AVISOS]
    mailbox.add(b"Message-ID: <notice.1@broker.example>\r\n\r\nx", folder=mailbox.known["outbox"])
    with pytest.raises(DeliveryUncertain, match="bandeja de salida"):
        _sender(server).send(_mail())
    assert (server.sent, _lying_in(server, "drafts")) == ([], [])


def test_another_sender_than_the_mailbox_waits_for_a_person(server: EwsServer) -> None:
    with pytest.raises(DeliveryDeferred, match="MAILBOT_SENDER"):
        _sender(server).send(_mail(sender=Address(address="nadie@broker.example")))


def test_check_without_the_role_says_which(server: EwsServer) -> None:
    server.script.impersonators = set()
    with pytest.raises(DeliveryRefused, match="ApplicationImpersonation"):
        _sender(server).check()


def test_throttling_tells_until_when(server: EwsServer) -> None:
    server.script.faults = [EwsFault(match="SendItem", status=429, retry_after=120)]
    with pytest.raises(DeliveryDeferred) as raised:
        _sender(server).send(_mail())
    assert raised.value.retry_at == server.now + timedelta(seconds=120)
