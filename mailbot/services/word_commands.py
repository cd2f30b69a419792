"""Carry out one command of an answer on the lines of the mail that was answered."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailbot.domain.commands import ON_LINES, Command, Verb
from mailbot.domain.contexts import Answer, Effect
from mailbot.domain.corrections import LabelChange, nothing_to_report, settled
from mailbot.domain.delays import until
from mailbot.domain.errors import UnknownName
from mailbot.domain.labels import Category
from mailbot.domain.mail import MailPurpose
from mailbot.domain.obligation import EventName, Obligation
from mailbot.ports.stored import StoredMessage
from mailbot.services.lines import item_of
from mailbot.services.word import person_named
from mailbot.services.word_labels import relabel
from mailbot.services.word_lines import Answering, Line, lines_meant
from mailbot.services.word_links import belongs_to, client_named, dispatch_named, link_to, unlink
from mailbot.services.word_obligations import end, hand_over, next_working_day, put_off
from mailbot.services.word_replan import own_obligations

_NO_TIME = "diga hasta cuándo, más adelante y dentro de 90 días, p. ej. «posponer 4h» o «hasta mañana 10:00»."
_NO_TIME_IN_ENGLISH = "say until when, later than now and within 90 days, e.g. «snooze 4h» or «until tomorrow 10:00»."


def carry_out_command(command: Command, answering: Answering) -> Iterator[Effect]:
    """What a command does, line by line; what was said before to the same line is not done again.

    Raises `UnknownName` with what to say instead where it cannot be done.
    """
    for line in lines_meant(command, answering):
        mark = _mark(command, line, answering)
        if answering.uow.facts.get(mark) is None:
            yield from _on_line(command, line, answering)
            answering.uow.facts.set(mark, answering.answer.id)


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
        raise UnknownName(
            "esa línea no viene de un correo; no tiene etiqueta ni vínculo que corregir.",
            english="that line comes from no mail; it has no label or link to correct.",
        )
    yield _on_message(command, message, answering)


def _obligations(command: Command, line: Line, answering: Answering) -> list[Obligation]:
    uow = answering.uow
    if line.obligation is not None:
        found = uow.obligations.get(line.obligation)
        return [found] if found else []
    if command.verb is Verb.DONE:
        raise UnknownName(
            "esa línea es una pregunta: respóndala con «sí» o «no», o con «orden …».",
            english="that line is a question: answer it with «yes» or «no», or with «order …».",
        )
    message = uow.messages.get(line.message) if line.message else None
    return [item for item in own_obligations(message, uow) if item.is_open] if message else []


def _on_obligation(command: Command, obligation: Obligation, number: int, answering: Answering) -> Effect:
    """Do it, and show the line as it stands now."""
    act = {Verb.DONE: _done, Verb.SEEN: _seen, Verb.POSTPONE: _postponed, Verb.REASSIGN: _reassigned}[command.verb]
    effect = act(command, obligation, answering)
    now = answering.uow.obligations.get(obligation.id) or obligation
    return replace(effect, item=item_of(now, answering.uow, now=answering.at, number=number))


def _done(command: Command, obligation: Obligation, answering: Answering) -> Effect:
    if obligation.is_open:
        end(obligation, answering.uow, who=answering.who, at=answering.at, message=answering.answer.id)
    return Effect(answer=Answer.DONE)


def _seen(command: Command, obligation: Obligation, answering: Answering) -> Effect:
    over_at = next_working_day(answering.at, answering.calendar)
    if obligation.is_open:
        _put_off(obligation, over_at, EventName.SEEN, answering)
    return Effect(answer=Answer.SEEN, until=over_at)


def _postponed(command: Command, obligation: Obligation, answering: Answering) -> Effect:
    _refuse_ended(obligation)
    over_at = until(command.delay, answering.at, answering.calendar) if command.delay else None
    if over_at is None:
        raise UnknownName(_NO_TIME, english=_NO_TIME_IN_ENGLISH)
    _put_off(obligation, over_at, EventName.POSTPONED, answering)
    return Effect(answer=Answer.POSTPONED, until=over_at)


def _reassigned(command: Command, obligation: Obligation, answering: Answering) -> Effect:
    _refuse_ended(obligation)
    person = person_named(command.name, answering.uow.records)
    if obligation.owner != person.code:
        said_in = answering.answer.id
        hand_over(obligation, person, answering.uow, who=answering.who, at=answering.at, message=said_in)
    return Effect(answer=Answer.REASSIGNED, person=person.name)


def _refuse_ended(obligation: Obligation) -> None:
    if not obligation.is_open:
        raise UnknownName(
            f"ya estaba cerrado: {obligation.evidence}.", english=f"it was closed already: {obligation.evidence}."
        )


def _put_off(obligation: Obligation, over_at: datetime, name: EventName, answering: Answering) -> None:
    said_in = answering.answer.id
    put_off(obligation, over_at, answering.uow, name=name, who=answering.who, at=answering.at, message=said_in)


def _on_message(command: Command, message: StoredMessage, answering: Answering) -> Effect:
    if command.verb in (Verb.ORDER, Verb.CLIENT, Verb.CHOICE, Verb.NONE):
        return _linked(command, message, answering)
    change, label = _change(command, message, answering), _label(command, message)
    relabel(message, change, answering.uow, desk=answering.desk, who=answering.who, at=answering.at)
    holds = command.verb in (Verb.YES, Verb.IS_COMPLAINT)
    answer = Answer.IS_COMPLAINT if holds else Answer.NOT_COMPLAINT
    return Effect(answer=answer, subject=message.subject, label=label)


def _label(command: Command, message: StoredMessage) -> str:
    """The label that a `sí` or `no` settled; empty for a complaint."""
    label = message.verdict.asked if message.verdict and command.verb in (Verb.YES, Verb.NO) else ""
    return "" if label == Category.COMPLAINT else label


def _change(command: Command, message: StoredMessage, answering: Answering) -> LabelChange:
    verdict = message.verdict
    if verdict is None:
        raise UnknownName("ese correo no tiene etiquetas.", english="that mail has no labels.")
    if command.verb in (Verb.YES, Verb.NO):
        if not verdict.doubts:
            raise UnknownName("esa pregunta ya se respondió.", english="that question was answered already.")
        return settled(verdict, verdict.asked, holds=command.verb is Verb.YES)
    if command.verb is Verb.IS_COMPLAINT:
        return LabelChange(is_complaint=True)
    is_asked = answering.mail.purpose is MailPurpose.ASK
    return settled(verdict, Category.COMPLAINT, holds=False) if is_asked else nothing_to_report(verdict)


def _linked(command: Command, message: StoredMessage, answering: Answering) -> Effect:
    uow, desk, who, at = answering.uow, answering.desk, answering.who, answering.at
    if command.verb is Verb.NONE:
        unlink(message, uow, desk=desk, who=who, at=at)
        return Effect(answer=Answer.LINKED, subject=message.subject)
    if command.verb is Verb.CLIENT:
        client = client_named(command.name, uow.records)
        belongs_to(message, client, uow, desk=desk, who=who, at=at)
        return Effect(answer=Answer.LINKED, client=client.name, subject=message.subject)
    order = command.name if command.verb is Verb.ORDER else _candidate(int(command.name), message)
    dispatch = dispatch_named(order, uow.records, at=at)
    link_to(message, dispatch, uow, desk=desk, who=who, at=at)
    return Effect(answer=Answer.LINKED, order=dispatch.order, subject=message.subject)


def _candidate(number: int, message: StoredMessage) -> str:
    candidates = message.linkage.candidates
    if not 1 <= number <= len(candidates):
        raise UnknownName(
            f"esa pregunta tiene {len(candidates)} opciones.", english=f"that question has {len(candidates)} choices."
        )
    return candidates[number - 1].order
