"""Hand queued mails to the sender, each once, and settle what became of it.

Claiming and settling are short transactions; the sending between them is in none. A mail whose
fate is unknown is looked for on the server before anything is tried again.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, Transient
from mailbot.domain.mail import MailState, OutgoingMail
from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.ports.store import UnitOfWork
from mailbot.services.caps import DEFAULT_CAPS, Sent, held_back, is_flood
from mailbot.services.carry_out import note
from mailbot.services.delivered import meet_by_delivery
from mailbot.services.desk import Box, Desk

LEASE = timedelta(minutes=5)
# The fact that stops all sending, and what is said of mails that it keeps back.
BREAKER = "breaker"
STOPPED = "demasiados correos: el envío se detuvo hasta que alguien lo revise («mailbot deliver --resume»)"
SHADOW = "modo sombra: se habría enviado"
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
    withheld: int = 0


@dataclass(frozen=True, kw_only=True)
class Post:
    """How mails leave: the sender, its worker name, and where a copy may be looked for."""

    sender: MailSender
    worker: str
    # Watched mailboxes: where a mail of unknown fate is looked for.
    watched: Sequence[tuple[Box, MailSource]] = ()


def deliver(desk: Desk, post: Post, *, now: datetime) -> Delivered:
    """Send what is due; a failure of one mail never stops the others.

    A mail over a cap is withheld; a flood stops all sending until a person lets it go on.
    """
    with desk.store.begin() as uow:
        uow.outbox.release_stale(now)
        mails = uow.outbox.claim(now, worker=post.worker, lease=LEASE)
        held = _held_back(mails, uow, desk, now)
        uow.commit()
    states = [_send(mail, desk, post, now) for mail in mails if mail.key not in held]
    return Delivered(
        sent=states.count(MailState.SENT),
        deferred=states.count(MailState.DEFERRED),
        refused=states.count(MailState.REFUSED),
        uncertain=states.count(MailState.UNCERTAIN),
        withheld=len(held),
    )


def _held_back(mails: Sequence[OutgoingMail], uow: UnitOfWork, desk: Desk, now: datetime) -> set[str]:
    """Withhold what is over a cap; returns the keys."""
    if not mails:
        return set()
    lately = uow.outbox.list(states=[MailState.SENT], since=now - DEFAULT_CAPS.longest)
    sent = Sent(mails=lately, office_domain=desk.domain, now=now)
    is_stopped = _is_stopped(sent, uow, now)
    held = {mail.key: STOPPED if is_stopped else held_back(mail, sent) for mail in mails if not _is_for_admin(mail)}
    for key, reason in held.items():
        if reason is not None:
            uow.outbox.settle(key, MailState.WITHHELD, at=now, error=reason)
            note(uow, at=now, action="mail_withheld", subject=key, detail=reason)
    return {key for key, reason in held.items() if reason is not None}


def _is_stopped(sent: Sent, uow: UnitOfWork, now: datetime) -> bool:
    """Whether the breaker is out; it falls once, and what was sent before a person reset it counts no more."""
    state, _, at = (uow.facts.get(BREAKER) or "").partition(" ")
    if state == "tripped":
        return True
    since = datetime.fromisoformat(at) if at else None
    fresh = [mail for mail in sent.mails if since is None or (mail.sent_at is not None and mail.sent_at > since)]
    if not is_flood(replace(sent, mails=fresh)):
        return False
    uow.facts.set(BREAKER, f"tripped {now.isoformat()}")
    note(uow, at=now, action="breaker_tripped", subject="outbox", detail=f"{len(fresh)} correos")
    return True


def _is_for_admin(mail: OutgoingMail) -> bool:
    """The word to the administrator passes whatever is stopped: it says that it was."""
    return mail.key.startswith("admin:")


def resume(desk: Desk, *, now: datetime) -> None:
    """A person looked: sending goes on."""
    with desk.store.begin() as uow:
        uow.facts.set(BREAKER, f"reset {now.isoformat()}")
        note(uow, at=now, action="breaker_reset", subject="outbox")
        uow.commit()


def withhold(desk: Desk, *, now: datetime, worker: str, is_shadow: bool = False) -> int:
    """Keep back what is due: sending is off, or in shadow mode, where it counts as if it had been sent."""
    with desk.store.begin() as uow:
        mails = uow.outbox.claim(now, worker=worker, lease=LEASE)
        for mail in mails:
            reason = SHADOW if is_shadow else "MAILBOT_SEND=off"
            uow.outbox.settle(mail.key, MailState.WITHHELD, at=now, error=reason)
            if is_shadow:
                meet_by_delivery(mail, uow, now=now)
        uow.commit()
    return len(mails)


def _send(mail: OutgoingMail, desk: Desk, post: Post, now: datetime) -> MailState:
    try:
        post.sender.send(mail)
    except DeliveryUncertain as error:
        return _settle(mail, MailState.UNCERTAIN, desk, now, error=str(error))
    except DeliveryRefused as error:
        # Whoever accepted it has it: sending it again would double it for them.
        state = MailState.SENT if error.accepted else MailState.REFUSED
        return _settle(mail, state, desk, now, error=str(error))
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
            meet_by_delivery(mail, uow, now=now)
        uow.commit()
    return state


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
