"""Carry out one command of an answer on the lines of the mail that was answered."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.domain.commands import ON_LINES, Command, Verb
from mailbot.domain.contexts import Answer, Effect
from mailbot.domain.corrections import LabelChange, nothing_to_report, settled
from mailbot.domain.delays import until
from mailbot.domain.errors import UnknownName
from mailbot.domain.labels import Category
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import EventName, Obligation
from mailbot.domain.office import Staff
from mailbot.domain.plan import is_doubtful
from mailbot.domain.verdict import Verdict
from mailbot.ports.store import StoredMessage, UnitOfWork
from mailbot.services.agenda import messages_asked
from mailbot.services.desk import Desk
from mailbot.services.lines import item_of
from mailbot.services.word import person_named
from mailbot.services.word_labels import relabel
from mailbot.services.word_links import dispatch_named, link_to, unlink
from mailbot.services.word_obligations import end, hand_over, next_working_day, put_off
from mailbot.services.word_replan import own_obligations

# What would be wrong for all but one of many lines.
_ON_ONE = frozenset({Verb.IS_COMPLAINT, Verb.ORDER, Verb.CHOICE, Verb.NONE, Verb.YES, Verb.NO})


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


def carry_out_command(command: Command, answering: Answering) -> Iterator[Effect]:
    """What a command does, line by line; what was said before to the same line is not done again.

    Raises `UnknownName` with what to say instead where it cannot be done.
    """
    for line in _lines_meant(command, answering):
        mark = _mark(command, line, answering)
        if answering.uow.facts.get(mark) is None:
            yield from _on_line(command, line, answering)
            answering.uow.facts.set(mark, answering.answer.id)


def fits(command: Command, answering: Answering) -> bool:
    """Whether a command that names no line can mean any of them."""
    return bool(command.numbers) or any(_is_about(command, line, answering) for line in answering.lines)


def _message_of(obligation: str, uow: UnitOfWork) -> str | None:
    found = uow.obligations.get(obligation)
    return found.message if found else None


def _lines_meant(command: Command, answering: Answering) -> Sequence[Line]:
    lines = answering.lines
    if command.numbers:
        missing = set(command.numbers) - {line.number for line in lines}
        if missing:
            raise UnknownName(f"ese correo no tiene una línea {min(missing)}.")
        return [line for line in lines if line.number in command.numbers]
    if command.order:
        return _of_order(command.order, lines, answering)
    fitting = [line for line in lines if _is_about(command, line, answering)]
    if not fitting:
        raise UnknownName(_nothing_fits(command))
    if len({line.message or line.id for line in fitting}) > 1 and _needs_number(command, answering):
        raise UnknownName(
            "ese correo trata de varios asuntos: ponga delante el número de la línea, p. ej. «2 atendido»."
        )
    return _once_a_message(fitting) if command.verb not in ON_LINES else fitting


def _of_order(text: str, lines: Sequence[Line], answering: Answering) -> Sequence[Line]:
    dispatch = dispatch_named(text, answering.uow.records, at=answering.answer.received_at)
    owed = [(line, answering.uow.obligations.get(line.obligation)) for line in lines if line.obligation]
    of_order = [line for line, found in owed if found is not None and found.order == dispatch.order]
    if not of_order:
        raise UnknownName(f"ninguna línea de ese correo es de la orden {dispatch.order}.")
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
    return command.verb not in (Verb.CHOICE, Verb.NONE) or message.linkage.question is not None


def _may_be_reported(message: StoredMessage) -> bool:
    verdict = message.verdict
    return verdict is not None and (verdict.must_report or is_doubtful(verdict))


def _nothing_fits(command: Command) -> str:
    if command.verb is Verb.NOT_COMPLAINT:
        return "ningún correo de ese aviso está marcado como reclamo."
    if command.verb in (Verb.YES, Verb.NO):
        return "ese correo no tiene ninguna pregunta pendiente de sí o no."
    if command.verb in (Verb.CHOICE, Verb.NONE):
        return "ese correo no pregunta por una orden, o ya se respondió."
    return "ese correo no trata de ningún plazo."


def _once_a_message(lines: Sequence[Line]) -> list[Line]:
    first = {line.message: line for line in reversed(lines)}
    return sorted(first.values(), key=lambda line: line.number)


def _mark(command: Command, line: Line, answering: Answering) -> str:
    """Under which name it is remembered that this person said this to this line of this mail."""
    words = "\x1f".join((answering.mail.key, answering.person.code, command.verb, command.name, line.id))
    return f"obeyed:{hashlib.sha256(words.encode()).hexdigest()[:24]}"


def _on_line(command: Command, line: Line, answering: Answering) -> Iterator[Effect]:
    if command.verb in ON_LINES:
        for obligation in _obligations(command, line, answering):
            yield _on_obligation(command, obligation, line.number, answering)
        return
    message = answering.uow.messages.get(line.message) if line.message else None
    if message is None:
        raise UnknownName("esa línea no viene de un correo; no tiene etiqueta ni vínculo que corregir.")
    yield _on_message(command, message, answering)


def _obligations(command: Command, line: Line, answering: Answering) -> list[Obligation]:
    uow = answering.uow
    if line.obligation is not None:
        found = uow.obligations.get(line.obligation)
        return [found] if found else []
    if command.verb is Verb.DONE:
        raise UnknownName("esa línea es una pregunta: respóndala con «sí» o «no», o con «orden …».")
    message = uow.messages.get(line.message) if line.message else None
    return [item for item in own_obligations(message, uow) if item.is_open] if message else []


def _on_obligation(command: Command, obligation: Obligation, number: int, answering: Answering) -> Effect:
    uow, at, who = answering.uow, answering.answer.received_at, answering.person.code
    calendar, said_in = answering.desk.rules(uow.records).calendar, answering.answer.id
    over_at, person = None, ""
    if command.verb is Verb.DONE:
        answer = Answer.DONE
        if obligation.is_open:
            obligation = end(obligation, uow, who=who, at=at, message=said_in)
    elif command.verb is Verb.SEEN:
        answer, over_at = Answer.SEEN, next_working_day(at, calendar)
        if obligation.is_open:
            obligation = put_off(obligation, over_at, uow, name=EventName.SEEN, who=who, at=at, message=said_in)
    elif not obligation.is_open:
        raise UnknownName(f"ya estaba cerrado: {obligation.evidence}.")
    elif command.verb is Verb.POSTPONE:
        answer, over_at = Answer.POSTPONED, until(command.delay, at, calendar) if command.delay else None
        if over_at is None:
            raise UnknownName(
                "diga hasta cuándo, más adelante y dentro de 90 días, p. ej. «posponer 4h» o «hasta mañana 10:00»."
            )
        obligation = put_off(obligation, over_at, uow, name=EventName.POSTPONED, who=who, at=at, message=said_in)
    else:
        to = person_named(command.name, uow.records)
        answer, person = Answer.REASSIGNED, to.name
        if obligation.owner != to.code:
            obligation = hand_over(obligation, to, uow, who=who, at=at, message=said_in)
    item = item_of(obligation, uow, now=at, number=number)
    return Effect(answer=answer, item=item, until=over_at, person=person)


def _on_message(command: Command, message: StoredMessage, answering: Answering) -> Effect:
    if command.verb in (Verb.ORDER, Verb.CHOICE, Verb.NONE):
        return _linked(command, message, answering)
    change, label = _change(command, message, answering), _label(command, message)
    who, at = answering.person.code, answering.answer.received_at
    relabel(message, change, answering.uow, desk=answering.desk, who=who, at=at)
    holds = command.verb in (Verb.YES, Verb.IS_COMPLAINT)
    answer = Answer.IS_COMPLAINT if holds else Answer.NOT_COMPLAINT
    return Effect(answer=answer, subject=message.subject, label=label)


def _label(command: Command, message: StoredMessage) -> str:
    """The label that a `sí` or `no` settled; empty for a complaint."""
    label = _asked(message.verdict) if message.verdict and command.verb in (Verb.YES, Verb.NO) else ""
    return "" if label == Category.COMPLAINT else label


def _asked(verdict: Verdict) -> str:
    """The doubtful label that is asked about: a complaint before any other."""
    first = next(iter(verdict.doubts), "")
    return Category.COMPLAINT.value if Category.COMPLAINT in verdict.doubts else first


def _change(command: Command, message: StoredMessage, answering: Answering) -> LabelChange:
    verdict = message.verdict
    if verdict is None:
        raise UnknownName("ese correo no tiene etiquetas.")
    if command.verb in (Verb.YES, Verb.NO):
        if not verdict.doubts:
            raise UnknownName("esa pregunta ya se respondió.")
        return settled(verdict, _asked(verdict), holds=command.verb is Verb.YES)
    if command.verb is Verb.IS_COMPLAINT:
        return LabelChange(is_complaint=True)
    is_asked = answering.mail.purpose is MailPurpose.ASK
    return settled(verdict, Category.COMPLAINT, holds=False) if is_asked else nothing_to_report(verdict)


def _linked(command: Command, message: StoredMessage, answering: Answering) -> Effect:
    uow, desk, who, at = answering.uow, answering.desk, answering.person.code, answering.answer.received_at
    if command.verb is Verb.NONE:
        unlink(message, uow, desk=desk, who=who, at=at)
        return Effect(answer=Answer.LINKED, subject=message.subject)
    order = command.name if command.verb is Verb.ORDER else _candidate(int(command.name), message)
    dispatch = dispatch_named(order, uow.records, at=at)
    link_to(message, dispatch, uow, desk=desk, who=who, at=at)
    return Effect(answer=Answer.LINKED, order=dispatch.order, subject=message.subject)


def _candidate(number: int, message: StoredMessage) -> str:
    candidates = message.linkage.candidates
    if not 1 <= number <= len(candidates):
        raise UnknownName(f"esa pregunta tiene {len(candidates)} opciones.")
    return candidates[number - 1].order
