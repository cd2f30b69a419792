"""Boosted trees for the labels that decide most: what the joining step's straight line cannot say.

A logistic step weighs each figure for itself; small trees see figures together ("blames, but of a third
party", "asks, but only rhetorically"). Both have their say; training is by scikit-learn, scoring needs
numpy alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Chosen on left-out files (see the model card).
TREES = 100
_DEPTH = 3
_RATE = 0.07
_LEAST_LEAF = 15
_SHARE_OF_ROWS = 0.6
# Fixed, so that the same corpus always gives the same trees.
_SEED = 20_260_101
# The inner nodes of a full tree, and the leaves below them.
_INNER = 2**_DEPTH - 1
_LEAVES = 2**_DEPTH


@dataclass(frozen=True, kw_only=True)
class Trees:
    """The trees of some labels, each laid out as a full binary tree: node n has children 2n + 1 and 2n + 2."""

    # Row of `LABELS` of each grown label, and the log-odds before any tree has spoken.
    rows: NDArray[np.int64]
    start: NDArray[np.float64]
    # [label, tree, inner node]: which input is looked at, and up to which value one goes left.
    inputs: NDArray[np.int16]
    limits: NDArray[np.float32]
    # [label, tree, leaf]: what is added to the log-odds.
    leaves: NDArray[np.float32]

    def score(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The log-odds of every grown label; `inputs` has one row for each of all labels."""
        import numpy as np

        own = inputs[self.rows].astype(np.float32)
        labels, trees = np.arange(self.rows.shape[0])[:, None], np.arange(self.inputs.shape[1])[None, :]
        node = np.zeros((labels.shape[0], trees.shape[1]), dtype=np.int64)
        for _ in range(_DEPTH):
            seen = own[labels, self.inputs[labels, trees, node]]
            node = 2 * node + 1 + (seen > self.limits[labels, trees, node])
        scores: NDArray[np.float64] = self.start + self.leaves[labels, trees, node - _INNER].sum(axis=1)
        return scores

    def score_all(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for many mails: [mail, label, input] to [mail, grown label]."""
        import numpy as np

        return np.array([self.score(one) for one in inputs]).reshape(len(inputs), self.rows.shape[0])


def grow(inputs: NDArray[np.float64], truth: NDArray[np.bool_], rows: NDArray[np.int64]) -> Trees:
    """Grow the trees of the labels in `rows`; a label that never or always held gets none of weight."""
    import numpy as np

    grown = [_grow_one(inputs[:, row], truth[:, row]) for row in rows]
    return Trees(
        rows=rows,
        start=np.array([start for start, *_ in grown]),
        inputs=np.array([names for _, names, _, _ in grown]),
        limits=np.array([limits for _, _, limits, _ in grown]),
        leaves=np.array([leaves for *_, leaves in grown]),
    )


def _grow_one(
    inputs: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[float, NDArray[np.int16], NDArray[np.float32], NDArray[np.float32]]:
    import numpy as np
    from sklearn.ensemble import GradientBoostingClassifier

    names = np.zeros((TREES, _INNER), dtype=np.int16)
    limits = np.full((TREES, _INNER), np.inf, dtype=np.float32)
    leaves = np.zeros((TREES, _LEAVES), dtype=np.float32)
    # One more of each than there were, so that a label without an example stays a finite guess.
    start = float(np.log((truth.sum() + 1) / ((~truth).sum() + 1)))
    if truth.all() or not truth.any():
        return start, names, limits, leaves
    model = GradientBoostingClassifier(
        n_estimators=TREES,
        learning_rate=_RATE,
        max_depth=_DEPTH,
        min_samples_leaf=_LEAST_LEAF,
        subsample=_SHARE_OF_ROWS,
        max_features="sqrt",
        random_state=_SEED,
    ).fit(inputs, truth)
    for at, (found,) in enumerate(model.estimators_):
        _lay_out(found.tree_, names[at], limits[at], leaves[at])
    first = inputs[:1].astype(np.float32)
    spoken = _RATE * sum(float(found.predict(first)[0]) for (found,) in model.estimators_)
    return float(model.decision_function(first)[0]) - spoken, names, limits, leaves


def _lay_out(tree: Any, names: NDArray[np.int16], limits: NDArray[np.float32], leaves: NDArray[np.float32]) -> None:
    """Copy a grown tree into its place; a branch that ends early goes left to the end."""
    waiting = [(0, 0)]
    while waiting:
        node, place = waiting.pop()
        is_leaf = tree.children_left[node] == tree.children_right[node]
        if is_leaf:
            while place < _INNER:
                place = 2 * place + 1
            leaves[place - _INNER] = _RATE * tree.value[node, 0, 0]
            continue
        names[place], limits[place] = tree.feature[node], tree.threshold[node]
        waiting += [(tree.children_left[node], 2 * place + 1), (tree.children_right[node], 2 * place + 2)]
