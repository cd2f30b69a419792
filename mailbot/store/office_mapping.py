"""Rows of the office file, to and from the values of the domain."""

from dataclasses import fields
from datetime import time

from mailbot.domain.office import (
    Agreement,
    CalendarName,
    Client,
    Contact,
    Dispatch,
    Holiday,
    Language,
    Modality,
    Role,
    Staff,
    StatusProgramme,
    Transport,
)
from mailbot.store.mapping import Found, Values

_LISTS = ("bls", "awbs", "containers", "invoices", "purchase_orders")


def from_staff(person: Staff) -> Values:
    """A person as a row."""
    return dict(vars(person))


def to_staff(row: Found) -> Staff:
    """A person from their row."""
    return Staff(**_fields(Staff, row) | {"role": Role(row["role"])})


def from_client(client: Client) -> Values:
    """A client as a row."""
    return vars(client) | {"domains": list(client.domains)}


def to_client(row: Found) -> Client:
    """A client from its row."""
    return Client(**_fields(Client, row) | {"domains": tuple(row["domains"]), "language": Language(row["language"])})


def from_contact(contact: Contact) -> Values:
    """A contact as a row."""
    return {"ruc": contact.ruc, "name": contact.name, "address": contact.address, "charge": contact.position}


def to_contact(row: Found) -> Contact:
    """A contact from its row."""
    return Contact(ruc=row["ruc"], name=row["name"], address=row["address"], position=row["charge"])


def from_agreement(agreement: Agreement) -> Values:
    """An agreement as a row."""
    return dict(vars(agreement))


def to_agreement(row: Found) -> Agreement:
    """An agreement from its row."""
    return Agreement(**_fields(Agreement, row))


def from_programme(programme: StatusProgramme) -> Values:
    """A status programme as a row."""
    return vars(programme) | {"recipients": list(programme.recipients), "columns": list(programme.columns)}


def to_programme(row: Found) -> StatusProgramme:
    """A status programme from its row."""
    return StatusProgramme(
        **_fields(StatusProgramme, row)
        | {
            "recipients": tuple(row["recipients"]),
            "columns": tuple(row["columns"]),
            "language": None if row["language"] is None else Language(row["language"]),
        }
    )


def from_holiday(holiday: Holiday) -> Values:
    """A holiday as a row."""
    windows = [[opening.isoformat(), closing.isoformat()] for opening, closing in holiday.windows]
    return vars(holiday) | {"windows": windows}


def to_holiday(row: Found) -> Holiday:
    """A holiday from its row."""
    windows = tuple((time.fromisoformat(opening), time.fromisoformat(closing)) for opening, closing in row["windows"])
    calendar = None if row["calendar"] is None else CalendarName(row["calendar"])
    return Holiday(day=row["day"], name=row["name"], calendar=calendar, windows=windows)


def from_dispatch(dispatch: Dispatch) -> Values:
    """A dispatch as a row."""
    lists = {name: list(getattr(dispatch, name)) for name in _LISTS}
    return vars(dispatch) | lists | {"is_open": not dispatch.is_closed}


def to_dispatch(row: Found) -> Dispatch:
    """A dispatch from its row."""
    return Dispatch(
        **_fields(Dispatch, row)
        | {name: tuple(row[name]) for name in _LISTS}
        | {
            "modality": None if row["modality"] is None else Modality(row["modality"]),
            "transport": Transport(row["transport"]),
        }
    )


def _fields(cls: type, row: Found) -> Values:
    return {field.name: row[field.name] for field in fields(cls)}
