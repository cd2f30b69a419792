"""Where mail goes out. The contract every sender adapter keeps (`tests/contract`)."""

from collections.abc import Sequence
from typing import Protocol

from mailbot.domain.mail import OutgoingMail


class MailSender(Protocol):
    """Hands over one rendered mail. The Message-ID sent is `mail.message_id`, always."""

    def send(self, mail: OutgoingMail) -> None:
        """Return when the server accepted the mail for every recipient.

        Raises `DeliveryDeferred` (not accepted, try later), `DeliveryRefused` (never will be)
        or `DeliveryUncertain` (the connection broke after the content was handed over).
        """
        ...

    def check(self) -> Sequence[str]:
        """Connect and log in for real without sending; one line in Spanish for each thing tried."""
        ...
