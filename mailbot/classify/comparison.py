"""Two models on the same mails: by how much each row differs, and whether that could be chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.classify.evaluation import GOALS, Goal, Judged

# Resamplings of the mails, and how often chance may look like a difference.
_ROUNDS = 200
_CHANCE = 0.05
# Fixed, so that the same two models always compare alike.
_SEED = 20_260_101


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table for both models; `chance` is how often resampled mails show no such difference."""

    name: str
    aim: float
    current: float
    candidate: float
    chance: float

    @property
    def is_better(self) -> bool:
        """The candidate is better, beyond chance."""
        return self.candidate > self.current and self.chance < _CHANCE

    @property
    def is_worse(self) -> bool:
        """The candidate is worse, beyond chance."""
        return self.candidate < self.current and self.chance < _CHANCE


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Every row, and how many mails both models were asked about."""

    rows: tuple[Row, ...]
    mails: int

    @property
    def is_improvement(self) -> bool:
        """Not worse on any row and better on one."""
        return not any(row.is_worse for row in self.rows) and any(row.is_better for row in self.rows)


def compare(current: Sequence[Judged], candidate: Sequence[Judged]) -> Comparison:
    """Compare row by row with a paired bootstrap; both lists hold the same mails in the same order."""
    rows = tuple(_row(goal, current, candidate) for goal in GOALS)
    return Comparison(rows=rows, mails=len(current))


def _row(goal: Goal, current: Sequence[Judged], candidate: Sequence[Judged]) -> Row:
    before, after = goal.measure(current), goal.measure(candidate)
    return Row(
        name=goal.name,
        aim=goal.aim,
        current=round(before, 4),
        candidate=round(after, 4),
        chance=_chance(goal, current, candidate, sign=1 if after > before else -1) if after != before else 1.0,
    )


def _chance(goal: Goal, current: Sequence[Judged], candidate: Sequence[Judged], *, sign: int) -> float:
    """The share of resamplings in which the difference vanishes or turns round."""
    import numpy as np

    draws = np.random.default_rng(_SEED).integers(0, len(current), (_ROUNDS, len(current)))
    without = 0
    for draw in draws:
        before = goal.measure([current[at] for at in draw])
        after = goal.measure([candidate[at] for at in draw])
        without += sign * (after - before) <= 0
    return without / _ROUNDS
