"""The sheets of the office file (`contract.md`, "The office file") as one readable table."""

from mailbot.domain.identifiers import REGIMES
from mailbot.domain.obligation import ObligationKind
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
from mailbot.records import trade
from mailbot.records.cells import (
    Cell,
    choice,
    day,
    moment,
    one_of,
    parts_of,
    plain,
    text_of,
    whole_number,
    yes_no,
)
from mailbot.records.forms import Column, SheetForm
from mailbot.records.states import STATES

YES_NO = ("sí", "no")
CHANNELS = ("verde", "naranja", "rojo")


def _values(
    enum: type[Role] | type[Modality] | type[Transport] | type[Language] | type[CalendarName],
) -> tuple[str, ...]:
    return tuple(member.value for member in enum)


def _spanish_unless_said(cell: Cell) -> object:
    return choice(Language)(cell) or Language.ES


def _capitals(cell: Cell) -> Cell:
    return text_of(cell).upper()


_KINDS = tuple(kind.value for kind in ObligationKind)
_DATE_NOTE = "dd/mm/aaaa"
_SEVERAL = "uno o varios, separados por coma"


def _kind(cell: Cell) -> object:
    return one_of(_KINDS)(plain(text_of(cell)).replace(" ", "_").replace("-", "_"))


STAFF = SheetForm(
    name="Personal",
    attribute="staff",
    make=Staff,
    key=("code",),
    required=True,
    columns=(
        Column(heading="codigo", field="code", read=trade.code, required=True, note="una palabra, única: ESC01"),
        Column(heading="nombre", field="name", required=True, note="nombre y apellido, o el nombre del buzón"),
        Column(heading="correo", field="address", read=trade.address, required=True, note="una dirección, única"),
        Column(
            heading="rol",
            field="role",
            read=lambda cell: choice(Role)(_capitals(cell)),
            required=True,
            choices=_values(Role),
            note="qué hace en la agencia",
        ),
        Column(heading="jefe", field="chief", read=trade.code, source="Personal", note="código de su jefe inmediato"),
        Column(
            heading="suplente", field="deputy", read=trade.code, source="Personal", note="código de quien reemplaza"
        ),
        Column(heading="ausente_desde", field="absent_from", read=day, note=_DATE_NOTE),
        Column(heading="ausente_hasta", field="absent_until", read=day, note=f"{_DATE_NOTE}, inclusive"),
    ),
)

CLIENTS = SheetForm(
    name="Clientes",
    attribute="clients",
    make=Client,
    key=("ruc",),
    required=True,
    columns=(
        Column(heading="ruc", field="ruc", read=trade.ruc, required=True, note="11 dígitos"),
        Column(heading="nombre", field="name", required=True, note="razón social"),
        Column(
            heading="dominios",
            field="domains",
            read=trade.domains,
            required=True,
            may_be_empty=True,
            note="lo que va después de la @, separados por coma; vacío solo si hay contactos; no correos públicos",
        ),
        Column(heading="esc", field="esc", read=trade.code, required=True, source="Personal", note="código de su ESC"),
        Column(heading="asc", field="asc", read=trade.code, source="Personal", note="código de su ASC"),
        Column(
            heading="credito", field="has_credit", read=yes_no, choices=YES_NO, note="crédito aprobado; vacío es no"
        ),
        Column(
            heading="idioma",
            field="language",
            read=_spanish_unless_said,
            choices=_values(Language),
            note="vacío es es (castellano)",
        ),
    ),
)

CONTACTS = SheetForm(
    name="Contactos",
    attribute="contacts",
    make=Contact,
    key=("address", "ruc"),
    columns=(
        Column(
            heading="ruc", field="ruc", read=trade.ruc, required=True, source="Clientes", note="cliente al que escribe"
        ),
        Column(heading="nombre", field="name", required=True),
        Column(
            heading="correo",
            field="address",
            read=trade.address,
            required=True,
            note="un agente de carga que atiende a varios clientes va en una fila por cliente",
        ),
        Column(heading="cargo", field="position"),
    ),
)

AGREEMENTS = SheetForm(
    name="Acuerdos",
    attribute="agreements",
    make=Agreement,
    key=("ruc", "kind", "since"),
    columns=(
        Column(heading="ruc", field="ruc", read=trade.ruc, required=True, source="Clientes"),
        Column(
            heading="obligacion",
            field="kind",
            read=_kind,
            required=True,
            choices=_KINDS,
            note="la obligación cuyo plazo cambia",
        ),
        Column(
            heading="plazo", field="limit", read=trade.limit, required=True, note="48 h, 4 h hábiles, 2 días hábiles"
        ),
        Column(heading="desde", field="since", read=day, note=f"{_DATE_NOTE}; vacío es desde siempre"),
        Column(heading="hasta", field="until", read=day, note=f"{_DATE_NOTE}, inclusive; vacío es sin fin"),
        Column(heading="sustento", field="basis", note="correo, contrato o acta en que consta"),
    ),
)

