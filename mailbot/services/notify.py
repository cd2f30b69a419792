"""Bundle waiting notices into mails: one mail for what a recipient is due within some minutes.

A notice whose obligation turns out to have been met in time, or not to be owed, is withdrawn.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.domain.contexts import AlertContext, AlertItem, NoticeContext, Outage, ReminderContext
from mailbot.domain.errors import UnknownName
from mailbot.domain.ladder import LAST_SECOND, sendable_at
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import Obligation, ObligationState, Step
from mailbot.domain.office import Role, Staff
from mailbot.domain.plan import Rules, is_doubtful, wants_head
from mailbot.domain.programmes import told_at
from mailbot.domain.verdict import Verdict
from mailbot.ports.renderer import MailContext
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import Notice
from mailbot.services.carry_out import ALERT
from mailbot.services.desk import Desk
from mailbot.services.escalate import moments_ahead
from mailbot.services.lines import alert_of, item_of
from mailbot.services.outgoing import compose

# Nobody reads more in one mail, and a mail without an end would take ever longer to make.
MOST_LINES = 200


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A notice that waits, with its obligation and the earliest moment it may leave."""

    notice: Notice
    obligation: Obligation
    leaves_at: datetime


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What one recipient is told in one mail."""

    recipient: str
    items: Sequence[Pending]
    # When it was to leave.
    planned_at: datetime

    def told_at(self, now: datetime) -> datetime:
        """The moment it speaks of when it is written at `now`."""
        return told_at(self.planned_at, now)

    def is_missed_at(self, now: datetime) -> bool:
        """Whether it should have left long before."""
        return self.planned_at < self.told_at(now)


def notify(desk: Desk, *, now: datetime, outage: Outage | None = None) -> tuple[OutgoingMail, ...]:
    """Queue a mail for every recipient whose bundle is complete at `now`.

    Each is kept as soon as it is made: a long row of them holds up nobody, and a service that is ended
    again and again gets on with it all the same.
    """
    with desk.store.begin() as uow:
        waiting = uow.obligations.waiting_notices()
        if not waiting:
            return ()
        uow.obligations.withdraw([item for item in waiting if _is_moot(item, uow)])
        bundles = tuple(_complete(waiting, uow, desk=desk, now=now))
        uow.commit()
        mails = [_queue(bundle, uow, desk=desk, now=now, outage=outage) for bundle in bundles]
    return tuple(mail for mail in mails if mail is not None)


def next_departure(desk: Desk) -> datetime | None:
    """When the next bundle is complete; None while no notice waits."""
    with desk.store.begin() as uow:
        rules = desk.rules(uow.records)
        groups = _by_recipient(_pending(uow.obligations.waiting_notices(), uow, rules))
        ahead = moments_ahead(uow, _horizon(groups, rules), desk=desk, rules=rules)
    return min((_complete_at(groups[to], ahead.get(to, ()), rules) for to in groups), default=None)


def _queue(bundle: Bundle, uow: UnitOfWork, *, desk: Desk, now: datetime, outage: Outage | None) -> OutgoingMail | None:
    """Queue and keep the mail of a bundle; None when all that it was to tell has ended meanwhile."""
    uow.obligations.prefetch([item.obligation.id for item in bundle.items])
    items = [item for item in bundle.items if not _is_moot(item.notice, uow)]
    if not items:
        return None
    bundle = replace(bundle, items=items)
    copies = _copies(bundle, uow)
    mail = _mail(bundle, copies, uow, desk=desk, now=now, outage=outage)
    uow.outbox.add(mail)
    uow.obligations.carry([*(item.notice for item in items), *copies], mail=mail.key)
    uow.commit()
    return mail


def _pending(waiting: Iterable[Notice], uow: UnitOfWork, rules: Rules) -> Iterator[Pending]:
    for notice in waiting:
        obligation = uow.obligations.get(notice.obligation)
        if obligation is None or _is_moot(notice, uow):
            continue
        is_urgent = notice.is_urgent and rules.policy.leaves_at_once(obligation.kind)
        leaves_at = sendable_at(notice.due_at, rules.calendar, is_urgent=is_urgent)
        yield Pending(notice=notice, obligation=obligation, leaves_at=leaves_at)


def _is_moot(notice: Notice, uow: UnitOfWork) -> bool:
    """Whether what a notice would tell turned out to have been met in time, or not to be owed."""
    obligation = uow.obligations.get(notice.obligation)
    if obligation is None or obligation.state is ObligationState.CANCELLED:
        return True
    return obligation.ended_at is not None and obligation.ended_at <= notice.due_at and notice.mark != ALERT


def _by_recipient(pending: Iterable[Pending]) -> dict[str, list[Pending]]:
    groups: dict[str, list[Pending]] = {}
    for item in pending:
        if not item.notice.is_copy:
            groups.setdefault(item.notice.recipient, []).append(item)
    return groups


def _complete(waiting: Sequence[Notice], uow: UnitOfWork, *, desk: Desk, now: datetime) -> Iterator[Bundle]:
    """What may leave at `now`, where nothing more is worth waiting for."""
    rules = desk.rules(uow.records)
    groups = _by_recipient(_pending(waiting, uow, rules))
    ahead = moments_ahead(uow, _horizon(groups, rules), desk=desk, rules=rules)
    for recipient, pending in groups.items():
        yield from _bundles(recipient, pending, ahead.get(recipient, ()), rules=rules, now=now)


def _bundles(
    recipient: str, waiting: Sequence[Pending], ahead: Collection[datetime], *, rules: Rules, now: datetime
) -> Iterator[Bundle]:
    """The mails of one recipient as they were to leave, also when some minutes were lost; after longer, all in one."""
    while waiting and (planned_at := _complete_at(waiting, ahead, rules)) <= now:
        bundle = Bundle(recipient=recipient, items=waiting, planned_at=planned_at)
        until = now if bundle.is_missed_at(now) else planned_at
        ready = [item for item in waiting if item.leaves_at <= until]
        for start in range(0, len(ready), MOST_LINES):
            yield replace(bundle, items=ready[start : start + MOST_LINES])
        waiting = [item for item in waiting if item.leaves_at > until]


def _horizon(groups: Mapping[str, Sequence[Pending]], rules: Rules) -> datetime | None:
    """Until when company may still come for anything that waits."""
    firsts = [min(item.leaves_at for item in bundle) for bundle in groups.values()]
    return max(firsts) + rules.policy.bundle if firsts else None


def _complete_at(bundle: Sequence[Pending], ahead: Collection[datetime], rules: Rules) -> datetime:
    """When the first of what waits for a recipient leaves; it takes along everything that waits by then."""
    company = [*ahead, *(item.leaves_at for item in bundle)]
    return min(_departure(item, company, rules) for item in bundle)


def _departure(item: Pending, company: Collection[datetime], rules: Rules) -> datetime:
    """An urgent notice leaves at once, others gather for some minutes.

    What has waited for the opening, or can hardly come in time, waits for nothing but company that is sure.
    """
    if item.notice.is_urgent:
        return item.leaves_at
    gathered = item.leaves_at + rules.policy.bundle
    if not _is_pressed(item, gathered, rules):
        is_in_hours = sendable_at(gathered, rules.calendar) == gathered
        return gathered if is_in_hours else rules.calendar.close_of_day(item.leaves_at) - LAST_SECOND
    limit = item.obligation.due_at if item.notice.step is Step.OWNER else gathered + LAST_SECOND
    return max((at for at in company if item.leaves_at < at <= gathered and at < limit), default=item.leaves_at)


def _is_pressed(item: Pending, gathered: datetime, rules: Rules) -> bool:
    """Whether it waited since before the opening, is the last call before a closing, or nears its limit."""
    if sendable_at(item.leaves_at - LAST_SECOND, rules.calendar) == item.leaves_at:
        return True
    if item.notice.step is not Step.OWNER:
        return False
    limit = item.obligation.due_at
    last_call = rules.calendar.previous_close(limit) - rules.policy.last_call
    return item.notice.due_at == last_call or item.leaves_at < limit <= gathered


def _mail(
    bundle: Bundle, copies: Sequence[Notice], uow: UnitOfWork, *, desk: Desk, now: datetime, outage: Outage | None
) -> OutgoingMail:
    person = _person(bundle.recipient, uow)
    missed_in = outage if bundle.is_missed_at(now) else None
    context = _context(person, bundle.items, uow, desk=desk, now=bundle.told_at(now), outage=missed_in)
    is_reminder = isinstance(context, ReminderContext)
    others = {notice.recipient: _person(notice.recipient, uow) for notice in copies}
    return compose(
        context,
        desk=desk,
        key=_key(bundle),
        purpose=MailPurpose.REMINDER if is_reminder else MailPurpose.NOTICE,
        to=(person,),
        cc=tuple(others[code] for code in sorted(others)),
        obligations=[item.obligation.id for item in _numbered(bundle.items)],
        now=now,
    )


def _person(code: str, uow: UnitOfWork) -> Staff:
    """The person with that code; who left the office since is replaced by the head of service."""
    found = uow.records.staff_by_code(code)
    if found is not None:
        return found
    head = next((person for person in uow.records.staff() if person.role is Role.JEFE), None)
    if head is None:
        raise UnknownName(f"nadie en Personal tiene el código {code}, y no hay JEFE que lo reemplace")
    return head


def _key(bundle: Bundle) -> str:
    """The same steps for the same recipient always give the same key."""
    names = sorted(
        f"{item.obligation.id}.{item.notice.step}.{item.notice.occurrence}.{item.notice.mark}" for item in bundle.items
    )
    return f"notice:{bundle.recipient}:{hashlib.sha256('+'.join(names).encode()).hexdigest()[:20]}"


def _context(
    person: Staff,
    bundle: Sequence[Pending],
    uow: UnitOfWork,
    *,
    desk: Desk,
    now: datetime,
    outage: Outage | None,
) -> MailContext:
    alerts = [item for item in bundle if item.notice.mark == ALERT]
    others = _numbered(bundle)[len(alerts) :]
    items = tuple(
        item_of(p.obligation, uow, now=now, number=number, step=p.notice.step, mark=p.notice.mark)
        for number, p in enumerate(others, start=len(alerts) + 1)
    )
    if alerts:
        blocks = tuple(_alert(p, uow, now=now, number=number) for number, p in enumerate(alerts, start=1))
        return AlertContext(recipient=person.name, now=now, alerts=blocks, others=items, office=desk.office)
    if all(item.step is Step.OWNER for item in items) and outage is None:
        absent = _absent_owner(person, others, uow)
        return ReminderContext(recipient=person.name, now=now, items=items, stands_in_for=absent, office=desk.office)
    return NoticeContext(recipient=person.name, now=now, items=items, outage=outage, office=desk.office)


def _numbered(bundle: Sequence[Pending]) -> list[Pending]:
    """The lines in the order of their numbers, so that an answer "2 atendido" finds the second."""
    return sorted(bundle, key=lambda item: item.notice.mark != ALERT)


def _alert(pending: Pending, uow: UnitOfWork, *, now: datetime, number: int) -> AlertItem:
    message = uow.messages.get(pending.obligation.message) if pending.obligation.message else None
    verdict = message.verdict if message and message.verdict else Verdict()
    return alert_of(
        pending.obligation,
        uow,
        now=now,
        number=number,
        is_for_head=wants_head(verdict),
        is_unconfirmed=is_doubtful(verdict),
    )


def _absent_owner(person: Staff, bundle: Sequence[Pending], uow: UnitOfWork) -> str:
    owners = {p.obligation.owner for p in bundle} - {person.code}
    names = [owner.name for owner in map(uow.records.staff_by_code, sorted(owners)) if owner is not None]
    return ", ".join(names)


def _copies(bundle: Bundle, uow: UnitOfWork) -> list[Notice]:
    """The copies that go with a bundle; one that went with another recipient's mail goes no second time."""
    steps = {(p.obligation.id, p.notice.step, p.notice.occurrence, p.notice.mark) for p in bundle.items}
    return [
        notice
        for obligation in dict.fromkeys(p.obligation.id for p in bundle.items)
        for notice in uow.obligations.notices(obligation)
        if notice.is_copy
        and notice.mail is None
        and notice.recipient != bundle.recipient
        and (notice.obligation, notice.step, notice.occurrence, notice.mark) in steps
    ]
