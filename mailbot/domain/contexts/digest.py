"""What a client's status digest is written from."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailbot.domain.labels import DocumentType
from mailbot.domain.status import StatusTable


class Wait(StrEnum):
    """What the office waits for from the client."""

    # Papers of the dispatch are missing or must be replaced.
    DOCUMENTS = "documents"
    # Money for tributes or third parties.
    FUNDS = "funds"
    # A yes: a proforma, a cost, an agreement.
    APPROVAL = "approval"
    # Data or an answer to a question of the office.
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True)
class WaitingForClient:
    """One thing that the client has to do for a dispatch to go on."""

    order: str
    wait: Wait
    # The client's own reference, so that it is recognised.
    reference: str = ""
    missing: tuple[DocumentType, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DigestContext:
    """A client's status digest; the workbook with the same table goes with it."""

    client: str
    now: datetime
    table: StatusTable
    waiting: tuple[WaitingForClient, ...] = ()
    # When the last digest left, to which "changed" refers; None for the first.
    previous_at: datetime | None = None
    # Whom to ask: the client's ESC.
    esc_name: str = ""
    esc_address: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "digest"

    @property
    def day(self) -> date:
        """The day it speaks of, in Lima."""
        return self.table.day
