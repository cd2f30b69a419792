"""The lines of a mail: one obligation, question or dispatch as a person reads it.

Values only. Names of kinds, steps and labels are given by the renderer (`mailbot.domain.words`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailbot.domain.drafting import DraftKind
from mailbot.domain.labels import Contingency
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import ObligationKind, ObligationState, Step


@dataclass(frozen=True, kw_only=True)
class Item:
    """One obligation in a mail; `number` is what an answer may name it by ("2 atendido")."""

    obligation: str
    kind: ObligationKind
    received_at: datetime
    due_at: datetime
    number: int = 1
    order: str | None = None
    client: str = ""
    subject: str = ""
    # Name and address of whoever asked, as a person would write them.
    asker: str = ""
    # Name of whoever owes it.
    owner: str = ""
    # The first words of what the sender wrote.
    excerpt: str = ""
    limit: str = ""
    # "default", or "agreement" when the client was promised another limit.
    source: str = "default"
    reckoning: tuple[str, ...] = ()
    state: ObligationState = ObligationState.OPEN
    is_overdue: bool = False
    # Which rung of the ladder it is told for; None in an agenda or summary.
    step: Step | None = None
    # Tells dated steps apart ("T-30"); empty for the ladder's own.
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class AlertItem:
    """A complaint or contingency that came in: who, which dispatch, which words, what is at stake."""

    item: Item
    is_complaint: bool
    contingencies: tuple[Contingency, ...] = ()
    # The words of the mail that gave it away.
    words: tuple[str, ...] = ()
    # Amounts as the sender wrote them ("USD 1,250").
    amounts: tuple[str, ...] = ()
    # The head of service gets it in copy: money is claimed or the relationship is at risk.
    is_for_head: bool = False
    # The ESC was asked whether it is one and has not answered.
    is_unconfirmed: bool = False


class QuestionKind(StrEnum):
    """What a person is asked."""

    # Is this a complaint?
    COMPLAINT = "complaint"
    # Which dispatch does this speak of?
    DISPATCH = "dispatch"
    # Which client does this sender write for?
    CLIENT = "client"
    # Another label is doubtful.
    LABEL = "label"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One possible answer, chosen by its number."""

    number: int
    value: str
    description: str = ""
    because: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """A doubt about one mail that a person settles in one line."""

    kind: QuestionKind
    message: str
    sender: str
    subject: str
    received_at: datetime
    excerpt: str = ""
    # Why mailbot is unsure, in Spanish.
    because: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    # When silence is taken to the supervisor; None when it is not.
    answer_by: datetime | None = None
    order: str | None = None
    client: str = ""
    # The doubtful label, for `QuestionKind.LABEL`.
    label: str = ""
    # What an answer in an agenda names it by; 0 where it has a mail of its own.
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class StaleNote:
    """A dispatch whose status note is older than it may be."""

    order: str
    client: str
    status: str
    note: str
    noted_at: datetime | None
    # What an answer in an agenda names it by.
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class DatedMatter:
    """A regime or regularisation that comes due, by day."""

    order: str
    client: str
    kind: ObligationKind
    due_on: date
    days_left: int
    dam: str | None = None
    regime: str = ""
    obligation: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class SuggestedGlosa:
    """An entry for the broker's own system (40025 status, 10110 extra service)."""

    order: str | None
    code: str
    text: str
    dated_at: datetime
    client: str = ""
    # The Message-ID of the mail it comes from.
    message_id: str = ""
    # Whether it is still to be entered.
    state: ObligationState = ObligationState.OPEN
    # What it is owed as, and the number of that line where it stands in an agenda.
    obligation: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class ShadowLine:
    """A mail that would have been sent in shadow mode, beside what people did without it."""

    at: datetime
    purpose: MailPurpose
    to: tuple[str, ...]
    subject: str
    # Of so many matters so many were attended to by people, the first by whom and when.
    matters: int = 0
    done: int = 0
    first_done_at: datetime | None = None
    first_done_by: str = ""
    # What shows it, where it is one matter.
    evidence: str = ""
    # Of a client's digest: how many mails the office wrote to the client that day, and when first.
    letters: int = 0
    first_letter_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReadyAnswer:
    """An answer that is prepared for the ESC to send; `number` is that of the line it would settle."""

    number: int
    kind: DraftKind
    to: str
    subject: str
    order: str | None = None
    client: str = ""
    # The answer itself; empty where it lies among the drafts of the mailbox.
    text: str = ""
    # What looks wrong in the papers, each with the words it was read from; for the ESC alone.
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much one person has on the desk."""

    name: str
    code: str
    open: int
    overdue: int
    due_today: int
    waiting: int = 0
    is_absent: bool = False


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A time in which mailbot did not run."""

    since: datetime
    until: datetime
