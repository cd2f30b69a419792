"""Take the steps that fell due before a mail came, before the mail changes what they are about.

A service that slept for some minutes reads the answer of 09:05 before it looks at the limit of 09:00.
What was due first is told all the same, as long as it can leave in time: which mails go out follows
from the order of what happened, never from when a tick ran. After a longer silence one summary tells
what is still owed (contract, "From an obligation to a person").
"""

from collections.abc import Collection
from datetime import datetime

from mailbot.domain.ladder import sendable_at
from mailbot.domain.mail import MailPurpose
from mailbot.domain.message import Message
from mailbot.domain.obligation import Obligation
from mailbot.domain.programmes import is_prompt
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.carry_out import owed_in
from mailbot.services.desk import Desk
from mailbot.services.escalate import climb_to
from mailbot.services.obey import answered


def take_what_fell_due(stored: StoredMessage, message: Message, uow: UnitOfWork, *, desk: Desk, now: datetime) -> int:
    """Queue the steps of what a message is about that fell due before it; returns how many took one."""
    rules = desk.rules(uow.records)
    if not is_prompt(sendable_at(stored.received_at, rules.calendar), now):
        return 0
    behind = uow.obligations.due_for_step(stored.received_at)
    about = _about(stored, message, uow, desk) if behind else ()
    meant = [obligation for obligation in behind if obligation.id in about]
    return sum(climb_to(stored.received_at, owed, uow, desk=desk, now=now) for owed in meant)


def _about(stored: StoredMessage, message: Message, uow: UnitOfWork, desk: Desk) -> Collection[str]:
    """The obligations that the message may end, stop or put off."""
    own: list[Obligation] = list(owed_in(stored.conversation, uow))
    mail = answered(message, uow, desk)
    if mail is not None and mail.purpose is MailPurpose.ASK:
        asked = uow.messages.get(mail.key.partition(":")[2])
        own += owed_in(asked.conversation, uow) if asked is not None else ()
    return {obligation.id for obligation in own} | set(mail.obligations if mail is not None else ())
