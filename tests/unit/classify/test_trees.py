import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from mailbot.classify.trees import Trees, grow


def both_or_neither(count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """A label that holds when two figures have the same sign, which no straight line tells; and one that never does."""
    figures = np.random.default_rng(7).normal(size=(count, 2, 3))
    truth = np.zeros((count, 2), dtype=bool)
    truth[:, 0] = figures[:, 0, 0] * figures[:, 0, 1] > 0
    return figures, truth


@pytest.fixture(scope="module")
def trees() -> Trees:
    figures, truth = both_or_neither()
    return grow(figures, truth, np.array([0, 1]))


def test_trees_see_what_two_figures_say_together(trees: Trees) -> None:
    figures, truth = both_or_neither()

    said = trees.score_all(figures)[:, 0] > 0

    assert (said == truth[:, 0]).mean() > 0.95


def test_a_label_without_an_example_stays_an_improbable_finite_guess(trees: Trees) -> None:
    figures, _ = both_or_neither()

    scores = trees.score_all(figures)[:, 1]

    assert np.isfinite(scores).all()
    assert (scores < -5).all()


def test_scoring_by_arrays_is_what_the_library_scores() -> None:
    figures, truth = both_or_neither()
    trees = grow(figures, truth, np.array([0]))
    library = GradientBoostingClassifier(
        n_estimators=100,
        learning_rate=0.07,
        max_depth=3,
        min_samples_leaf=15,
        subsample=0.6,
        max_features="sqrt",
        random_state=20_260_101,
    ).fit(figures[:, 0], truth[:, 0])

    assert trees.score_all(figures)[:, 0] == pytest.approx(library.decision_function(figures[:, 0]), abs=1e-4)
