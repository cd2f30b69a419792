"""The small sheets of the office file, ready to be looked up; dispatches are kept elsewhere.

Made once per import and never changed, so it can be shared by every unit of work.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from mailbot.domain.office import Agreement, Client, Contact, Holiday, Office, Staff, StatusProgramme

Row = TypeVar("Row")


def _grouped(rows: Iterable[Row], keys_of: Callable[[Row], Iterable[Hashable]]) -> dict[Hashable, tuple[Row, ...]]:
    groups: defaultdict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        for key in keys_of(row):
            groups[key].append(row)
    return {key: tuple(group) for key, group in groups.items()}


def _fold(text: str) -> str:
    return text.strip().lower()


class OfficeBook:
    """Everything but the dispatches, by key."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._staff = tuple(sorted(office.staff, key=lambda person: person.code))
        self._clients = tuple(sorted(office.clients, key=lambda client: client.ruc))
        self._programmes = tuple(sorted(office.programmes, key=lambda programme: programme.ruc))
        self._holidays = tuple(sorted(office.holidays, key=lambda holiday: holiday.day))
        self._by_code = {_fold(person.code): person for person in self._staff}
        self._by_address = {_fold(person.address): person for person in reversed(self._staff)}
        self._by_ruc = {client.ruc: client for client in self._clients}
        self._by_domain = _grouped(self._clients, lambda client: {_fold(domain) for domain in client.domains})
        self._contacts = _grouped(office.contacts, lambda contact: [_fold(contact.address)])
        self._agreements = _grouped(office.agreements, lambda agreement: [(agreement.ruc, agreement.kind)])

    def staff(self) -> Sequence[Staff]:
        """By code."""
        return self._staff

    def staff_by_code(self, code: str) -> Staff | None:
        """Ignoring case."""
        return self._by_code.get(_fold(code))

    def staff_by_address(self, address: str) -> Staff | None:
        """Ignoring case."""
        return self._by_address.get(_fold(address))

    def clients(self) -> Sequence[Client]:
        """By RUC."""
        return self._clients

    def client(self, ruc: str) -> Client | None:
        """With that RUC."""
        return self._by_ruc.get(ruc)

    def contacts_by_address(self, address: str) -> Sequence[Contact]:
        """Every row of that address."""
        return self._contacts.get(_fold(address), ())

    def clients_by_domain(self, domain: str) -> Sequence[Client]:
        """Those that list it."""
        return self._by_domain.get(_fold(domain), ())

    def agreements(self, ruc: str, kind: str, on: date) -> Sequence[Agreement]:
        """Those that hold on the day, newest first."""
        held = [agreement for agreement in self._agreements.get((ruc, kind), ()) if agreement.holds_on(on)]
        return tuple(sorted(held, key=lambda agreement: agreement.since or date.min, reverse=True))

    def programmes(self) -> Sequence[StatusProgramme]:
        """By RUC."""
        return self._programmes

    def holidays(self) -> Sequence[Holiday]:
        """By day."""
        return self._holidays
