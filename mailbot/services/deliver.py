"""Hand queued mails to the sender, each once, and settle what became of it.

Claiming and settling are short transactions; the sending between them is in none. A mail whose
fate is unknown is looked for on the server before anything is tried again.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.domain.arrival import Meeting
from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, Transient
from mailbot.domain.mail import MailPurpose, MailState, OutgoingMail
from mailbot.domain.obligation import ObligationKind
from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.ports.store import ObligationFilter, UnitOfWork
from mailbot.services.carry_out import ALERT, MAILBOT, meet, note
from mailbot.services.desk import Box, Desk

LEASE = timedelta(minutes=5)
# After so many refusals to take it now, a mail is shown to a person instead.
MAX_ATTEMPTS = 12
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """How a round of deliveries went."""

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    uncertain: int = 0


@dataclass(frozen=True, kw_only=True)
class Post:
    """How mails leave: the sender, its worker name, and where a copy may be looked for."""

    sender: MailSender
    worker: str
    # Watched mailboxes: where a mail of unknown fate is looked for.
    watched: Sequence[tuple[Box, MailSource]] = ()


def deliver(desk: Desk, post: Post, *, now: datetime) -> Delivered:
    """Send what is due; a failure of one mail never stops the others."""
    with desk.store.begin() as uow:
        uow.outbox.release_stale(now)
        mails = uow.outbox.claim(now, worker=post.worker, lease=LEASE)
        uow.commit()
    states = [_send(mail, desk, post, now) for mail in mails]
    return Delivered(
        sent=states.count(MailState.SENT),
        deferred=states.count(MailState.DEFERRED),
        refused=states.count(MailState.REFUSED),
        uncertain=states.count(MailState.UNCERTAIN),
    )


def withhold(desk: Desk, *, now: datetime, worker: str) -> int:
    """Mark what is due as withheld: sending is off, and a person decides."""
    with desk.store.begin() as uow:
        mails = uow.outbox.claim(now, worker=worker, lease=LEASE)
        for mail in mails:
            uow.outbox.settle(mail.key, MailState.WITHHELD, at=now, error="MAILBOT_SEND=off")
        uow.commit()
    return len(mails)


def _send(mail: OutgoingMail, desk: Desk, post: Post, now: datetime) -> MailState:
    try:
        post.sender.send(mail)
    except DeliveryUncertain as error:
        return _settle(mail, MailState.UNCERTAIN, desk, now, error=str(error))
    except DeliveryRefused as error:
        return _settle(mail, MailState.REFUSED, desk, now, error=str(error))
    except DeliveryDeferred as error:
        return _defer(mail, desk, now, error)
    return _settle(mail, MailState.SENT, desk, now)


def _defer(mail: OutgoingMail, desk: Desk, now: datetime, error: DeliveryDeferred) -> MailState:
    if mail.attempts + 1 >= MAX_ATTEMPTS:
        return _settle(mail, MailState.REFUSED, desk, now, error=f"{MAX_ATTEMPTS} intentos: {error}")
    again_at = error.retry_at or now + pause_after(mail.attempts)
    return _settle(mail, MailState.DEFERRED, desk, now, error=str(error), not_before=again_at)


def pause_after(attempts: int, *, jitter: float | None = None) -> timedelta:
    """The pause before the next try: doubling from a minute to two hours, up to a quarter longer."""
    spread = random.random() if jitter is None else jitter  # noqa: S311 - spreads load, guards nothing
    pause: timedelta = min(_FIRST_PAUSE * 2**attempts, _LONGEST_PAUSE)
    return pause * (1 + spread / 4)


def _settle(
    mail: OutgoingMail,
    state: MailState,
    desk: Desk,
    now: datetime,
    *,
    error: str = "",
    not_before: datetime | None = None,
) -> MailState:
    with desk.store.begin() as uow:
        uow.outbox.settle(mail.key, state, at=now, error=error, not_before=not_before)
        note(uow, at=now, action=f"mail_{state}", subject=mail.key, detail=error)
        if state is MailState.SENT:
            _meet_reports(mail, uow, now)
            _meet_milestones(mail, uow, now)
        uow.commit()
    return state


def _meet_reports(mail: OutgoingMail, uow: UnitOfWork, now: datetime) -> None:
    """`management_report` is met when the server accepted the notice to the supervisor."""
    for obligation_id in mail.obligations:
        obligation = uow.obligations.get(obligation_id)
        if obligation is None or not obligation.is_open or obligation.kind is not ObligationKind.MANAGEMENT_REPORT:
            continue
        told = [
            n
            for n in uow.obligations.notices(obligation_id)
            if n.mail == mail.key and n.mark == ALERT and not n.is_copy
        ]
        if told:
            evidence = f"aviso entregado a {told[0].recipient} ({mail.message_id})"
            meet(Meeting(obligation=obligation, at=now, evidence=evidence), uow, who=MAILBOT, message=None)


def _meet_milestones(mail: OutgoingMail, uow: UnitOfWork, now: datetime) -> None:
    """`milestone_notice` is met by a digest that shows the dispatch to its client."""
    client = mail.key.split(":")[1] if mail.purpose is MailPurpose.DIGEST else None
    if client is None:
        return
    query = ObligationFilter(client=client, kind=ObligationKind.MILESTONE_NOTICE, is_open=True)
    for obligation in uow.obligations.list(query):
        if (obligation.received_at or obligation.starts_at) <= mail.created_at:
            evidence = f"lo muestra el status enviado ({mail.message_id})"
            meet(Meeting(obligation=obligation, at=now, evidence=evidence), uow, who=MAILBOT, message=None)


def settle_uncertain(desk: Desk, post: Post, *, now: datetime) -> Delivered:
    """Look on the server for mails of unknown fate.

    Found means sent. Not found where a copy would surely lie means it may be tried again; where
    nobody can tell, it stays uncertain and is shown to a person.
    """
    with desk.store.begin() as uow:
        doubtful = uow.outbox.list(states=[MailState.UNCERTAIN])
    states = [_look_for(mail, desk, post, now) for mail in doubtful]
    return Delivered(sent=states.count(MailState.SENT), deferred=states.count(MailState.DEFERRED))


def _look_for(mail: OutgoingMail, desk: Desk, post: Post, now: datetime) -> MailState:
    addressees = {address.key for address in (*mail.to, *mail.cc)}
    watched = [source for box, source in post.watched if box.address.lower() in addressees]
    for source in watched:
        try:
            if source.find(mail.message_id, folder=source.folders[0]):
                return _settle(mail, MailState.SENT, desk, now, error="encontrado en el buzón del destinatario")
        except Transient:
            return MailState.UNCERTAIN
    has_settled = mail.created_at + 2 * LEASE <= now
    if watched and has_settled:
        return _settle(mail, MailState.DEFERRED, desk, now, error="no llegó a su destinatario", not_before=now)
    return MailState.UNCERTAIN
