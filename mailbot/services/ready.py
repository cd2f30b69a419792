"""The prepared answers that an agenda shows: whole where no mailbox takes them, else where they lie."""

from collections.abc import Iterable

from mailbot.domain.contexts import Item, ReadyAnswer
from mailbot.domain.drafting import DraftState, KeptAnswer
from mailbot.ports.store import UnitOfWork

_SHOWN = (DraftState.LISTED, DraftState.OFFERED)


def ready_answers(lines: Iterable[Item], uow: UnitOfWork) -> tuple[ReadyAnswer, ...]:
    """The answers that would settle these lines, in their order."""
    return tuple(
        _ready(answer, line, uow)
        for line in lines
        for answer in uow.answers.of_obligation(line.obligation)
        if answer.state in _SHOWN
    )


def _ready(answer: KeptAnswer, line: Item, uow: UnitOfWork) -> ReadyAnswer:
    message = uow.messages.get(answer.message)
    return ReadyAnswer(
        number=line.number,
        kind=answer.kind,
        to=message.sender if message else line.asker,
        subject=line.subject,
        order=line.order,
        client=line.client,
        text=answer.text,
        hints=answer.hints,
    )
