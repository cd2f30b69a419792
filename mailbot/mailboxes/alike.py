"""Which of several mails under one Message-ID is meant: carriers give the same one to different mails."""

from collections.abc import Iterable
from datetime import timedelta

from mailbot.ports.marks import MarkedMail, Wanted

# A copy in another mailbox arrives a moment later; another mail under the same Message-ID, much later.
_MOMENT = timedelta(minutes=2)


def closest(mails: Iterable[MarkedMail], wanted: Wanted) -> MarkedMail | None:
    """The one that arrived when it did, of these the one in the folder where it was read, else the nearest."""
    return min(
        mails,
        key=lambda mail: (not is_alike(mail, wanted), mail.folder != wanted.key.folder, _away(mail, wanted)),
        default=None,
    )


def is_alike(mail: MarkedMail, wanted: Wanted) -> bool:
    """Whether it arrived when the mail did that is looked for, as far as is known."""
    return _away(mail, wanted) <= _MOMENT


def _away(mail: MarkedMail, wanted: Wanted) -> timedelta:
    if mail.received_at is None or wanted.received_at is None:
        return timedelta()
    return abs(mail.received_at - wanted.received_at)
