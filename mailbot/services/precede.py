"""Take the steps that fell due before a mail came, before the mail changes what they are about.

A service that slept for some minutes reads the answer of 09:05 before it looks at the limit of 09:00.
What was due first is told all the same, as long as it can leave in time: which mails go out follows
from the order of what happened, never from when a tick ran. After a longer silence one summary tells
what is still owed (contract, "From an obligation to a person").
"""

from collections.abc import Iterable
from datetime import datetime

from mailbot.domain.ladder import sendable_at
from mailbot.domain.mail import MailPurpose
from mailbot.domain.message import Message
from mailbot.domain.obligation import Obligation
from mailbot.domain.programmes import is_prompt
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import StoredMessage
from mailbot.services.carry_out import ALERT, owed_in
from mailbot.services.desk import Desk
from mailbot.services.escalate import climb_to
from mailbot.services.notify import notify_before
from mailbot.services.obey import answered


def take_what_fell_due(stored: StoredMessage, message: Message, uow: UnitOfWork, *, desk: Desk, now: datetime) -> int:
    """Queue the steps of what a message is about that fell due before it; returns how many took one."""
    rules = desk.rules(uow.records)
    if not is_prompt(sendable_at(stored.received_at, rules.calendar), now):
        return 0
    about = list(_about(stored, message, uow, desk))
    behind = [owed for owed in about if _is_behind(owed, stored.received_at)]
    taken = sum(climb_to(stored.received_at, owed, uow, desk=desk, rules=rules, now=now) for owed in behind)
    if answered(message, uow, desk) is not None:
        # The answer may change what the mail that gave rise to an alert is said to be.
        notify_before(stored.received_at, _to_be_alerted(about, uow), uow, desk=desk, now=now)
    return taken


def _to_be_alerted(about: Iterable[Obligation], uow: UnitOfWork) -> set[str]:
    notices = (notice for owed in about for notice in uow.obligations.notices(owed.id))
    return {notice.recipient for notice in notices if notice.mark == ALERT and notice.mail is None}


def _is_behind(obligation: Obligation, at: datetime) -> bool:
    return obligation.is_open and obligation.next_step_at is not None and obligation.next_step_at <= at


def _about(stored: StoredMessage, message: Message, uow: UnitOfWork, desk: Desk) -> Iterable[Obligation]:
    """What the message may end, stop or put off, each once."""
    found = {owed.id: owed for owed in owed_in(stored.conversation, uow)}
    mail = answered(message, uow, desk)
    if mail is None:
        return found.values()
    uow.obligations.prefetch(mail.obligations)
    found |= {owed.id: owed for owed in map(uow.obligations.get, mail.obligations) if owed is not None}
    asked = uow.messages.get(mail.key.partition(":")[2]) if mail.purpose is MailPurpose.ASK else None
    if asked is not None:
        found |= {owed.id: owed for owed in owed_in(asked.conversation, uow)}
    return found.values()
