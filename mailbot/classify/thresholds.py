"""From which probability a label holds, and when a person is asked instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From which probability a label holds, and in which band a person is asked; chosen on left-out files."""

    labels: Mapping[str, float] = field(default_factory=dict)
    doubtful_from: float = 0.35
    doubtful_to: float = 0.65
    # Below this confidence in `primary` a person is asked.
    least_confidence: float = 0.6

    def holds(self, label: str, probability: float) -> bool:
        """Whether a label holds at that probability."""
        return probability >= self.labels.get(label, 0.5)
