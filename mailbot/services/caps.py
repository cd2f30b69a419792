"""Caps on what leaves: no loop and no flood, whoever answers whom.

Only outgoing mail is ever held back; what comes in is always taken. Limits count what was sent in
sliding windows, per address, per conversation, per domain outside the office, and altogether.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.domain.mail import Departure, MailPurpose, OutgoingMail

# Mailboxes nobody reads: an answer to them can only come back.
_NOBODY = re.compile(
    r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|no[-_.]?responder|mailer[-_.]?daemon|postmaster|bounces?|abuse)\b", re.I
)


@dataclass(frozen=True, kw_only=True)
class Window:
    """At most so many mails in so much time."""

    most: int
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Caps:
    """The limits; the office's own people may get more than anybody outside."""

    per_address: tuple[Window, ...] = (
        Window(most=10, within=timedelta(minutes=10)),
        Window(most=60, within=timedelta(hours=24)),
    )
    per_thread: tuple[Window, ...] = (Window(most=5, within=timedelta(hours=1)),)
    per_domain: tuple[Window, ...] = (Window(most=60, within=timedelta(hours=1)),)
    altogether: tuple[Window, ...] = (Window(most=600, within=timedelta(hours=1)),)
    # How many times a limit an address of the office may get.
    office_factor: int = 4

    @property
    def longest(self) -> timedelta:
        """How far back sent mail has to be known."""
        windows = (*self.per_address, *self.per_thread, *self.per_domain, *self.altogether)
        return max(window.within for window in windows)


DEFAULT_CAPS = Caps()


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was sent lately, to which domain the office itself belongs, and how much may be sent."""

    mails: Sequence[Departure]
    office_domain: str
    now: datetime
    caps: Caps = DEFAULT_CAPS

    def count(self, within: timedelta) -> list[Departure]:
        """The mails of a window that ends now."""
        return [mail for mail in self.mails if mail.sent_at > self.now - within]


def held_back(mail: OutgoingMail, sent: Sent) -> str | None:
    """Why a mail may not leave now, in Spanish; None when it may."""
    for address in mail.to:
        if _NOBODY.match(address.address):
            return f"{address.address} es una dirección que nadie lee"
    return _over_address(mail, sent) or _over_thread(mail, sent) or _over_domain(mail, sent)


def is_flood(sent: Sent) -> bool:
    """Whether so much left lately that all sending has to stop until a person looks."""
    return any(len(sent.count(window.within)) >= window.most for window in sent.caps.altogether)


def _over_address(mail: OutgoingMail, sent: Sent) -> str | None:
    for address in mail.to:
        factor = sent.caps.office_factor if address.domain == sent.office_domain else 1
        for window in sent.caps.per_address:
            got = [m for m in sent.count(window.within) if address.key in {to.key for to in m.to}]
            if len(got) >= window.most * factor:
                return f"{address.address} ya recibió {len(got)} correos en {_said(window)}"
    return None


def _over_thread(mail: OutgoingMail, sent: Sent) -> str | None:
    """Only answers have a thread: two machines that answer each other are stopped here."""
    if mail.purpose is not MailPurpose.CONFIRMATION or mail.in_reply_to is None:
        return None
    root = mail.references[0] if mail.references else mail.in_reply_to
    for window in sent.caps.per_thread:
        got = [m for m in sent.count(window.within) if root in (*m.references, m.in_reply_to)]
        if len(got) >= window.most:
            return f"ya se respondió {len(got)} veces en esta conversación en {_said(window)}"
    return None


def _over_domain(mail: OutgoingMail, sent: Sent) -> str | None:
    for domain in {address.domain for address in mail.to} - {sent.office_domain}:
        for window in sent.caps.per_domain:
            got = [m for m in sent.count(window.within) if domain in {to.domain for to in m.to}]
            if len(got) >= window.most:
                return f"{domain} ya recibió {len(got)} correos en {_said(window)}"
    return None


def _said(window: Window) -> str:
    minutes = int(window.within.total_seconds() // 60)
    return f"{minutes} minutos" if minutes < 120 else f"{minutes // 60} horas"
