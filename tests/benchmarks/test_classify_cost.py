"""What a verdict costs: at most 3 ms median on one core with the model loaded."""

import statistics
import time

from mailbot.classify.corpus import read_corpus_file
from mailbot.classify.model import LazyClassifier
from mailbot.shipped import models_folder

GOAL_SECONDS = 0.003


def test_a_verdict_costs_less_than_three_milliseconds() -> None:
    classifier = LazyClassifier(models_folder())
    items = [one.input for one in read_corpus_file(models_folder() / "corpus" / "t1.jsonl")]
    classifier.classify(items[:20])
    costs = []
    for item in items:
        start = time.process_time()
        classifier.classify([item])
        costs.append(time.process_time() - start)
    assert statistics.median(costs) <= GOAL_SECONDS


def test_model_files_are_small_enough_to_travel_in_the_wheel() -> None:
    assert all(path.stat().st_size < 8_000_000 for path in models_folder().glob("*.skops"))
