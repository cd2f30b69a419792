"""What a store counts, so that nobody has to read everything to know how much there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mailbot.domain.mail import MailState


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How much of everything is stored."""

    messages: int
    # Obligations still owed, those of them past their limit, and the earliest limit.
    open: int
    overdue: int
    oldest_due_at: datetime | None
    # Every state, also those that no mail is in.
    mails: Mapping[MailState, int]
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """What became of the mails of one folder that arrived on one day, by the state of their sightings."""

    mailbox: str
    folder: str
    day: date
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0
    ignored: int = 0

    @property
    def seen(self) -> int:
        """All that was there."""
        return self.stored + self.duplicate + self.quarantined + self.ignored
