from datetime import UTC, datetime

import pytest

from mailbot.domain.errors import DeliveryRefused, MailboxUnavailable
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.senders.filing import FilingSender
from mailbot.senders.memory import MemorySender

AT = datetime(2026, 11, 16, 14, tzinfo=UTC)


@pytest.fixture
def mail() -> OutgoingMail:
    return OutgoingMail(
        key="notice:1",
        purpose=MailPurpose.NOTICE,
        message_id="<mb.1@agencia.example>",
        sender=Address(address="rquispe@agencia.example"),
        to=(Address(address="mflores@agencia.example"),),
        subject="Aviso",
        text="Texto",
        html="<p>Texto</p>",
        created_at=AT,
        not_before=AT,
    )


def test_a_sent_mail_is_found_in_sent(mail: OutgoingMail) -> None:
    source, inner = MemoryMailSource("rq"), MemorySender()

    FilingSender(inner, mailbox=source).send(mail)

    assert source.find(mail.message_id, folder="Sent")
    assert len(inner.sent) == 1


def test_a_copy_that_cannot_be_filed_does_not_unsend_the_mail(mail: OutgoingMail) -> None:
    source, inner = MemoryMailSource("rq"), MemorySender()
    source.fail_with(MailboxUnavailable("sin red"))

    FilingSender(inner, mailbox=source).send(mail)

    assert len(inner.sent) == 1


def test_a_mail_that_was_refused_is_not_filed(mail: OutgoingMail) -> None:
    source, inner = MemoryMailSource("rq"), MemorySender()
    inner.fail_with(DeliveryRefused("550"))

    with pytest.raises(DeliveryRefused):
        FilingSender(inner, mailbox=source).send(mail)

    assert not source.find(mail.message_id, folder="Sent")
