"""What a message means for obligations: which it opens, joins and meets. Pure.

The rulings are those of `contract.md`, "What opens, starts, stops and ends a clock".
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from mailbot.domain.answers import AnswerNature, read_answer
from mailbot.domain.arrival import Arrival, Joining, Matter, Opening, Plan, Question
from mailbot.domain.deadlines import Deadline, reckon
from mailbot.domain.ending import met_by
from mailbot.domain.labels import Category, Contingency, Topic
from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.milestones import asks_for_payment, find_milestones
from mailbot.domain.obligation import Obligation, ObligationKind
from mailbot.domain.office import Dispatch, Role
from mailbot.domain.policy import Owner, Policy
from mailbot.domain.verdict import Verdict
from mailbot.domain.worktime import WorkingTime

# A follow-up joins one that is still owed in its conversation; documents and payments never do,
# since each of them starts a clock of its own.
_JOINABLE = frozenset(
    {
        ObligationKind.REPLY,
        ObligationKind.PROFORMA,
        ObligationKind.MANAGEMENT_REPORT,
        ObligationKind.WRITTEN_AGREEMENT,
        ObligationKind.STATUS_PROGRAMMING,
        ObligationKind.ARCHIVE_OBSERVATION,
        ObligationKind.ALERT_ACTION,
    }
)

_COSTS = frozenset(Contingency) - {Contingency.RELATIONSHIP}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The calendar and the policy that limits are reckoned with."""

    calendar: WorkingTime
    policy: Policy
    zone: ZoneInfo


def plan_arrival(arrival: Arrival, matter: Matter, rules: Rules) -> Plan:
    """Decide what an incoming message opens, joins and asks, or what the office's own one meets."""
    if arrival.direction is Direction.INCOMING:
        return _plan_incoming(arrival, matter, rules)
    if arrival.direction is Direction.OWN or arrival.kind is not MessageKind.PERSON:
        # An automatic answer never stops a clock.
        return Plan()
    nature = nature_of(arrival, rules)
    return Plan(
        openings=tuple(_open_announced(arrival, matter, nature, rules)),
        meetings=tuple(met_by(arrival, matter.owed, nature, policy=rules.policy)),
    )


def nature_of(arrival: Arrival, rules: Rules) -> AnswerNature:
    """What an answer of the office amounts to; the policy may let an acknowledgement count."""
    written_on = arrival.received_at.astimezone(rules.zone).date()
    nature = read_answer(arrival.text, attachments=arrival.attachments, written_on=written_on)
    return replace(nature, is_acknowledgement=False) if rules.policy.acknowledgement_stops_reply else nature


def obligation_id(kind: ObligationKind, cause: str, *, order: str | None = None, mark: str = "") -> str:
    """The same cause (a stored message, or a dispatch and a date) always gives the same id."""
    digest = hashlib.sha256("\x1f".join((kind.value, cause, order or "", mark)).encode()).hexdigest()
    return f"O{digest[:14]}"


def wants_head(verdict: Verdict) -> bool:
    """Whether the head is in copy at once: money is claimed or the relationship is at risk."""
    if Contingency.RELATIONSHIP in verdict.contingency:
        return True
    return Category.COMPLAINT in verdict.categories and not _COSTS.isdisjoint(verdict.contingency)


def is_doubtful(verdict: Verdict) -> bool:
    """Whether the ESC is asked before the supervisor is told: something may have to be reported, nothing surely."""
    is_sure_complaint = Category.COMPLAINT in verdict.categories and Category.COMPLAINT not in verdict.doubts
    return bool(verdict.report_doubts) and not is_sure_complaint and not verdict.certain_contingency


def _plan_incoming(arrival: Arrival, matter: Matter, rules: Rules) -> Plan:
    openings: list[Opening] = []
    joinings: list[Joining] = []
    for kind in kinds_opened(arrival, matter, rules.policy):
        joined = _joined(kind, arrival, matter.owed)
        if joined is not None:
            joinings.append(Joining(obligation=joined))
        else:
            openings.extend(_open(kind, arrival, matter, rules))
    return Plan(openings=tuple(openings), joinings=tuple(joinings), questions=tuple(_questions(arrival)))


