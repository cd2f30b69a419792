"""What each reference of a message points at: dispatches the sender may speak of, others', or near misses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from mailbot.domain.carried import carries, carries_nearly
from mailbot.domain.clock import LIMA
from mailbot.domain.identifiers import is_full, is_same_bl, normal_form
from mailbot.domain.labels import ReferenceKind, ReferencePlace
from mailbot.domain.linkage import Reference
from mailbot.domain.message import Message
from mailbot.domain.office import Dispatch
from mailbot.domain.verdict import Verdict
from mailbot.ports.records import Records
from mailbot.services.linking.parties import Sender
from mailbot.services.linking.rows import answered_lines

# Numbers that name one dispatch the world over; others (an invoice "118") may recur with another client.
STRONG = frozenset(
    {
        ReferenceKind.ORDER,
        ReferenceKind.DAM,
        ReferenceKind.BL,
        ReferenceKind.AWB,
        ReferenceKind.CONTAINER,
    }
)
# What the sender says now, in the order in which places count.
SAID = (ReferencePlace.TEXT, ReferencePlace.ATTACHMENT_NAME, ReferencePlace.SUBJECT, ReferencePlace.ATTACHMENT)
NUMBERS = STRONG | {ReferenceKind.INVOICE, ReferenceKind.PO}
# A list of containers may name hundreds; beyond this a mail says nothing more about what it is about.
_MOST_OF_A_PLACE = 60


@dataclass(frozen=True, kw_only=True)
class ThreadEvidence:
    """What is known from before: the conversation's client and dispatches, and what a person taught."""

    ruc: str | None = None
    orders: tuple[str, ...] = ()
    # The client for whom a person once said that this sender writes.
    sender_ruc: str | None = None


