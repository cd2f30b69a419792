from dataclasses import replace

import numpy as np
import pytest

from mailbot.classify.corpus import LabelledMail
from mailbot.classify.features import take_apart
from mailbot.classify.model import TrainedClassifier
from mailbot.classify.sample import LABELS, make_sample
from mailbot.classify.training import Trained, fit_mails, train
from mailbot.domain.errors import ModelRefused
from mailbot.domain.labels import Category
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


def test_a_sentence_carries_what_is_marked_and_what_follows_from_it(small_mails: tuple[LabelledMail, ...]) -> None:
    blame = next(one for one in small_mails if Category.COMPLAINT in one.labels.categories)
    (_, *_, told) = take_apart(
        replace(blame, message=replace(blame.message, new_text="Hola. Pagamos.")).input
    ).sentences
    marked = replace(
        blame,
        message=replace(blame.message, new_text="Hola. Pagamos."),
        evidence={told.text: frozenset({"storage"})},
    )

    sample = make_sample([marked, blame])

    def carried(at: int) -> set[str]:
        return {label for label, does in zip(LABELS, sample.carried[at], strict=True) if does}

    assert [carried(0), carried(1)] == [set(), {"storage", "any_contingency", "must_report"}]
    # Where nobody marked anything, each sentence stands for its mail.
    assert carried(2) == {"complaint", "storage", "any_contingency", "must_report", "needs_reply"}


def test_the_reason_is_the_sentence_that_people_mark(small_mails: tuple[LabelledMail, ...]) -> None:
    def mark(one: LabelledMail) -> LabelledMail:
        labels = {Category.REQUIREMENT.value, "needs_reply"} if one.labels.categories == {Category.REQUIREMENT} else ()
        sentences = [sentence.text for sentence in take_apart(one.input).sentences]
        return replace(one, evidence={sentence: frozenset(labels) for sentence in sentences if "levante" in sentence})

    marked = train([mark(one) for one in small_mails])
    classifier = TrainedClassifier(network=marked.network, thresholds=marked.thresholds)
    (asked,) = classifier.classify([mail("Confírmame por favor. ¿Ya tenemos levante de la orden?")])

    assert {reason.label: reason.because for reason in asked.reasons}["requirement"].startswith("¿Ya tenemos levante")


def test_a_label_that_never_held_stays_unlikely(trained: Trained) -> None:
    assert trained.unseen[:, LABELS.index("abandonment")].max() < 0.01


def test_one_file_alone_cannot_be_trained_on(small_mails: tuple[LabelledMail, ...]) -> None:
    alone = [one for one in small_mails if one.source == "h0"]
    with pytest.raises(ModelRefused, match="al menos dos"):
        train(alone)
