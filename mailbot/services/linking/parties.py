"""For whom a sender writes: by address, by what people taught, by domain. A display name counts for nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.domain.message import Address, Message
from mailbot.ports.records import Records

_DMARC = re.compile(r"(?<![\w.])dmarc\s*=\s*(\w+)", re.IGNORECASE)
# A mail to more people than this is a circular; nobody's presence in it proves anything more.
_MOST_RECIPIENTS = 60


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who wrote: the clients he may write for, and how that is known (empty when nobody knows him)."""

    rucs: tuple[str, ...] = ()
    how: str = ""
    is_office: bool = False
    # The clients that the mail's recipients belong to.
    recipients: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether the office knows him: its own people, a contact, a learnt address, a client's domain."""
        return self.is_office or bool(self.rucs)

    @property
    def ruc(self) -> str | None:
        """The one client he writes for, if there is only one."""
        return self.rucs[0] if len(self.rucs) == 1 else None

    def may_speak_of(self, ruc: str) -> bool:
        """The party check: whether a number alone may link this mail to a dispatch of that client.

        A stranger's may where an address of the client itself is in To or Cc.
        """
        if self.is_office:
            return True
        return ruc in (self.rucs or self.recipients)


def is_spoofed(message: Message) -> bool:
    """Whether the receiving server says that the sender's domain disowns the mail (RFC 8601, RFC 7489).

    Only the topmost verdict counts: our server wrote it, what stands below may be the sender's own.
    """
    for name, value in message.headers:
        if name.lower() == "authentication-results" and (verdict := _DMARC.search(value)):
            return verdict[1].lower() == "fail"
    return False


def recognise(message: Message, records: Records, *, learnt: str | None, is_office: bool) -> Sender:
    """Who wrote a message. A listed contact decides before what a person taught, and that before the domain."""
    around = recipients_of(_addressed(message), records)
    if is_office:
        return Sender(is_office=True, how="office", recipients=around)
    if is_spoofed(message):
        return Sender(recipients=around)
    rucs, how = _clients_of(message.sender, records)
    if learnt and how != "contact":
        rucs, how = (learnt,), "learnt"
    return Sender(rucs=rucs, how=how, recipients=around)


def _addressed(message: Message) -> tuple[Address, ...]:
    """Whom a mail concerns: its recipients, and in a delivery report those whom the failed mail was for."""
    failed = message.bounce.recipients if message.bounce else ()
    return (*message.recipients, *(Address(address=text) for text in failed))


def _clients_of(address: Address, records: Records) -> tuple[tuple[str, ...], str]:
    contacts = records.contacts_by_address(address.key)
    if contacts:
        return tuple(dict.fromkeys(contact.ruc for contact in contacts)), "contact"
    clients = records.clients_by_domain(address.domain) if address.domain else ()
    return tuple(client.ruc for client in clients), "domain" if clients else ""


def recipients_of(addresses: Iterable[Address], records: Records) -> frozenset[str]:
    """The clients that any of these addresses belongs to."""
    rucs: set[str] = set()
    for address in tuple(addresses)[:_MOST_RECIPIENTS]:
        rucs.update(_clients_of(address, records)[0])
    return frozenset(rucs)
