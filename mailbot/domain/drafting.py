"""An answer that is prepared for an ESC to send: which one it is, and where it stands. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.domain.labels import Topic
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.verdict import Verdict

# A draft that mailbot wrote bears its stamp in this header, where it wrote the whole mail itself.
DRAFT_HEADER = "X-Mailbot-Draft"


class DraftKind(StrEnum):
    """Which answer is prepared."""

    # What arrived of the papers of a dispatch, and what is missing.
    DOCUMENTS = "documents"
    # How a dispatch stands, from what is stored.
    STATUS = "status"
    # That the mail arrived and is being looked at.
    ACKNOWLEDGEMENT = "acknowledgement"


class DraftState(StrEnum):
    """Where a prepared answer stands."""

    # It is about to be put into the mailbox.
    PLANNED = "planned"
    # It lies in the mailbox's drafts as it was put.
    OFFERED = "offered"
    # No mailbox takes it: it stands in its ESC's agenda.
    LISTED = "listed"
    # A person wrote in it: it is theirs.
    TAKEN = "taken"
    # It was sent or deleted.
    GONE = "gone"
    # It was taken back untouched, because nobody needs it any more.
    WITHDRAWN = "withdrawn"


# mailbot may still change what is in one of these.
OURS = (DraftState.PLANNED, DraftState.OFFERED, DraftState.LISTED)


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """One prepared answer, of which there is only ever one for an obligation and kind."""

    # The same for ever; what its adapter finds it by.
    stamp: str
    # Where it lies; empty until that is known.
    mailbox: str = ""
    # The stored message that it answers, and the obligation it would meet.
    message: str
    obligation: str
    kind: DraftKind
    state: DraftState = DraftState.PLANNED
    item: str = ""
    version: str = ""
    fingerprint: str = ""
    # Of all that it was written from, to see when it has to say something else.
    basis: str = ""
    # What the agenda shows, while it stands there: the answer, and what looks wrong in the papers.
    text: str = ""
    hints: tuple[str, ...] = ()
    changed_at: datetime

    @property
    def is_ours(self) -> bool:
        """Whether mailbot may still change it."""
        return self.state in OURS


def stamp_of(obligation: str, kind: DraftKind) -> str:
    """What a prepared answer is found by, for ever."""
    return f"{kind.value}-{obligation}"


def answer_kind(obligation: Obligation, verdict: Verdict | None) -> DraftKind | None:
    """Which answer would help with what is owed; None where a person alone can write it."""
    if obligation.kind is ObligationKind.DOCUMENT_REVIEW:
        return DraftKind.DOCUMENTS if obligation.order else None
    if obligation.kind is not ObligationKind.REPLY:
        return None
    asks_status = verdict is not None and Topic.STATUS_QUERY in verdict.topics
    return DraftKind.STATUS if asks_status and obligation.order else DraftKind.ACKNOWLEDGEMENT
