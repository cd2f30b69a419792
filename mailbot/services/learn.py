"""Learning: train on the corpus and people's corrections, compare with the model in use, replace it if better.

A new model is only ever proposed by training; it takes the place of the current one when the same left-out
mails show it to be no worse on any row of the goals' table and better on one. Old files are kept.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from mailbot.classify.card import Card, CardEntry, read_card, write_card
from mailbot.classify.comparison import Comparison, compare
from mailbot.classify.corpus import LabelledMail, read_corpus
from mailbot.classify.evaluation import Judged, judge_left_out, score_table
from mailbot.classify.judged_file import read_judged, write_judged
from mailbot.classify.model_file import save_network
from mailbot.classify.training import train
from mailbot.domain.errors import ModelRefused

_LIBRARIES = ("scikit-learn", "numpy", "scipy", "skops")
# The office's own mails count more than the corpus: they are what it will be asked about.
CORRECTION_WEIGHT = 3.0


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What a model learns from: the corpus folder, and mails whose labels people corrected."""

    corpus: Path
    corrections: tuple[LabelledMail, ...] = ()

    def mails(self) -> tuple[LabelledMail, ...]:
        """Every labelled mail, corpus first; corrections weigh more."""
        weighed = (replace(mail, weight=CORRECTION_WEIGHT) for mail in self.corrections)
        return (*read_corpus(self.corpus), *weighed)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What comparing the candidate said; `comparison` is None when there was nothing to compare with."""

    candidate: CardEntry
    comparison: Comparison | None
    # Whether the candidate took the place of the current model.
    has_replaced: bool


def train_model(lesson: Lesson, folder: Path, *, now: datetime) -> CardEntry:
    """Train a candidate, write its file, and name it in the card as proposed; the current one stays in use."""
    mails = lesson.mails()
    trained = train(mails)
    judged = judge_left_out(mails, trained)
    entry = replace(
        save_network(trained.network, trained.thresholds, folder),
        trained_on=now.date().isoformat(),
        mails=len(mails) - len(lesson.corrections),
        corrections=len(lesson.corrections),
        corpus=_digests(lesson.corpus),
        scores=score_table(_scored(judged)),
        libraries={name: version(name) for name in _LIBRARIES},
    )
    write_judged(_judged_path(folder, entry), judged)
    write_card(folder, card_or_new(folder).with_candidate(entry))
    return entry


def evaluate_model(lesson: Lesson, folder: Path, *, may_replace: bool = True) -> Evaluation:
    """Compare the candidate with the model in use; replace that one when the candidate is better.

    With `may_replace` False nothing changes: the monthly retraining only proposes. Raises `ModelRefused`
    when there is no candidate.
    """
    card = read_card(folder)
    if card.candidate is None:
        raise ModelRefused("No hay ningún modelo nuevo que comparar: entrene uno con `mailbot model train`")
    candidate = card.entry(card.candidate)
    comparison = _compare(card, candidate, lesson, folder)
    is_better = comparison is None or comparison.is_improvement
    if is_better and may_replace:
        write_card(folder, card.with_current(candidate))
    return Evaluation(candidate=candidate, comparison=comparison, has_replaced=is_better and may_replace)


def describe_model(folder: Path) -> Card:
    """The card: the model in use, the one that waits, and their forerunners."""
    return read_card(folder)


def card_or_new(folder: Path) -> Card:
    """The card of a folder, or an empty one where nothing was trained yet."""
    try:
        return read_card(folder)
    except ModelRefused as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return Card()
        raise


def _compare(card: Card, candidate: CardEntry, lesson: Lesson, folder: Path) -> Comparison | None:
    """Both models on the mails that both were asked about; None when there are none."""
    if card.current is None:
        return None
    mails = lesson.mails()
    before = read_judged(_judged_path(folder, card.entry(card.current)), mails)
    after = read_judged(_judged_path(folder, candidate), mails)
    both = [digest for digest in after if digest in before]
    if not both:
        return None
    return compare([before[digest] for digest in both], [after[digest] for digest in both])


def _scored(judged: Sequence[Judged]) -> list[Judged]:
    """The mails the card's scores speak of: files by hands other than the one that filled thin classes."""
    others = [one for one in judged if not one.mail.source.startswith("m")]
    return others or list(judged)


def _judged_path(folder: Path, entry: CardEntry) -> Path:
    return folder / f"{Path(entry.file).stem}.judged.jsonl"


def _digests(corpus: Path) -> Mapping[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(corpus.glob("*.jsonl"))}
