"""What a person says of a message's labels, put in the place of what the classifier said. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mailbot.domain.labels import ANY_CONTINGENCY, Category, Contingency, Primary, Topic
from mailbot.domain.verdict import Reason, Verdict

# Complaint before requirement before documents before other (`LABELS.md`, Categories).
_ORDER = (Category.COMPLAINT, Category.REQUIREMENT, Category.DOCUMENTS)
_SAID_WEIGHT = 1.0


@dataclass(frozen=True, kw_only=True)
class LabelChange:
    """Which labels a person sets; None leaves a label as it is."""

    is_complaint: bool | None = None
    primary: Primary | None = None
    categories: tuple[Category, ...] | None = None
    topics: tuple[Topic, ...] | None = None
    contingency: tuple[Contingency, ...] | None = None
    needs_reply: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said at all."""
        return self == LabelChange()


def change_of(labels: Mapping[str, Any]) -> LabelChange:
    """The change that labels in the words of `LABELS.md` ask for; raises `ValueError` for one that is not there."""
    known = {"is_complaint", "primary", "categories", "topics", "contingency", "needs_reply"}
    said = {name: value for name, value in labels.items() if name in known and value is not None}
    return LabelChange(
        is_complaint=bool(said["is_complaint"]) if "is_complaint" in said else None,
        primary=Primary(said["primary"]) if "primary" in said else None,
        categories=tuple(map(Category, said["categories"])) if "categories" in said else None,
        topics=tuple(map(Topic, said["topics"])) if "topics" in said else None,
        contingency=tuple(map(Contingency, said["contingency"])) if "contingency" in said else None,
        needs_reply=bool(said["needs_reply"]) if "needs_reply" in said else None,
    )


def corrected(verdict: Verdict, change: LabelChange, *, who: str) -> Verdict:
    """The verdict with a person's word in it; no doubt is left about it."""
    categories = _categories(verdict, change)
    topics = verdict.topics if change.topics is None else change.topics
    contingency = verdict.contingency if change.contingency is None else change.contingency
    labels = {*categories, *topics, *contingency}
    before = {*verdict.categories, *verdict.topics, *verdict.contingency}
    said = tuple(Reason(label=label, because=f"dicho por {who}", weight=_SAID_WEIGHT) for label in labels - before)
    kept = tuple(reason for reason in verdict.reasons if not _is_label(reason.label) or reason.label in labels)
    return replace(
        verdict,
        categories=categories,
        primary=primary_of(categories),
        topics=topics,
        contingency=contingency,
        needs_reply=_needs_reply(verdict, change, categories),
        confidence=1.0,
        needs_review=False,
        doubts=(),
        reasons=(*kept, *sorted(said, key=lambda reason: reason.label)),
    )


def nothing_to_report(verdict: Verdict) -> LabelChange:
    """`no es reclamo` as the answer to a notice: neither a complaint nor a cost or risk to report."""
    return LabelChange(is_complaint=False, contingency=(), needs_reply=verdict.needs_reply)


def settled(verdict: Verdict, label: str, *, holds: bool) -> LabelChange:
    """`sí` or `no` to whether a label holds."""
    if label == Category.COMPLAINT:
        return LabelChange(is_complaint=True) if holds else _no_complaint(verdict)
    if label in set(Category):
        rest = [category for category in verdict.categories if category != label]
        return LabelChange(categories=tuple([*rest, Category(label)] if holds else rest))
    if label == ANY_CONTINGENCY:
        # Which kind it is, a plain yes does not say.
        named = verdict.contingency or (Contingency.OTHER_COST,)
        return LabelChange(contingency=named if holds else ())
    if label in set(Contingency):
        others = [contingency for contingency in verdict.contingency if contingency != label]
        return LabelChange(contingency=tuple([*others, Contingency(label)] if holds else others))
    topics = [topic for topic in verdict.topics if topic != label]
    return LabelChange(topics=tuple([*topics, Topic(label)] if holds and label in set(Topic) else topics))


def _no_complaint(verdict: Verdict) -> LabelChange:
    """Whoever waits for an answer still does, and a cost that was beyond doubt still has to be reported."""
    return LabelChange(is_complaint=False, contingency=verdict.certain_contingency, needs_reply=verdict.needs_reply)


def primary_of(categories: Iterable[Category]) -> Primary:
    """The one word for a message."""
    held = set(categories)
    return next((Primary(category) for category in _ORDER if category in held), Primary.OTHER)


def _categories(verdict: Verdict, change: LabelChange) -> tuple[Category, ...]:
    held = set(verdict.categories if change.categories is None else change.categories)
    if change.primary is not None:
        held = _under(change.primary, held)
    if change.is_complaint is not None:
        held = held | {Category.COMPLAINT} if change.is_complaint else held - {Category.COMPLAINT}
    return tuple(category for category in _ORDER if category in held)


def _under(primary: Primary, held: set[Category]) -> set[Category]:
    """The categories that leave `primary` as the first of them."""
    if primary is Primary.OTHER:
        return set()
    first = Category(primary.value)
    return {first} | {category for category in held if _ORDER.index(category) > _ORDER.index(first)}


def _needs_reply(verdict: Verdict, change: LabelChange, categories: tuple[Category, ...]) -> bool:
    """As said; else a requirement or complaint that a person adds waits for an answer, and "other" does not."""
    if change.needs_reply is not None:
        return change.needs_reply
    added = set(categories) - set(verdict.categories)
    if added & {Category.COMPLAINT, Category.REQUIREMENT}:
        return True
    is_emptied = bool(verdict.categories) and not categories and change.is_complaint is None
    return verdict.needs_reply and not is_emptied


def _is_label(name: str) -> bool:
    return name in set(Category) | set(Topic) | set(Contingency)
