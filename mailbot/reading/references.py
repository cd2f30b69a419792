"""Business references of a message: which identifiers stand where (`domain.md` section 2).

Pure: it reads text that was already taken out of the message, and asks nobody whether a number exists.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from mailbot.domain.identifiers import bl_keys, compact, is_full, vessel_keys
from mailbot.domain.labels import ReferenceKind, ReferencePlace
from mailbot.domain.linkage import Reference
from mailbot.domain.message import Message
from mailbot.reading.identifiers.awb import find_awbs
from mailbot.reading.identifiers.container import find_containers
from mailbot.reading.identifiers.dam import find_dams
from mailbot.reading.identifiers.invoice import find_invoices
from mailbot.reading.identifiers.lading import find_bls
from mailbot.reading.identifiers.noise import close_noise
from mailbot.reading.identifiers.order import find_orders
from mailbot.reading.identifiers.passage import Found, Passage
from mailbot.reading.identifiers.purchase import find_purchase_orders
from mailbot.reading.identifiers.taxpayer import find_taxpayers
from mailbot.reading.identifiers.vessel import find_vessels

# No mail of a person is longer; what lies beyond is data, not a reference.
LONGEST = 100_000

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
    found = [(place, found) for place, passage in _passages(message, attachment_texts) for found in _read(passage)]
    return tuple(_reference(place, item) for place, item in _once(found))


def find_in_text(text: str) -> tuple[Reference, ...]:
    """The identifiers of one piece of text, as if it were a message's own."""
    found = [(ReferencePlace.TEXT, item) for item in _read(Passage(text=text[:LONGEST]))]
    return tuple(_reference(place, item) for place, item in _once(found))


def _passages(message: Message, attachment_texts: Mapping[str, str]) -> Iterator[tuple[ReferencePlace, Passage]]:
    """The places in the order in which they count (`contract.md`, "How a link is decided")."""
    yield ReferencePlace.TEXT, Passage(text=message.new_text[:LONGEST])
    for attachment in message.attachments:
        if not attachment.inline:
            yield ReferencePlace.ATTACHMENT_NAME, Passage(text=_bare_name(attachment.name), is_name=True)
    yield ReferencePlace.SUBJECT, Passage(text=message.subject[:LONGEST])
    for text in attachment_texts.values():
        yield ReferencePlace.ATTACHMENT, Passage(text=text[:LONGEST])
    quoted = "\n".join((message.quoted, *(mail.subject + "\n" + mail.text for mail in message.forwarded)))
    yield ReferencePlace.QUOTED, Passage(text=quoted[:LONGEST])
    yield ReferencePlace.SIGNATURE, Passage(text=message.signature[:LONGEST])


def _bare_name(name: str) -> str:
    """A file's name without its ending; low lines part words there."""
    path = PurePosixPath(name.replace("/", " "))
    is_ending = re.fullmatch(r"\.[A-Za-z][A-Za-z0-9]{1,4}", path.suffix) is not None
    return (path.stem if is_ending else path.name).replace("_", " ")


def _read(passage: Passage) -> list[Found]:
    for find in _FINDERS:
        find(passage)
    return sorted(passage.found, key=lambda item: item.start)


def _once(found: Iterable[tuple[ReferencePlace, Found]]) -> list[tuple[ReferencePlace, Found]]:
    """Leave out repeats, the shorter form of what stands whole elsewhere, and the weaker of two kinds."""
    listed = list(found)
    return [entry for at, entry in enumerate(listed) if not _is_covered(entry[1], listed, at)]


def _is_covered(item: Found, listed: list[tuple[ReferencePlace, Found]], at: int) -> bool:
    return any(_says_more(other, item, is_earlier=index < at) for index, (_, other) in enumerate(listed) if index != at)


def _says_more(other: Found, item: Found, *, is_earlier: bool) -> bool:
    if other.kind is not item.kind:
        is_same = compact(other.value) == compact(item.value)
        return is_same and (other.weight > item.weight or (other.weight == item.weight and is_earlier))
    if other.canonical == item.canonical:
        return is_earlier
    return _is_part(item, other)


def _is_part(item: Found, whole: Found) -> bool:
    """Whether `item` names less of the same thing as `whole`."""
    match item.kind:
        case ReferenceKind.ORDER | ReferenceKind.DAM:
            is_partial = not is_full(item.kind, item.canonical) and is_full(whole.kind, whole.canonical)
            return is_partial and whole.canonical.endswith(f"-{item.canonical}")
        case ReferenceKind.BL:
            return item.canonical in bl_keys(whole.canonical)[1:]
        case ReferenceKind.VESSEL:
            return item.canonical in vessel_keys(whole.canonical)[1:]
        case _:
            return False


def _reference(place: ReferencePlace, item: Found) -> Reference:
    return Reference(kind=item.kind, value=item.value, canonical=item.canonical, where=place, valid=item.valid)
