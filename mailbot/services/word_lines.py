"""Which lines of a mail of ours an answer to it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.commands import ON_LINES, Command, Verb
from mailbot.domain.errors import UnknownName
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.office import Language, Staff
from mailbot.domain.plan import is_doubtful
from mailbot.domain.worktime import WorkingTime
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.agenda import messages_asked
from mailbot.services.desk import Desk
from mailbot.services.word_links import dispatch_named

# What would be wrong for all but one of many lines.
_ON_ONE = frozenset({Verb.IS_COMPLAINT, Verb.ORDER, Verb.CLIENT, Verb.CHOICE, Verb.NONE, Verb.YES, Verb.NO})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One numbered line of a mail of ours: an obligation, or a message that is asked about."""

    number: int
    obligation: str | None = None
    message: str | None = None

    @property
    def id(self) -> str:
        """What the line is about."""
        return self.obligation or self.message or ""


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Who answers which of our mails."""

    person: Staff
    # The mail whose lines are meant, and the answer to it.
    mail: OutgoingMail
    answer: StoredMessage
    desk: Desk
    uow: UnitOfWork
    now: datetime
    # In which the person wrote, and is answered.
    language: Language = Language.ES

    @property
    def who(self) -> str:
        """The code of the person who answers."""
        return self.person.code

    @property
    def at(self) -> datetime:
        """When it was said: when the answer arrived."""
        return self.answer.received_at

    @property
    def calendar(self) -> WorkingTime:
        """The office's working time."""
        return self.desk.rules(self.uow.records).calendar

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that the mail numbered."""
        if self.mail.purpose is MailPurpose.ASK:
            return (Line(number=1, message=self.mail.key.partition(":")[2]),)
        owed = [
            Line(number=number, obligation=owed_id, message=_message_of(owed_id, self.uow))
            for number, owed_id in enumerate(self.mail.obligations, start=1)
        ]
        asked = messages_asked(self.mail.key, self.uow) if self.mail.purpose is MailPurpose.AGENDA else ()
        return (*owed, *(Line(number=number, message=one) for number, one in enumerate(asked, start=len(owed) + 1)))


def fits(command: Command, answering: Answering) -> bool:
    """Whether a command that names no line can mean any of them."""
    return bool(command.numbers) or any(_is_about(command, line, answering) for line in answering.lines)


def _message_of(obligation: str, uow: UnitOfWork) -> str | None:
    found = uow.obligations.get(obligation)
    return found.message if found else None


def lines_meant(command: Command, answering: Answering) -> Sequence[Line]:
    """The lines that a command is about; raises `UnknownName` with what to say instead where it is about none."""
    lines = answering.lines
    if command.numbers:
        missing = set(command.numbers) - {line.number for line in lines}
        if missing:
            raise UnknownName(
                f"ese correo no tiene una línea {min(missing)}.", english=f"that mail has no line {min(missing)}."
            )
        return [line for line in lines if line.number in command.numbers]
    if command.order:
        return _of_order(command.order, lines, answering)
    fitting = [line for line in lines if _is_about(command, line, answering)]
    if not fitting:
        spanish, english = _nothing_fits(command)
        raise UnknownName(spanish, english=english)
    if len({line.message or line.id for line in fitting}) > 1 and _needs_number(command, answering):
        raise UnknownName(
            "ese correo trata de varios asuntos: ponga delante el número de la línea, p. ej. «2 atendido».",
            english="that mail is about several matters: put the number of the line first, e.g. «2 done».",
        )
    return _once_a_message(fitting) if command.verb not in ON_LINES else fitting


def _of_order(text: str, lines: Sequence[Line], answering: Answering) -> Sequence[Line]:
    dispatch = dispatch_named(text, answering.uow.records, at=answering.at)
    owed = [(line, answering.uow.obligations.get(line.obligation)) for line in lines if line.obligation]
    of_order = [line for line, found in owed if found is not None and found.order == dispatch.order]
    if not of_order:
        raise UnknownName(
            f"ninguna línea de ese correo es de la orden {dispatch.order}.",
            english=f"no line of that mail is about order {dispatch.order}.",
        )
    return of_order


def _needs_number(command: Command, answering: Answering) -> bool:
    """An agenda is never closed or handed over as a whole by one word."""
    is_sweeping = answering.mail.purpose is MailPurpose.AGENDA and command.verb in (Verb.DONE, Verb.REASSIGN)
    return command.verb in _ON_ONE or (is_sweeping and not command.is_for_all)


def _is_about(command: Command, line: Line, answering: Answering) -> bool:
    """Whether a command without a number can mean this line."""
    if command.verb in ON_LINES:
        return line.obligation is not None or answering.mail.purpose is MailPurpose.ASK
    message = answering.uow.messages.get(line.message) if line.message else None
    if message is None:
        return False
    if command.verb is Verb.NOT_COMPLAINT:
        return _may_be_reported(message)
    if command.verb in (Verb.YES, Verb.NO):
        return bool(message.verdict and message.verdict.doubts)
    if command.verb is Verb.CHOICE and answering.mail.purpose is not MailPurpose.ASK:
        return False
    return command.verb not in (Verb.CHOICE, Verb.CLIENT, Verb.NONE) or message.linkage.question is not None


def _may_be_reported(message: StoredMessage) -> bool:
    verdict = message.verdict
    return verdict is not None and (verdict.must_report or is_doubtful(verdict))


def _nothing_fits(command: Command) -> tuple[str, str]:
    """Why no line can be meant, in Spanish and in English."""
    if command.verb is Verb.NOT_COMPLAINT:
        return (
            "ningún correo de ese aviso está marcado como reclamo.",
            "no mail of that notice is marked as a complaint.",
        )
    if command.verb in (Verb.YES, Verb.NO):
        return "ese correo no tiene ninguna pregunta pendiente de sí o no.", "that mail has no open yes-or-no question."
    if command.verb in (Verb.CHOICE, Verb.CLIENT, Verb.NONE):
        return (
            "ese correo no pregunta por una orden ni por un cliente, o ya se respondió.",
            "that mail asks for no order and no client, or it was answered already.",
        )
    return "ese correo no trata de ningún plazo.", "that mail is about no deadline."


def _once_a_message(lines: Sequence[Line]) -> list[Line]:
    first = {line.message: line for line in reversed(lines)}
    return sorted(first.values(), key=lambda line: line.number)
