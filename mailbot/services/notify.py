"""Write the mails of waiting notices, each as of the moment at which it was to leave.

A notice whose obligation turns out to have been met in time, or not to be owed, is withdrawn.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.domain.contexts import AlertContext, AlertItem, NoticeContext, Outage, ReminderContext
from mailbot.domain.errors import UnknownName
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.obligation import ObligationState, Step
from mailbot.domain.office import Role, Staff
from mailbot.domain.plan import is_doubtful, wants_head
from mailbot.domain.verdict import Verdict
from mailbot.ports.renderer import MailContext
from mailbot.ports.store import UnitOfWork
from mailbot.ports.stored import Notice
from mailbot.services.bundle import Bundle, Pending, bundles_due, is_moot, pending_of, still_leaving
from mailbot.services.carry_out import ALERT
from mailbot.services.desk import Desk
from mailbot.services.history import as_they_stood
from mailbot.services.lines import alert_of, item_of
from mailbot.services.outgoing import compose


def notify(desk: Desk, *, now: datetime, outage: Outage | None = None) -> tuple[OutgoingMail, ...]:
    """Queue a mail for every recipient whose bundle is complete at `now`.

    Each is kept as soon as it is made: a long row of them holds up nobody, and a service that is ended
    again and again gets on with it all the same.
    """
    with desk.store.begin() as uow:
        waiting = uow.obligations.waiting_notices()
        if not waiting:
            return ()
        uow.obligations.withdraw([item for item in waiting if is_moot(item, uow)])
        bundles = tuple(bundles_due(waiting, uow, desk=desk, now=now))
        pending = pending_of(waiting, uow, desk.rules(uow.records))
        gone = [item.notice for item in pending if item.is_gone_at(now)]
        uow.commit()
        mails = [_queue(bundle, uow, desk=desk, now=now, outage=outage) for bundle in bundles]
        if gone:
            # What none of these mails took along was taken back before it was to leave.
            uow.obligations.withdraw(gone)
            uow.commit()
    return tuple(mail for mail in mails if mail is not None)


def notify_before(at: datetime, told: Collection[str], uow: UnitOfWork, *, desk: Desk, now: datetime) -> None:
    """Queue what was to leave by then, minutes ago, for these recipients: a word that came then changes it no more."""
    waiting = [notice for notice in uow.obligations.waiting_notices() if notice.is_copy or notice.recipient in told]
    for bundle in tuple(bundles_due(waiting, uow, desk=desk, now=at)):
        if not bundle.is_missed_at(now):
            _put(bundle, uow, desk=desk, now=now, outage=None)


def _queue(bundle: Bundle, uow: UnitOfWork, *, desk: Desk, now: datetime, outage: Outage | None) -> OutgoingMail | None:
    """Queue and keep the mail of a bundle; None when all that it was to tell has ended meanwhile."""
    mail = _put(bundle, uow, desk=desk, now=now, outage=outage)
    if mail is not None:
        uow.commit()
    return mail


def _put(bundle: Bundle, uow: UnitOfWork, *, desk: Desk, now: datetime, outage: Outage | None) -> OutgoingMail | None:
    bundle = replace(bundle, items=still_leaving(bundle, uow, now=now))
    if not bundle.items:
        return None
    copies = _copies(bundle, uow)
    mail = _mail(bundle, copies, uow, desk=desk, now=now, outage=outage)
    uow.outbox.add(mail)
    uow.obligations.carry([*(item.notice for item in bundle.items), *copies], mail=mail.key)
    return mail


def _mail(
    bundle: Bundle, copies: Sequence[Notice], uow: UnitOfWork, *, desk: Desk, now: datetime, outage: Outage | None
) -> OutgoingMail:
    person = _person(bundle.recipient, uow)
    missed_in = outage if bundle.is_missed_at(now) else None
    at = bundle.told_at(now)
    context = _context(person, list(_as_they_stood(bundle, uow, at=at)), uow, desk=desk, now=at, outage=missed_in)
    is_reminder = isinstance(context, ReminderContext)
    others = {notice.recipient: _person(notice.recipient, uow) for notice in copies}
    mail = compose(
        context,
        desk=desk,
        key=_key(bundle),
        purpose=MailPurpose.REMINDER if is_reminder else MailPurpose.NOTICE,
        to=(person,),
        cc=tuple(others[code] for code in sorted(others)),
        obligations=[item.obligation.id for item in _numbered(bundle.items)],
        now=now,
    )
    return replace(mail, planned_at=at)


def _as_they_stood(bundle: Bundle, uow: UnitOfWork, *, at: datetime) -> Iterator[Pending]:
    """What the mail tells of, as it stood when it was to leave."""
    for item in bundle.items:
        # Most are as they were: their histories need not be asked.
        if item.notice.taken_back_at is None and item.obligation.state is ObligationState.OPEN:
            yield item
            continue
        stood = next(as_they_stood([item.obligation], uow, at=at), item.obligation)
        yield replace(item, obligation=stood)


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
