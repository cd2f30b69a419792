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
from mailbot.classify.corpus import LabelledMail, read_corpus
from mailbot.classify.decide import Thresholds
from mailbot.classify.model_file import save_network
from mailbot.classify.training import train
from mailbot.domain.errors import ModelRefused

_LIBRARIES = ("scikit-learn", "numpy", "scipy", "skops")


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What a model learns from: the corpus folder, and mails whose labels people corrected."""

    corpus: Path
    corrections: tuple[LabelledMail, ...] = ()

    def mails(self) -> tuple[LabelledMail, ...]:
        """Every labelled mail, corpus first."""
        return (*read_corpus(self.corpus), *self.corrections)


def train_model(lesson: Lesson, folder: Path, *, now: datetime) -> CardEntry:
    """Train a candidate, write its file, and name it in the card as proposed; the current one stays in use."""
    mails = lesson.mails()
    entry = save_network(train(mails), Thresholds(), folder)
    entry = replace(
        entry,
        trained_on=now.date().isoformat(),
        mails=len(mails) - len(lesson.corrections),
        corrections=len(lesson.corrections),
        corpus=_digests(lesson.corpus),
        libraries={name: version(name) for name in _LIBRARIES},
    )
    write_card(folder, card_or_new(folder).with_candidate(entry))
    return entry


def card_or_new(folder: Path) -> Card:
    """The card of a folder, or an empty one where nothing was trained yet."""
    try:
        return read_card(folder)
    except ModelRefused as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return Card()
        raise


def _digests(corpus: Path) -> Mapping[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(corpus)}


def _files(corpus: Path) -> Sequence[Path]:
    return sorted(corpus.glob("*.jsonl"))
