"""A verdict while it is being made: what the model thinks, before and after each rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mailbot.classify.corpus import primary_of
from mailbot.classify.documents import is_signature_image
from mailbot.classify.features import MailText, effective_role
from mailbot.domain.labels import Category, Contingency, DocumentType, Primary, Topic
from mailbot.domain.message import Message
from mailbot.domain.verdict import DocumentVerdict, Reason
from mailbot.ports.classifier import ClassifierInput, SenderRole


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the rules may look at: the message, who sent it, its files, and the model's probabilities."""

    item: ClassifierInput
    text: MailText
    documents: tuple[DocumentVerdict, ...]
    probabilities: Mapping[str, float]

    @property
    def message(self) -> Message:
        """The message itself."""
        return self.item.message

    @property
    def role(self) -> SenderRole:
        """Who the sender is, as far as known."""
        return effective_role(self.item)

    @property
    def brings_papers(self) -> bool:
        """Whether anything to review is attached or linked (`LABELS.md`, Categories and ruling 4)."""
        papers = any(
            file.type is not DocumentType.PAYMENT_VOUCHER
            for file, attachment in zip(self.documents, self.message.attachments, strict=True)
            if not is_signature_image(attachment)
        )
        return papers or any("zenlace" in sentence.words for sentence in self.text.sentences)

    def probability(self, label: str) -> float:
        """What the model gives a label."""
        return self.probabilities.get(label, 0.0)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The labels so far, the doubts, and why rules changed what the model said."""

    categories: frozenset[Category] = frozenset()
    topics: frozenset[Topic] = frozenset()
    contingency: frozenset[Contingency] = frozenset()
    needs_reply: bool = False
    doubts: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def primary(self) -> Primary:
        """The one word for the message."""
        return primary_of(self.categories)

    def because(self, label: str, words: str) -> "Draft":
        """The same draft with one more reason that a rule gave; rules are certain, so it weighs much."""
        return replace(self, reasons=(*self.reasons, Reason(label=label, because=words, weight=RULE_WEIGHT)))

    def doubting(self, label: str) -> "Draft":
        """The same draft with one more doubt, each named once."""
        return self if label in self.doubts else replace(self, doubts=(*self.doubts, label))


RULE_WEIGHT = 9.0
