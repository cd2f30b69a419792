"""The columns of the client's status table (`domain.md` 7.1): headings, names people use, defaults.

Only columns that the office file can fill.
"""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from mailbot.domain.office import Language


class Column(StrEnum):
    """A column of the status table, in the order in which tables show them."""

    ORDER = "order"
    CLIENT_REFERENCE = "client_reference"
    INVOICES = "invoices"
    REGIME = "regime"
    MODALITY = "modality"
    TRANSPORT = "transport"
    VESSEL = "vessel"
    DOCUMENT = "document"
    CONTAINERS = "containers"
    ETA = "eta"
    DISCHARGE_ENDED = "discharge_ended"
    LOADING_ENDED = "loading_ended"
    CUSTOMS_OFFICE = "customs_office"
    MISSING = "missing"
    DAM = "dam"
    NUMBERED = "numbered"
    CHANNEL = "channel"
    RELEASED = "released"
    DELIVERED = "delivered"
    FREE_DAYS = "free_days"
    DEMURRAGE_FROM = "demurrage_from"
    REGULARIZATION_DUE = "regularization_due"
    REGULARIZED = "regularized"
    REGIME_EXPIRES = "regime_expires"
    STATUS = "status"
    NOTE = "note"
    RESPONSIBLE = "responsible"


# Heading in Spanish (`domain.md` 7.1) and in English.
HEADINGS: dict[Column, tuple[str, str]] = {
    Column.ORDER: ("Orden", "Order"),
    Column.CLIENT_REFERENCE: ("Ref. cliente / OC", "Client ref. / PO"),
    Column.INVOICES: ("Facturas", "Invoices"),
    Column.REGIME: ("Régimen", "Regime"),
    Column.MODALITY: ("Modalidad", "Modality"),
    Column.TRANSPORT: ("Vía", "Mode"),
    Column.VESSEL: ("Nave/Viaje o Vuelo", "Vessel/Voyage or Flight"),
    Column.DOCUMENT: ("BL / AWB", "BL / AWB"),
    Column.CONTAINERS: ("Contenedores", "Containers"),
    Column.ETA: ("ETA", "ETA"),
    Column.DISCHARGE_ENDED: ("Término descarga", "Discharge ended"),
    Column.LOADING_ENDED: ("Término embarque", "Loading ended"),
    Column.CUSTOMS_OFFICE: ("Aduana", "Customs office"),
    Column.MISSING: ("Doc. pendientes", "Missing documents"),
    Column.DAM: ("DAM", "DAM"),
    Column.NUMBERED: ("F. numeración", "Declared on"),
    Column.CHANNEL: ("Canal", "Channel"),
    Column.RELEASED: ("F. levante", "Released on"),
    Column.DELIVERED: ("F. retiro / entrega", "Delivered on"),
    Column.FREE_DAYS: ("Días libres", "Free days"),
    Column.DEMURRAGE_FROM: ("Vence sobreestadía", "Free time ends"),
    Column.REGULARIZATION_DUE: ("Vence regularización", "Regularisation due"),
    Column.REGULARIZED: ("F. regularización", "Regularised on"),
    Column.REGIME_EXPIRES: ("Vence régimen / Garantía", "Regime expires"),
    Column.STATUS: ("Estado", "Status"),
    Column.NOTE: ("Observaciones", "Remarks"),
    Column.RESPONSIBLE: ("Responsable", "Contact"),
}

