"""An answer that waits in a mailbox for its ESC: which one it is, and where it stands. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DraftKind(StrEnum):
    """Which answer is prepared."""

    # What arrived of the papers of a dispatch, and what is missing.
    DOCUMENTS = "documents"
    # How a dispatch stands, from what is stored.
    STATUS = "status"
    # That the mail arrived, and by when it is answered.
    ACKNOWLEDGEMENT = "acknowledgement"


class DraftState(StrEnum):
    """Where a draft stands."""

    # It is about to be put into the mailbox.
    PLANNED = "planned"
    # It lies there as it was put.
    OFFERED = "offered"
    # A person wrote in it: it is theirs.
    TAKEN = "taken"
    # It was sent or deleted.
    GONE = "gone"
    # It was taken back untouched, because nobody needs it any more.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """One draft, of which there is only ever one for an obligation and kind."""

    # The same for ever; what its adapter finds it by.
    stamp: str
    mailbox: str
    # The stored message that it answers, and the obligation it would meet.
    message: str
    obligation: str
    kind: DraftKind
    state: DraftState = DraftState.PLANNED
    item: str = ""
    version: str = ""
    fingerprint: str = ""
    # Of what was offered, to see when it has to say something else.
    digest: str = ""
    changed_at: datetime

    @property
    def is_ours(self) -> bool:
        """Whether mailbot may still change it."""
        return self.state in (DraftState.PLANNED, DraftState.OFFERED)
