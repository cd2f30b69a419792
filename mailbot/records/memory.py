"""The business records kept in memory: what `triage --office` and `replay` ask.

The office is indexed once; every look-up afterwards is one step in a dictionary.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from mailbot.domain.identifiers import bl_keys, normal_form, normal_vessel, vessel_keys
from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Agreement, Client, Contact, Dispatch, Holiday, Office, Staff, StatusProgramme

_K = TypeVar("_K")
_V = TypeVar("_V")
ReferenceKey = tuple[ReferenceKind, str]


class MemoryRecords:
    """`Records` over an office file held in memory."""

    def __init__(self, office: Office) -> None:
        self._staff = tuple(sorted(office.staff, key=lambda person: person.code.casefold()))
        self._staff_by_code = {person.code.casefold(): person for person in office.staff}
        self._staff_by_address = {_key(person.address): person for person in office.staff}
        self._clients = {client.ruc: client for client in sorted(office.clients, key=lambda client: client.ruc)}
        self._by_domain = _grouped((_key(name), client) for client in self._clients.values() for name in client.domains)
        self._contacts = _grouped((_key(contact.address), contact) for contact in _by_ruc(office.contacts))
        self._agreements = _grouped(((item.ruc, item.kind), item) for item in office.agreements)
        self._programmes = tuple(sorted(office.programmes, key=lambda programme: programme.ruc))
        self._holidays = tuple(sorted(office.holidays, key=lambda holiday: holiday.day))
        self._index_dispatches(office.dispatches)

    def _index_dispatches(self, dispatches: Sequence[Dispatch]) -> None:
        self._dispatches = {item.order: item for item in sorted(dispatches, key=lambda item: item.order)}
        self._by_reference = _grouped(
            (key, item) for item in self._dispatches.values() for key in _reference_keys(item)
        )
        self._open = tuple(item for item in self._dispatches.values() if not item.is_closed)
        self._open_by_ruc = _grouped((item.ruc, item) for item in reversed(self._open))

    def staff(self) -> Sequence[Staff]:
        """Everybody in `Personal`, by code."""
        return self._staff

    def staff_by_code(self, code: str) -> Staff | None:
        """The person with that code, ignoring case."""
        return self._staff_by_code.get(code.strip().casefold())

    def staff_by_address(self, address: str) -> Staff | None:
        """The person or mailbox of the office with that address."""
        return self._staff_by_address.get(_key(address))

    def clients(self) -> Sequence[Client]:
        """Every client, by RUC."""
        return tuple(self._clients.values())

    def client(self, ruc: str) -> Client | None:
        """The client with that RUC."""
        return self._clients.get(ruc.strip())

    def contacts_by_address(self, address: str) -> Sequence[Contact]:
        """Every `Contactos` row of that address, by RUC."""
        return self._contacts.get(_key(address), ())

    def clients_by_domain(self, domain: str) -> Sequence[Client]:
        """The clients that list that mail domain, by RUC."""
        return self._by_domain.get(_key(domain), ())

    def dispatch(self, order: str) -> Dispatch | None:
        """The dispatch of that order."""
        return self._dispatches.get(order.strip())

    def dispatches_by_reference(self, kind: ReferenceKind, canonical: str) -> Sequence[Dispatch]:
        """Dispatches, open or closed, that carry exactly this identifier, by order."""
        found = {item.order: item for key in _asked_keys(kind, canonical) for item in self._by_reference.get(key, ())}
        return tuple(found[order] for order in sorted(found))

    def open_dispatches(self, ruc: str) -> Sequence[Dispatch]:
        """The client's dispatches that are not closed, newest order first."""
        return self._open_by_ruc.get(ruc.strip(), ())

    def all_open_dispatches(self) -> Sequence[Dispatch]:
        """Every dispatch that is not closed, by order."""
        return self._open

    def agreements(self, ruc: str, kind: str, on: date) -> Sequence[Agreement]:
        """Agreements of the client for that obligation kind that hold on `on`, newest first."""
        held = [item for item in self._agreements.get((ruc, kind), ()) if item.holds_on(on)]
        return tuple(sorted(held, key=lambda item: item.since or date.min, reverse=True))

    def programmes(self) -> Sequence[StatusProgramme]:
        """Every status programme, by RUC."""
        return self._programmes

    def holidays(self) -> Sequence[Holiday]:
        """The office's own `Feriados` rows, by day."""
        return self._holidays


def _key(text: str) -> str:
    return text.strip().lower()


def _by_ruc(contacts: Iterable[Contact]) -> list[Contact]:
    return sorted(contacts, key=lambda contact: contact.ruc)


def _grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, tuple[_V, ...]]:
    groups: dict[_K, list[_V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _reference_keys(dispatch: Dispatch) -> Iterator[ReferenceKey]:
    """Every identifier of a dispatch in its normal form, each once."""
    carried = {
        ReferenceKind.ORDER: (dispatch.order,),
        ReferenceKind.DAM: (dispatch.dam,) if dispatch.dam else (),
        ReferenceKind.AWB: dispatch.awbs,
        ReferenceKind.CONTAINER: dispatch.containers,
        ReferenceKind.INVOICE: dispatch.invoices,
        ReferenceKind.PO: dispatch.purchase_orders,
        ReferenceKind.RUC: (dispatch.ruc,),
    }
    keys = {(kind, normal_form(kind, value)) for kind, values in carried.items() for value in values}
    keys |= {(ReferenceKind.BL, key) for value in dispatch.bls for key in bl_keys(normal_form(ReferenceKind.BL, value))}
    if dispatch.vessel:
        keys.add((ReferenceKind.VESSEL, normal_vessel(dispatch.vessel)))
    yield from sorted(keys)


def _asked_keys(kind: ReferenceKind, canonical: str) -> Iterator[ReferenceKey]:
    """A BL is looked up with and without its carrier's prefix, a vessel with and without its voyage."""
    match kind:
        case ReferenceKind.BL:
            keys = bl_keys(canonical)
        case ReferenceKind.VESSEL:
            keys = vessel_keys(canonical)
        case _:
            keys = (canonical,)
    yield from ((kind, key) for key in keys)