DISPATCHES = SheetForm(
    name="Despachos",
    attribute="dispatches",
    make=Dispatch,
    key=("order",),
    required=True,
    columns=(
        Column(heading="orden", field="order", read=trade.order, required=True, note="AAAA-NNNNNN"),
        Column(heading="ruc", field="ruc", read=trade.ruc, required=True, source="Clientes"),
        Column(
            heading="regimen",
            field="regime",
            read=trade.regime,
            required=True,
            choices=tuple(sorted(REGIMES)),
            note="código de dos dígitos",
        ),
        Column(
            heading="modalidad",
            field="modality",
            read=choice(Modality),
            required=True,
            may_be_empty=True,
            choices=_values(Modality),
            note="obligatoria en los regímenes 10, 18, 20, 21 y 70",
        ),
        Column(heading="via", field="transport", read=choice(Transport), required=True, choices=_values(Transport)),
        Column(heading="aduana", field="customs_office", read=trade.customs_office, note="código de tres dígitos: 118"),
        Column(heading="dam", field="dam", read=trade.dam, note="118-2026-10-084512"),
        Column(heading="bl", field="bls", read=trade.bills, note=f"máster e hijo; {_SEVERAL}"),
        Column(heading="awb", field="awbs", read=trade.waybills, note=f"guía máster e hija; {_SEVERAL}"),
        Column(heading="contenedores", field="containers", read=trade.containers, note=_SEVERAL),
        Column(heading="facturas", field="invoices", read=parts_of, note=f"facturas comerciales; {_SEVERAL}"),
        Column(heading="oc", field="purchase_orders", read=parts_of, note=f"órdenes de compra; {_SEVERAL}"),
        Column(heading="nave", field="vessel", note="nave o vuelo"),
        Column(heading="viaje", field="voyage"),
        Column(heading="eta", field="eta", read=moment, note="dd/mm/aaaa o dd/mm/aaaa hh:mm, hora de Lima"),
        Column(heading="termino_descarga", field="discharge_ended_on", read=day, note=_DATE_NOTE),
        Column(heading="termino_embarque", field="loading_ended_on", read=day, note=_DATE_NOTE),
        Column(heading="fecha_numeracion", field="numbered_on", read=day, note=_DATE_NOTE),
        Column(heading="canal", field="channel", read=lambda cell: one_of(CHANNELS)(cell) or "", choices=CHANNELS),
        Column(heading="fecha_levante", field="released_on", read=day, note=_DATE_NOTE),
        Column(heading="fecha_regularizacion", field="regularized_on", read=day, note=_DATE_NOTE),
        Column(heading="fecha_entrega", field="delivered_on", read=day, note=_DATE_NOTE),
        Column(heading="vencimiento_regimen", field="regime_expires_on", read=day, note=_DATE_NOTE),
        Column(
            heading="requiere_regularizacion",
            field="needs_regularization",
            read=yes_no,
            choices=YES_NO,
            note="vacío es no",
        ),
        Column(heading="dias_libres", field="free_days", read=whole_number, note="días libres de sobreestadía"),
        Column(heading="estado", field="status", read=trade.state, choices=STATES),
        Column(heading="glosa_status", field="status_note", note="texto de la última glosa 40025"),
        Column(
            heading="fecha_glosa_status", field="status_noted_at", read=moment, note="dd/mm/aaaa hh:mm, hora de Lima"
        ),
    ),
)

PROGRAMMES = SheetForm(
    name="Status",
    attribute="programmes",
    make=StatusProgramme,
    key=("ruc",),
    columns=(
        Column(heading="ruc", field="ruc", read=trade.ruc, required=True, source="Clientes"),
        Column(
            heading="frecuencia",
            field="frequency",
            read=trade.frequency,
            required=True,
            note="diario 09:00; lun,mie,vie 16:00; cada 2 días 08:30",
        ),
        Column(
            heading="destinatarios",
            field="recipients",
            read=trade.addresses,
            required=True,
            note=f"correos; {_SEVERAL}",
        ),
        Column(heading="columnas", field="columns", read=parts_of, note="columnas del reporte; vacío es todas"),
        Column(heading="solo_cambios", field="only_changes", read=yes_no, choices=YES_NO, note="vacío es no"),
        Column(
            heading="idioma",
            field="language",
            read=choice(Language),
            choices=_values(Language),
            note="vacío es el del cliente",
        ),
    ),
)

HOLIDAYS = SheetForm(
    name="Feriados",
    attribute="holidays",
    make=Holiday,
    key=("day",),
    columns=(
        Column(heading="fecha", field="day", read=day, required=True, note=_DATE_NOTE),
        Column(heading="nombre", field="name", required=True),
        Column(
            heading="calendario",
            field="calendar",
            read=choice(CalendarName),
            choices=_values(CalendarName),
            note="vacío es para ambos",
        ),
        Column(heading="jornada", field="windows", read=trade.windows, note="cerrado, o las horas: 09:00-13:00"),
    ),
)

FORMS = (STAFF, CLIENTS, CONTACTS, AGREEMENTS, DISPATCHES, PROGRAMMES, HOLIDAYS)
