"""What the classifier says of a message, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.domain.labels import Category, Contingency, DocumentType, Primary, Topic


@dataclass(frozen=True, kw_only=True)
class Reason:
    """The words that spoke for a label; `because` is shown to people, in Spanish."""

    label: str
    because: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class DocumentVerdict:
    """What an attachment is taken for; `confidence` lies between 0 and 1."""

    name: str
    type: DocumentType
    confidence: float


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All labels of one message. Scores and `confidence` are calibrated probabilities."""

    categories: tuple[Category, ...] = ()
    primary: Primary = Primary.OTHER
    topics: tuple[Topic, ...] = ()
    contingency: tuple[Contingency, ...] = ()
    needs_reply: bool = False
    scores: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 1.0
    needs_review: bool = False
    reasons: tuple[Reason, ...] = ()
    documents: tuple[DocumentVerdict, ...] = ()
    # Which doubtful labels a person should settle, e.g. "complaint"; empty when none.
    doubts: tuple[str, ...] = ()
    # The file name of the model that spoke, or "rules" when no model was asked.
    model: str = "rules"

    @property
    def must_report(self) -> bool:
        """A complaint or any contingency must reach the head of service (Annex 01 row 18)."""
        return Category.COMPLAINT in self.categories or bool(self.contingency)
