"""Each identifier once: repeats, shorter forms of what stands whole, and second guesses of a kind are left out."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mailbot.domain.identifiers import bl_keys, compact, is_full, vessel_keys
from mailbot.domain.labels import ReferenceKind, ReferencePlace
from mailbot.reading.identifiers.passage import NAMED, Found

Placed = tuple[ReferencePlace, Found]
Key = tuple[ReferenceKind, str]
# What the sender says in this message alone.
OWN_PLACES = frozenset({ReferencePlace.TEXT, ReferencePlace.ATTACHMENT_NAME, ReferencePlace.SUBJECT})
# The enumeration stands in the order in which places count.
_RANK = {place: at for at, place in enumerate(ReferencePlace)}
# A file named for its shipment is no invoice of that number.
_TRANSPORT = (ReferenceKind.BL, ReferenceKind.AWB)
# A list of containers may name thousands; a message is about none of them more than of another.
MOST = 500


def once(found: Iterable[Placed]) -> list[Placed]:
    """What is left, the place that counts most first; at most `MOST`."""
    first = _first_of_each(found)
    wholes = _wholes([item for _, item in first.values()])
    surest = _surest([item for _, item in first.values()])
    kept: dict[Key, Placed] = {}
    for key, (place, item) in first.items():
        if _is_second_guess(item, surest[compact(item.value)]):
            continue
        whole = wholes.get(key)
        if whole is None:
            kept.setdefault(key, (place, item))
        elif len(whole) == 1:
            # The whole number may stand further away; the message speaks of it here.
            kept[whole[0]] = _merged((place, item), first[whole[0]], kept.get(whole[0]))
    return sorted(kept.values(), key=lambda placed: _RANK[placed[0]])


def _first_of_each(found: Iterable[Placed]) -> dict[Key, Placed]:
    first: dict[Key, Placed] = {}
    for place, item in found:
        first.setdefault((item.kind, item.canonical), (place, item))
        if len(first) >= MOST:
            break
    return first


def _merged(short: Placed, whole: Placed, kept: Placed | None) -> Placed:
    """The whole number at the nearest place; as it is written there, unless both are the sender's own words."""
    place = min((short[0], whole[0], *([kept[0]] if kept else [])), key=_RANK.__getitem__)
    if whole[0] in OWN_PLACES:
        return place, whole[1]
    return place, replace(short[1], canonical=whole[1].canonical, valid=whole[1].valid)


def _wholes(found: Iterable[Found]) -> dict[Key, list[Key]]:
    """Which fuller forms stand in the message for each shorter one."""
    wholes: dict[Key, list[Key]] = {}
    for item in found:
        for key in _shorter_forms(item):
            wholes.setdefault(key, []).append((item.kind, item.canonical))
    return wholes


def _shorter_forms(item: Found) -> Iterator[Key]:
    """The ways to name the same thing with less."""
    match item.kind:
        case ReferenceKind.ORDER | ReferenceKind.DAM if is_full(item.kind, item.canonical):
            yield item.kind, item.canonical.rpartition("-")[2]
        case ReferenceKind.BL:
            yield from ((item.kind, key) for key in bl_keys(item.canonical)[1:])
        case ReferenceKind.VESSEL:
            yield from ((item.kind, key) for key in vessel_keys(item.canonical)[1:])


def _surest(found: Iterable[Found]) -> dict[str, Found]:
    """What each number is named most clearly as; the earlier of equals."""
    best: dict[str, Found] = {}
    for item in found:
        text = compact(item.value)
        if text not in best or item.weight > best[text].weight:
            best[text] = item
    return best


def _is_second_guess(item: Found, best: Found) -> bool:
    """Whether a number is better known as another kind; two kinds that both are named hold both, a shipment's aside."""
    if item.kind is ReferenceKind.INVOICE and best.kind in _TRANSPORT:
        return True
    return item.kind is not best.kind and (item.weight < best.weight or item.weight < NAMED)