def kinds_opened(arrival: Arrival, matter: Matter, policy: Policy) -> tuple[ObligationKind, ...]:
    """Every kind a message opens, without repeats, in the order of `ObligationKind`.

    Automatic mail opens nothing, unless it comes from the office's own Alertas or Archivo.
    """
    role = arrival.sender_role
    is_internal = role in (Role.ALERTAS, Role.ARCHIVO)
    if arrival.kind is not MessageKind.PERSON and not is_internal:
        return ()
    verdict = arrival.verdict or Verdict()
    # Archivo's "recibido, gracias" observes nothing.
    opening_role = None if role is Role.ARCHIVO and _only_thanks(verdict) else role
    kinds = set(policy.opened_by(verdict, role=opening_role))
    kinds |= set(_kinds_by_event(arrival, matter, policy))
    if is_doubtful(verdict):
        # Contract, "Ladder": while the ESC is being asked it stays open and its ladder runs.
        kinds |= {kind for kind, rule in policy.rules.items() if rule.opens.contingency}
    if is_internal:
        # Contract: "… or by the sender's role in `Personal`, without `reply`".
        kinds.discard(ObligationKind.REPLY)
    return tuple(kind for kind in ObligationKind if kind in kinds)


def _only_thanks(verdict: Verdict) -> bool:
    return not verdict.categories and Topic.ACKNOWLEDGEMENT in verdict.topics


def _kinds_by_event(arrival: Arrival, matter: Matter, policy: Policy) -> Iterator[ObligationKind]:
    """What the events of a dispatch open, and bills for a client without credit that it did not send itself."""
    if not matter.dispatches:
        return
    is_clients_own = arrival.linkage.client is not None and arrival.linkage.client.how in ("contact", "domain")
    milestones = find_milestones(arrival.text, subject=arrival.subject)
    has_credit = matter.client is None or matter.client.has_credit
    is_bill = not is_clients_own and not has_credit and asks_for_payment(arrival.text, subject=arrival.subject)
    for kind, rule in policy.rules.items():
        is_news = rule.opens.told_by_client or not is_clients_own
        if is_news and not set(milestones).isdisjoint(rule.opens.milestones):
            yield kind
        if is_bill and rule.opens.third_party_invoice:
            yield kind


def _joined(kind: ObligationKind, arrival: Arrival, owed: Sequence[Obligation]) -> Obligation | None:
    if kind not in _JOINABLE:
        return None
    orders = arrival.linkage.orders
    return next(
        (
            obligation
            for obligation in owed
            if obligation.kind is kind
            and (obligation.order is None or not orders or obligation.order in orders)
            # A Message-ID used twice for different content is another mail with its own obligations.
            and obligation.message_id != arrival.message_id
        ),
        None,
    )


def _open(kind: ObligationKind, arrival: Arrival, matter: Matter, rules: Rules) -> Iterator[Opening]:
    """One obligation, or one for each dispatch where their limits differ (document review)."""
    seen: set[object] = set()
    for dispatch in matter.dispatches or (None,):
        deadline = _deadline(kind, arrival, matter, dispatch, rules)
        if deadline.due_at in seen:
            continue
        seen.add(deadline.due_at)
        obligation = _obligation(deadline, arrival, matter, dispatch, rules)
        yield Opening(obligation=obligation, is_alert=kind is ObligationKind.MANAGEMENT_REPORT)


def _deadline(
    kind: ObligationKind, arrival: Arrival, matter: Matter, dispatch: Dispatch | None, rules: Rules
) -> Deadline:
    is_urgent = rules.policy.is_urgent_milestone(find_milestones(arrival.text, subject=arrival.subject))
    return reckon(
        kind,
        received_at=arrival.received_at,
        calendar=rules.calendar,
        policy=rules.policy,
        dispatch=dispatch,
        agreement=matter.agreements.get(kind),
        is_urgent=is_urgent or kind is not ObligationKind.MILESTONE_NOTICE,
    )


