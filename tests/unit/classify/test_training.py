import numpy as np
import pytest

from mailbot.classify.corpus import LabelledMail
from mailbot.classify.model import TrainedClassifier
from mailbot.classify.sample import LABELS, make_sample
from mailbot.classify.training import Trained, fit_mails, train
from mailbot.domain.errors import ModelRefused
from tests.unit.classify.mails import mail


def test_training_learns_what_the_corpus_shows(trained: Trained) -> None:
    classifier = TrainedClassifier(network=trained.network, thresholds=trained.thresholds)
    asked, sent = classifier.classify(
        [
            mail("¿Ya tenemos levante de la orden? Confírmame por favor"),
            mail("Adjunto factura y packing list", "FACTURA F001-9.pdf"),
        ]
    )
    assert (asked.primary, sent.primary) == ("requirement", "documents")


def test_training_twice_gives_the_same_weights(small_mails: tuple[LabelledMail, ...], trained: Trained) -> None:
    again = train(small_mails)
    assert np.array_equal(again.network.mail.weights, trained.network.mail.weights)
    assert np.array_equal(again.unseen, trained.unseen)


def test_left_out_scores_are_those_of_a_training_without_that_file(small_mails: tuple[LabelledMail, ...]) -> None:
    sample = make_sample(small_mails)
    whole = fit_mails(sample)
    own = sample.sources == "h1"
    rows, target = sample.mails[~own], np.where(sample.truth[~own], 1.0, -1.0)
    likeness = np.asarray((rows @ rows.T).todense()) + 1.0 + np.eye(rows.shape[0])
    shares = np.linalg.solve(likeness, target)
    really = np.asarray((sample.mails[own] @ rows.T) @ shares) + shares.sum(axis=0)
    assert np.allclose(whole.unseen[own], really, atol=1e-3)


def test_a_label_that_never_held_stays_unlikely(trained: Trained) -> None:
    assert trained.unseen[:, LABELS.index("abandonment")].max() < 0.01


def test_one_file_alone_cannot_be_trained_on(small_mails: tuple[LabelledMail, ...]) -> None:
    alone = [one for one in small_mails if one.source == "h0"]
    with pytest.raises(ModelRefused, match="al menos dos"):
        train(alone)
