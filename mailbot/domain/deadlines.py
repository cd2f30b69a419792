"""The deadline of an obligation: which limit applies, what it gives, and the reckoning in words.

The rulings are those of `contract.md`, "Reckoning" and "Dated kinds"; the numbers stand in
`policy.toml` and `terms.toml`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal, TypedDict, Unpack

from mailbot.domain.clock import to_utc
from mailbot.domain.counting import Count, Counter, warning
from mailbot.domain.dated import regime_started_on, regularization_of
from mailbot.domain.errors import UnknownName
from mailbot.domain.ladder import regime_marks as regime_marks
from mailbot.domain.limits import Limit, LimitUnit
from mailbot.domain.obligation import Clock, ObligationKind
from mailbot.domain.office import Agreement, Dispatch
from mailbot.domain.policy import Modifier, Policy, StartDate
from mailbot.domain.review_limit import count_review
from mailbot.domain.wording import say_day
from mailbot.domain.worktime import WorkingTime

Source = Literal["default", "agreement"]

# How the first line of a reckoning calls what began the clock, where it is no mail that came in.
_BEGAN = {ObligationKind.PROMISE: "escrito", ObligationKind.STATUS_UPDATE: "último status"}


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When something is due, by which rule, and how a person would reckon it."""

    kind: ObligationKind
    starts_at: datetime
    due_at: datetime
    limit: str
    source: Source
    clock: Clock
    reckoning: tuple[str, ...]
    # For a limit that ends outside office hours: the last closing before it.
    warn_before: datetime | None = None


class Particulars(TypedDict, total=False):
    """What may change a limit besides the kind and the arrival."""

    # The dispatch that documents belong to.
    dispatch: Dispatch | None
    # The client's agreement for this kind that holds on the day of arrival.
    agreement: Agreement | None
    # `milestone_notice` only: whether the milestone has the short limit.
    is_urgent: bool
    # `promise` only: the promised day, where one was named.
    promised_on: date | None


def reckon(
    kind: ObligationKind,
    *,
    received_at: datetime,
    calendar: WorkingTime,
    policy: Policy,
    **particulars: Unpack[Particulars],
) -> Deadline:
    """The deadline of an obligation that begins with something received at `received_at`.

    The dated kinds take theirs from the dispatch; `UnknownName` when it lacks the date.
    """
    dispatch, agreement = particulars.get("dispatch"), particulars.get("agreement")
    if kind is ObligationKind.REGULARIZATION and dispatch is not None:
        found = reckon_regularization(dispatch, calendar=calendar, policy=policy, agreement=agreement)
        return _required(found, kind, dispatch)
    if kind is ObligationKind.REGIME_EXPIRY:
        found = None
        if dispatch is not None:
            found = reckon_regime_expiry(dispatch, calendar=calendar, policy=policy, agreement=agreement)
        return _required(found, kind, dispatch)
    counter = Counter(received_at=received_at, calendar=calendar, policy=policy)
    return _settled(kind, counter, _default(kind, counter, particulars), agreement)


def reckon_status_update(
    dispatch: Dispatch, *, calendar: WorkingTime, policy: Policy, agreement: Agreement | None = None
) -> Deadline | None:
    """When a newer status note is due; None once the dispatch is invoiced or closed, or has no note yet."""
    is_begun = policy.is_begun_by(ObligationKind.STATUS_UPDATE, StartDate.STATUS_NOTED)
    if dispatch.status_noted_at is None or not is_begun or is_status_ended(dispatch, policy):
        return None
    return reckon(
        ObligationKind.STATUS_UPDATE,
        received_at=dispatch.status_noted_at,
        calendar=calendar,
        policy=policy,
        agreement=agreement,
    )


def is_status_ended(dispatch: Dispatch, policy: Policy) -> bool:
    """Whether no status note is owed any more: invoiced, or the file closed or cancelled."""
    state = dispatch.status.strip().casefold()
    return dispatch.is_closed or state.startswith(policy.status_ended)


def reckon_regularization(
    dispatch: Dispatch, *, calendar: WorkingTime, policy: Policy, agreement: Agreement | None = None
) -> Deadline | None:
    """The target day of a regularisation at closing time, not rolled; None when none is owed or begun."""
    dates = regularization_of(dispatch, policy)
    if dates is None:
        return None
    kind = ObligationKind.REGULARIZATION
    counter = Counter(received_at=_midnight(dates.started_on, calendar), calendar=calendar, policy=policy)
    count = counter.count(policy.limit_of(kind))
    legal = f"límite legal: {counter.say_day(dates.legal_on)} ({dates.words}, {dates.legal.source})"
    deadline = _settled_by_day(kind, counter, replace(count, detail=(*count.detail, legal)), agreement)
    began = f"{dates.event} {say_day(dates.started_on)}"
    return replace(deadline, reckoning=(began, *deadline.reckoning[1:]))