_ARRIVAL = (
    Column.ORDER,
    Column.CLIENT_REFERENCE,
    Column.VESSEL,
    Column.DOCUMENT,
    Column.ETA,
    Column.DAM,
    Column.CHANNEL,
    Column.RELEASED,
    Column.DELIVERED,
    Column.STATUS,
    Column.NOTE,
)
_DEPARTURE = (
    Column.ORDER,
    Column.CLIENT_REFERENCE,
    Column.VESSEL,
    Column.DOCUMENT,
    Column.DAM,
    Column.CHANNEL,
    Column.RELEASED,
    Column.LOADING_ENDED,
    Column.REGULARIZED,
    Column.STATUS,
    Column.NOTE,
)
# Columns that hold a date, some with an hour.
DATE_COLUMNS = frozenset(
    {
        Column.ETA,
        Column.DISCHARGE_ENDED,
        Column.LOADING_ENDED,
        Column.NUMBERED,
        Column.RELEASED,
        Column.DELIVERED,
        Column.DEMURRAGE_FROM,
        Column.REGULARIZATION_DUE,
        Column.REGULARIZED,
        Column.REGIME_EXPIRES,
    }
)
DEPARTING_REGIMES = frozenset({"40", "41", "48", "51", "52", "60", "89"})
EXPIRING_REGIMES = frozenset({"20", "21", "51", "52", "70", "80", "89"})


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in plain.casefold() if mark.isalnum())


# Other ways in which people name a column, folded.
_ALSO: dict[str, Column] = {
    "oc": Column.CLIENT_REFERENCE,
    "po": Column.CLIENT_REFERENCE,
    "referencia": Column.CLIENT_REFERENCE,
    "refcliente": Column.CLIENT_REFERENCE,
    "factura": Column.INVOICES,
    "nave": Column.VESSEL,
    "vuelo": Column.VESSEL,
    "viaje": Column.VESSEL,
    "bl": Column.DOCUMENT,
    "awb": Column.DOCUMENT,
    "contenedor": Column.CONTAINERS,
    "documentospendientes": Column.MISSING,
    "pendientes": Column.MISSING,
    "numeracion": Column.NUMBERED,
    "fechanumeracion": Column.NUMBERED,
    "levante": Column.RELEASED,
    "fechalevante": Column.RELEASED,
    "entrega": Column.DELIVERED,
    "retiro": Column.DELIVERED,
    "fechaentrega": Column.DELIVERED,
    "sobreestadia": Column.DEMURRAGE_FROM,
    "regularizacion": Column.REGULARIZED,
    "fecharegularizacion": Column.REGULARIZED,
    "venceregimen": Column.REGIME_EXPIRES,
    "vencimientoregimen": Column.REGIME_EXPIRES,
    "requiereregularizacion": Column.REGULARIZATION_DUE,
    "glosa": Column.NOTE,
    "glosastatus": Column.NOTE,
    "glosa40025": Column.NOTE,
    "observacionesglosa40025": Column.NOTE,
    "ejecutivo": Column.RESPONSIBLE,
    "canaldecontrol": Column.CHANNEL,
    "dua": Column.DAM,
}


def heading(column: Column, language: Language = Language.ES) -> str:
    """The heading of a column."""
    spanish, english = HEADINGS[column]
    return english if language is Language.EN else spanish


def parse_columns(names: Iterable[str]) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The columns a `Status` row names, in its order, and the names that mean none."""
    found: list[Column] = []
    unknown: list[str] = []
    for name in names:
        column = _column_named(name)
        if column is None:
            unknown.append(name)
        elif column not in found:
            found.append(column)
    return tuple(found), tuple(unknown)


def default_columns(regimes: Iterable[str]) -> tuple[Column, ...]:
    """The columns for a client whose programme names none, by the regimes under way."""
    wanted: set[Column] = set()
    present = frozenset(regimes)
    if present - DEPARTING_REGIMES or not present:
        wanted.update(_ARRIVAL)
    if present & DEPARTING_REGIMES:
        wanted.update(_DEPARTURE)
    if present & EXPIRING_REGIMES:
        wanted.add(Column.REGIME_EXPIRES)
    if len(present) > 1:
        wanted.add(Column.REGIME)
    return tuple(column for column in Column if column in wanted)


def _column_named(name: str) -> Column | None:
    key = _folded(name)
    for column, headings in HEADINGS.items():
        if key in (_folded(column.value), *map(_folded, headings)):
            return column
    return _ALSO.get(key)
