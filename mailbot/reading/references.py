"""Business references of a message: which identifiers stand where (`domain.md` section 2).

Pure: it reads text that was already taken out of the message, and asks nobody whether a number exists.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from mailbot.domain.labels import ReferenceKind, ReferencePlace
from mailbot.domain.linkage import Reference
from mailbot.domain.message import Message
from mailbot.reading.identifiers.awb import find_awbs
from mailbot.reading.identifiers.container import find_containers
from mailbot.reading.identifiers.dam import find_dams
from mailbot.reading.identifiers.invoice import find_bare_invoices, find_invoices
from mailbot.reading.identifiers.lading import find_bls
from mailbot.reading.identifiers.noise import close_noise
from mailbot.reading.identifiers.once import OWN_PLACES, once
from mailbot.reading.identifiers.order import find_orders
from mailbot.reading.identifiers.passage import Found, Passage
from mailbot.reading.identifiers.purchase import find_purchase_orders
from mailbot.reading.identifiers.taxpayer import find_taxpayers
from mailbot.reading.identifiers.vessel import find_known_vessels, find_vessels

# No mail of a person is longer; what lies beyond is data, not a reference.
LONGEST = 100_000

# Papers name their numbers at their head; what fills ten pages is a list of goods.
_LONGEST_INSIDE = 30_000
_MOST_OPENED = 20
_MOST_FILES = 200
_MOST_SHIPS = 10

# A hyphen that joins a word of plain language to a number, not the parts of a number.
_JOINED_WORD = re.compile(
    r"\b(factura|invoice|fattura|fatura|rechnung|fact|fapiao|packing|pedido|orden)-(?=[A-Z]*-?\d)", re.IGNORECASE
)
_JOINED_STATE = re.compile(r"(?<=\d)-(?=(?:firm|sign|final|corr|rev|copia|copy|draft|ok\b|sell|v\d\b))", re.IGNORECASE)
# The order matters: each finder leaves to those after it what it did not take.
_FINDERS = (
    find_dams,
    find_containers,
    close_noise,
    find_orders,
    find_awbs,
    find_taxpayers,
    find_purchase_orders,
    find_bls,
    find_invoices,
    find_vessels,
)


def find_references(message: Message, *, attachment_texts: Mapping[str, str] = {}) -> tuple[Reference, ...]:
    """Every identifier of a message once, at the place that counts most.

    `attachment_texts` holds what stands inside attachments, by `Attachment.path`.
    """
    passages = tuple(_passages(message, attachment_texts))
    for _, passage in passages:
        _read(passage)
    _read_again(passages)
    found = [(place, item) for place, passage in passages for item in _in_order(passage)]
    return tuple(_reference(place, item) for place, item in once(found))


def find_in_text(text: str) -> tuple[Reference, ...]:
    """The identifiers of one piece of text, as if it were a message's own."""
    passage = Passage(text=text[:LONGEST])
    _read(passage)
    found = [(ReferencePlace.TEXT, item) for item in _in_order(passage)]
    return tuple(_reference(place, item) for place, item in once(found))


def _passages(message: Message, attachment_texts: Mapping[str, str]) -> Iterator[tuple[ReferencePlace, Passage]]:
    """The places in the order in which they count (`contract.md`, "How a link is decided")."""
    said = f"{message.subject}\n{message.new_text}"[:LONGEST]
    yield ReferencePlace.TEXT, Passage(text=message.new_text[:LONGEST], context=message.subject)
    for attachment in message.attachments[:_MOST_FILES]:
        if not attachment.inline:
            yield ReferencePlace.ATTACHMENT_NAME, Passage(text=_bare_name(attachment.name), is_name=True, context=said)
    yield ReferencePlace.SUBJECT, Passage(text=message.subject[:LONGEST], context=message.new_text[:LONGEST])
    for text in tuple(attachment_texts.values())[:_MOST_OPENED]:
        yield ReferencePlace.ATTACHMENT, Passage(text=text[:_LONGEST_INSIDE])
    quoted = "\n".join((message.quoted, *(f"{mail.subject}\n{mail.text}" for mail in message.forwarded)))
    yield ReferencePlace.QUOTED, Passage(text=quoted[:LONGEST])
    yield ReferencePlace.SIGNATURE, Passage(text=message.signature[:LONGEST])


def _bare_name(name: str) -> str:
    """A file's name without its ending; low lines part words there."""
    path = PurePosixPath(name.replace("/", " "))
    is_ending = re.fullmatch(r"\.[A-Za-z][A-Za-z0-9]{1,4}", path.suffix) is not None
    name = (path.stem if is_ending else path.name).replace("_", " ")
    return _JOINED_STATE.sub(" ", _JOINED_WORD.sub(r"\1 ", name))


def _read(passage: Passage) -> None:
    if not passage.text:
        return
    for find in _FINDERS:
        find(passage)


def _read_again(passages: Sequence[tuple[ReferencePlace, Passage]]) -> None:
    """Look once more for what only the rest of the message tells: bare names of ships and of invoices' files."""
    found = [item for _, passage in passages for item in passage.found]
    ships = dict.fromkeys(item.canonical for item in found if item.kind is ReferenceKind.VESSEL)
    names = [passage for _, passage in passages if passage.is_name]
    has_invoice = any(item.kind is ReferenceKind.INVOICE for passage in names for item in passage.found)
    for place, passage in passages:
        if place in OWN_PLACES:
            find_known_vessels(passage, tuple(ships)[:_MOST_SHIPS])
        if passage.is_name and not has_invoice:
            find_bare_invoices(passage)


def _in_order(passage: Passage) -> list[Found]:
    return sorted(passage.found, key=lambda item: item.start)


def _reference(place: ReferencePlace, item: Found) -> Reference:
    return Reference(kind=item.kind, value=item.value, canonical=item.canonical, where=place, valid=item.valid)
