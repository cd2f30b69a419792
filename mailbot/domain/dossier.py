"""Everything that proves what became of one obligation, as it is handed to a client or an auditor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.mail import OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationEvent


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One stored message that opened, joined, moved or ended the obligation."""

    id: str
    message_id: str
    received_at: datetime
    sender: str
    recipients: Sequence[str]
    subject: str
    sha256: str
    # The file it lies in, inside the archive; None when its bytes were forgotten by then.
    file: str | None


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of the audit log on the obligation or on a mail about it."""

    at: datetime
    who: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """An obligation with its history, its messages, the mails about it and the log."""

    obligation: Obligation
    office: str
    client: str
    owner: str
    made_at: datetime
    events: Sequence[ObligationEvent]
    exhibits: Sequence[Exhibit]
    mails: Sequence[OutgoingMail]
    log: Sequence[LogLine]

    @property
    def was_in_time(self) -> bool | None:
        """Whether it was ended by its limit; None while it is owed and the limit has not passed."""
        if self.obligation.ended_at is not None:
            return self.obligation.ended_at <= self.obligation.due_at
        return None if self.made_at <= self.obligation.due_at else False
