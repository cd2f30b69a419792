"""Under which keys a dispatch is found by a business identifier.

Both stores use it, so that a look-up answers the same in memory and in the database. A partial number
is no key: it means something among one client's open dispatches only, which is the linking's matter.
"""

from collections.abc import Iterable, Iterator

from mailbot.domain.identifiers import bl_keys, normal_form, vessel_keys
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Dispatch

# What is left of a BL without its carrier's letters; apart from `bl` so that the same digits under
# two carriers' prefixes stay two BLs.
BARE_BL = "bl_bare"

DispatchKey = tuple[str, str]


def keys_of(dispatch: Dispatch) -> frozenset[DispatchKey]:
    """Every key under which the dispatch is found."""
    return frozenset(key for key in _all_keys(dispatch) if key[1])


def keys_for(kind: ReferenceKind, canonical: str) -> frozenset[DispatchKey]:
    """The keys to look under for a reference in its normal form."""
    if kind is ReferenceKind.BL:
        wanted = {(str(kind), key) for key in bl_keys(canonical)}
        return frozenset(wanted | {(BARE_BL, canonical)})
    if kind is ReferenceKind.VESSEL:
        return frozenset((str(kind), key) for key in vessel_keys(canonical))
    return frozenset({(str(kind), canonical)})


def _all_keys(dispatch: Dispatch) -> Iterator[DispatchKey]:
    yield from _plain_keys(ReferenceKind.ORDER, [dispatch.order])
    yield from _plain_keys(ReferenceKind.DAM, [dispatch.dam] if dispatch.dam else [])
    yield from _plain_keys(ReferenceKind.AWB, dispatch.awbs)
    yield from _plain_keys(ReferenceKind.CONTAINER, dispatch.containers)
    yield from _plain_keys(ReferenceKind.INVOICE, dispatch.invoices)
    yield from _plain_keys(ReferenceKind.PO, dispatch.purchase_orders)
    yield from _vessel_keys(dispatch.vessel)
    yield from _bl_keys(dispatch.bls)


def _plain_keys(kind: ReferenceKind, texts: Iterable[str]) -> Iterator[DispatchKey]:
    for text in texts:
        yield str(kind), normal_form(kind, text)


def _vessel_keys(vessel: str) -> Iterator[DispatchKey]:
    for key in vessel_keys(normal_form(ReferenceKind.VESSEL, vessel)):
        yield str(ReferenceKind.VESSEL), key


def _bl_keys(texts: Iterable[str]) -> Iterator[DispatchKey]:
    for text in texts:
        whole, *bare = bl_keys(normal_form(ReferenceKind.BL, text))
        yield str(ReferenceKind.BL), whole
        for key in bare:
            yield BARE_BL, key
