"""The scores of the model card, trained again from nothing for every file that is judged."""

from collections.abc import Sequence

import pytest

from mailbot.classify.corpus import LabelledMail
from mailbot.classify.evaluation import leave_one_file_out, score_table
from mailbot.classify.model import TrainedClassifier
from mailbot.classify.training import train
from mailbot.services.learn import Lesson, describe_model
from mailbot.shipped import models_folder


def _trained(mails: Sequence[LabelledMail]) -> TrainedClassifier:
    result = train(mails)
    return TrainedClassifier(network=result.network, thresholds=result.thresholds, name="left out")


@pytest.mark.long
def test_scores_that_come_with_training_agree_with_training_without_the_file() -> None:
    mails = [mail for mail in Lesson(corpus=models_folder() / "corpus").mails() if "_seen" not in mail.source]
    files = sorted({mail.source for mail in mails if mail.source.startswith("t")})

    scores = score_table(leave_one_file_out(mails, _trained, files))

    card = describe_model(models_folder())
    told = card.entry(card.current or "").scores
    for name, score in scores.items():
        print(f"{name}: {score:.3f}, card {told[name]:.3f}")
    # The card's figures share the vocabulary with the file that is judged; that may flatter by this much.
    assert {name: score for name, score in scores.items() if score < told[name] - 0.03} == {}
