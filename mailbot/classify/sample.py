"""A labelled corpus in numbers, as training takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailbot.classify.corpus import LabelledMail
from mailbot.classify.features import (
    MAIL_BLOCKS,
    SENTENCE_BLOCKS,
    MailText,
    mail_features,
    sentence_features,
    take_apart,
)
from mailbot.classify.vectorizer import Vectorizer, learn_vectorizer, to_matrix
from mailbot.domain.labels import Category, Contingency, Topic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Besides the labels of the guide: whether a reply is awaited, and whether the head must be told.
NEEDS_REPLY = "needs_reply"
ANY_CONTINGENCY = "any_contingency"
MUST_REPORT = "must_report"
LABELS = (
    *(label.value for label in Category),
    *(label.value for label in Topic),
    *(label.value for label in Contingency),
    NEEDS_REPLY,
    ANY_CONTINGENCY,
    MUST_REPORT,
)
# The labels that decide most, shown to the joining step of every other label.
LEADING = (*(label.value for label in Category), NEEDS_REPLY, ANY_CONTINGENCY, MUST_REPORT)
# The labels for which trees have their say besides the logistic step; for the others they made nothing better.
GROWN = (*(label.value for label in Category), NEEDS_REPLY)
# How the name of a corpus file ends whose author had read the classifier's errors.
SEEN_SUFFIX = "_seen"
# The labels whose cut is chosen in training; nothing else follows from them.
CUT_LABELS = (*(label.value for label in Topic), *(label.value for label in Contingency))


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Mails and their sentences as matrices, which mail a sentence belongs to, and the labels."""

    mails: Any
    sentences: Any
    owner: NDArray[np.int64]
    # One row for each sentence, one column for each of `LABELS`: which it carries by itself.
    carried: NDArray[np.bool_]
    # One row for each mail, one column for each of `LABELS`.
    truth: NDArray[np.bool_]
    # One row for each mail: the plain facts of `MailText.facts`.
    facts: NDArray[np.float64]
    weight: NDArray[np.float64]
    sources: NDArray[np.str_]
    mail_vectorizer: Vectorizer
    sentence_vectorizer: Vectorizer

    @property
    def count(self) -> int:
        """How many mails there are."""
        return int(self.truth.shape[0])


def make_sample(mails: Sequence[LabelledMail]) -> Sample:
    """Turn labelled mails into matrices."""
    import numpy as np

    texts = [take_apart(mail.input) for mail in mails]
    of_mails = [mail_features(text) for text in texts]
    of_sentences = [sentence_features(text, at) for text in texts for at in range(len(text.sentences))]
    mail_vectorizer = learn_vectorizer(MAIL_BLOCKS, of_mails)
    sentence_vectorizer = learn_vectorizer(SENTENCE_BLOCKS, of_sentences)
    return Sample(
        mails=to_matrix(map(mail_vectorizer.vector, of_mails), mail_vectorizer.size),
        sentences=to_matrix(map(sentence_vectorizer.vector, of_sentences), sentence_vectorizer.size),
        owner=np.repeat(np.arange(len(texts)), [len(text.sentences) for text in texts]),
        carried=np.array([row for mail, text in zip(mails, texts, strict=True) for row in carried_of(mail, text)]),
        truth=np.array([truth_of(mail) for mail in mails], dtype=bool),
        facts=np.array([text.facts for text in texts], dtype=np.float64),
        weight=np.array([mail.weight for mail in mails], dtype=np.float64),
        sources=np.array([mail.source for mail in mails]),
        mail_vectorizer=mail_vectorizer,
        sentence_vectorizer=sentence_vectorizer,
    )


def truth_of(mail: LabelledMail) -> list[bool]:
    """Which of `LABELS` hold for a mail."""
    labels = mail.labels
    held = {label.value for label in (*labels.categories, *labels.topics, *labels.contingency)}
    extra = {
        NEEDS_REPLY: labels.needs_reply,
        ANY_CONTINGENCY: bool(labels.contingency),
        MUST_REPORT: labels.must_report,
    }
    return [extra.get(label, label in held) for label in LABELS]


def carried_of(mail: LabelledMail, text: MailText) -> list[list[bool]]:
    """Which of `LABELS` each sentence carries; all of the mail's where nobody marked its sentences."""
    if mail.evidence is None:
        return [truth_of(mail)] * len(text.sentences)
    return [_carried(mail.evidence.get(sentence.text, frozenset())) for sentence in text.sentences]


def _carried(marked: frozenset[str]) -> list[bool]:
    has_cost = any(label.value in marked for label in Contingency)
    extra = {ANY_CONTINGENCY: has_cost, MUST_REPORT: has_cost or Category.COMPLAINT.value in marked}
    return [extra.get(label, label in marked) for label in LABELS]


def written_after_sight(sources: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Rows of corpus files whose author had read what the classifier got wrong in the others.

    Such mails teach, but a score that counts them as unseen knowledge would flatter: they are left out
    together with whichever file is left out.
    """
    import numpy as np

    return np.char.endswith(sources, SEEN_SUFFIX)
