"""Training: labelled mails in, a network out. Takes a minute or two; used by `model train` alone.

Both layers are ridge regressions on the labels, solved for all labels at once in the space of the mails
(there are far fewer mails than features). The same solution tells, without training again, what each
corpus file would have been given had it been left out: on those figures the joining step is fitted, one
logistic regression a label, so its probabilities hold for authors the model never read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailbot.classify.corpus import LabelledMail
from mailbot.classify.layers import Layer, Network, joint_inputs, summary
from mailbot.classify.sample import CUT_LABELS, GROWN, LABELS, LEADING, Sample, make_sample, written_after_sight
from mailbot.classify.thresholds import Thresholds
from mailbot.classify.trees import Trees, grow
from mailbot.domain.errors import ModelRefused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How much the weights are held down; chosen on left-out files (see the model card).
MAIL_RIDGE = 1.0
SENTENCE_RIDGE = 2.0
JOINT_STRENGTH = 0.3
# The cuts that are tried. Below the first a label would be named on a guess.
_CUTS = tuple(step / 100 for step in range(20, 61, 5))
# How many rows of the inverse are mirrored at a time.
_MIRRORED = 1024
# The log-odds of a label that never, or always, held in training.
_NEVER = -6.0


@dataclass(frozen=True, kw_only=True)
class RidgeFit:
    """The solution of one layer: its weights, and the score of every row with its own file left out."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    unseen: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What training gives: the network, and from which probability each label holds."""

    network: Network
    thresholds: Thresholds
    # For each mail the probability of every label had its file been left out, in the order of `LABELS`.
    unseen: NDArray[np.float64]


def train(mails: Sequence[LabelledMail]) -> Trained:
    """Learn everything from these mails; raises `ModelRefused` unless they come from at least two files."""
    if len({mail.source for mail in mails}) < 2:
        raise ModelRefused("Para entrenar hacen falta al menos dos archivos de corpus, de manos distintas")
    sample = make_sample(mails)
    mail, sentence = fit_mails(sample), fit_sentences(sample)
    inputs = unseen_inputs(sample, mail, sentence)
    joint, joint_bias = fit_joint(inputs, sample.truth)
    network = Network(
        labels=LABELS,
        leading=LEADING,
        mail=Layer(vectorizer=sample.mail_vectorizer, weights=mail.weights, bias=mail.bias),
        sentence=Layer(vectorizer=sample.sentence_vectorizer, weights=sentence.weights, bias=sentence.bias),
        joint=joint,
        joint_bias=joint_bias,
        trees=grow_trees(inputs, sample.truth),
    )
    unseen = left_out_probabilities(inputs, sample)
    return Trained(network=network, thresholds=choose_thresholds(unseen, sample), unseen=unseen)


def fit_mails(sample: Sample) -> RidgeFit:
    """The layer of whole mails."""
    return _fit_ridge(sample.mails, _signed(sample.truth), MAIL_RIDGE / sample.weight, sample.sources)


def fit_sentences(sample: Sample) -> RidgeFit:
    """The layer of sentences, with two targets a label: those of its mail, and those that it carries by itself."""
    import numpy as np

    target = np.hstack([_signed(sample.truth)[sample.owner], _signed(sample.carried)])
    holding = SENTENCE_RIDGE / sample.weight[sample.owner]
    return _fit_ridge(sample.sentences, target, holding, sample.sources[sample.owner])


def unseen_inputs(sample: Sample, mail: RidgeFit, sentence: RidgeFit) -> NDArray[np.float64]:
    """What the joining step is given for each mail when its own file was left out of training."""
    import numpy as np

    ends = np.cumsum(np.bincount(sample.owner, minlength=sample.count))
    starts = np.concatenate([[0], ends[:-1]])
    leading = [LABELS.index(label) for label in LEADING]
    figures = [summary(mail.unseen[at], sentence.unseen[starts[at] : ends[at]]) for at in range(sample.count)]
    return np.stack([joint_inputs(one, sample.facts[at], leading) for at, one in enumerate(figures)])


