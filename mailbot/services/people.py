"""Who owns a matter and who is told at each step, absences considered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mailbot.domain.linkage import Linkage
from mailbot.domain.obligation import Obligation, Step
from mailbot.domain.office import Role, Staff
from mailbot.ports.records import Records


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Whom a notice goes to; nobody is named twice."""

    to: tuple[Staff, ...]
    cc: tuple[Staff, ...] = ()


def owner_of(linkage: Linkage, *, mailbox: str, records: Records) -> str:
    """The staff code of whoever owes what a message opens.

    The ESC of the client; for unknown senders the mailbox's own owner, else the first ESC.
    """
    ruc = linkage.client.ruc if linkage.client else next((match.ruc for match in linkage.dispatches), None)
    client = records.client(ruc) if ruc else None
    if client is not None:
        return client.esc
    owner = records.staff_by_address(mailbox)
    if owner is not None:
        return owner.code
    staff = records.staff()
    escs = [person for person in staff if person.role is Role.ESC]
    return (escs or list(staff))[0].code if staff else ""


def recipients_of(step: Step, obligation: Obligation, *, records: Records, day: date) -> Recipients:
    """Who is told of a step on `day` (contract, "Ladder" and "Absence")."""
    owner = records.staff_by_code(obligation.owner)
    if owner is None:
        return Recipients(to=tuple(_first(records, Role.SUPERVISOR)))
    supervisor, head = chief_of(owner, Role.SUPERVISOR, records), chief_of(owner, Role.JEFE, records)
    if step is Step.OWNER:
        return _distinct(_with_deputy(owner, records, day), _assistants(obligation, records))
    if step is Step.SUPERVISOR:
        return _distinct(_present(supervisor or head, records, day), [owner])
    return _distinct(_present(head or supervisor, records, day), _present(supervisor, records, day))


def alert_recipients(owner_code: str, *, with_head: bool, records: Records, day: date) -> Recipients:
    """Who is told at once of a complaint or contingency: the supervisor, in some cases the head in copy."""
    owner = records.staff_by_code(owner_code)
    supervisor = chief_of(owner, Role.SUPERVISOR, records) if owner else None
    head = chief_of(owner, Role.JEFE, records) if owner else None
    first = supervisor or head or next(_first(records, Role.SUPERVISOR), None)
    return _distinct(_present(first, records, day), _present(head, records, day) if with_head else [])


def agenda_readers(owner: Staff, *, records: Records, day: date) -> tuple[Staff, ...]:
    """Who gets an owner's agenda on `day`: the owner, and in an absence the suplente too."""
    return tuple(_with_deputy(owner, records, day))


def summary_readers(chief: Staff, *, records: Records, day: date) -> tuple[Staff, ...]:
    """Who gets the summary of a supervisor or head on `day`: an absent one is replaced."""
    return tuple(_present(chief, records, day))


def chief_of(person: Staff, role: Role, records: Records) -> Staff | None:
    """The nearest chief with that role, following `jefe`; else the only one of the office."""
    seen: set[str] = set()
    current: Staff | None = person
    while current is not None and current.chief and current.code not in seen:
        seen.add(current.code)
        current = records.staff_by_code(current.chief)
        if current is not None and current.role is role:
            return current
    return next((chief for chief in _first(records, role) if chief.code != person.code), None)


def _first(records: Records, role: Role) -> Iterator[Staff]:
    return (person for person in records.staff() if person.role is role)


def _with_deputy(owner: Staff, records: Records, day: date) -> list[Staff]:
    if not owner.is_absent_on(day):
        return [owner]
    return [owner, *_stand_in(owner, records, day)]


def _present(person: Staff | None, records: Records, day: date) -> list[Staff]:
    if person is None:
        return []
    if not person.is_absent_on(day):
        return [person]
    return _stand_in(person, records, day) or [person]


def _stand_in(person: Staff, records: Records, day: date) -> list[Staff]:
    """The suplente; without one, or when absent too, the `jefe`. GERENCIA is never told by mailbot."""
    for code in (person.deputy, person.chief):
        other = records.staff_by_code(code) if code else None
        if other is not None and other.role is not Role.GERENCIA and not other.is_absent_on(day):
            return [other]
    return []


def _assistants(obligation: Obligation, records: Records) -> list[Staff]:
    client = records.client(obligation.client) if obligation.client else None
    assistant = records.staff_by_code(client.asc) if client and client.asc else None
    return [assistant] if assistant else []


def _distinct(to: Sequence[Staff], cc: Sequence[Staff]) -> Recipients:
    codes = {person.code for person in to}
    return Recipients(
        to=tuple({person.code: person for person in to}.values()),
        cc=tuple({person.code: person for person in cc if person.code not in codes}.values()),
    )
