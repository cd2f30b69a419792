"""Which obligations a mail of the office ends, and by what evidence. Pure.

The rulings are those of `contract.md`, "What is an answer"; which evidence ends which kind is the
policy's to say (`stops`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from mailbot.domain.answers import AnswerNature
from mailbot.domain.arrival import Arrival, Meeting
from mailbot.domain.message import Direction
from mailbot.domain.obligation import Obligation
from mailbot.domain.office import Role
from mailbot.domain.policy import Policy, Stop

_Check = Callable[[Arrival, Obligation, AnswerNature], bool]


def met_by(answer: Arrival, owed: Iterable[Obligation], nature: AnswerNature, *, policy: Policy) -> Iterator[Meeting]:
    """The obligations that a mail of the office ends; never one whose mail came after it."""
    for obligation in owed:
        if answer.received_at < (obligation.received_at or obligation.starts_at):
            continue
        words = _shown(answer, obligation, nature, stops=policy.rule(obligation.kind).stops)
        if words is not None:
            yield Meeting(obligation=obligation, at=answer.received_at, evidence=_told(words, answer))


def _shown(answer: Arrival, obligation: Obligation, nature: AnswerNature, *, stops: Collection[Stop]) -> str | None:
    """What the mail shows to be done of an obligation, in words."""
    for stop, (is_shown, words) in _EVIDENCE.items():
        if stop in stops and is_shown(answer, obligation, nature):
            return words
    return None


def _told(words: str, answer: Arrival) -> str:
    who = answer.sender_staff.code if answer.sender_staff else answer.sender
    return f"{words} por {who} ({answer.message_id})"


def _is_to_administration(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> bool:
    """Administración counts also in copy of a mail to the client, like the chiefs and Archivo."""
    return answer.reaches(Role.ADMINISTRACION)


def _is_to_archive(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> bool:
    return answer.reaches(Role.ARCHIVO)


def _is_own_report(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> bool:
    is_to_chiefs = answer.reaches(Role.SUPERVISOR) or answer.reaches(Role.JEFE)
    return is_to_chiefs and answer.sender_role is Role.ESC


def _is_on_dispatch(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> bool:
    """The client was told: our mail on that dispatch, whoever brought the news."""
    is_on_it = obligation.order in answer.linkage.orders or obligation.conversation == answer.conversation
    is_outgoing = answer.direction is Direction.OUTGOING
    return is_outgoing and is_on_it and obligation.client in answer.recipient_clients and nature.answers


def _reaches_asker(answer: Arrival, obligation: Obligation) -> bool:
    """Mail that does not reach the asker is no answer, whoever else of the client it reaches."""
    return answer.direction is not Direction.INTERNAL and obligation.asker in answer.recipients


def _answers(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> bool:
    return _reaches_asker(answer, obligation) and nature.answers


def _says_anything(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> bool:
    return _reaches_asker(answer, obligation)


def _brings_result(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> bool:
    return _reaches_asker(answer, obligation) and nature.brings_review


def _brings_proforma(answer: Arrival, obligation: Obligation, nature: AnswerNature) -> bool:
    return _reaches_asker(answer, obligation) and nature.has_proforma


# Each evidence that a mail can bring, with how it is told.
_EVIDENCE: Mapping[Stop, tuple[_Check, str]] = {
    Stop.MAIL_TO_ADMINISTRATION: (_is_to_administration, "avisado a Administración"),
    Stop.MAIL_TO_ARCHIVE: (_is_to_archive, "respondido a Archivo"),
    Stop.OWN_REPORT: (_is_own_report, "reportado"),
    Stop.MAIL_ON_DISPATCH: (_is_on_dispatch, "informado al cliente"),
    Stop.ANSWER: (_answers, "respondido"),
    Stop.ANY_ANSWER: (_says_anything, "respondido"),
    Stop.ANSWER_WITH_RESULT: (_brings_result, "respondido"),
    Stop.ANSWER_WITH_PROFORMA: (_brings_proforma, "respondido"),
}
