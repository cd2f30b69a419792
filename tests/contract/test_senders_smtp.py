"""How each end of an SMTP conversation is told, on a server that fails on request."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.login import Security
from mailbot.senders.smtp import PATIENT_ATTEMPTS, SmtpAccount, SmtpSender
from tests.servers.smtp import SmtpScript, SmtpSink, smtp_sink
from tests.servers.tls import make_certificates

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
MAIL = OutgoingMail(
    key="notice/1",
    purpose=MailPurpose.NOTICE,
    message_id="<notice.1@broker.example>",
    sender=Address(address="avisos@broker.example"),
    to=(Address(address="jefa@broker.example"),),
    cc=(Address(address="ana@broker.example"),),
    subject="Límite vencido",
    text="La respuesta venció.",
    html="<p>La respuesta venció.</p>",
    created_at=MORNING,
    not_before=MORNING,
)

Start = Callable[..., tuple[SmtpSink, SmtpSender]]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def _start(script: SmtpScript | None = None, **changes: object) -> tuple[SmtpSink, SmtpSender]:
            sink = stack.enter_context(smtp_sink(script or SmtpScript()))
            account = SmtpAccount(
                host="127.0.0.1", port=sink.port, security=Security.PLAIN, timeout=timedelta(seconds=0.6)
            )
            return sink, SmtpSender(replace(account, **changes))

        yield _start


class TestOutcome:
    def test_accepted_for_everybody(self, start: Start) -> None:
        sink, sender = start()
        sender.send(MAIL)
        assert sink.taken[0].recipients == ("jefa@broker.example", "ana@broker.example")
        assert sink.taken[0].sender == "avisos@broker.example"

    @pytest.mark.parametrize(
        ("script", "error"),
        [
            (SmtpScript(sender_answer="451 4.3.0 later"), DeliveryDeferred),
            (SmtpScript(sender_answer="550 5.7.1 not yours"), DeliveryRefused),
            (SmtpScript(data_answer="452 4.3.1 disk is full"), DeliveryDeferred),
            (SmtpScript(data_answer="554 5.6.0 not this"), DeliveryRefused),
            (SmtpScript(drops_at_data=True), DeliveryDeferred),
            (SmtpScript(drops_after_data=True), DeliveryUncertain),
        ],
        ids=["sender later", "sender never", "content later", "content never", "cut before", "cut after"],
    )
    def test_every_other_end_has_its_error(self, start: Start, script: SmtpScript, error: type[Exception]) -> None:
        _, sender = start(script)
        with pytest.raises(error):
            sender.send(MAIL)

    def test_the_blind_copy_is_in_the_envelope_and_in_no_header(self, start: Start) -> None:
        sink, sender = start(blind_copy="copias@broker.example")
        sender.send(MAIL)
        assert sink.taken[0].recipients == ("jefa@broker.example", "ana@broker.example", "copias@broker.example")
        assert b"copias@" not in sink.taken[0].content

    @pytest.mark.parametrize("answer", ["450 4.2.2 full", "550 5.1.1 nobody"], ids=["later", "never"])
    def test_a_refused_blind_copy_keeps_the_mail_from_nobody(self, start: Start, answer: str) -> None:
        script = SmtpScript(recipients={"copias@broker.example": answer})
        sink, sender = start(script, blind_copy="copias@broker.example")
        sender.send(MAIL)
        assert sink.taken[0].recipients == ("jefa@broker.example", "ana@broker.example")

    def test_who_is_told_anyway_gets_no_second_copy(self, start: Start) -> None:
        sink, sender = start(blind_copy="jefa@broker.example")
        sender.send(MAIL)
        assert sink.taken[0].recipients == ("jefa@broker.example", "ana@broker.example")

    def test_a_refusal_repeats_the_servers_words(self, start: Start) -> None:
        _, sender = start(SmtpScript(data_answer="554 5.6.0 no me gusta"))
        with pytest.raises(DeliveryRefused, match=r"554 5\.6\.0 no me gusta"):
            sender.send(MAIL)

    def test_no_answer_in_time_after_the_content_is_uncertain(self, start: Start) -> None:
        sink, sender = start(SmtpScript(answer_waits_for=threading.Event()))
        with pytest.raises(DeliveryUncertain):
            sender.send(MAIL)
        sink.script.answer_waits_for.set()

    def test_a_server_that_is_not_there_is_deferred_with_what_to_do(self, start: Start) -> None:
        with smtp_sink() as gone:
            port = gone.port
        _, sender = start(port=port)
        with pytest.raises(DeliveryDeferred, match="revise el puerto"):
            sender.send(MAIL)

    def test_a_mail_without_recipient_is_refused(self, start: Start) -> None:
        _, sender = start()
        with pytest.raises(DeliveryRefused):
            sender.send(replace(MAIL, to=(), cc=()))


class TestSomeRecipientsRefused:
    def test_one_refused_for_good_keeps_the_mail_from_nobody_else(self, start: Start) -> None:
        sink, sender = start(SmtpScript(recipients={"ana@broker.example": "550 5.1.1 unknown"}))
        with pytest.raises(DeliveryRefused, match=r"ana@broker\.example \(550") as refusal:
            sender.send(MAIL)
        assert sink.taken[0].recipients == ("jefa@broker.example",)
        assert refusal.value.refused == ("ana@broker.example",)
        assert refusal.value.accepted == ("jefa@broker.example",)

    def test_all_refused_means_nothing_was_sent(self, start: Start) -> None:
        answers = {"ana@broker.example": "550 no", "jefa@broker.example": "550 no"}
        sink, sender = start(SmtpScript(recipients=answers))
        with pytest.raises(DeliveryRefused) as refusal:
            sender.send(MAIL)
        assert refusal.value.accepted == ()
        assert set(refusal.value.refused) == set(answers)
        assert sink.taken == ()

    def test_one_to_try_later_holds_the_mail_so_that_nobody_gets_it_twice(self, start: Start) -> None:
        sink, sender = start(SmtpScript(recipients={"ana@broker.example": "452 4.2.2 full"}))
        with pytest.raises(DeliveryDeferred, match=r"ana@broker\.example \(452"):
            sender.send(MAIL)
        assert sink.taken == ()

    def test_after_some_attempts_the_others_get_it(self, start: Start) -> None:
        sink, sender = start(SmtpScript(recipients={"ana@broker.example": "452 4.2.2 full"}))
        with pytest.raises(DeliveryRefused) as refusal:
            sender.send(replace(MAIL, attempts=PATIENT_ATTEMPTS))
        assert sink.taken[0].recipients == refusal.value.accepted == ("jefa@broker.example",)


class TestLogin:
    def test_a_password_is_used(self, start: Start) -> None:
        sink, sender = start(SmtpScript(username="avisos"), username="avisos", password="secreta")
        sender.send(MAIL)
        assert sink.taken[0].username == "avisos"

    @pytest.mark.parametrize(
        "changes",
        [
            {"username": "avisos", "password": "mala"},
            {"username": "avisos", "token_command": "echo token-caducado"},
        ],
        ids=["password", "token"],
    )
    def test_a_refused_login_defers_the_mail_and_fails_the_check(self, start: Start, changes: dict[str, str]) -> None:
        sink, sender = start(SmtpScript(username="avisos"), **changes)
        with pytest.raises(DeliveryDeferred, match="revise"):
            sender.send(MAIL)
        with pytest.raises(DeliveryRefused, match="revise") as refusal:
            sender.check()
        assert not any(secret in str(refusal.value) for secret in ("mala", "caducado-"))
        assert sink.taken == ()

    def test_a_token_is_used(self, start: Start) -> None:
        sink, sender = start(username="avisos", token_command="echo token-bueno")
        sender.send(MAIL)
        assert sink.taken[0].username == "token"


class TestEncryption:
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_an_unknown_authority_is_refused_before_anything_is_said(self, tmp_path: Path, security: str) -> None:
        with smtp_sink(certificates=make_certificates(tmp_path), security=security) as sink:
            account = SmtpAccount(
                host="localhost", port=sink.port, security=Security(security), timeout=timedelta(seconds=5)
            )
            with pytest.raises(DeliveryDeferred, match="CA_FILE"):
                SmtpSender(account).send(MAIL)
            with pytest.raises(DeliveryRefused, match="CA_FILE"):
                SmtpSender(account).check()
            assert sink.taken == ()

    def test_another_servers_certificate_is_refused(self, tmp_path: Path) -> None:
        certificates = make_certificates(tmp_path, name="otro.example")
        with smtp_sink(certificates=certificates, security="tls") as sink:
            account = SmtpAccount(host="localhost", port=sink.port, security=Security.TLS, ca_file=certificates.ca_file)
            with pytest.raises(DeliveryRefused, match="CA_FILE"):
                SmtpSender(account).check()

    def test_starttls_that_is_not_offered_is_never_skipped(self, start: Start) -> None:
        sink, sender = start(security=Security.STARTTLS)
        with pytest.raises(DeliveryRefused):
            sender.check()
        with pytest.raises(DeliveryDeferred):
            sender.send(MAIL)
        assert sink.taken == ()
