"""Files a copy of every sent mail in a mailbox's Sent folder, where the server does not do it itself."""

from collections.abc import Sequence

import structlog

from mailbot.domain.errors import MailbotError
from mailbot.domain.mail import OutgoingMail
from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.senders.mime import to_bytes

_log = structlog.get_logger()


class FilingSender:
    """A `MailSender` around another one; a copy that cannot be filed never makes a sent mail unsent."""

    def __init__(self, sender: MailSender, *, mailbox: MailSource, instance: str = "mailbot") -> None:
        self._sender = sender
        self._mailbox = mailbox
        self._instance = instance

    def send(self, mail: OutgoingMail) -> None:
        """Hand it over, then file it."""
        self._sender.send(mail)
        try:
            self._mailbox.file_sent(to_bytes(mail, instance=self._instance), at=mail.not_before)
        except MailbotError as error:
            _log.warning("copy_not_filed", mail=mail.key, error=str(error))

    def check(self) -> Sequence[str]:
        """What the sender itself says."""
        return self._sender.check()
