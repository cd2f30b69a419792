"""What the classifier says of a message, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.domain.labels import ANY_CONTINGENCY, Category, Contingency, DocumentType, Primary, Topic

# What must reach the head of service (Annex 01 row 18).
_TO_REPORT = frozenset({Category.COMPLAINT.value, ANY_CONTINGENCY, *(kind.value for kind in Contingency)})


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

    @property
    def report_doubts(self) -> tuple[str, ...]:
        """The doubts about what would have to reach the head of service."""
        return tuple(doubt for doubt in self.doubts if doubt in _TO_REPORT)

    @property
    def certain_contingency(self) -> tuple[Contingency, ...]:
        """The contingencies that are beyond doubt."""
        if ANY_CONTINGENCY in self.doubts:
            return ()
        return tuple(kind for kind in self.contingency if kind not in self.doubts)

    @property
    def asked(self) -> str:
        """The doubt a person is asked about first: a complaint, then a cost or risk; empty when there is none."""
        if Category.COMPLAINT in self.doubts:
            return Category.COMPLAINT.value
        return next(iter((*self.report_doubts, *self.doubts)), "")
