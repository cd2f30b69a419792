"""The tables of the office file, one a sheet, and the keys under which dispatches are found.

`position` keeps the order of the sheet. A dispatch names its client without a foreign key: a client
may leave the office file while dispatches of theirs are still on record.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field

from mailbot.domain.office import CalendarName, Language, Modality, Role, Transport
from mailbot.store.columns import Row, json_column, key_column, one_of, text_column, word_column


class StaffRow(Row, table=True):
    """A row of `Personal`."""

    __tablename__ = "staff"
    __table_args__ = (one_of("role", Role),)
    code: str = key_column(primary_key=True)
    position: int
    name: str = text_column()
    address: str = text_column()
    role: str = word_column()
    chief: str | None = text_column()
    deputy: str | None = text_column()
    absent_from: date | None
    absent_until: date | None


class ClientRow(Row, table=True):
    """A row of `Clientes`."""

    __tablename__ = "clients"
    __table_args__ = (one_of("language", Language),)
    ruc: str = key_column(primary_key=True)
    position: int
    name: str = text_column()
    domains: list[Any] = json_column()
    esc: str = text_column()
    asc: str | None = text_column()
    has_credit: bool
    language: str = word_column()


class ContactRow(Row, table=True):
    """A row of `Contactos`."""

    __tablename__ = "contacts"
    position: int = Field(primary_key=True)
    ruc: str = key_column(foreign_key="clients.ruc")
    name: str = text_column()
    address: str = text_column()
    # `position` is the sheet's order here, so the person's own position is their charge.
    charge: str = text_column()


class AgreementRow(Row, table=True):
    """A row of `Acuerdos`."""

    __tablename__ = "agreements"
    position: int = Field(primary_key=True)
    ruc: str = key_column(foreign_key="clients.ruc")
    kind: str = text_column()
    limit: str = text_column()
    since: date | None
    until: date | None
    basis: str = text_column()


class ProgrammeRow(Row, table=True):
    """A row of `Status`."""

    __tablename__ = "programmes"
    __table_args__ = (one_of("language", Language),)
    position: int = Field(primary_key=True)
    ruc: str = key_column(foreign_key="clients.ruc")
    frequency: str = text_column()
    recipients: list[Any] = json_column()
    columns: list[Any] = json_column()
    only_changes: bool
    language: str | None = word_column()


class HolidayRow(Row, table=True):
    """A row of `Feriados`."""

    __tablename__ = "holidays"
    __table_args__ = (one_of("calendar", CalendarName),)
    position: int = Field(primary_key=True)
    day: date
    name: str = text_column()
    calendar: str | None = word_column()
    windows: list[Any] = json_column()


class DispatchRow(Row, table=True):
    """A row of `Despachos`."""

    __tablename__ = "dispatches"
    __table_args__ = (
        one_of("modality", Modality),
        one_of("transport", Transport),
        Index(
            "ix_dispatches_open",
            "ruc",
            "order",
            sqlite_where=sql("is_open"),
            postgresql_where=sql("is_open"),
        ),
    )
    order: str = key_column(primary_key=True)
    ruc: str = key_column(index=True)
    regime: str = text_column()
    modality: str | None = word_column()
    transport: str = word_column()
    customs_office: str = text_column()
    dam: str | None = text_column()
    bls: list[Any] = json_column()
    awbs: list[Any] = json_column()
    containers: list[Any] = json_column()
    invoices: list[Any] = json_column()
    purchase_orders: list[Any] = json_column()
    vessel: str = text_column()
    voyage: str = text_column()
    eta: datetime | None
    discharge_ended_on: date | None
    loading_ended_on: date | None
    numbered_on: date | None
    channel: str = text_column()
    released_on: date | None
    regularized_on: date | None
    delivered_on: date | None
    regime_expires_on: date | None
    needs_regularization: bool
    free_days: int | None
    status: str = text_column()
    status_note: str = text_column()
    status_noted_at: datetime | None
    # Follows from `status`; kept for the index of open dispatches.
    is_open: bool


class DispatchKeyRow(Row, table=True):
    """A normal form under which a dispatch is found."""

    __tablename__ = "dispatch_keys"
    kind: str = key_column(primary_key=True)
    key: str = key_column(primary_key=True)
    order: str = key_column(primary_key=True, foreign_key="dispatches.order", index=True)
