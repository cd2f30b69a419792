"""Whether two mails are between the same people, or at least between the same two firms."""

from collections.abc import Collection

from mailbot.domain.message import Message, MessageKind
from mailbot.ports.stored import StoredMessage
from mailbot.reading.subjects import is_distinctive_subject

# Where an equal domain says nothing about who somebody works for.
_PUBLIC_DOMAINS = frozenset(
    (
        *("gmail.com", "hotmail.com", "hotmail.es", "outlook.com", "outlook.es", "live.com", "yahoo.com", "yahoo.es"),
        *("icloud.com", "me.com", "aol.com", "gmx.com", "protonmail.com", "proton.me", "terra.com.pe", "speedy.com.pe"),
    )
)


def shared_people(message: Message, item: StoredMessage) -> set[str]:
    """Who wrote or received both."""
    return _people_of(message) & _people(item.sender, item.recipients)


def have_same_parties(message: Message, item: StoredMessage, client: str | None) -> bool:
    """Both ends took part in it, or both are of the same client and share somebody."""
    if message.kind in {MessageKind.LIST, MessageKind.BOUNCE}:
        return False
    mine, theirs = _people_of(message), _people(item.sender, item.recipients)
    if not _share_other_side(mine, theirs, message.sender.key):
        return False
    # Two mails of one sender have that sender in common whatever they are about.
    shared = mine & theirs - ({item.sender} if item.sender == message.sender.key else set())
    if message.sender.key in theirs and item.sender in mine and shared:
        return True
    if client is not None and client == item.client and shared:
        return True
    # A colleague answers for another: the firms are the same two, and the subject is no common one.
    is_between_firms = message.sender.domain in _firms(theirs) and _domain(item.sender) in _firms(mine)
    return is_between_firms and is_distinctive_subject(item.subject_key)


def _share_other_side(mine: Collection[str], theirs: Collection[str], sender: str) -> bool:
    """Whoever writes to two clients under one subject speaks of two matters, so the other side counts."""
    own = {_side(sender)}
    my_others, their_others = ({_side(person) for person in people} - own for people in (mine, theirs))
    return bool(my_others & their_others) or not (my_others or their_others)


def _side(person: str) -> str:
    """The firm somebody works for, as the domain tells; the person alone where it tells nothing."""
    domain = _domain(person)
    return person if domain in _PUBLIC_DOMAINS else domain


def _firms(people: Collection[str]) -> set[str]:
    return {_domain(person) for person in people} - _PUBLIC_DOMAINS - {""}


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _people_of(message: Message) -> set[str]:
    return _people(message.sender.key, [address.key for address in message.recipients])


def _people(sender: str, recipients: Collection[str]) -> set[str]:
    return {sender, *recipients} - {""}
