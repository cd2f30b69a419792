"""A message with everything that is needed to decide what it means, and what is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.domain.linkage import Linkage
from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.office import Agreement, Client, Dispatch, Role, Staff
from mailbot.domain.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One stored message, placed in its conversation; addresses are in lower case."""

    id: str
    message_id: str
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    kind: MessageKind
    direction: Direction
    conversation: str
    text: str
    attachments: tuple[str, ...] = ()
    verdict: Verdict | None = None
    linkage: Linkage = field(default_factory=Linkage)
    sender_staff: Staff | None = None
    recipient_staff: tuple[Staff, ...] = ()
    # For mail of the office: the clients (RUC) whom it reaches.
    recipient_clients: tuple[str, ...] = ()

    @property
    def sender_role(self) -> Role | None:
        """The role of a sender who belongs to the office."""
        return self.sender_staff.role if self.sender_staff else None

    def reaches(self, role: Role) -> bool:
        """Whether somebody of that role is in To or Cc."""
        return any(person.role == role for person in self.recipient_staff)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What the office knows about the matter a message belongs to."""

    owner: str
    client: Client | None = None
    # The linked dispatches, in the order of the linkage.
    dispatches: tuple[Dispatch, ...] = ()
    # The agreement in force on the day of arrival, by kind.
    agreements: Mapping[ObligationKind, Agreement] = field(default_factory=dict)
    # Obligations of the conversation that are still owed, oldest first.
    owed: tuple[Obligation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A new obligation."""

    obligation: Obligation
    # The supervisor is told at once (contract: "a complaint or a contingency comes in").
    is_alert: bool = False


@dataclass(frozen=True, kw_only=True)
class Joining:
    """A follow-up joins what is already owed; the limit stays."""

    obligation: Obligation


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """Evidence that an obligation was met."""

    obligation: Obligation
    at: datetime
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something a person has to settle: a doubtful label, or which dispatch."""

    # "label" or "link".
    about: str
    # The doubtful label names, or the candidate orders.
    options: tuple[str, ...]
    # In Spanish, as it is put to the person.
    text: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything one message leads to, decided before any of it is carried out."""

    openings: tuple[Opening, ...] = ()
    joinings: tuple[Joining, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    questions: tuple[Question, ...] = ()
