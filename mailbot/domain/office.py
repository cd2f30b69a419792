"""What the office knows: its people, clients, agreements, dispatches, programmes and holidays.

The words of the office workbook (`contract.md`, "The office file") are kept where they are terms
of the trade.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class Role(StrEnum):
    """What a person or mailbox of the broker does."""

    # Owns clients and all their dispatches; obliged by Annex 01.
    ESC = "ESC"
    # Helps an ESC.
    ASC = "ASC"
    # First line of escalation.
    SUPERVISOR = "SUPERVISOR"
    # Head of service, the second step.
    JEFE = "JEFE"
    # Told only by a person, never by mailbot.
    GERENCIA = "GERENCIA"
    ADMINISTRACION = "ADMINISTRACION"
    ARCHIVO = "ARCHIVO"
    LIQUIDACION = "LIQUIDACION"
    # The sender of the broker's own automatic alerts.
    ALERTAS = "ALERTAS"


class Modality(StrEnum):
    """How an import is declared (LGA art. 130-131)."""

    ANTICIPADO = "anticipado"
    DIFERIDO = "diferido"
    URGENTE = "urgente"


class Transport(StrEnum):
    """By which way the goods travel."""

    MARITIMA = "maritima"
    AEREA = "aerea"
    TERRESTRE = "terrestre"


class Language(StrEnum):
    """The language a client is written in."""

    ES = "es"
    EN = "en"


class CalendarName(StrEnum):
    """Whose working days: the company's, or those of the customs authority."""

    EMPRESA = "empresa"
    SUNAT = "sunat"


@dataclass(frozen=True, kw_only=True)
class Staff:
    """One row of `Personal`. Absence counts whole days, both ends included."""

    code: str
    name: str
    address: str
    role: Role
    chief: str | None = None
    deputy: str | None = None
    absent_from: date | None = None
    absent_until: date | None = None

    def is_absent_on(self, day: date) -> bool:
        """Whether `day` lies within the absence; an open end reaches on."""
        if self.absent_from is None:
            return self.absent_until is not None and day <= self.absent_until
        return self.absent_from <= day and (self.absent_until is None or day <= self.absent_until)


@dataclass(frozen=True, kw_only=True)
class Client:
    """One row of `Clientes`; `domains` are in lower case."""

    ruc: str
    name: str
    domains: tuple[str, ...]
    esc: str
    asc: str | None = None
    has_credit: bool = False
    language: Language = Language.ES


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One row of `Contactos`: a person who may write for a client."""

    ruc: str
    name: str
    address: str
    position: str = ""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One row of `Acuerdos`: the limit a client was promised, by the date of arrival."""

    ruc: str
    kind: str
    limit: str
    since: date | None = None
    until: date | None = None
    basis: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether a mail that arrived on `day` falls under it; both ends are included."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


# States of `domain.md` 1.4 after which a dispatch owes nothing more.
CLOSED_STATES = frozenset({"file en archivo: cerrado", "file cerrado", "cerrado", "anulado", "legajado", "cancelado"})


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """One row of `Despachos`. `order` is `AAAA-NNNNNN`; a bare ETA date is 00:00 of that day in Lima."""

    order: str
    ruc: str
    regime: str
    modality: Modality | None = None
    transport: Transport
    customs_office: str = ""
    dam: str | None = None
    bls: tuple[str, ...] = ()
    awbs: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    invoices: tuple[str, ...] = ()
    purchase_orders: tuple[str, ...] = ()
    vessel: str = ""
    voyage: str = ""
    eta: datetime | None = None
    discharge_ended_on: date | None = None
    loading_ended_on: date | None = None
    numbered_on: date | None = None
    channel: str = ""
    released_on: date | None = None
    regularized_on: date | None = None
    delivered_on: date | None = None
    regime_expires_on: date | None = None
    needs_regularization: bool = False
    free_days: int | None = None
    status: str = ""
    status_note: str = ""
    status_noted_at: datetime | None = None

    @property
    def is_closed(self) -> bool:
        """Closed once its file is closed or it was cancelled (`contract.md`, office file rules)."""
        return self.status.strip().casefold() in CLOSED_STATES


@dataclass(frozen=True, kw_only=True)
class StatusProgramme:
    """One row of `Status`: how often, to whom and with which columns a client is told."""

    ruc: str
    frequency: str
    recipients: tuple[str, ...]
    columns: tuple[str, ...] = ()
    only_changes: bool = False
    language: Language | None = None


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """One row of `Feriados`. `windows` empty means closed; `calendar` None means both calendars."""

    day: date
    name: str
    calendar: CalendarName | None = None
    windows: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Office:
    """The whole office file."""

    staff: tuple[Staff, ...] = ()
    clients: tuple[Client, ...] = ()
    contacts: tuple[Contact, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    programmes: tuple[StatusProgramme, ...] = ()
    holidays: tuple[Holiday, ...] = ()
