"""The names that stand beside the addresses of the sample mails: those of the sample office."""

from collections.abc import Iterable, Mapping
from functools import cache

from mailbot.demo.office import sample_office


def named(address: str) -> str:
    """A header's form of an address: with the person's name where the office knows it."""
    name = _known().get(address)
    return f'"{name}" <{address}>' if name else address


def names(addresses: Iterable[str]) -> list[str]:
    """How a mail client shows these addresses in a quoted header."""
    return [_known().get(address, address) for address in addresses]


@cache
def _known() -> Mapping[str, str]:
    office = sample_office()
    people = {contact.address: contact.name for contact in office.contacts}
    return people | {person.address: person.name for person in office.staff}
