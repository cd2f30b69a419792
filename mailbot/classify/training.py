"""Training: labelled mails in, a network out. Slow (a minute or two), used by `model train` alone.

The sentence layer learns from mails, not from labelled sentences: each sentence of a mail that holds a
label counts by how much it looks like the one that decided (multiple-instance learning). The joining
step is fitted on scores of mails whose file the layers had not seen, so its probabilities hold for
authors the model never read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailbot.classify.corpus import LabelledMail
from mailbot.classify.layers import Layer, Network, summary
from mailbot.classify.sample import LABELS, Sample, make_sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Inverse strength of regularisation; chosen on left-out files (see the model card).
MAIL_STRENGTH = 10.0
SENTENCE_STRENGTH = 3.0
JOINT_STRENGTH = 1.0
# Rounds in which sentences are weighed anew, and how sharply the likeliest one is favoured.
_ROUNDS = 3
_SHARPNESS = 1.5
# What a sentence of a mail without the label counts, and the likeliest one of a mail with it.
_OTHER_WEIGHT = 0.5
_LIKELIEST_WEIGHT = 1.5


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A linear layer without its vectorizer: one column for each label."""

    matrix: NDArray[np.float32]
    bias: NDArray[np.float32]

    def score(self, rows: Any) -> NDArray[np.float64]:
        """The scores of many rows at once."""
        scores: NDArray[np.float64] = rows @ self.matrix + self.bias
        return scores


def train(mails: Sequence[LabelledMail]) -> Network:
    """Learn everything from these mails."""
    import numpy as np

    sample = make_sample(mails)
    everything = np.ones(sample.count, dtype=bool)
    mail, sentence = fit_mails(sample, everything), fit_sentences(sample, everything)
    joint, joint_bias = fit_joint(unseen_figures(sample, everything), sample.truth)
    return Network(
        labels=LABELS,
        mail=Layer(vectorizer=sample.mail_vectorizer, weights=mail.matrix, bias=mail.bias),
        sentence=Layer(vectorizer=sample.sentence_vectorizer, weights=sentence.matrix, bias=sentence.bias),
        joint=joint,
        joint_bias=joint_bias,
    )


def fit_mails(sample: Sample, chosen: NDArray[np.bool_]) -> Weights:
    """The layer of whole mails, learnt from the chosen ones."""
    rows, weight = sample.mails[chosen], sample.weight[chosen]
    truth = sample.truth[chosen]
    return _columns([_fit(rows, truth[:, at], weight, MAIL_STRENGTH) for at in range(len(LABELS))])


def fit_sentences(sample: Sample, chosen: NDArray[np.bool_]) -> Weights:
    """The layer of sentences, learnt from those of the chosen mails."""
    import numpy as np

    kept = chosen[sample.owner]
    owner = np.unique(sample.owner[kept], return_inverse=True)[1]
    rows, weight = sample.sentences[kept], sample.weight[sample.owner[kept]]
    truth = sample.truth[sample.owner[kept]]
    return _columns([_fit_instances(rows, truth[:, at], owner, weight) for at in range(len(LABELS))])


def unseen_figures(sample: Sample, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What `summary` gives for each chosen mail when its file was left out of training."""
    import numpy as np

    figures = np.zeros((sample.count, len(LABELS), 4))
    for source in np.unique(sample.sources[chosen]):
        left_out = chosen & (sample.sources == source)
        figures[left_out] = figures_for(sample, chosen & ~left_out, left_out)
    return figures[chosen]


def figures_for(sample: Sample, learnt: NDArray[np.bool_], asked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Learn from some mails, give the figures of others."""
    import numpy as np

    mails = fit_mails(sample, learnt).score(sample.mails[asked])
    asked_sentences = asked[sample.owner]
    sentences = fit_sentences(sample, learnt).score(sample.sentences[asked_sentences])
    owner = sample.owner[asked_sentences]
    numbers = np.flatnonzero(asked)
    return np.stack([summary(mails[at], sentences[owner == number]) for at, number in enumerate(numbers)])


def fit_joint(
    figures: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The joining step: one logistic regression for each label."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows, bias = [], []
    for at in range(len(LABELS)):
        if truth[:, at].all() or not truth[:, at].any():
            rows.append(np.zeros(4))
            bias.append(6.0 if truth[:, at].all() else -6.0)
            continue
        model = LogisticRegression(C=JOINT_STRENGTH, max_iter=1000).fit(figures[:, at], truth[:, at])
        rows.append(model.coef_[0])
        bias.append(float(model.intercept_[0]))
    return np.array(rows), np.array(bias)


def _fit_instances(
    rows: Any, truth: NDArray[np.bool_], owner: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """One label of the sentence layer: start with all sentences alike, then favour the likeliest."""
    import numpy as np

    share = 1.0 / np.sqrt(np.bincount(owner))[owner]
    fitted = (np.zeros(rows.shape[1]), 0.0)
    for _ in range(_ROUNDS):
        fitted = _fit(rows, truth, weight * np.where(truth, share, _OTHER_WEIGHT), SENTENCE_STRENGTH)
        share = _LIKELIEST_WEIGHT * _attention(rows @ fitted[0] + fitted[1], owner)
    return fitted


def _attention(scores: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much of its mail's label each sentence carries; the shares of one mail add up to one."""
    import numpy as np

    count = int(owner.max()) + 1 if len(owner) else 0
    best = np.full(count, -np.inf)
    np.maximum.at(best, owner, scores)
    share = np.exp(_SHARPNESS * (scores - best[owner]))
    attention: NDArray[np.float64] = share / np.bincount(owner, share, count)[owner]
    return attention


def _fit(
    rows: Any, truth: NDArray[np.bool_], weight: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], float]:
    """One logistic regression; a label that always or never holds needs none."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        return np.zeros(rows.shape[1]), 6.0 if len(truth) and truth.all() else -6.0
    model = LogisticRegression(C=strength, solver="liblinear", dual=True, max_iter=2000, tol=1e-3, random_state=0)
    model.fit(rows, truth, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def _columns(fitted: Sequence[tuple[NDArray[np.float64], float]]) -> Weights:
    import numpy as np

    return Weights(
        matrix=np.stack([row for row, _ in fitted], axis=1).astype(np.float32),
        bias=np.array([bias for _, bias in fitted], dtype=np.float32),
    )