def fit_joint(inputs: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The joining step: one logistic regression for each label."""
    import numpy as np

    fitted = [_fit_logistic(inputs[:, at], truth[:, at]) for at in range(truth.shape[1])]
    return np.array([weights for weights, _ in fitted]), np.array([bias for _, bias in fitted])


def grow_trees(inputs: NDArray[np.float64], truth: NDArray[np.bool_]) -> Trees:
    """The trees of the labels that decide most."""
    import numpy as np

    return grow(inputs, truth, np.array([LABELS.index(label) for label in GROWN]))


def left_out_probabilities(inputs: NDArray[np.float64], sample: Sample) -> NDArray[np.float64]:
    """The probabilities of each file's mails by a joining step that was fitted on the other files."""
    import numpy as np

    probabilities = np.zeros(sample.truth.shape)
    for source in np.unique(sample.sources):
        own = sample.sources == source
        learnt = ~own & ~written_after_sight(sample.sources)
        probabilities[own] = _probabilities(inputs[own], inputs[learnt], sample.truth[learnt])
    return probabilities


def _probabilities(
    inputs: NDArray[np.float64], learnt: NDArray[np.float64], truth: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What a joining step and trees that are fitted on other mails say of these."""
    import numpy as np

    joint, bias = fit_joint(learnt, truth)
    trees = grow_trees(learnt, truth)
    joined = (inputs * joint).sum(axis=2) + bias
    joined[:, trees.rows] = (joined[:, trees.rows] + trees.score_all(inputs)) / 2
    probabilities: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-joined))
    return probabilities


def choose_thresholds(probabilities: NDArray[np.float64], sample: Sample) -> Thresholds:
    """For topics and contingencies, the cut with the best F1 on left-out files; the others hold from one half."""
    labels = {label: LABELS.index(label) for label in CUT_LABELS}
    return Thresholds(
        labels={label: _best_cut(probabilities[:, at], sample.truth[:, at]) for label, at in labels.items()}
    )


def _best_cut(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The cut with the best F1; among equals the one nearest to one half, which is the calmest choice."""

    def quality(cut: float) -> tuple[float, float]:
        said = probability >= cut
        both = 2 * int((said & truth).sum())
        return round(both / max(1, int(said.sum()) + int(truth.sum())), 3), -abs(cut - 0.5)

    return max(_CUTS, key=quality)


def _fit_logistic(figures: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        return np.zeros(figures.shape[1]), -_NEVER if truth.all() else _NEVER
    model = LogisticRegression(C=JOINT_STRENGTH, max_iter=2000).fit(figures, truth)
    return model.coef_[0], float(model.intercept_[0])


def _fit_ridge(
    rows: Any, target: NDArray[np.float32], holding: NDArray[np.float64], sources: NDArray[np.str_]
) -> RidgeFit:
    """Solve (K + holding) a = target, where K holds the likeness of every two rows, plus one for the bias."""
    import numpy as np

    likeness = np.asarray((rows @ rows.T).todense(), dtype=np.float32) + 1.0
    likeness[np.diag_indices_from(likeness)] += holding.astype(np.float32)
    inverse = _inverse(likeness)
    shares = inverse @ target
    return RidgeFit(
        weights=np.asarray(rows.T @ shares, dtype=np.float32),
        bias=shares.sum(axis=0).astype(np.float32),
        unseen=_left_out(inverse, target, sources),
    )


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of a symmetric positive matrix, in place: it is by far the largest thing here."""
    import numpy as np
    from scipy.linalg import lapack

    factor, _ = lapack.spotrf(matrix.T, lower=1, overwrite_a=1)
    inverse: NDArray[np.float32] = lapack.spotri(factor, lower=1, overwrite_c=1)[0]
    for start in range(0, len(inverse), _MIRRORED):
        end = start + _MIRRORED
        corner = inverse[start:end, start:end]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
        inverse[start:end, end:] = inverse[end:, start:end].T
    return inverse


def _left_out(
    inverse: NDArray[np.float32], target: NDArray[np.float32], sources: NDArray[np.str_]
) -> NDArray[np.float32]:
    """Every row's score had its file been left out: the block form of the leave-one-out identity."""
    import numpy as np

    scores = np.zeros_like(target)
    seen = written_after_sight(sources)
    for source in np.unique(sources):
        own = np.flatnonzero((sources == source) | seen)
        others = np.flatnonzero((sources != source) & ~seen)
        pull = inverse[np.ix_(own, others)] @ target[others]
        found = -np.linalg.solve(inverse[np.ix_(own, own)].astype(np.float64), pull)
        scores[sources == source] = found[sources[own] == source]
    return scores


def _signed(truth: NDArray[np.bool_]) -> NDArray[np.float32]:
    import numpy as np

    return np.where(truth, np.float32(1.0), np.float32(-1.0))
