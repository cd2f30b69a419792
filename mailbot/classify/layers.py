"""The arithmetic of the trained model: sparse features times weights, then one logistic step.

A message is scored as a whole and sentence by sentence: the one sentence that asks, blames or names a
cost decides. The last step weighs both for each label, with what the model thinks of the labels that
decide most and with a few plain facts, and gives a calibrated probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.classify.features import MailText, mail_features, sentence_features
from mailbot.classify.trees import Trees
from mailbot.classify.vectorizer import SparseVector, Vectorizer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What stands for the score of a sentence that is not there.
NO_SENTENCE = -1.0
# The label's own figures count this much more than the others' before the joining step is fitted.
_OWN_SCALE = 3.0
# How many figures a label has of its own (see `summary`).
_OWN_FIGURES = 7
# How many of them tell of whole mails: the mail itself and its sentences taken for mails.
_MAIL_FIGURES = 4


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A linear score for every label: one row of weights for each feature."""

    vectorizer: Vectorizer
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def score(self, vector: SparseVector) -> NDArray[np.float32]:
        """The score of every label."""
        scores: NDArray[np.float32] = vector.values @ self.weights[vector.ids] + self.bias
        return scores


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What the model reckoned for one message; rows of `sentences` follow the text's sentences.

    The columns of `sentences` are what each label's mails sound like, then what carries each label by itself.
    """

    mail: NDArray[np.float32]
    sentences: NDArray[np.float32]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Network:
    """Both layers and the step that joins them."""

    labels: tuple[str, ...]
    # The labels whose figures every other label may look at.
    leading: tuple[str, ...]
    mail: Layer
    sentence: Layer
    # One row for each label; the columns are those of `joint_inputs`.
    joint: NDArray[np.float64]
    joint_bias: NDArray[np.float64]
    # They speak besides the logistic step for the labels they were grown for.
    trees: Trees

    def score(self, text: MailText) -> Scores:
        """Score one message."""
        import numpy as np

        mail = self.mail.score(self.mail.vectorizer.vector(mail_features(text)))
        vectors = [self.sentence.vectorizer.vector(sentence_features(text, at)) for at in range(len(text.sentences))]
        rows = [self.sentence.score(vector) for vector in vectors]
        sentences = np.stack(rows) if rows else np.zeros((0, 2 * len(self.labels)), dtype=np.float32)
        inputs = joint_inputs(summary(mail, sentences), text.facts, self._leading_rows())
        joined = (self.joint * inputs).sum(axis=1) + self.joint_bias
        joined[self.trees.rows] = (joined[self.trees.rows] + self.trees.score(inputs)) / 2
        return Scores(mail=mail, sentences=sentences, probabilities=1.0 / (1.0 + np.exp(-joined)))

    def gain(self, label: str, scores: Scores, at: int | None = None) -> float:
        """What a mail of that sentence alone, or of the subject alone, gains in log-odds by the label's own figures."""
        row = self.labels.index(label)
        own = self.joint[row, :_OWN_FIGURES] * _OWN_SCALE
        told = scores.mail[row] if at is None else scores.sentences[at, row]
        carried = NO_SENTENCE if at is None else scores.sentences[at, row + len(self.labels)]
        of_mail, of_sentence = float(own[:_MAIL_FIGURES].sum()), float(own[_MAIL_FIGURES:].sum())
        return of_mail * (float(told) - NO_SENTENCE) + of_sentence * (float(carried) - NO_SENTENCE)

    def _leading_rows(self) -> list[int]:
        return [self.labels.index(label) for label in self.leading]


def summary(mail: NDArray[np.float32], sentences: NDArray[np.float32]) -> NDArray[np.float64]:
    """For each label: the mail's score; then, of both halves of `sentences`, best, second-best and mean."""
    import numpy as np

    figures = np.full((mail.shape[0], _OWN_FIGURES), NO_SENTENCE, dtype=np.float64)
    figures[:, 0] = mail
    if sentences.shape[0]:
        ordered = np.sort(sentences, axis=0)
        second = ordered[-2] if sentences.shape[0] > 1 else np.full(ordered.shape[1], NO_SENTENCE)
        found = np.stack([ordered[-1], second, sentences.mean(axis=0)], axis=1)
        figures[:, 1:] = np.hstack([found[: mail.shape[0]], found[mail.shape[0] :]])
    return figures


def joint_inputs(figures: NDArray[np.float64], facts: Sequence[float], leading: Sequence[int]) -> NDArray[np.float64]:
    """One row for each label: its own figures, those of the leading labels, and the facts."""
    import numpy as np

    shared = np.concatenate([figures[list(leading)].ravel(), np.asarray(facts, dtype=np.float64)])
    return np.hstack([figures * _OWN_SCALE, np.broadcast_to(shared, (figures.shape[0], shared.shape[0]))])


def as_mapping(labels: Sequence[str], probabilities: NDArray[np.float64]) -> Mapping[str, float]:
    """Probabilities by label."""
    return {label: float(value) for label, value in zip(labels, probabilities, strict=True)}
