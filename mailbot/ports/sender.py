"""Where mail goes out. The contract every sender adapter keeps (`tests/contract`)."""

from collections.abc import Sequence
from typing import Protocol

from mailbot.domain.mail import OutgoingMail


class MailSender(Protocol):
    """Hands over one rendered mail. The Message-ID sent is `mail.message_id`, always."""

    def send(self, mail: OutgoingMail) -> None:
        """Return when the server accepted the mail for every recipient.

        Raises `DeliveryDeferred` (not accepted, try later), `DeliveryRefused` (never will be)
        or `DeliveryUncertain` (the connection broke after the content was handed over). When
        `DeliveryRefused.accepted` is not empty, those recipients got the mail and must not get it again.
        A refused login or certificate is `DeliveryDeferred`: it is not the mail's fault.
        """
        ...

    def check(self) -> Sequence[str]:
        """Connect and log in for real without sending; one line in Spanish for each thing tried.

        Raises `DeliveryDeferred` when the server is out of reach, `DeliveryRefused` when it says no.
        """
        ...
