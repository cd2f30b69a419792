"""Events of a dispatch that a mail brings, and mails that ask for money.

They open `milestone_notice`, `system_entry` and `funds_check` (Annex 01 rows 1, 5 and 15). Only
plain announcements count; a question about a milestone ("¿ya salió canal?") announces none.
"""

import re
from enum import StrEnum

from mailbot.domain.answers import fold


class Milestone(StrEnum):
    """A change the client is owed word of."""

    CHANNEL = "canal"
    RELEASE = "levante"
    OBSERVATION = "observación"
    ETA = "ETA"
    VESSEL = "nave"
    DELIVERY = "entrega"


_CARGO = r"(carga|mercaderia|mercancia|contenedor(es)?|bultos|pedido|embarque|cargo|goods|shipment)"
_TRIP = r"(arribo|llegada|eta|nave|buque|vuelo|motonave|embarque)"
_PATTERNS = {
    Milestone.CHANNEL: r"\b(canal (de control )?(rojo|naranja|verde)|"
    r"(salio|asignado|asignaron|obtuvo|seleccionad[oa]|sorteo|cayo) (a |en |con )?(el )?canal|"
    r"canal (asignado|de control asignado)|(red|orange|green) (channel|lane))\b",
    Milestone.RELEASE: r"\b(levante( de la [^.,;]{1,40})? (ya )?(fue |ha sido |quedo |esta )?"
    r"(autorizado|otorgado|concedido|obtenido|salio|listo)|"
    r"(con|tenemos|tiene|tienen|cuenta con|obtuv\w+|salio|se (autorizo|otorgo|concedio|obtuvo)|autorizaron|dieron|"
    r"otorgaron) (el |su )?levante|(customs )?release (has been |was )?granted|cleared (by )?customs|"
    r"customs clear(ed|ance (is )?complete[d]?)|released by customs)\b",
    Milestone.OBSERVATION: r"\b((sunat|aduanas?|el especialista|la intendencia)\b.{0,40}\b(observ|notific|"
    r"requier|inmoviliz)\w*|(dam|dua|declaracion|despacho)( [\d-]{4,25})? (ya )?"
    r"(ha sido|fue|esta|quedo|salio) observad[oa]|"
    r"observacion (de|por parte de) (la )?(sunat|aduanas?|intendencia)|"
    r"notificacion (de )?(sunat|aduanas?)|duda razonable|inmovilizacion|incautacion)\b",
    Milestone.ETA: rf"\b(nueva (fecha de )?{_TRIP}|cambio (de|en la|la) eta|eta (actualizad|reprogramad|modificad)[oa]|"
    rf"(atras|adelant|retras|reprogram|demor|posterg)\w* (el|la|de la|del)? ?{_TRIP}|"
    rf"{_TRIP}( de la [^.,;]{{1,40}}| del [^.,;]{{1,40}})? (ya )?(se |fue |ha sido |se ha )?"
    r"(atras|adelant|retras|demor|reprogram|posterg|modific|actualiz|cambi|vari|movi)\w*|"
    r"(arribara|llegara|arriba|llega) .{0,25}(despues|antes|mas tarde|de retraso|de atraso)|"
    r"(new|revised|updated) eta|eta (has been |was |is |has )?(now )?(changed|updated|revised|delayed|postponed))\b",
    Milestone.VESSEL: r"\b(cambio de (nave|buque|vuelo|puerto)|roleo|roll ?over|(fue |ha sido )?rolead[oa]|"
    r"transbordo a la nave|"
    r"omit(e|ira|io) (el puerto|callao|chancay|paita)|(vessel|ship) (has been |was )?changed?|change of vessel)\b",
    Milestone.DELIVERY: rf"\b({_CARGO}( de la [^.,;]{{1,40}}?| del [^.,;]{{1,40}}?)? (ya )?"
    r"(fue |fueron |ha sido |han sido |quedo )?(ya )?(entregad|retirad|despachad)[oa]s?|"
    rf"(se|ya) (entrego|retiro|despacho) (hoy |ayer |ya )?(la |el |su |los )?{_CARGO}|"
    rf"entrega (realizada|efectuada|concluida|conforme)|{_CARGO} (was |were |has been |have been )?delivered|"
    r"delivered to)\b",
}
_COMPILED = {milestone: re.compile(pattern) for milestone, pattern in _PATTERNS.items()}
# What has not happened yet announces nothing: "aún no tenemos levante", "cuando obtengan levante".
_NOT_YET = re.compile(
    r"\b(no|aun|sin|cuando|apenas|hasta|una vez|pendiente|falta|sera|seran|sea|debe|deberia|podra|not|yet|when|once|"
    r"until|will|to be)\b"
)
_WORDS_BEFORE = 30
_REPLY = re.compile(r"\s*(re|res|resp|rpta|aw)\s*(\[\d+\])?\s*:", re.IGNORECASE)

