"""What the office knows, asked by key. Kept in memory for one run, or in the database.

Every look-up costs about the same whatever the number of rows. Addresses, domains and identifiers
are compared in their normal form (`Address.key`, `Reference.canonical`). Any method may raise
`RecordsUnavailable`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from mailbot.domain.labels import ReferenceKind
from mailbot.domain.office import Agreement, Client, Contact, Dispatch, Holiday, Staff, StatusProgramme


class Records(Protocol):
    """Read access to the office file."""

    def staff(self) -> Sequence[Staff]:
        """Everybody in `Personal`, by code."""
        ...

    def staff_by_code(self, code: str) -> Staff | None:
        """The person with that code, ignoring case."""
        ...

    def staff_by_address(self, address: str) -> Staff | None:
        """The person or mailbox of the office with that address."""
        ...

    def clients(self) -> Sequence[Client]:
        """Every client, by RUC."""
        ...

    def client(self, ruc: str) -> Client | None:
        """The client with that RUC."""
        ...

    def contacts_by_address(self, address: str) -> Sequence[Contact]:
        """Every `Contactos` row of that address: a forwarder may serve several clients."""
        ...

    def clients_by_domain(self, domain: str) -> Sequence[Client]:
        """The clients that list that mail domain."""
        ...

    def dispatch(self, order: str) -> Dispatch | None:
        """The dispatch of that order, in the form `AAAA-NNNNNN`."""
        ...

    def dispatches_by_reference(self, kind: ReferenceKind, canonical: str) -> Sequence[Dispatch]:
        """Dispatches, open or closed, that carry exactly this identifier.

        A BL also matches with or without its carrier prefix; for `vessel` the name alone counts.
        """
        ...

    def open_dispatches(self, ruc: str) -> Sequence[Dispatch]:
        """The client's dispatches that are not closed, newest order first."""
        ...

    def all_open_dispatches(self) -> Sequence[Dispatch]:
        """Every dispatch that is not closed, by order."""
        ...

    def agreements(self, ruc: str, kind: str, on: date) -> Sequence[Agreement]:
        """Agreements of the client for that obligation kind that hold on `on`, newest first."""
        ...

    def programmes(self) -> Sequence[StatusProgramme]:
        """Every status programme, by RUC."""
        ...

    def holidays(self) -> Sequence[Holiday]:
        """The office's own `Feriados` rows, by day."""
        ...
