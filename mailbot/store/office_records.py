"""Look-ups in the saved office: small sheets from the book, dispatches from where they are kept."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Agreement, Client, Contact, Dispatch, Holiday, Staff, StatusProgramme
from mailbot.store.office_book import OfficeBook


class DispatchShelf(Protocol):
    """Where dispatches are looked up."""

    def dispatch(self, order: str) -> Dispatch | None:
        """The dispatch of that order."""
        ...

    def dispatches_by_reference(self, kind: ReferenceKind, canonical: str) -> Sequence[Dispatch]:
        """Those that carry the identifier."""
        ...

    def open_dispatches(self, ruc: str) -> Sequence[Dispatch]:
        """One client's, newest order first."""
        ...

    def all_open_dispatches(self) -> Sequence[Dispatch]:
        """Everybody's, by order."""
        ...


class OfficeRecords:
    """The records of the saved office; both parts are asked for at every look-up: an import replaces them."""

    def __init__(self, shelf: Callable[[], DispatchShelf], *, book: Callable[[], OfficeBook]) -> None:
        self._shelf = shelf
        self._book = book

    def staff(self) -> Sequence[Staff]:
        """Everybody, by code."""
        return self._book().staff()

    def staff_by_code(self, code: str) -> Staff | None:
        """The person with that code."""
        return self._book().staff_by_code(code)

    def staff_by_address(self, address: str) -> Staff | None:
        """The person or mailbox with that address."""
        return self._book().staff_by_address(address)

    def clients(self) -> Sequence[Client]:
        """Every client, by RUC."""
        return self._book().clients()

    def client(self, ruc: str) -> Client | None:
        """The client with that RUC."""
        return self._book().client(ruc)

    def contacts_by_address(self, address: str) -> Sequence[Contact]:
        """Every row of that address."""
        return self._book().contacts_by_address(address)

    def clients_by_domain(self, domain: str) -> Sequence[Client]:
        """The clients that list that domain."""
        return self._book().clients_by_domain(domain)

    def dispatch(self, order: str) -> Dispatch | None:
        """The dispatch of that order."""
        return self._shelf().dispatch(order)

    def dispatches_by_reference(self, kind: ReferenceKind, canonical: str) -> Sequence[Dispatch]:
        """Dispatches that carry exactly this identifier."""
        return self._shelf().dispatches_by_reference(kind, canonical)

    def open_dispatches(self, ruc: str) -> Sequence[Dispatch]:
        """The client's open dispatches, newest order first."""
        return self._shelf().open_dispatches(ruc)

    def all_open_dispatches(self) -> Sequence[Dispatch]:
        """Every open dispatch, by order."""
        return self._shelf().all_open_dispatches()

    def agreements(self, ruc: str, kind: str, on: date) -> Sequence[Agreement]:
        """Agreements that hold on the day, newest first."""
        return self._book().agreements(ruc, kind, on)

    def programmes(self) -> Sequence[StatusProgramme]:
        """Every status programme, by RUC."""
        return self._book().programmes()

    def holidays(self) -> Sequence[Holiday]:
        """The office's own holidays, by day."""
        return self._book().holidays()
