"""The demo's own mail server: what SMTP takes lies in the mailbox it is for, at the clock's moment."""

import smtplib
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.demo.servers import EmbeddedMailServer
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.login import Security
from mailbot.mailboxes.imap import ImapAccount, ImapMailSource
from mailbot.ports.mailbox import FetchedMail
from mailbot.senders.mime import to_bytes
from mailbot.senders.smtp import SmtpAccount, SmtpSender

MORNING = datetime(2026, 11, 3, 14, 0, 30, tzinfo=UTC)
ANA, LUIS, CLIENT = "ana@broker.example", "luis@broker.example", "compras@cliente.example"


def _mails(server: EmbeddedMailServer, address: str, folder: str = "INBOX") -> list[FetchedMail]:
    account = ImapAccount(
        name=address,
        host="127.0.0.1",
        port=server.imap_port,
        security=Security.PLAIN,
        username=address,
        password=server.password,
    )
    source = ImapMailSource(account)
    try:
        return [mail for batch in source.fetch(folder, None) for mail in batch]
    finally:
        source.close()


def _send(server: EmbeddedMailServer, mail: OutgoingMail) -> None:
    SmtpSender(SmtpAccount(host="127.0.0.1", port=server.smtp_port, security=Security.PLAIN)).send(mail)


def _mail(*to: str) -> OutgoingMail:
    return OutgoingMail(
        key="k",
        purpose=MailPurpose.NOTICE,
        message_id="<n.1@broker.example>",
        sender=Address(address="avisos@broker.example"),
        to=tuple(Address(address=address) for address in to),
        subject="Aviso",
        text="Año nuevo\n.\n",
        html="",
        created_at=MORNING,
        not_before=MORNING,
    )


def test_it_starts_within_two_seconds_and_stops_at_once() -> None:
    threads = threading.active_count()
    start = time.monotonic()
    with EmbeddedMailServer([ANA, LUIS]) as server:
        assert time.monotonic() - start < 2
        assert server.imap_port != server.smtp_port
        start = time.monotonic()
    assert time.monotonic() - start < 2
    assert threading.active_count() == threads


def test_what_smtp_takes_lies_in_every_mailbox_it_is_for_at_the_clocks_moment() -> None:
    with EmbeddedMailServer([ANA, LUIS], clock=lambda: MORNING) as server:
        _send(server, _mail(ANA.upper(), LUIS, CLIENT))
        for address in (ANA, LUIS):
            (mail,) = _mails(server, address)
            assert mail.raw == to_bytes(_mail(ANA.upper(), LUIS, CLIENT))
            assert mail.received_at == MORNING


def test_every_accepted_mail_is_kept_for_inspection() -> None:
    with EmbeddedMailServer([ANA], clock=lambda: MORNING) as server:
        _send(server, _mail(CLIENT))
        (accepted,) = server.accepted
        assert (accepted.at, accepted.sender, accepted.recipients) == (MORNING, "avisos@broker.example", (CLIENT,))
        assert accepted.raw == to_bytes(_mail(CLIENT))
        assert _mails(server, ANA) == []


def test_a_mail_can_be_laid_into_any_folder_at_any_moment() -> None:
    with EmbeddedMailServer([ANA], folders=("Enviados", "Año 2026")) as server:
        server.deliver(b"Subject: x\r\n\r\ny\r\n", ANA, folder="Año 2026", at=MORNING - timedelta(days=400))
        (mail,) = _mails(server, ANA, "Año 2026")
        assert mail.received_at == MORNING - timedelta(days=400)
        assert _mails(server, ANA, "Enviados") == []


def test_smtp_takes_the_password_and_no_other() -> None:
    with EmbeddedMailServer([ANA], password="buena") as server:
        with smtplib.SMTP("127.0.0.1", server.smtp_port, local_hostname="localhost", timeout=5) as client:
            client.login(ANA, "buena")
        with (
            smtplib.SMTP("127.0.0.1", server.smtp_port, local_hostname="localhost", timeout=5) as client,
            pytest.raises(smtplib.SMTPAuthenticationError),
        ):
            client.login(ANA, "mala")


def test_it_can_stop_while_somebody_watches_a_mailbox() -> None:
    with EmbeddedMailServer([ANA]) as server:
        account = ImapAccount(
            name="ana", host="127.0.0.1", port=server.imap_port, security=Security.PLAIN, username=ANA, password="demo"
        )
        source = ImapMailSource(account)
        source.wait(timedelta(seconds=0.1))
    source.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "mailbot-demo-server"]