def _owner(kind: ObligationKind, arrival: Arrival, matter: Matter, rules: Rules) -> str:
    """The ESC of the client, or the ESC who wrote the mail where the row says so."""
    author = arrival.sender_staff
    is_authors = rules.policy.rule(kind).owner is Owner.AUTHOR and author is not None and author.role is Role.ESC
    return author.code if is_authors and author else matter.owner


def _obligation(
    deadline: Deadline, arrival: Arrival, matter: Matter, dispatch: Dispatch | None, rules: Rules
) -> Obligation:
    order = dispatch.order if dispatch else None
    return Obligation(
        id=obligation_id(deadline.kind, arrival.id, order=order),
        kind=deadline.kind,
        owner=_owner(deadline.kind, arrival, matter, rules),
        client=_client_of(arrival, dispatch),
        order=order,
        conversation=arrival.conversation,
        message=arrival.id,
        message_id=arrival.message_id,
        asker=arrival.sender,
        received_at=arrival.received_at,
        starts_at=deadline.starts_at,
        due_at=deadline.due_at,
        limit=deadline.limit,
        source=deadline.source,
        clock=deadline.clock,
        reckoning=deadline.reckoning,
    )


def _client_of(arrival: Arrival, dispatch: Dispatch | None) -> str | None:
    if arrival.linkage.client is not None:
        return arrival.linkage.client.ruc
    return dispatch.ruc if dispatch else None


def _questions(arrival: Arrival) -> Iterator[Question]:
    verdict, linkage = arrival.verdict, arrival.linkage
    if arrival.kind is not MessageKind.PERSON or verdict is None:
        return
    if verdict.needs_review and verdict.doubts:
        yield Question(about="label", options=verdict.doubts, text=_label_question(verdict))
    if linkage.question is not None:
        orders = tuple(match.order for match in linkage.candidates)
        yield Question(about="link", options=orders, text=linkage.question)


def _label_question(verdict: Verdict) -> str:
    if verdict.asked == Category.COMPLAINT:
        return "¿es un reclamo? sí / no"
    if verdict.report_doubts:
        return "¿hay un costo o riesgo que reportar a la jefatura? sí / no"
    return "¿qué es este correo? requerimiento / documentos / reclamo / ninguno"


def _open_announced(arrival: Arrival, matter: Matter, nature: AnswerNature, rules: Rules) -> Iterator[Opening]:
    """Our own words to a client that announce something (Annex 01 row 7)."""
    is_to_client = arrival.linkage.client is not None
    if not nature.is_promise or arrival.direction is not Direction.OUTGOING or not is_to_client:
        return
    dispatch = matter.dispatches[0] if matter.dispatches else None
    for kind, rule in rules.policy.rules.items():
        if rule.opens.own_mail:
            deadline = reckon(
                kind,
                received_at=arrival.received_at,
                calendar=rules.calendar,
                policy=rules.policy,
                promised_on=promised_day(nature, rules),
            )
            obligation = _obligation(deadline, arrival, matter, dispatch, rules)
            yield Opening(obligation=_promise_to(arrival, obligation))


def promised_day(nature: AnswerNature, rules: Rules) -> date | None:
    """The day that a promise names; a "mañana" on which the office is closed means the next working day."""
    day = nature.promised_on
    if day is None or not nature.is_day_relative or rules.calendar.is_working_day(day):
        return day
    return rules.calendar.working_day_after(day, 1)


def _promise_to(arrival: Arrival, obligation: Obligation) -> Obligation:
    """A promise is kept towards the first outside addressee, not towards its own sender."""
    staff = {person.address.lower() for person in arrival.recipient_staff}
    outside = [address for address in arrival.recipients if address not in staff]
    return replace(obligation, asker=outside[0] if outside else obligation.asker)
