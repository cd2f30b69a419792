"""Each identifier once: repeats, shorter forms of what stands whole, and second guesses of a kind are left out."""

from collections.abc import Iterable, Iterator

from mailbot.domain.identifiers import bl_keys, compact, is_full, vessel_keys
from mailbot.domain.labels import ReferenceKind, ReferencePlace
from mailbot.reading.identifiers.passage import Found

Placed = tuple[ReferencePlace, Found]
# A list of containers may name thousands; a message is about none of them more than of another.
MOST = 500


def once(found: Iterable[Placed]) -> list[Placed]:
    """What is left, in the order in which it was found; at most `MOST`."""
    first: dict[tuple[ReferenceKind, str], Placed] = {}
    for place, item in found:
        first.setdefault((item.kind, item.canonical), (place, item))
        if len(first) >= MOST:
            break
    shorter = {key for _, item in first.values() for key in _shorter_forms(item)}
    surest = _surest([item for _, item in first.values()])
    return [
        (place, item)
        for place, item in first.values()
        if (item.kind, item.canonical) not in shorter and surest[compact(item.value)] is item.kind
    ]


def _shorter_forms(item: Found) -> Iterator[tuple[ReferenceKind, str]]:
    """The ways to name the same thing with less."""
    match item.kind:
        case ReferenceKind.ORDER | ReferenceKind.DAM if is_full(item.kind, item.canonical):
            yield item.kind, item.canonical.rpartition("-")[2]
        case ReferenceKind.BL:
            yield from ((item.kind, key) for key in bl_keys(item.canonical)[1:])
        case ReferenceKind.VESSEL:
            yield from ((item.kind, key) for key in vessel_keys(item.canonical)[1:])


def _surest(found: Iterable[Found]) -> dict[str, ReferenceKind]:
    """Of several kinds that one number was taken for, the one that its words name most clearly."""
    best: dict[str, Found] = {}
    for item in found:
        text = compact(item.value)
        if text not in best or item.weight > best[text].weight:
            best[text] = item
    return {text: item.kind for text, item in best.items()}