def reckon_regime_expiry(
    dispatch: Dispatch, *, calendar: WorkingTime, policy: Policy, agreement: Agreement | None = None
) -> Deadline | None:
    """The last day of a regime at closing time, not rolled; None when the row names none.

    An agreement counts from the regime's start and can only end it sooner: the last day is the law's.
    """
    expires_on = dispatch.regime_expires_on
    if expires_on is None or not policy.is_begun_by(ObligationKind.REGIME_EXPIRY, StartDate.REGIME_EXPIRES):
        return None
    started_on = regime_started_on(dispatch) or expires_on
    counter = Counter(received_at=_midnight(started_on, calendar), calendar=calendar, policy=policy)
    due_at = counter.end_of(expires_on)
    words = f"vencimiento del régimen {dispatch.regime}"
    count = Count(
        starts_at=counter.received_at,
        due_at=due_at,
        limit="vencimiento del régimen",
        clock=Clock.ELAPSED,
        summary=f"{words} → {counter.say(due_at)}",
    )
    deadline = _settled_by_day(ObligationKind.REGIME_EXPIRY, counter, count, agreement)
    if deadline.due_at > due_at:
        deadline = _deadline(ObligationKind.REGIME_EXPIRY, counter, count)
    began = (f"inicio del régimen {say_day(started_on)}",) if started_on != expires_on else ()
    return replace(deadline, reckoning=(*began, *deadline.reckoning[1:]))


def first_day(kind: ObligationKind, dispatch: Dispatch, policy: Policy) -> date | None:
    """The day of the event that a dated kind's agreements are looked up by; None while it has not come."""
    if kind is ObligationKind.REGULARIZATION:
        dates = regularization_of(dispatch, policy)
        return dates.started_on if dates else None
    return regime_started_on(dispatch) or dispatch.regime_expires_on


def _midnight(day: date, calendar: WorkingTime) -> datetime:
    return to_utc(datetime.combine(day, time(0)), zone=calendar.zone)


def _required(deadline: Deadline | None, kind: ObligationKind, dispatch: Dispatch | None) -> Deadline:
    if deadline is None:
        what = f"el despacho {dispatch.order} no da" if dispatch else "sin despacho no hay"
        raise UnknownName(f"{what} fecha para {kind.value}: complete la fila de Despachos")
    return deadline


def _default(kind: ObligationKind, counter: Counter, particulars: Particulars) -> Count:
    """What the policy gives without any agreement."""
    if kind is ObligationKind.DOCUMENT_REVIEW:
        return count_review(counter, particulars.get("dispatch"))
    limit = counter.policy.limit_of(kind, is_urgent=particulars.get("is_urgent", True))
    if kind is ObligationKind.PROMISE:
        names_day = Modifier.PROMISED_DATE in counter.policy.rule(kind).modifiers
        return _count_promise(counter, limit, particulars.get("promised_on") if names_day else None)
    return counter.count(limit)


def _that_holds(kind: ObligationKind, counter: Counter, agreement: Agreement | None) -> Agreement | None:
    """The agreement if it is about this kind and holds on the day of arrival."""
    if agreement is None or agreement.kind != kind.value:
        return None
    if Modifier.AGREEMENT not in counter.policy.rule(kind).modifiers:
        return None
    return agreement if agreement.holds_on(counter.local_day(counter.received_at)) else None


def _settled(kind: ObligationKind, counter: Counter, default: Count, agreement: Agreement | None) -> Deadline:
    """An agreement replaces the whole limit; the reckoning names what the default would have given."""
    held = _that_holds(kind, counter, agreement)
    if held is None:
        return _deadline(kind, counter, default)
    count = counter.count(Limit.parse(held.limit))
    return _deadline(kind, counter, count, agreed=_agreed(held), instead_of=default)


def _settled_by_day(kind: ObligationKind, counter: Counter, default: Count, agreement: Agreement | None) -> Deadline:
    """The same for a kind that begins with a day instead of a moment: an agreed limit ends with its day too."""
    held = _that_holds(kind, counter, agreement)
    if held is None:
        return _deadline(kind, counter, default)
    limit = Limit.parse(held.limit)
    due_at = counter.end_of(counter.local_day(counter.count(limit).due_at))
    count = Count(
        starts_at=default.starts_at,
        due_at=due_at,
        limit=str(limit),
        clock=default.clock,
        summary=f"{limit} → {counter.say(due_at)}",
        detail=default.detail,
    )
    return _deadline(kind, counter, count, agreed=_agreed(held), instead_of=default)


def _agreed(agreement: Agreement) -> str:
    return "acuerdo del cliente" + (f" ({agreement.basis})" if agreement.basis else "")


def _deadline(
    kind: ObligationKind, counter: Counter, count: Count, *, agreed: str = "", instead_of: Count | None = None
) -> Deadline:
    warn_before, warned = warning(counter, count)
    summary = f"{agreed}: {count.summary}" if agreed else count.summary
    began = _BEGAN.get(kind, "recibido")
    without = (f"sin acuerdo: {instead_of.summary}",) if instead_of else ()
    return Deadline(
        kind=kind,
        starts_at=count.starts_at,
        due_at=count.due_at,
        limit=count.limit,
        source="agreement" if agreed else "default",
        clock=count.clock,
        reckoning=(f"{began} {counter.say(counter.received_at)}", summary, *warned, *count.detail, *without),
        warn_before=warn_before,
    )


def _count_promise(counter: Counter, limit: Limit, promised_on: date | None) -> Count:
    """The promised day; without one the limit, counted from the day on which our own mail was written."""
    calendar = counter.calendar
    day = promised_on
    if day is None:
        if limit.unit is not LimitUnit.END_OF_DAY:
            return counter.count(limit)
        day = calendar.working_day_after(counter.local_day(counter.received_at), limit.days)
    windows = calendar.windows_on(day)
    due_at = windows[-1][1] if windows else counter.end_of(day)
    words = str(limit) if promised_on is None else f"prometido para el {counter.say_day(day)}"
    if due_at <= counter.received_at:
        # "Se lo envío hoy", written after closing: the day that this counts as.
        due_at = calendar.close_of_day(counter.received_at)
    return counter.worked(due_at, limit=words)
