"""How good a classifier is, by the rows of the goals' table; always on mails whose author it never read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailbot.classify.corpus import LabelledMail, by_source
from mailbot.classify.decide import case_of, conclude
from mailbot.classify.features import take_apart
from mailbot.classify.layers import as_mapping
from mailbot.classify.sample import LABELS
from mailbot.classify.training import Trained
from mailbot.domain.labels import Category, Primary
from mailbot.domain.verdict import Verdict
from mailbot.ports.classifier import Classifier

MUST_REPORT_PRECISION = 0.80
MOST_CONFIDENT = 0.80


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A labelled mail with what a classifier said of it."""

    mail: LabelledMail
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One row of the table: its name, what is aimed at, and how it is measured."""

    name: str
    aim: float
    measure: Callable[[Sequence[Judged]], float]


def score_table(judged: Sequence[Judged]) -> Mapping[str, float]:
    """Every row of the goals' table."""
    return {goal.name: round(goal.measure(judged), 4) for goal in GOALS}


def leave_one_file_out(
    mails: Sequence[LabelledMail], train: Callable[[Sequence[LabelledMail]], Classifier], files: Iterable[str]
) -> list[Judged]:
    """Judge each file by a classifier that learnt from all the others."""
    sources = by_source(mails)
    judged: list[Judged] = []
    for file in files:
        classifier = train([mail for mail in mails if mail.source != file])
        judged.extend(judge(sources[file], classifier))
    return judged


def judge_left_out(mails: Sequence[LabelledMail], trained: Trained) -> list[Judged]:
    """What training says of its own mails, each with its file left out; no second training is needed."""
    judged = []
    for mail, row in zip(mails, trained.unseen, strict=True):
        case = case_of(mail.input, take_apart(mail.input), as_mapping(LABELS, row))
        judged.append(Judged(mail=mail, verdict=conclude(case, trained.thresholds)))
    return judged


def judge(mails: Sequence[LabelledMail], classifier: Classifier) -> list[Judged]:
    """What a classifier says of mails whose labels are known."""
    verdicts = classifier.classify([mail.input for mail in mails])
    return [Judged(mail=mail, verdict=verdict) for mail, verdict in zip(mails, verdicts, strict=True)]


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """The F1 of (true, said) pairs; 1 when there was nothing to find and nothing was said."""
    both = missed = wrong = 0
    for true, said in pairs:
        both += true and said
        missed += true and not said
        wrong += said and not true
    return 2 * both / (2 * both + missed + wrong) if both + missed + wrong else 1.0


def _primary_macro(judged: Sequence[Judged]) -> float:
    scores = [f1((one.mail.labels.primary is kind, one.verdict.primary is kind) for one in judged) for kind in Primary]
    return sum(scores) / len(scores)


def _category(category: Category) -> Callable[[Sequence[Judged]], float]:
    def measure(judged: Sequence[Judged]) -> float:
        return f1((category in one.mail.labels.categories, category in one.verdict.categories) for one in judged)

    return measure


def _report_recall(judged: Sequence[Judged]) -> float:
    """The best recall of "must reach the head" at any cut whose precision is high enough."""
    ranked = sorted(judged, key=lambda one: -one.verdict.scores.get("must_report", float(one.verdict.must_report)))
    total = sum(one.mail.labels.must_report for one in judged)
    found, best = 0, 0
    for count, one in enumerate(ranked, 1):
        found += one.mail.labels.must_report
        if found / count >= MUST_REPORT_PRECISION:
            best = found
    return best / total if total else 1.0


def _contingency_micro(judged: Sequence[Judged]) -> float:
    return _micro((one.mail.labels.contingency, frozenset(one.verdict.contingency)) for one in judged)


def _topics_micro(judged: Sequence[Judged]) -> float:
    return _micro((one.mail.labels.topics, frozenset(one.verdict.topics)) for one in judged)


def _micro(pairs: Iterable[tuple[frozenset[object], frozenset[object]]]) -> float:
    return f1((label in true, label in said) for true, said in pairs for label in true | said)


def _needs_reply(judged: Sequence[Judged]) -> float:
    return _share(one.mail.labels.needs_reply == one.verdict.needs_reply for one in judged)


def _confident_right(judged: Sequence[Judged]) -> float:
    ranked = sorted(judged, key=lambda one: -one.verdict.confidence)
    kept = ranked[: round(len(ranked) * MOST_CONFIDENT)]
    return _share(one.mail.labels.primary is one.verdict.primary for one in kept)


def _document_types(judged: Sequence[Judged]) -> float:
    return _share(
        said.type is true
        for one in judged
        for (_, true), said in zip(one.mail.labels.documents, one.verdict.documents, strict=False)
    )


def _share(claims: Iterable[bool]) -> float:
    held = list(claims)
    return sum(held) / len(held) if held else 1.0


GOALS: tuple[Goal, ...] = (
    Goal(name="primary macro-F1", aim=0.95, measure=_primary_macro),
    Goal(name="requirement F1", aim=0.93, measure=_category(Category.REQUIREMENT)),
    Goal(name="documents F1", aim=0.96, measure=_category(Category.DOCUMENTS)),
    Goal(name="complaint F1", aim=0.95, measure=_category(Category.COMPLAINT)),
    Goal(name="must-report recall at precision 0.80", aim=0.96, measure=_report_recall),
    Goal(name="contingency micro-F1", aim=0.88, measure=_contingency_micro),
    Goal(name="topics micro-F1", aim=0.80, measure=_topics_micro),
    Goal(name="needs_reply accuracy", aim=0.92, measure=_needs_reply),
    Goal(name="primary right in the 80 % most confident", aim=0.98, measure=_confident_right),
    Goal(name="document type accuracy", aim=0.95, measure=_document_types),
)
