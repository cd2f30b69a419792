"""Hand queued mails to the sender, each once, and settle what became of it.

Claiming and settling are short transactions; the sending between them is in none. Mails are claimed
one at a time, so that a process that dies leaves one of unknown fate at most, see `doubt`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import SystemRandom
from time import monotonic

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain
from mailbot.domain.mail import Departure, MailPurpose, MailState, OutgoingMail, departure_of
from mailbot.ports.mailbox import MailSource
from mailbot.ports.sender import MailSender
from mailbot.ports.store import UnitOfWork
from mailbot.services.caps import DEFAULT_CAPS, Caps, Sent, held_back, is_flood
from mailbot.services.carry_out import note
from mailbot.services.delivered import meet_by_delivery
from mailbot.services.desk import Box, Desk

# Longer than a server waits for the rest of a mail (RFC 5321 section 4.5.3.2: 5 minutes): a process that
# was frozen while it sent finds the connection gone before anybody takes its mail for lost.
LEASE = timedelta(minutes=10)
# A round takes no new mail after so long: its `now`, from which claims run, must not grow old.
ROUND = timedelta(minutes=1)
# The fact that stops all sending, and what is said of mails that it keeps back.
BREAKER = "breaker"
STOPPED = "demasiados correos: el envío se detuvo hasta que alguien lo revise («mailbot deliver --resume»)"
SHADOW = "modo sombra: se habría enviado"
# Under which name the store remembers that a backup was restored, and what is said of mails then.
RESTORED_AT = "store.restored_at"
RESTORED = "se recuperó una copia: antes de enviarlo se busca si ya salió"
# In so long a time the schedule has made up for what a restored backup does not know.
_MADE_UP_FOR = timedelta(hours=1)
# The audit line of a mail whose fate nobody knows.
DOUBTED = f"mail_{MailState.UNCERTAIN}"
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
    # Whether the sender itself looks into Sent before it sends a mail again, and so never sends it twice.
    looks_first: bool = False
    # Whether the service was told to stop: then the mail in hand is the last.
    is_stopping: Callable[[], bool] = lambda: False
    caps: Caps = DEFAULT_CAPS


def deliver(desk: Desk, post: Post, *, now: datetime) -> Delivered:
    """Send what is due; a failure of one mail never stops the others.

    A mail over a cap is withheld; a flood stops all sending until a person lets it go on.
    """
    doubt_stale(desk, now=now)
    going = _Round(desk=desk, post=post, now=now)
    while going.may_go_on() and (mail := going.take()) is not None:
        if mail.state is MailState.SENDING:
            going.send(mail)
    return going.result


def may_go_on(post: Post, began: float) -> bool:
    """Whether a round that began then (`monotonic`) may take one more mail."""
    return not post.is_stopping() and monotonic() - began < ROUND.total_seconds()


@dataclass(kw_only=True)
class _Round:
    """One pass over what is due; what it sent counts for the caps of what follows."""

    desk: Desk
    post: Post
    now: datetime
    began: float = field(default_factory=monotonic)
    lately: list[Departure] | None = None
    states: list[MailState] = field(default_factory=list)

    def may_go_on(self) -> bool:
        """Whether one more mail may be taken."""
        return may_go_on(self.post, self.began)

    def take(self) -> OutgoingMail | None:
        """Claim the next mail, withheld at once when it is over a cap; None when nothing is due."""
        with self.desk.store.begin() as uow:
            claimed = uow.outbox.claim(self.now, worker=self.post.worker, lease=LEASE, limit=1)
            if not claimed:
                return None
            mail = self._examined(claimed[0], uow)
            uow.commit()
        if mail.state is not MailState.SENDING:
            self.states.append(mail.state)
        return mail

    def _examined(self, mail: OutgoingMail, uow: UnitOfWork) -> OutgoingMail:
        """The mail, already settled when it may not be sent now."""
        if self.lately is None:
            self.lately = list(uow.outbox.departures(since=self.now - self.post.caps.longest))
        if may_have_left_before(mail, uow):
            uow.outbox.settle(mail.key, MailState.UNCERTAIN, at=self.now, error=RESTORED)
            note(uow, at=self.now, action=DOUBTED, subject=mail.key, detail=RESTORED)
            return replace(mail, state=MailState.UNCERTAIN)
        sent = Sent(mails=self.lately, office_domain=self.desk.domain, now=self.now, caps=self.post.caps)
        is_held = _is_held_back(mail, sent, uow, self.now)
        return replace(mail, state=MailState.WITHHELD) if is_held else mail

    def send(self, mail: OutgoingMail) -> None:
        """Hand one mail over and settle it."""
        state = _send(mail, self.desk, self.post, self.now)
        self.states.append(state)
        if state is MailState.SENT and self.lately is not None:
            self.lately.append(departure_of(mail, at=self.now))

    @property
    def result(self) -> Delivered:
        """How it went."""
        count = self.states.count
        return Delivered(
            sent=count(MailState.SENT),
            deferred=count(MailState.DEFERRED),
            refused=count(MailState.REFUSED),
            uncertain=count(MailState.UNCERTAIN),
            withheld=count(MailState.WITHHELD),
        )


def may_have_left_before(mail: OutgoingMail, uow: UnitOfWork) -> bool:
    """Whether a mail made right after a backup was restored may have been sent by what the backup forgot."""
    restored = uow.facts.get(RESTORED_AT)
    if restored is None or mail.attempts:
        return False
    restored_at = datetime.fromisoformat(restored)
    if not restored_at <= mail.created_at < restored_at + _MADE_UP_FOR:
        return False
    uow.obligations.prefetch(mail.obligations)
    told = (uow.obligations.get(key) for key in mail.obligations)
    return any((owed.received_at or owed.starts_at) < restored_at for owed in told if owed is not None)


def doubt_stale(desk: Desk, *, now: datetime) -> int:
    """Nobody knows what became of the mails that a dead process held; returns how many there were."""
    with desk.store.begin() as uow:
        stale = uow.outbox.release_stale(now)
        for mail in stale:
            note(uow, at=now, action=DOUBTED, subject=mail.key, detail="el proceso que lo enviaba terminó")
        uow.commit()
    return len(stale)


def _is_held_back(mail: OutgoingMail, sent: Sent, uow: UnitOfWork, now: datetime) -> bool:
    """Withhold a mail that is over a cap, and say so."""
    if _is_for_admin(mail):
        return False
    reason = STOPPED if _is_stopped(sent, uow, now) else held_back(mail, sent)
    if reason is None:
        return False
    uow.outbox.settle(mail.key, MailState.WITHHELD, at=now, error=reason)
    note(uow, at=now, action="mail_withheld", subject=mail.key, detail=reason)
    return True


def _is_stopped(sent: Sent, uow: UnitOfWork, now: datetime) -> bool:
    """Whether the breaker is out; it falls once, and what was sent before a person reset it counts no more."""
    state, _, at = (uow.facts.get(BREAKER) or "").partition(" ")
    if state == "tripped":
        return True
    since = datetime.fromisoformat(at) if at else None
    fresh = [mail for mail in sent.mails if since is None or mail.sent_at > since]
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


def withhold(
    desk: Desk, *, now: datetime, worker: str, is_shadow: bool = False, shows: MailSender | None = None
) -> int:
    """Keep back what is due: sending is off, or in shadow mode, where it counts as if it had been sent.

    `shows` takes the summaries, which tell the office what the others would have said.
    """
    with desk.store.begin() as uow:
        mails = uow.outbox.claim(now, worker=worker, lease=LEASE)
        for mail in mails:
            reason = SHADOW if is_shadow else "MAILBOT_SEND=off"
            uow.outbox.settle(mail.key, MailState.WITHHELD, at=now, error=reason)
            if is_shadow:
                meet_by_delivery(mail, uow, policy=desk.policy, now=now, is_shadow=True)
            if shows is not None and mail.purpose is MailPurpose.SUMMARY:
                shows.send(mail)
        uow.commit()
    return len(mails)


def _send(mail: OutgoingMail, desk: Desk, post: Post, now: datetime) -> MailState:
    try:
        post.sender.send(mail)
    except DeliveryUncertain as error:
        return settle(mail, MailState.UNCERTAIN, desk, now, error=str(error))
    except DeliveryRefused as error:
        # Whoever accepted it has it: sending it again would double it for them.
        state = MailState.SENT if error.accepted else MailState.REFUSED
        return settle(mail, state, desk, now, error=str(error))
    except DeliveryDeferred as error:
        return _defer(mail, desk, now, error)
    return settle(mail, MailState.SENT, desk, now)


def _defer(mail: OutgoingMail, desk: Desk, now: datetime, error: DeliveryDeferred) -> MailState:
    if mail.attempts + 1 >= MAX_ATTEMPTS:
        return settle(mail, MailState.REFUSED, desk, now, error=f"{MAX_ATTEMPTS} intentos: {error}")
    # Never in the same round again, whatever the server said.
    again_at = max(error.retry_at or now + pause_after(mail.attempts), now + _FIRST_PAUSE)
    return settle(mail, MailState.DEFERRED, desk, now, error=str(error), not_before=again_at)


def pause_after(attempts: int, *, jitter: float | None = None) -> timedelta:
    """The pause before the next try: doubling from a minute to two hours, up to a quarter longer."""
    spread = SystemRandom().random() if jitter is None else jitter
    pause: timedelta = min(_FIRST_PAUSE * 2**attempts, _LONGEST_PAUSE)
    return pause * (1 + spread / 4)


def settle(
    mail: OutgoingMail,
    state: MailState,
    desk: Desk,
    now: datetime,
    *,
    error: str = "",
    not_before: datetime | None = None,
) -> MailState:
    """Record what became of a mail, and what its delivery shows to be done."""
    with desk.store.begin() as uow:
        uow.outbox.settle(mail.key, state, at=now, error=error, not_before=not_before)
        note(uow, at=now, action=f"mail_{state}", subject=mail.key, detail=error)
        if state is MailState.SENT:
            meet_by_delivery(mail, uow, policy=desk.policy, now=now)
        uow.commit()
    return state
