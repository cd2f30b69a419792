"""What is left of a message or a mail when its words, or a person in it, are forgotten."""

from dataclasses import replace

from mailbot.domain.mail import MailState, OutgoingMail
from mailbot.domain.message import Address
from mailbot.ports.retention import ERASED
from mailbot.ports.stored import StoredMessage

# Nothing more will happen to a mail in one of these states.
THROUGH = (MailState.SENT, MailState.REFUSED, MailState.WITHHELD)


def without_words(message: StoredMessage) -> StoredMessage:
    """The facts alone; reasons quote the text, so they go with it."""
    verdict = message.verdict and replace(message.verdict, reasons=())
    return replace(message, new_text="", verdict=verdict)


def without_person(message: StoredMessage, address: str) -> StoredMessage:
    """The facts alone, with nobody of that address in them."""
    is_sender = message.sender == address
    return replace(
        without_words(message),
        subject="" if is_sender else message.subject,
        sender=ERASED if is_sender else message.sender,
        sender_name="" if is_sender else message.sender_name,
        recipients=tuple(ERASED if one == address else one for one in message.recipients),
    )


def mail_without_words(mail: OutgoingMail) -> OutgoingMail:
    """A mail that is through, as a fact."""
    return replace(mail, text="", html="", files=())


def mail_without_person(mail: OutgoingMail, address: str) -> OutgoingMail:
    """A mail as a fact, with nobody of that address in it."""
    return replace(
        mail_without_words(mail),
        to=tuple(_erased(one, address) for one in mail.to),
        cc=tuple(_erased(one, address) for one in mail.cc),
    )


def _erased(one: Address, address: str) -> Address:
    return Address(address=ERASED) if one.key == address else one


def has_words(mail: OutgoingMail) -> bool:
    """Whether there is something to forget."""
    return bool(mail.text or mail.html or mail.files)


def names_in_mail(mail: OutgoingMail, address: str) -> bool:
    """Whether a mail goes to that address."""
    return any(one.key == address for one in (*mail.to, *mail.cc))


def names_in_message(message: StoredMessage, address: str) -> bool:
    """Whether a message came from that address or went to it."""
    return address == message.sender or address in message.recipients
