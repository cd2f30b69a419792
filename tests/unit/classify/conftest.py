"""One small corpus, one model trained on it, and the shipped classifier: each made once."""

from pathlib import Path

import pytest

from mailbot.classify.corpus import LabelledMail
from mailbot.classify.model import LazyClassifier
from mailbot.classify.training import Trained, train
from mailbot.shipped import models_folder
from tests.unit.classify.mails import labelled, write_corpus


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def small_mails(small_corpus: Path) -> tuple[LabelledMail, ...]:
    return labelled(small_corpus)


@pytest.fixture(scope="session")
def trained(small_mails: tuple[LabelledMail, ...]) -> Trained:
    return train(small_mails)


@pytest.fixture(scope="session")
def shipped() -> LazyClassifier:
    return LazyClassifier(models_folder())
