"""An obligation: what is owed, by whom, since when, until when, and what became of it.

Its history is an append-only list of events; a state is only reached along `TRANSITIONS`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailbot.domain.errors import InvalidTransition


class ObligationKind(StrEnum):
    """The sixteen kinds of `contract.md`, each with its row of Annex 01."""

    REPLY = "reply"
    DOCUMENT_REVIEW = "document_review"
    MANAGEMENT_REPORT = "management_report"
    PROFORMA = "proforma"
    PAYMENT_REPORT = "payment_report"
    ARCHIVE_OBSERVATION = "archive_observation"
    ALERT_ACTION = "alert_action"
    WRITTEN_AGREEMENT = "written_agreement"
    STATUS_PROGRAMMING = "status_programming"
    STATUS_UPDATE = "status_update"
    MILESTONE_NOTICE = "milestone_notice"
    SYSTEM_ENTRY = "system_entry"
    PROMISE = "promise"
    FUNDS_CHECK = "funds_check"
    REGULARIZATION = "regularization"
    REGIME_EXPIRY = "regime_expiry"


# Their dates stand in the dispatch's row; no mail opens them.
DATED_KINDS = frozenset({ObligationKind.STATUS_UPDATE, ObligationKind.REGULARIZATION, ObligationKind.REGIME_EXPIRY})


class Clock(StrEnum):
    """Which time a limit, its 80 % and its second span are measured in."""

    # Every minute counts, day and night.
    ELAPSED = "elapsed"
    # Only office hours count.
    WORKING = "working"


class ObligationState(StrEnum):
    """Where an obligation stands."""

    # Owed; it may be overdue (see `breached_at`).
    OPEN = "open"
    # Its clock is paused while the client owes something.
    WAITING = "waiting"
    # Evidence shows that it was done, in time or late.
    MET = "met"
    # It turned out not to be owed (a corrected label, a closed dispatch).
    CANCELLED = "cancelled"


TRANSITIONS: dict[ObligationState, frozenset[ObligationState]] = {
    ObligationState.OPEN: frozenset({ObligationState.WAITING, ObligationState.MET, ObligationState.CANCELLED}),
    ObligationState.WAITING: frozenset({ObligationState.OPEN, ObligationState.MET, ObligationState.CANCELLED}),
    # A bounce of the answer reopens.
    ObligationState.MET: frozenset({ObligationState.OPEN}),
    # A person's correction reopens.
    ObligationState.CANCELLED: frozenset({ObligationState.OPEN}),
}


class Step(StrEnum):
    """The rungs of the ladder from an obligation to a person."""

    # 80 % of the limit: the owner is reminded.
    OWNER = "owner"
    # Due and still open: the supervisor is told.
    SUPERVISOR = "supervisor"
    # The limit once more: the head of service is told.
    HEAD = "head"


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """One thing owed. `id` is stable: the same mail gives the same id whatever restarts."""

    id: str
    kind: ObligationKind
    # Staff code of whoever owes it.
    owner: str
    client: str | None
    order: str | None
    conversation: str | None
    # Stored message that opened it, and its Message-ID; None for kinds a date opens.
    message: str | None
    message_id: str | None
    # The address the answer is owed to.
    asker: str | None = None
    # When that message arrived; the clock may start later (`starts_at`), at the next opening.
    received_at: datetime | None = None
    starts_at: datetime
    due_at: datetime
    limit: str
    source: str = "default"
    clock: Clock = Clock.WORKING
    reckoning: tuple[str, ...] = ()
    state: ObligationState = ObligationState.OPEN
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    evidence: str = ""
    # When the scheduler has to look at it next; None when no step is left.
    next_step_at: datetime | None = None
    # A person said `visto` or `posponer`: no further step before this moment.
    seen_until: datetime | None = None
    # One more for each answer of a person that allows a step to be told again.
    occurrence: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.state in (ObligationState.OPEN, ObligationState.WAITING)

    def to(self, state: ObligationState, *, at: datetime, evidence: str) -> "Obligation":
        """The same obligation in another state.

        Raises `InvalidTransition` where `TRANSITIONS` does not lead.
        """
        if state not in TRANSITIONS[self.state]:
            raise InvalidTransition(f"obligation {self.id} cannot go from {self.state} to {state}")
        is_end = state in (ObligationState.MET, ObligationState.CANCELLED)
        return replace(
            self,
            state=state,
            ended_at=at if is_end else None,
            evidence=evidence,
            next_step_at=None if is_end else self.next_step_at,
        )


def is_overdue(obligation: Obligation, now: datetime) -> bool:
    """An open obligation is overdue once its due instant has passed; an answer at it is in time.

    While the client owes something the clock stands still: only what was missed before stays overdue.
    """
    if obligation.state is ObligationState.WAITING:
        return obligation.breached_at is not None
    return obligation.is_open and now > obligation.due_at


class EventName(StrEnum):
    """What can happen to an obligation."""

    OPENED = "opened"
    # A follow-up mail joined it; its limit stays.
    JOINED = "joined"
    REMINDED = "reminded"
    BREACHED = "breached"
    NOTIFIED = "notified"
    MET = "met"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    PAUSED = "paused"
    RESUMED = "resumed"
    # A changed ETA, agreement, absence or holiday moved its limit.
    RECKONED_AGAIN = "reckoned_again"
    SEEN = "seen"
    POSTPONED = "postponed"
    REASSIGNED = "reassigned"


@dataclass(frozen=True, kw_only=True)
class ObligationEvent:
    """One line of an obligation's history; who is a staff code, an address or "mailbot"."""

    obligation: str
    at: datetime
    name: EventName
    who: str
    evidence: str = ""
    message: str | None = None
