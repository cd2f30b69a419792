"""Python's own mailer makes an encoded word of a Message-ID that is longer than a line."""

from email.message import EmailMessage

from mailbot.domain.outgoing import message_id_for, verify
from mailbot.reading.parse import read_message

OURS = message_id_for("notice:1", domain="agencia-de-aduanas.example", secret="una clave")


def test_the_id_that_is_answered_is_found_in_an_encoded_word() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["In-Reply-To"] = "a@agencia.example", "b@agencia.example", OURS
    mail["References"] = f"<root@cliente.example> {OURS}"
    mail.set_content("visto")
    raw = mail.as_bytes()
    assert b"In-Reply-To: =?utf-8?" in raw

    message = read_message(raw)

    assert message.in_reply_to == OURS
    assert message.references[-1] == OURS
    assert verify(message.references[-1], secret="una clave")
