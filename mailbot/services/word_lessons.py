"""What the model learns from people: every message whose labels a person corrected, as a labelled mail."""

from collections.abc import Iterator

from mailbot.classify.corpus import LabelledMail, Labels
from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import Store
from mailbot.reading.parse import read_message
from mailbot.services.arrive import role_of
from mailbot.services.word_labels import Correction, corrections

SOURCE = "corrections"


def corrected_mails(store: Store) -> tuple[LabelledMail, ...]:
    """The corrections as `Lesson.corrections` takes them; a mail that can no longer be read is left out."""
    said = corrections(store)
    return tuple(mail for correction in said for mail in _labelled(correction, store))


def _labelled(correction: Correction, store: Store) -> Iterator[LabelledMail]:
    try:
        message = read_message(correction.raw, received_at=correction.message.received_at)
    except MessageUnreadable:
        return
    with store.begin() as uow:
        sender = role_of(message, uow.records)
    labels = _labels(correction.verdict)
    yield LabelledMail(id=correction.message.id, source=SOURCE, message=message, labels=labels, sender=sender)


def _labels(verdict: Verdict) -> Labels:
    return Labels(
        categories=frozenset(verdict.categories),
        topics=frozenset(verdict.topics),
        contingency=frozenset(verdict.contingency),
        needs_reply=verdict.needs_reply,
        documents=tuple((document.name, document.type) for document in verdict.documents),
    )
