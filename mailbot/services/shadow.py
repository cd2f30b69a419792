"""Shadow mode: beside each mail that would have been sent, what people really did without it.

So an office can watch for a week before it lets mailbot speak. Nothing is sent or decided here.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from mailbot.domain.contexts import ShadowLine
from mailbot.domain.mail import MailPurpose, MailState, OutgoingMail
from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationState
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.services.carry_out import MAILBOT
from mailbot.services.deliver import SHADOW
from mailbot.services.desk import Desk
from mailbot.services.word_replan import own_obligations

# Summaries tell of the others, and a confirmation answers what nobody could have said.
_TOLD = frozenset({MailPurpose.REMINDER, MailPurpose.NOTICE, MailPurpose.DIGEST, MailPurpose.AGENDA, MailPurpose.ASK})


def shadow_lines(day: date, team: Collection[str], uow: UnitOfWork, *, desk: Desk) -> tuple[ShadowLine, ...]:
    """What would have been sent on a day about the work of these people, in order of time."""
    since = datetime.combine(day, time(0), tzinfo=desk.zone)
    withheld = uow.outbox.list(states=[MailState.WITHHELD], since=since)
    shadows = [mail for mail in withheld if mail.last_error == SHADOW and desk.day_of(mail.created_at) == day]
    written = _written(since, uow) if shadows else ()
    lines = (_line(mail, written, team, uow) for mail in shadows if mail.purpose in _TOLD)
    return tuple(sorted(filter(None, lines), key=lambda line: (line.at, line.subject)))


def _written(since: datetime, uow: UnitOfWork) -> Sequence[StoredMessage]:
    """What the office's people wrote to the outside since then."""
    messages = uow.messages.list(MessageFilter(since=since))
    return [one for one in messages if one.direction is Direction.OUTGOING and one.kind is MessageKind.PERSON]


def _line(
    mail: OutgoingMail, written: Sequence[StoredMessage], team: Collection[str], uow: UnitOfWork
) -> ShadowLine | None:
    """None for what is about other people's work."""
    owed = tuple(_owed(mail, uow))
    line = ShadowLine(
        at=mail.created_at,
        purpose=mail.purpose,
        to=tuple(address.name or address.address for address in mail.to),
        subject=mail.subject,
    )
    if mail.purpose is not MailPurpose.DIGEST:
        return _with_deeds(line, owed, uow) if any(one.owner in team for one in owed) else None
    client = uow.records.client(mail.key.split(":")[1])
    if client is None or client.esc not in team:
        return None
    letters = [one for one in written if one.client == client.ruc]
    return replace(line, letters=len(letters), first_letter_at=min((one.received_at for one in letters), default=None))


def _owed(mail: OutgoingMail, uow: UnitOfWork) -> Iterator[Obligation]:
    """What it speaks of; a question about a mail speaks of what that mail opened."""
    yield from filter(None, map(uow.obligations.get, mail.obligations))
    if mail.purpose is MailPurpose.ASK:
        message = uow.messages.get(mail.key.partition(":")[2])
        yield from own_obligations(message, uow) if message else ()


def _with_deeds(line: ShadowLine, owed: Sequence[Obligation], uow: UnitOfWork) -> ShadowLine:
    """What people made of it, and who did first what when."""
    deeds = sorted(filter(None, (_deed(one, uow) for one in owed)), key=lambda event: event.at)
    first = deeds[0] if deeds else None
    person = uow.records.staff_by_code(first.who) if first else None
    return replace(
        line,
        matters=len(owed),
        done=len(deeds),
        first_done_at=first.at if first else None,
        first_done_by=(person.name if person else first.who) if first else "",
        evidence=first.evidence if first and len(owed) == 1 else "",
    )


def _deed(obligation: Obligation, uow: UnitOfWork) -> ObligationEvent | None:
    """How somebody ended it; where mailbot's own mail would have ended it, what was written about it instead."""
    if obligation.state is not ObligationState.MET:
        return None
    ends = [event for event in uow.obligations.events(obligation.id) if event.name is EventName.MET]
    if not ends or ends[-1].who != MAILBOT:
        return ends[-1] if ends else None
    return _letter_about(obligation, uow)


def _letter_about(obligation: Obligation, uow: UnitOfWork) -> ObligationEvent | None:
    """The first thing that the office's people wrote in its conversation once it was owed."""
    since = obligation.received_at or obligation.starts_at
    for letter in uow.messages.in_conversation(obligation.conversation) if obligation.conversation else ():
        is_ours = letter.direction in (Direction.OUTGOING, Direction.INTERNAL) and letter.kind is MessageKind.PERSON
        if is_ours and letter.received_at > since:
            writer = uow.records.staff_by_address(letter.sender)
            who = writer.code if writer else letter.sender
            return ObligationEvent(
                obligation=obligation.id, at=letter.received_at, name=EventName.MET, who=who, evidence=letter.subject
            )
    return None
