"""What each mail is given to be written from. One frozen class a template folder.

Values only; everything a mail says stands in `templates/`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailbot.domain.contexts.items import (
    AlertItem,
    DatedMatter,
    Item,
    Load,
    Outage,
    Question,
    ReadyAnswer,
    ShadowLine,
    StaleNote,
    SuggestedGlosa,
)
from mailbot.domain.obligation import Step


@dataclass(frozen=True, kw_only=True)
class ReminderContext:
    """80 % of a limit has passed: to the owner (or, in an absence, the suplente too)."""

    recipient: str
    now: datetime
    items: tuple[Item, ...]
    # Name of the absent owner for whom the recipient stands in; empty otherwise.
    stands_in_for: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "reminder"


@dataclass(frozen=True, kw_only=True)
class NoticeContext:
    """Limits that passed: to the supervisor, or after the second span to the head.

    Every item names its own step, so one mail can carry what one recipient is due at one time,
    reminders among it. With `outage` it is the one summary after mailbot had stood still.
    """

    recipient: str
    now: datetime
    items: tuple[Item, ...]
    stands_in_for: str = ""
    outage: Outage | None = None
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "notice"

    @property
    def breached(self) -> tuple[Item, ...]:
        """What was told because the limit passed."""
        return tuple(item for item in self.items if self._is_breach(item))

    @property
    def reminders(self) -> tuple[Item, ...]:
        """What runs out soon: the owner's reminders, and dated matters whose day has not passed."""
        return tuple(item for item in self.items if not self._is_breach(item))

    @property
    def is_for_head(self) -> bool:
        """Whether anything in it has reached the head's step."""
        return any(item.step is Step.HEAD for item in self.items)

    @staticmethod
    def _is_breach(item: Item) -> bool:
        # A mark is a day of a dated matter, which supervisor and head hear of before it is due.
        return item.step is not Step.OWNER and (item.is_overdue or not item.mark)


@dataclass(frozen=True, kw_only=True)
class AlertContext:
    """Complaints or contingencies that came in: to the supervisor, at once."""

    recipient: str
    now: datetime
    alerts: tuple[AlertItem, ...]
    # Notices that were waiting for the same recipient and travel along.
    others: tuple[Item, ...] = ()
    stands_in_for: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "alert"


@dataclass(frozen=True, kw_only=True)
class AskContext:
    """A question to the ESC, answered by one line."""

    recipient: str
    now: datetime
    question: Question
    stands_in_for: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "ask"


@dataclass(frozen=True, kw_only=True)
class AgendaContext:
    """The ESC's morning mail. Items are numbered through all sections."""

    recipient: str
    now: datetime
    day: date
    # The obligation behind each numbered line, in the order of the numbers.
    obligations: tuple[str, ...] = ()
    overdue: tuple[Item, ...] = ()
    today: tuple[Item, ...] = ()
    later: tuple[Item, ...] = ()
    waiting: tuple[Item, ...] = ()
    # What was agreed by word of mouth and has to be confirmed in writing (Annex 01 row 8).
    agreements: tuple[Item, ...] = ()
    documents: tuple[Item, ...] = ()
    questions: tuple[Question, ...] = ()
    stale: tuple[StaleNote, ...] = ()
    dated: tuple[DatedMatter, ...] = ()
    glosas: tuple[SuggestedGlosa, ...] = ()
    answers: tuple[ReadyAnswer, ...] = ()
    # Name of the absent ESC whose agenda this is; empty for one's own.
    stands_in_for: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "agenda"


@dataclass(frozen=True, kw_only=True)
class SummaryContext:
    """The day as supervisor and head see it."""

    recipient: str
    now: datetime
    day: date
    breached: tuple[Item, ...] = ()
    at_risk: tuple[Item, ...] = ()
    alerts: tuple[AlertItem, ...] = ()
    loads: tuple[Load, ...] = ()
    # In shadow mode: what would have been sent that day.
    shadow: tuple[ShadowLine, ...] = ()
    # How many dispatches have a status note older than it may be.
    stale: int = 0
    # How many obligations ended on the day, in time and late.
    met: int = 0
    late: int = 0
    stands_in_for: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "summary"


@dataclass(frozen=True, kw_only=True)
class HandoverContext:
    """A payment notice passed on to Administración, the voucher attached (Annex 01 row 9)."""

    recipient: str
    now: datetime
    item: Item
    # Amounts as the sender wrote them.
    amounts: tuple[str, ...] = ()
    # Names of the files that go with it, and of those that are too large or no papers.
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    text: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "handover"


class Answer(StrEnum):
    """What a person can say to a notice (`contract.md`, the ladder)."""

    # `visto`: no further step until the next working day.
    SEEN = "seen"
    # `atendido`: it was done.
    DONE = "done"
    NOT_COMPLAINT = "not_complaint"
    IS_COMPLAINT = "is_complaint"
    # `posponer 4h`.
    POSTPONED = "postponed"
    # `reasignar CODIGO`.
    REASSIGNED = "reassigned"
    # `orden 2026-004512`, or the number of a candidate.
    LINKED = "linked"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What an obeyed answer did to one thing."""

    answer: Answer
    item: Item | None = None
    # Until when no step is taken, for `visto` and `posponer`.
    until: datetime | None = None
    # Who has it now, for `reasignar`.
    person: str = ""
    # Which order it was linked to; empty for `linked` means that it is about none.
    order: str = ""
    # Whose mail it is, where it is about no dispatch.
    client: str = ""
    # Which doubtful label was settled, where it is not that of a complaint.
    label: str = ""
    # The subject of the mail that was corrected, where no obligation is meant.
    subject: str = ""


class Outcome(StrEnum):
    """What came of an answer."""

    OBEYED = "obeyed"
    # Nothing in it is a command mailbot knows.
    NOT_UNDERSTOOD = "not_understood"
    # It was understood but cannot be done: an unknown code or order, or already over.
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, kw_only=True)
class ConfirmationContext:
    """The answer to a person's command; every command gets one."""

    recipient: str
    now: datetime
    outcome: Outcome
    # What the person wrote, cut to a line or two.
    said: str
    # The subject of the notice that was answered.
    about: str = ""
    effects: tuple[Effect, ...] = ()
    # Why it could not be done, in Spanish, and which names come nearest.
    problem: str = ""
    nearest: tuple[str, ...] = ()
    # What can be said to this notice; empty means every answer.
    can_say: tuple[Answer, ...] = ()
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "confirmation"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One thing that needs the administrator: what happened and what to do, in Spanish."""

    at: datetime
    what: str
    advice: str
    detail: str = ""
    # How often it happened since the first time.
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class AdminContext:
    """Trouble for the administrator."""

    now: datetime
    troubles: tuple[Trouble, ...]
    recipient: str = ""
    office: str = ""

    @property
    def template(self) -> str:
        """The folder under `templates/`."""
        return "admin"
