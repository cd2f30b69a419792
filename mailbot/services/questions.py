"""The doubts about stored mails that nobody has settled yet, as lines of an agenda."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot.domain.clock import LIMA
from mailbot.domain.contexts import Candidate, Question, QuestionKind
from mailbot.domain.labels import ANY_CONTINGENCY, Category, Contingency
from mailbot.domain.linkage import DispatchMatch
from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.office import Dispatch
from mailbot.domain.words import word
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.services.lines import doubtful_words, excerpt_of
from mailbot.services.people import owner_of

# An older doubt has been overtaken by events.
_OPEN_FOR = timedelta(days=7)
_MOST_CANDIDATES = 5


def open_questions(uow: UnitOfWork, *, now: datetime) -> dict[str, tuple[Question, ...]]:
    """What is to be asked, by the staff code of whoever answers, oldest first."""
    found: dict[str, list[Question]] = {}
    for message in uow.messages.list(MessageFilter(since=now - _OPEN_FOR)):
        if message.received_at > now:
            # Whoever asks late asks what was to be asked then.
            continue
        for question in _questions(message, uow):
            mailbox = next(iter(message.recipients), "")
            owner = owner_of(message.linkage, mailbox=mailbox, records=uow.records)
            found.setdefault(owner, []).append(question)
    return {owner: tuple(questions) for owner, questions in found.items()}


def _questions(message: StoredMessage, uow: UnitOfWork) -> Iterator[Question]:
    if message.kind is not MessageKind.PERSON or message.direction is not Direction.INCOMING:
        return
    verdict = message.verdict
    if verdict is not None and verdict.needs_review and verdict.doubts:
        label = verdict.asked
        kind = QuestionKind.COMPLAINT if label == Category.COMPLAINT else QuestionKind.LABEL
        because = doubtful_words(verdict)
        yield _question(message, kind, uow, because=because, label=label)
    linkage = message.linkage
    if linkage.question is not None and not linkage.dispatches:
        candidates = tuple(
            _candidate(number, match, uow)
            for number, match in enumerate(linkage.candidates[:_MOST_CANDIDATES], start=1)
        )
        kind = QuestionKind.DISPATCH if linkage.client is not None or candidates else QuestionKind.CLIENT
        yield _question(message, kind, uow, because=(linkage.question,), candidates=candidates)


def _question(
    message: StoredMessage,
    kind: QuestionKind,
    uow: UnitOfWork,
    *,
    because: tuple[str, ...],
    label: str = "",
    candidates: tuple[Candidate, ...] = (),
) -> Question:
    client = uow.records.client(message.client) if message.client else None
    return Question(
        kind=kind,
        message=message.id,
        sender=f"{message.sender_name} <{message.sender}>" if message.sender_name else message.sender,
        subject=message.subject,
        received_at=message.received_at,
        excerpt=excerpt_of(message.new_text),
        because=because,
        candidates=candidates,
        order=next(iter(message.orders), None),
        client=client.name if client else "",
        label=label if label in set(Category) | set(Contingency) | {ANY_CONTINGENCY} else "",
    )


def _candidate(number: int, match: DispatchMatch, uow: UnitOfWork) -> Candidate:
    dispatch = uow.records.dispatch(match.order)
    return Candidate(
        number=number,
        value=match.order,
        description=_described(dispatch) if dispatch else "",
        because=match.how,
    )


def _described(dispatch: Dispatch) -> str:
    """A dispatch in the few words by which a person tells it from another."""
    parts = [word(dispatch.transport).lower(), dispatch.vessel, dispatch.status]
    if dispatch.eta is not None:
        parts.insert(2, f"ETA {dispatch.eta.astimezone(LIMA):%d/%m}")
    return ", ".join(part for part in parts if part)
