"""Which kind of sender wrote a mail: the first rule that holds, with its reason."""

from mailbot.domain.message import Address, Bounce, MessageKind
from mailbot.reading.kinds.automatic import automatic_header, automatic_text
from mailbot.reading.kinds.bounces import bounce_reason
from mailbot.reading.kinds.facts import Facts
from mailbot.reading.kinds.failed import read_bounce
from mailbot.reading.kinds.lists import bulk_reason, calendar_reason, calendar_wording, list_reason, newsletter_reason

# Bounces and automatic answers also come through lists and quote invitations: order matters.
_RULES = (
    (MessageKind.BOUNCE, bounce_reason),
    (MessageKind.CALENDAR, calendar_reason),
    (MessageKind.AUTO_REPLY, automatic_header),
    (MessageKind.LIST, list_reason),
    (MessageKind.AUTO_REPLY, automatic_text),
    # Vacation programs write "Precedence: bulk" too, so it counts last.
    (MessageKind.LIST, bulk_reason),
)


def decide_kind(facts: Facts) -> tuple[MessageKind, str, Bounce | None]:
    """The kind, the reason in words, and what a bounce says."""
    for kind, rule in _RULES:
        reason = rule(facts)
        if reason:
            return kind, reason, read_bounce(facts) if kind is MessageKind.BOUNCE else None
    if facts.root is None:
        return _without_headers(facts)
    return MessageKind.PERSON, "", None


def _without_headers(facts: Facts) -> tuple[MessageKind, str, Bounce | None]:
    """A record holds no headers: only its wording can tell."""
    reason = calendar_wording(subject=facts.subject, text=facts.text)
    if reason:
        return MessageKind.CALENDAR, reason, None
    reason = newsletter_reason(facts.text)
    return (MessageKind.LIST, reason, None) if reason else (MessageKind.PERSON, "", None)


def kind_of_text(*, sender: Address, subject: str, text: str) -> tuple[MessageKind, str, Bounce | None]:
    """The kind of a message of which only sender, subject and text are known."""
    return decide_kind(Facts(sender=sender, subject=subject, text=text, headers={}))
