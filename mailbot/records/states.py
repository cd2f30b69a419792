"""The states of a dispatch (`domain.md` 1.4), under the spellings an office writes them in."""

from mailbot.domain.identifiers import compact

STATES = (
    "Orden abierta",
    "Documentos recibidos",
    "Documentos incompletos",
    "Documentos revisados: conforme",
    "Documentos revisados: observado",
    "En espera de permiso / VUCE",
    "Proforma enviada",
    "Fondos recibidos",
    "Garantía aceptada",
    "En tránsito",
    "ETA confirmada",
    "Arribo",
    "Término de la descarga",
    "Ingresado a almacén",
    "DAM numerada",
    "Canal asignado",
    "Tributos pagados",
    "Tributos garantizados",
    "Aforo programado",
    "Aforo notificado",
    "Aforo observado",
    "Levante autorizado",
    "Retiro",
    "Entrega al cliente",
    "Embarque",
    "Término del embarque",
    "Vacío devuelto",
    "Régimen vigente",
    "Régimen concluido",
    "Regularizada",
    "Documentos conciliados",
    "Enviado a Liquidación",
    "Enviado a Facturación",
    "Facturado",
    "File en Archivo: observado",
    "File en Archivo: cerrado",
    "Anulado",
    "Legajado",
    "Cancelado",
)

# A state says more than one of these words in real books ("En tránsito / ETA confirmada", "Entregado 12/11",
# "Numerada"): one known word at its beginning is enough to take it as written.
_STEMS = tuple(
    """
    ordenabierta abiert document enespera espera permiso vuce proforma fondos abono garantia entransito transito eta
    zarpe arrib llegad terminode descarg ingres enalmacen almacen irm volante dam numer canal tribut pagad aforo
    reconocimiento levante retir entreg embar vacio devol regimen vigente conclui regulariz concili enviad liquid
    factur file archivo observad cerrad anulad legajad cancelad despachad
    """.upper().split()
)
_BY_FORM = {compact(state): state for state in STATES}
_CLOSED_FORMS = {"FILECERRADO", "CERRADO", "FILEENARCHIVOCERRADO", "ARCHIVOCERRADO", "FILEARCHIVOCERRADO"}


def known_state(text: str) -> str | None:
    """The state in its usual spelling, as written when it is a known one with more beside it, else None."""
    form = compact(text)
    if form in _BY_FORM:
        return _BY_FORM[form]
    if form in _CLOSED_FORMS:
        return "File en Archivo: cerrado"
    return text if form.startswith(_STEMS) else None
