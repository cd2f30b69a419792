"""Keeps what is sent in memory: a whole `MailSender` without a server, which can be told to fail."""

from collections.abc import Sequence

from mailbot.domain.errors import MailbotError
from mailbot.domain.mail import OutgoingMail
from mailbot.senders.mime import to_bytes


class MemorySender:
    """The `MailSender` over a list."""

    def __init__(self) -> None:
        self._sent: list[OutgoingMail] = []
        self._failures: list[MailbotError] = []

    @property
    def sent(self) -> tuple[OutgoingMail, ...]:
        """Every mail accepted so far, in order."""
        return tuple(self._sent)

    def fail_with(self, *failures: MailbotError) -> None:
        """Let the next calls raise these, one each."""
        self._failures.extend(failures)

    def send(self, mail: OutgoingMail) -> None:
        """Accept the mail, or raise what was asked for."""
        self._raise_failure()
        # A mail that could not be written as bytes is refused here as anywhere.
        to_bytes(mail)
        self._sent.append(mail)

    def check(self) -> Sequence[str]:
        """Always ready unless told otherwise."""
        self._raise_failure()
        return ["Los correos se guardan en memoria."]

    def _raise_failure(self) -> None:
        if self._failures:
            raise self._failures.pop(0)
