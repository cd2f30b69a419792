"""The classifier that the program uses: a trained network, the rules on top, and nothing until it is asked.

Loading takes seconds (scikit-learn and skops are imported), so it waits for the first message.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.classify.decide import decide
from mailbot.classify.layers import Network
from mailbot.classify.model_file import load_network
from mailbot.classify.thresholds import Thresholds
from mailbot.domain.verdict import Verdict
from mailbot.ports.classifier import Classifier, ClassifierInput


@dataclass(frozen=True, kw_only=True)
class TrainedClassifier:
    """Gives verdicts from a network that is in memory."""

    network: Network
    thresholds: Thresholds = field(default_factory=Thresholds)
    name: str = "untitled"

    def classify(self, inputs: Sequence[ClassifierInput]) -> Sequence[Verdict]:
        """One verdict for each input, in order."""
        return [decide(item, self.network, self.thresholds, name=self.name) for item in inputs]


class LazyClassifier:
    """Loads its model file when the first message comes, once, whichever thread asks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._loaded: TrainedClassifier | None = None

    def classify(self, inputs: Sequence[ClassifierInput]) -> Sequence[Verdict]:
        """One verdict for each input; the first call may raise `ModelRefused`."""
        return self.loaded().classify(inputs) if inputs else []

    def loaded(self) -> TrainedClassifier:
        """The model in memory; raises `ModelRefused` when no file of the folder can be used."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._path)
            return self._loaded


def load_classifier(path: Path) -> Classifier:
    """The classifier of a models folder or of one model file; nothing is read before it is asked."""
    return LazyClassifier(path)


def _load(path: Path) -> TrainedClassifier:
    stored = load_network(path)
    return TrainedClassifier(network=stored.network, thresholds=stored.thresholds, name=stored.name)