@dataclass(frozen=True, kw_only=True)
class Clue:
    """One reference with what it points at: `own` may be linked, `foreign` only asked about, `near` is mistyped."""

    reference: Reference
    own: tuple[Dispatch, ...] = ()
    foreign: tuple[Dispatch, ...] = ()
    near: tuple[Dispatch, ...] = ()

    @property
    def is_lost(self) -> bool:
        """Whether it names a whole order that is nowhere in the records."""
        is_order = self.reference.kind is ReferenceKind.ORDER
        is_whole = is_full(self.reference.kind, self.reference.canonical)
        return is_order and is_whole and not (self.own or self.foreign or self.near)


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that is known when one message is linked."""

    message: Message
    references: Sequence[Reference]
    records: Records
    at: datetime
    sender: Sender
    verdict: Verdict | None = None
    thread: ThreadEvidence | None = None
    _clues: dict[ReferencePlace, tuple[Clue, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def open_dispatches(self) -> tuple[Dispatch, ...]:
        """The open dispatches of the clients the sender may write for, newest first."""
        rucs = self.sender.rucs or tuple(sorted(self.sender.recipients))
        return tuple(item for ruc in rucs for item in self.records.open_dispatches(ruc))

    def clues_in(self, place: ReferencePlace) -> tuple[Clue, ...]:
        """The clues of one place; looked up once."""
        if place not in self._clues:
            wanted = [item for item in self.references if item.where is place and item.kind in NUMBERS]
            self._clues[place] = tuple(self._clue(item) for item in wanted[:_MOST_OF_A_PLACE])
        return self._clues[place]

    def answered_clues(self) -> tuple[Clue, ...]:
        """The clues in quoted lines that the sender answered one by one."""
        rows = answered_lines(self.message)
        wanted = [item for item in self.references if item.kind in NUMBERS and any(item.value in row for row in rows)]
        return tuple(self._clue(item) for item in wanted[:_MOST_OF_A_PLACE])

    def vessel_clues(self) -> tuple[Clue, ...]:
        """The ships that the sender names."""
        wanted = [item for item in self.references if item.kind is ReferenceKind.VESSEL and item.where in SAID]
        return tuple(self._clue(item) for item in wanted)

    def support(self, dispatch: Dispatch) -> int:
        """How many references of the whole message, and its conversation, speak for the dispatch."""
        is_known = self.thread is not None and dispatch.order in self.thread.orders
        return is_known + sum(carries(dispatch, item.kind, item.canonical) for item in self.references)

    def stands_beside(self, dispatch: Dispatch) -> bool:
        """Whether an exact reference of the dispatch, or its client's RUC, stands in the message."""
        return any(
            carries(dispatch, item.kind, item.canonical)
            for item in self.references
            if item.kind is not ReferenceKind.VESSEL and is_full(item.kind, item.canonical)
        )

    def _clue(self, reference: Reference) -> Clue:
        kind, canonical = reference.kind, reference.canonical
        if not is_full(kind, canonical):
            return Clue(reference=reference, own=self._partial(kind, canonical))
        if kind is ReferenceKind.VESSEL:
            return Clue(reference=reference, own=self._of_vessel(canonical))
        found = self._exact(kind, canonical)
        if found or kind not in STRONG:
            own = tuple(item for item in found if self.sender.may_speak_of(item.ruc))
            return Clue(reference=reference, own=own, foreign=tuple(item for item in found if item not in own))
        return Clue(reference=reference, near=self._near(kind, canonical))

    def _exact(self, kind: ReferenceKind, canonical: str) -> tuple[Dispatch, ...]:
        if kind is ReferenceKind.ORDER:
            found = self.records.dispatch(canonical)
            return (found,) if found else ()
        carriers = self.records.dispatches_by_reference(kind, canonical)
        if kind is not ReferenceKind.BL:
            return tuple(carriers)
        # Two carriers may give the same digits: what is left without both prefixes is no match.
        return tuple(
            item for item in carriers if any(is_same_bl(normal_form(kind, text), canonical) for text in item.bls)
        )

    def _partial(self, kind: ReferenceKind, canonical: str) -> tuple[Dispatch, ...]:
        """A partial number counts among open dispatches alone, this year's first (`contract.md`)."""
        year = self.at.astimezone(LIMA).year
        if self.sender.is_office and kind is ReferenceKind.ORDER and not self.sender.recipients:
            # Among colleagues nothing but the number tells whose dispatch it is.
            tried = (self.records.dispatch(f"{which}-{canonical}") for which in (year, year - 1))
            return tuple(item for item in tried if item and not item.is_closed)[:1]
        fits = [item for item in self.open_dispatches if carries(item, kind, canonical)]
        return tuple(item for item in fits if _year(item, kind) == year) or tuple(fits)

    def _of_vessel(self, canonical: str) -> tuple[Dispatch, ...]:
        if not self.sender.is_known or self.sender.is_office:
            return ()
        return tuple(item for item in self.open_dispatches if carries(item, ReferenceKind.VESSEL, canonical))

    def _near(self, kind: ReferenceKind, canonical: str) -> tuple[Dispatch, ...]:
        if not self.sender.rucs and not self.sender.is_office:
            return ()
        return tuple(item for item in self.open_dispatches if carries_nearly(item, kind, canonical))


def settle(clue: Clue, case: Case) -> Dispatch | None:
    """The one dispatch a clue points at: open before closed, then the one that most else speaks for."""
    for group in (clue.own, tuple(item for item in clue.own if not item.is_closed)):
        if len(group) == 1:
            return group[0]
    return best_supported(clue.own, case)


def best_supported(dispatches: Iterable[Dispatch], case: Case) -> Dispatch | None:
    """The dispatch that more references speak for than for any other."""
    ranked = sorted(((case.support(item), item.order, item) for item in dispatches), reverse=True, key=lambda t: t[:2])
    if len(ranked) > 1 and ranked[0][0] > ranked[1][0]:
        return ranked[0][2]
    return None


def lost_orders(clues: Iterable[Clue]) -> tuple[Reference, ...]:
    """Whole orders that nobody knows."""
    return tuple(clue.reference for clue in clues if clue.is_lost)


def _year(dispatch: Dispatch, kind: ReferenceKind) -> int | None:
    text = dispatch.order if kind is ReferenceKind.ORDER else (dispatch.dam or "")[4:]
    return int(text[:4]) if text[:4].isdigit() else None
