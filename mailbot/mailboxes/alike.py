"""Which of several mails under one Message-ID is meant: carriers give the same one to different mails."""

from collections.abc import Iterable
from datetime import timedelta

from mailbot.ports.marks import MarkedMail, Wanted


def closest(mails: Iterable[MarkedMail], wanted: Wanted) -> MarkedMail | None:
    """The one in the folder where it was read, and there the one that arrived nearest to when it did."""
    return min(mails, key=lambda mail: (mail.folder != wanted.key.folder, _away(mail, wanted)), default=None)


def _away(mail: MarkedMail, wanted: Wanted) -> timedelta:
    if mail.received_at is None or wanted.received_at is None:
        return timedelta()
    return abs(mail.received_at - wanted.received_at)
