"""From probabilities to a verdict: thresholds, rules, reasons, confidence and doubts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from mailbot.classify.documents import type_attachments
from mailbot.classify.draft import Case, Draft
from mailbot.classify.features import MailText, take_apart, take_apart_whole
from mailbot.classify.layers import Network, as_mapping
from mailbot.classify.reasons import reasons_for
from mailbot.classify.rules import apply_rules
from mailbot.classify.sample import ANY_CONTINGENCY, MUST_REPORT, NEEDS_REPLY
from mailbot.classify.thresholds import Thresholds
from mailbot.domain.labels import Category, Contingency, Primary, Topic
from mailbot.domain.message import MessageKind
from mailbot.domain.verdict import Verdict
from mailbot.ports.classifier import ClassifierInput

_Label = TypeVar("_Label")

# The order in which a category decides `primary`.
_URGENCY = (Category.COMPLAINT, Category.REQUIREMENT, Category.DOCUMENTS)
# Labels that make a message weigh more; a message cannot lower them by what it says of itself.
_GRAVE = frozenset(
    {*(label.value for label in Category), *(label.value for label in Contingency), NEEDS_REPLY, ANY_CONTINGENCY}
)
_SHOWN_SCORES = (*(label.value for label in Category), NEEDS_REPLY, ANY_CONTINGENCY)


def decide(item: ClassifierInput, network: Network, thresholds: Thresholds, *, name: str) -> Verdict:
    """Everything that is to be said of one message, with its reasons."""
    text = take_apart(item)
    scores = network.score(text)
    case = case_of(item, text, _graver(item, network, as_mapping(network.labels, scores.probabilities)))
    verdict = conclude(case, thresholds)
    reasons = reasons_for(named_labels(verdict), case, network, scores)
    return replace(verdict, reasons=(*reasons, *verdict.reasons), model=name)


def _graver(item: ClassifierInput, network: Network, probabilities: Mapping[str, float]) -> Mapping[str, float]:
    """The graver of two readings, with and without what the message says of its own treatment."""
    whole = take_apart_whole(item)
    if whole is None:
        return probabilities
    with_talk = as_mapping(network.labels, network.score(whole).probabilities)
    graver = {label: max(value, with_talk[label]) for label, value in probabilities.items() if label in _GRAVE}
    return {**probabilities, **graver}


def case_of(item: ClassifierInput, text: MailText, probabilities: Mapping[str, float]) -> Case:
    """What the rules look at."""
    documents = type_attachments(item.message, item.texts)
    return Case(item=item, text=text, documents=documents, probabilities=probabilities)


def conclude(case: Case, thresholds: Thresholds) -> Verdict:
    """The verdict that probabilities and rules lead to; its reasons are those of the rules alone."""
    draft = apply_rules(case, first_draft(case.probabilities, thresholds))
    confidence = confidence_in(draft.primary, case)
    doubts = _doubts(case, draft, thresholds)
    return Verdict(
        categories=_ordered(draft.categories, Category),
        primary=draft.primary,
        topics=_ordered(draft.topics, Topic),
        contingency=_ordered(draft.contingency, Contingency),
        needs_reply=draft.needs_reply,
        scores=_shown_scores(case),
        confidence=round(confidence, 4),
        needs_review=bool(doubts) or confidence < thresholds.least_confidence,
        reasons=draft.reasons,
        documents=case.documents,
        doubts=doubts,
    )


def _shown_scores(case: Case) -> Mapping[str, float]:
    shown = {label: round(case.probability(label), 4) for label in _SHOWN_SCORES}
    # A complaint or a contingency, whichever is likelier: on left-out files this ranks better than a score of its own.
    return shown | {MUST_REPORT: max(shown[Category.COMPLAINT.value], shown[ANY_CONTINGENCY])}


def named_labels(verdict: Verdict) -> list[str]:
    """Every label a verdict names, the gravest first."""
    return [label.value for label in (*verdict.categories, *verdict.contingency, *verdict.topics)]


def first_draft(probabilities: Mapping[str, float], thresholds: Thresholds) -> Draft:
    """The labels whose probability reaches their threshold."""

    def holds(label: str) -> bool:
        return thresholds.holds(label, probabilities.get(label, 0.0))

    return Draft(
        categories=frozenset(label for label in Category if holds(label.value)),
        topics=frozenset(label for label in Topic if holds(label.value)),
        contingency=frozenset(label for label in Contingency if holds(label.value)),
        needs_reply=holds(NEEDS_REPLY),
    )


def confidence_in(primary: Primary, case: Case) -> float:
    """How probable the primary label is; the headers of automatic mail leave no doubt."""
    if case.message.kind is not MessageKind.PERSON:
        return 0.99
    complaint, requirement, documents = (case.probability(label.value) for label in _URGENCY)
    if not case.brings_papers:
        documents = 0.0
    chances = {
        Primary.COMPLAINT: complaint,
        Primary.REQUIREMENT: (1 - complaint) * requirement,
        Primary.DOCUMENTS: (1 - complaint) * (1 - requirement) * documents,
        Primary.OTHER: (1 - complaint) * (1 - requirement) * (1 - documents),
    }
    return chances[primary]


def _doubts(case: Case, draft: Draft, thresholds: Thresholds) -> tuple[str, ...]:
    if case.message.kind is not MessageKind.PERSON:
        return draft.doubts
    asked = [label.value for label in _URGENCY if label is not Category.DOCUMENTS or case.brings_papers]
    doubtful = [
        label
        for label in (*asked, ANY_CONTINGENCY)
        if thresholds.doubtful_from <= case.probability(label) < thresholds.doubtful_to
    ]
    named = ["contingency" if label == ANY_CONTINGENCY else label for label in doubtful]
    return tuple(dict.fromkeys((*draft.doubts, *named)))


def _ordered(held: frozenset[_Label], order: Iterable[_Label]) -> tuple[_Label, ...]:
    return tuple(label for label in order if label in held)
