"""Obey what people of the office answer to our mails (`contract.md`, the ladder).

Obeyed is only a person of `Personal` to whom the very mail was sent, whose answer the receiving
server does not call forged. Everything else does nothing and is recorded. Each command is confirmed
by one mail in the thread, and what was not understood by one a day.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.commands import Command, NotUnderstood, Verb, read_commands
from mailbot.domain.contexts import Answer, ConfirmationContext, Effect, Outcome
from mailbot.domain.errors import UnknownName
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Direction, Message, MessageKind
from mailbot.domain.office import Language, Staff
from mailbot.domain.outgoing import claims_to_be_ours, verify
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.answered import answered_ids
from mailbot.services.carry_out import note
from mailbot.services.desk import Desk
from mailbot.services.outgoing import compose
from mailbot.services.word_commands import carry_out_command
from mailbot.services.word_lines import Answering, fits

_AUTHENTICATED = re.compile(r"(?<![\w.])(dmarc|spf|dkim)\s*=\s*(\w+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_FAILED = frozenset({"fail", "softfail"})
# Who is named in the log for somebody who is not of the office.
OUTSIDE = "outside"
_LONGEST_SAID = 160
_BARE = frozenset({Verb.CHOICE, Verb.NONE, Verb.YES, Verb.NO})
_CAN_ANSWER_A_QUESTION = (Answer.NOT_COMPLAINT, Answer.IS_COMPLAINT, Answer.LINKED)


@dataclass(frozen=True, kw_only=True)
class Obeyed:
    """What came of an answer to one of our mails."""

    outcome: Outcome
    effects: tuple[Effect, ...] = ()

    @property
    def met(self) -> int:
        """How many lines were marked as done."""
        return sum(effect.answer is Answer.DONE for effect in self.effects)


@dataclass(frozen=True, kw_only=True)
class _Result:
    """What the commands of one answer did, and what stood in the way."""

    effects: tuple[Effect, ...] = ()
    problem: str = ""
    nearest: tuple[str, ...] = ()


def obey(answer: StoredMessage, message: Message, uow: UnitOfWork, *, desk: Desk, now: datetime) -> Obeyed | None:
    """Carry out an answer to one of our mails; None when it is none, and an ordinary mail."""
    is_to_clients = answer.direction is Direction.OUTGOING
    # What went to somebody outside is said to them, whatever thread it stands in.
    if is_to_clients or not any(claims_to_be_ours(ancestor) for ancestor in answered_ids(message, desk)):
        return None
    mail = answered(message, uow, desk)
    if mail is not None and mail.purpose is MailPurpose.DIGEST:
        return None
    person = uow.records.staff_by_address(message.sender.key)
    refusal = _refusal(message, person, mail)
    if refusal or person is None or mail is None:
        who = person.code if person else OUTSIDE
        note(uow, at=now, action="command_refused", subject=answer.id, detail=refusal, who=who)
        return _refused(message, person)
    answering = Answering(
        person=person,
        mail=_noticed(mail, uow),
        answer=answer,
        desk=desk,
        uow=uow,
        now=now,
        language=Language.EN if answer.language == Language.EN else Language.ES,
    )
    said = read_commands(message.new_text)
    if isinstance(said, NotUnderstood):
        return _misunderstood(answering, mail, is_courtesy=said.is_courtesy)
    if any(command.is_english for command in said):
        answering = replace(answering, language=Language.EN)
    return _carried_out(said, answering)


def answered(message: Message, uow: UnitOfWork, desk: Desk) -> OutgoingMail | None:
    """The mail of ours that a message answers, known by its signed identifier."""
    own = (ancestor.strip().lower() for ancestor in answered_ids(message, desk) if verify(ancestor, secret=desk.secret))
    return next((mail for mail in map(uow.outbox.by_message_id, own) if mail is not None), None)


def _noticed(mail: OutgoingMail, uow: UnitOfWork) -> OutgoingMail:
    """The mail whose lines are meant: behind a confirmation stands the notice that was answered first."""
    if mail.purpose is not MailPurpose.CONFIRMATION:
        return mail
    thread = (uow.outbox.by_message_id(ancestor) for ancestor in mail.references)
    return next((found for found in thread if found and found.purpose is not MailPurpose.CONFIRMATION), mail)


def _refusal(message: Message, person: Staff | None, mail: OutgoingMail | None) -> str:
    """Why it is not obeyed; empty when it is."""
    if mail is None:
        return "identificador desconocido"
    if message.kind is not MessageKind.PERSON:
        return f"correo automático ({message.kind_reason})"
    if person is None:
        return "el remitente no está en Personal"
    if is_forged(message):
        return "el servidor no reconoce al remitente (SPF, DKIM o DMARC)"
    if message.sender.key not in {address.key for address in (*mail.to, *mail.cc)}:
        return "el aviso no se envió a ese remitente"
    return ""


def _refused(message: Message, person: Staff | None) -> Obeyed | None:
    """A refused command in the name of one of us opens nothing; any other mail goes its ordinary way."""
    is_command = message.kind is MessageKind.PERSON and not isinstance(read_commands(message.new_text), NotUnderstood)
    return Obeyed(outcome=Outcome.IMPOSSIBLE) if person is not None and is_command else None


def is_forged(message: Message) -> bool:
    """Whether our server's own result (RFC 8601) speaks against the sender.

    The topmost header names our server, and of each method its topmost result counts: what bears
    another server's name may be the sender's own (section 5 there has ours remove what bears its own).
    A passed DMARC outweighs a broken DKIM or SPF, which a forwarder may have broken.
    """
    headers = [value for name, value in message.headers if name.lower() == "authentication-results"]
    results: dict[str, str] = {}
    for value in headers:
        if _server(value) == _server(headers[0]):
            results = _results(value) | results
    if results.get("dmarc") == "pass":
        return False
    return any(result in _FAILED for result in results.values())


def _server(value: str) -> str:
    """The name of the server that writes a header (RFC 8601 section 2.2, authserv-id)."""
    return _COMMENT.sub("", value).partition(";")[0].strip().lower()


def _results(value: str) -> dict[str, str]:
    """The result of each method; one good signature of several is enough."""
    found: dict[str, str] = {}
    for method, result in _AUTHENTICATED.findall(_COMMENT.sub("", value)):
        if found.get(method.lower()) != "pass":
            found[method.lower()] = result.lower()
    return found


def _misunderstood(answering: Answering, mail: OutgoingMail, *, is_courtesy: bool = False) -> Obeyed | None:
    """One polite answer a day and thread, and only to what was written to us."""
    if answering.desk.sender.key not in answering.answer.recipients:
        return None
    _record(answering, "command_not_understood")
    day = answering.desk.day_of(answering.answer.received_at).isoformat()
    told = f"not_understood:{answering.mail.key}"
    is_thanks = is_courtesy and mail.purpose is MailPurpose.CONFIRMATION
    if not is_thanks and answering.uow.facts.get(told) != day:
        answering.uow.facts.set(told, day)
        _confirm(answering, Outcome.NOT_UNDERSTOOD, _Result())
    return Obeyed(outcome=Outcome.NOT_UNDERSTOOD)


def _carried_out(commands: tuple[Command, ...], answering: Answering) -> Obeyed | None:
    if all(command.verb in _BARE and not fits(command, answering) for command in commands):
        # "2" or "sí" says nothing where nothing was asked.
        return _misunderstood(answering, answering.mail)
    result = _run(commands, answering)
    outcome = Outcome.IMPOSSIBLE if result.problem else Outcome.OBEYED
    detail = "; ".join(_in_short(command) for command in commands)
    action = "command_impossible" if result.problem else "command_obeyed"
    _record(answering, action if result.effects or result.problem else "command_repeated", detail)
    if result.effects or result.problem:
        _confirm(answering, outcome, result)
    return Obeyed(outcome=outcome, effects=result.effects)


def _run(commands: tuple[Command, ...], answering: Answering) -> _Result:
    effects: list[Effect] = []
    problems: dict[str, tuple[str, ...]] = {}
    for command in commands:
        try:
            effects.extend(carry_out_command(command, answering))
        except UnknownName as error:
            problems[error.english if answering.language is Language.EN else str(error)] = error.nearest
    nearest = tuple(name for names in problems.values() for name in names)
    return _Result(effects=tuple(effects), problem=" ".join(problems), nearest=nearest)


def _confirm(answering: Answering, outcome: Outcome, result: _Result) -> None:
    answer, desk, mail = answering.answer, answering.desk, answering.mail
    context = ConfirmationContext(
        recipient=answering.person.name,
        now=answering.now,
        outcome=outcome,
        said=" ".join(answer.new_text.split())[:_LONGEST_SAID],
        about=mail.subject,
        effects=result.effects,
        problem=result.problem,
        nearest=result.nearest,
        can_say=_CAN_ANSWER_A_QUESTION if mail.purpose is MailPurpose.ASK else (),
        office=desk.office,
    )
    confirmation = compose(
        context,
        desk=desk,
        key=f"confirm:{answer.id}",
        purpose=MailPurpose.CONFIRMATION,
        to=(answering.person,),
        obligations=mail.obligations,
        now=answering.now,
        language=answering.language,
    )
    thread = dict.fromkeys((mail.message_id, *answer.reference_ids, answer.message_id))
    answering.uow.outbox.add(replace(confirmation, in_reply_to=answer.message_id, references=tuple(thread)))


def _in_short(command: Command) -> str:
    """A command without the words around it: the log is kept for ever and holds nobody's words."""
    numbers = ",".join(map(str, command.numbers))
    return " ".join(part for part in (numbers, command.verb.value, command.order or command.name) if part)


def _record(answering: Answering, action: str, detail: str = "") -> None:
    answer = answering.answer
    note(answering.uow, at=answering.now, action=action, subject=answer.id, detail=detail, who=answering.person.code)
