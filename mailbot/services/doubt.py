"""Find out what became of mails whose fate is unknown, before anything is sent again.

A mail is in doubt when the connection broke after its content went over, when the process that sent
it died, or when a backup was restored that does not know. The rule: found in a mailbox means sent.
Missing where it must have arrived, some time after the doubt began, means it may be tried again under
the same Message-ID: with its addressee, or where blind copies land, while the copy of another mail shows
that they do. A sender that itself looks into Sent before it sends again is simply asked again. Where nobody
can look, it stays uncertain and a person decides.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from operator import attrgetter
from time import monotonic

from mailbot.domain.errors import MailbotError, UnknownName
from mailbot.domain.mail import Departure, MailState, OutgoingMail
from mailbot.domain.policy import Policy
from mailbot.ports.mailbox import MailSource
from mailbot.ports.store import UnitOfWork
from mailbot.services.carry_out import note
from mailbot.services.deliver import DOUBTED, MAX_ATTEMPTS, RESTORED_AT, Delivered, Post, may_go_on, settle
from mailbot.services.delivered import meet_by_delivery
from mailbot.services.desk import Box, Desk

# So long a mail may be on its way between two mailboxes of one office.
UNDERWAY = timedelta(minutes=10)
# A blind copy of a mail of this time shows that blind copies arrive.
_LATELY = timedelta(days=3)
_OPEN = (MailState.UNCERTAIN, MailState.DEFERRED)


def settle_uncertain(desk: Desk, post: Post, *, now: datetime) -> Delivered:
    """Look on the servers for every mail of unknown fate; a mailbox out of reach settles nothing.

    What a long row of them leaves no time for is looked for in the next round.
    """
    began = monotonic()
    with desk.store.begin() as uow:
        doubtful = [(mail, doubted_since(mail, uow)) for mail in uow.outbox.list(states=[MailState.UNCERTAIN])]
    # The newest first: what has long been in doubt was looked for before.
    going = takewhile(lambda _: may_go_on(post, began), reversed(doubtful))
    states = [_look_for(mail, since, desk, post, now) for mail, since in going]
    return Delivered(
        sent=states.count(MailState.SENT),
        deferred=states.count(MailState.DEFERRED),
        refused=states.count(MailState.REFUSED),
        uncertain=states.count(MailState.UNCERTAIN),
    )


def doubted_since(mail: OutgoingMail, uow: UnitOfWork) -> datetime:
    """Since when a mail may have been on its way without our knowing."""
    doubts = [line.at for line in uow.audit_lines(subject=mail.key) if line.action == DOUBTED]
    restored = uow.facts.get(RESTORED_AT)
    if restored is not None:
        doubts.append(datetime.fromisoformat(restored))
    return max([mail.not_before, *doubts])


def _look_for(mail: OutgoingMail, since: datetime, desk: Desk, post: Post, now: datetime) -> MailState:
    try:
        if any(_has_copy(mail, box, source) for box, source in post.watched):
            return settle(mail, MailState.SENT, desk, now, error="se encontró en un buzón")
        if now < since + UNDERWAY or not (post.looks_first or _must_have_arrived(mail, desk, post, now)):
            return MailState.UNCERTAIN
    except MailbotError:
        return MailState.UNCERTAIN
    if mail.attempts >= MAX_ATTEMPTS:
        return settle(mail, MailState.REFUSED, desk, now, error=f"{mail.attempts} intentos y no llega")
    why = "se busca en enviados antes de enviarlo" if post.looks_first else "no llegó a su destinatario"
    return settle(mail, MailState.DEFERRED, desk, now, error=why, not_before=now)


def _has_copy(mail: OutgoingMail, box: Box, source: MailSource) -> bool:
    """Whether it lies with an addressee, where blind copies land, or among what its sender sent."""
    if _is_addressed(mail, box) or box.keeps_copies:
        return _has(mail.message_id, source)
    is_sender = box.address.lower() == mail.sender.key
    # That the server did not file it there proves nothing.
    return is_sender and source.sent_folder is not None and source.find(mail.message_id, folder=source.sent_folder)


def _is_addressed(mail: OutgoingMail, box: Box) -> bool:
    return box.address.lower() in {address.key for address in (*mail.to, *mail.cc)}


def _has(message_id: str, source: MailSource) -> bool:
    """Whether it lies in any watched folder: a rule of the recipient may have moved it."""
    return any(source.find(message_id, folder=folder) for folder in source.folders)


def _must_have_arrived(mail: OutgoingMail, desk: Desk, post: Post, now: datetime) -> bool:
    """Whether the mail would lie in a watched mailbox if the server had taken it."""
    if any(_is_addressed(mail, box) for box, _ in post.watched):
        return True
    copies = [source for box, source in post.watched if box.keeps_copies]
    witness = _last_sent(desk, now) if copies else None
    return witness is not None and any(_has(witness.message_id, source) for source in copies)


def _last_sent(desk: Desk, now: datetime) -> Departure | None:
    """The newest mail that left lately and had time to arrive: it shows whether blind copies do."""
    with desk.store.begin() as uow:
        sent = uow.outbox.departures(since=now - _LATELY)
    return max((mail for mail in sent if mail.sent_at <= now - UNDERWAY), key=attrgetter("sent_at"), default=None)


def arrived(message_id: str, uow: UnitOfWork, *, policy: Policy, now: datetime) -> bool:
    """One of our own mails was seen in a mailbox: whatever was thought of it, it was sent."""
    mail = uow.outbox.by_message_id(message_id)
    if mail is None or mail.state not in _OPEN:
        return False
    uow.outbox.settle(mail.key, MailState.SENT, at=now, error="se encontró en un buzón")
    note(uow, at=now, action=f"mail_{MailState.SENT}", subject=mail.key, detail="se encontró en un buzón")
    meet_by_delivery(mail, uow, policy=policy, now=now)
    return True


def decide(desk: Desk, key: str, *, was_sent: bool, who: str, now: datetime) -> OutgoingMail:
    """A person says what became of a mail in doubt, or that one kept back or refused is to go out.

    Raises `UnknownName` for a key that no such mail has.
    """
    with desk.store.begin() as uow:
        mail = uow.outbox.get(key)
        known = [one.key for one in _undecided(uow)]
    if mail is None or key not in known:
        raise UnknownName(f"no hay un correo por decidir con el código «{key}».", nearest=known[:3])
    state = MailState.SENT if was_sent else MailState.DEFERRED
    settle(mail, state, desk, now, error=f"lo decidió {who}", not_before=None if was_sent else now)
    return mail


def _undecided(uow: UnitOfWork) -> Iterator[OutgoingMail]:
    yield from uow.outbox.list(states=[MailState.UNCERTAIN, MailState.REFUSED, MailState.WITHHELD])
