"""What the answers are written from that are prepared for an ESC to send to a client; mailbot sends none of them."""

from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.status import StatusTable


@dataclass(frozen=True, kw_only=True)
class ArrivedLine:
    """One paper that the client sent."""

    name: str
    file: str
    received_at: datetime
    # Its version, when it took another's place; 0 otherwise.
    version: int = 0
    # It holds pictures of pages alone.
    is_scan: bool = False
    # It could not be opened: the client may have to send it again.
    is_unreadable: bool = False


@dataclass(frozen=True, kw_only=True)
class OpenLine:
    """A paper of which the client should say whether it applies, with the condition as the checklist has it."""

    name: str
    condition: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentAnswerContext:
    """What arrived of the papers of a dispatch, and what is missing."""

    subject: str
    recipient: str
    order: str
    arrived: tuple[ArrivedLine, ...]
    missing: tuple[str, ...]
    to_decide: tuple[OpenLine, ...] = ()
    # The client's own reference, so that the dispatch is recognised.
    reference: str = ""
    sender: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "document_answer"

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True, kw_only=True)
class StatusAnswerContext:
    """How one dispatch stands, from what is stored, and how old that is."""

    subject: str
    recipient: str
    order: str
    table: StatusTable
    as_of: datetime | None = None
    is_stale: bool = False
    reference: str = ""
    sender: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "status_answer"


@dataclass(frozen=True, kw_only=True)
class AcknowledgementContext:
    """That a mail arrived and is being looked at; it promises nothing and ends no limit."""

    subject: str
    recipient: str
    sender: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "acknowledgement"