_COSTS = (
    r"(flete|visto bueno|vb|almacenaje|gate ?in|gate ?out|handling|desconsolidacion|thc|sobreestadia|transporte|"
    r"servicios?|comision|demurrage|freight|storage|gastos|tributos|derechos)"
)
_MONEY = r"(usd|us ?\$|s/\.?|pen|eur|soles|dolares|\$)"
_PAYMENT_REQUEST = re.compile(
    r"\b("
    # An invoice for a service; the commercial invoice of the goods is a document of the dispatch.
    rf"(factura|invoice|nota de debito|debit note)( [a-z]?\w{{0,4}}-?\d+)?,? (por|de|del|for|of) "
    rf"(el |la |los |the |concepto de )?{_COSTS}|"
    rf"(factura|invoice)(?! comercial)(?! commercial)\b[^.;]{{0,60}}{_MONEY} ?\d[^.;]{{0,60}}{_COSTS}|"
    r"(adjunt|envi|remit)\w* (la |nuestra |su )?(nota de debito|liquidacion|pre ?liquidacion|cobranza)|"
    r"(adjunt|envi|remit)\w* nuestra factura(?! comercial)|our (attached )?invoice(?! for the goods)|"
    r"(sirvanse|sirvase|favor( de)?|por favor|agradecere(mos)?|solicit\w+|pend\w+) "
    r"(efectuar |realizar |gestionar |programar |proceder con |el |la |su )*"
    r"(pago|pagar|cancelar|abon\w+|deposit\w+|transfer\w+)|"
    r"(gestion|program|proced|coordin|atend)\w* (con )?(el |su )?pago|"
    r"(monto|importe|saldo|total) (a|por) pagar|(tributos|almacenaje|visto bueno|vb|sobreestadia) (a|"
    r"por) (pagar|cancelar)|"
    r"please (pay|settle|remit|proceed with (the )?payment|arrange (the )?payment)|"
    r"payment (is )?(due|required))\b"
)


def find_milestones(text: str, *, subject: str = "") -> tuple[Milestone, ...]:
    """The milestones that the sender's own words announce, in a fixed order.

    A subject speaks where the mail opens its conversation or sends one on; that of a reply is old.
    """
    text = text if _REPLY.match(subject) else f"{subject}\n{text}"
    statements = [
        fold(sentence) for sentence in re.split(r"(?<=[.;!?\n])\s*", text) if sentence.strip() and not _asks(sentence)
    ]
    return tuple(
        milestone
        for milestone, pattern in _COMPILED.items()
        if any(_announces(pattern, statement) for statement in statements)
    )


def _announces(pattern: re.Pattern[str], statement: str) -> bool:
    return any(
        not _NOT_YET.search(statement[max(0, found.start() - _WORDS_BEFORE) : found.end()])
        for found in pattern.finditer(statement)
    )


def asks_for_payment(text: str, *, subject: str = "") -> bool:
    """Whether the words bring an invoice to pay or ask for a payment."""
    text = text if _REPLY.match(subject) else f"{subject}\n{text}"
    return any(_PAYMENT_REQUEST.search(fold(line)) for line in text.splitlines())


def _asks(sentence: str) -> bool:
    return "?" in sentence or "¿" in sentence
