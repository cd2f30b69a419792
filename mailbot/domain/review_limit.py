"""The limit of a document review, which the arrival of the goods may shorten (Annex 01 row 4).

min(arrival + 48 h, max(ETA - lead, arrival + 4 working hours)), by `contract.md`, "Reckoning".
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mailbot.domain.counting import Count, Counter
from mailbot.domain.obligation import Clock, ObligationKind
from mailbot.domain.office import Dispatch, Transport
from mailbot.domain.policy import Modifier, Policy
from mailbot.domain.wording import say_span

_WAYS = {Transport.MARITIMA: "marítima", Transport.AEREA: "aérea", Transport.TERRESTRE: "terrestre"}
# How a reckoning says that no arrival shortened the limit, since the declaration had its number.
NUMBERED = "DAM ya numerada"


def count_review(counter: Counter, dispatch: Dispatch | None) -> Count:
    """When the review is due: the plain limit, or earlier by the dispatch's ETA."""
    plain = counter.count(counter.policy.limit_of(ObligationKind.DOCUMENT_REVIEW))
    modifiers = counter.policy.rule(ObligationKind.DOCUMENT_REVIEW).modifiers
    if dispatch is None:
        return plain
    day = counter.local_day(counter.received_at)
    if Modifier.LEAVING in modifiers and counter.policy.is_leaving(dispatch.regime):
        return _noted(plain, f"régimen {dispatch.regime}: la carga sale del país, sin regla de ETA")
    if Modifier.NUMBERING in modifiers and is_numbered(dispatch, day):
        return _noted(plain, f"{NUMBERED}: sin regla de ETA")
    return _with_arrival(counter, dispatch, plain)


def is_numbered(dispatch: Dispatch, day: date) -> bool:
    """Whether the declaration had its number on `day`, by its date or by what can only follow it."""
    if dispatch.numbered_on is not None:
        return dispatch.numbered_on <= day
    later = (dispatch.released_on, dispatch.delivered_on)
    return dispatch.dam is not None or any(known is not None and known <= day for known in later)


def has_arrived(dispatch: Dispatch, at: datetime, day: date) -> bool:
    """Whether the goods had arrived: discharge has ended, or the ETA has passed."""
    if dispatch.discharge_ended_on is not None and dispatch.discharge_ended_on <= day:
        return True
    return dispatch.eta is not None and dispatch.eta <= at


def _with_arrival(counter: Counter, dispatch: Dispatch, plain: Count) -> Count:
    """A dispatch that is not numbered yet: what arrival or ETA makes of the limit."""
    modifiers = counter.policy.rule(ObligationKind.DOCUMENT_REVIEW).modifiers
    floor = counter.count(counter.policy.eta_floor)
    day = counter.local_day(counter.received_at)
    if has_arrived(dispatch, counter.received_at, day):
        has_floor = Modifier.ARRIVAL in modifiers
        return _earlier(plain, floor, "la carga ya arribó y la DAM no está numerada") if has_floor else plain
    if Modifier.ETA not in modifiers:
        return plain
    if dispatch.eta is None:
        return _noted(plain, "sin ETA registrada")
    return _before_eta(counter, dispatch.eta, _lead(counter.policy, dispatch.transport), plain=plain, floor=floor)


@dataclass(frozen=True, kw_only=True)
class _Lead:
    """How long before the ETA a review must be done, and by which way of transport."""

    span: timedelta
    way: str


def _lead(policy: Policy, transport: Transport) -> _Lead:
    """By the way of transport, or the shortest of all."""
    if Modifier.TRANSPORT in policy.rule(ObligationKind.DOCUMENT_REVIEW).modifiers:
        return _Lead(span=policy.lead[transport], way=f"vía {_WAYS[transport]}")
    return _Lead(span=min(policy.lead.values()), way="cualquier vía")


def _before_eta(counter: Counter, eta: datetime, lead: _Lead, *, plain: Count, floor: Count) -> Count:
    rule = f"ETA {counter.say(eta)} − {say_span(lead.span)} ({lead.way})"
    before_eta = eta - lead.span
    if before_eta < floor.due_at:
        return _earlier(plain, floor, f"{rule} deja menos de {counter.policy.eta_floor}")
    by_eta = Count(
        starts_at=counter.received_at,
        due_at=before_eta,
        limit=f"ETA − {say_span(lead.span)}",
        clock=Clock.ELAPSED,
        summary=f"{rule} → {counter.say(before_eta)}",
    )
    return _earlier(plain, by_eta, "")


def _earlier(plain: Count, other: Count, why: str) -> Count:
    """Whichever ends first, with the other one named."""
    notes = (why,) if why else ()
    if other.due_at < plain.due_at:
        return _noted(other, *notes, f"antes que {plain.summary}")
    return _noted(plain, *notes, f"antes que {other.summary}")


def _noted(count: Count, *notes: str) -> Count:
    return replace(count, detail=(*count.detail, *notes))
