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


# Told within 2 working hours; the others by the end of the day (contract, `milestone_notice`).
URGENT_MILESTONES = frozenset({Milestone.CHANNEL, Milestone.RELEASE, Milestone.OBSERVATION, Milestone.ETA})

_PATTERNS = {
    Milestone.CHANNEL: r"\b(canal (de control )?(rojo|naranja|verde)|(salio|asignado|asignaron|obtuvo) (a )?canal|"
    r"canal asignado|(red|orange|green) (channel|lane))\b",
    Milestone.RELEASE: r"\b(levante (autorizado|otorgado|concedido|obtenido)|(con|tenemos|ya tiene|"
    r"ya cuenta con|obtuvo) "
    r"levante|autorizaron el levante|customs release granted)\b",
    Milestone.OBSERVATION: r"\b((sunat|aduanas?|el especialista|la intendencia)\b.{0,40}\b(observ|notific|"
    r"requier|inmoviliz)\w*|"
    r"notificacion (de )?(sunat|aduanas?)|duda razonable|inmovilizacion|incautacion)\b",
    Milestone.ETA: r"\b(nueva eta|cambio (de|en la|la) eta|eta (actualizad[oa]|reprogramad[oa]|modificad[oa])|"
    r"(atras|adelant|retras|reprogram|demor)\w* (el|la|de la|del)? ?(arribo|llegada|eta|nave|buque|vuelo)|"
    r"(arribo|llegada|eta|nave|buque|vuelo) (se |fue |ha sido )?(atras|adelant|retras|reprogram)\w*|new eta|"
    r"eta (has )?changed)\b",
    Milestone.VESSEL: r"\b(cambio de (nave|buque|vuelo|puerto)|roleo|roll ?over|(fue |ha sido )?rolead[oa]|"
    r"transbordo a la nave|"
    r"omit(e|ira|io) (el puerto|callao|chancay|paita)|vessel change|change of vessel)\b",
    Milestone.DELIVERY: r"\b((carga|mercaderia|mercancia|contenedor) (fue |ha sido |ya )?(entregad|retirad|"
    r"despachad)[oa]|"
    r"entrega (realizada|efectuada|concluida)|delivered to (the )?consignee)\b",
}
_COMPILED = {milestone: re.compile(pattern) for milestone, pattern in _PATTERNS.items()}

_PAYMENT_REQUEST = re.compile(
    r"\b((adjunt|envi|remit)\w* (la |nuestra |su )?(factura|nota de debito|liquidacion|pre ?liquidacion|cobranza)|"
    r"(sirvanse|favor( de)?|agradecere(mos)?|solicit\w+|pend\w+) (efectuar |realizar |el |su )*(pago|cancelar|"
    r"abon\w+|deposit\w+)|"
    r"(monto|importe|saldo|total) (a|por) pagar|(tributos|almacenaje|visto bueno|vb|sobreestadia) (a|"
    r"por) (pagar|cancelar)|"
    r"please (pay|settle|remit)|payment (is )?(due|required))\b"
)


def find_milestones(text: str) -> tuple[Milestone, ...]:
    """The milestones that the sender's own words announce, in a fixed order."""
    statements = [
        fold(sentence) for sentence in re.split(r"(?<=[.;!?\n])\s*", text) if sentence.strip() and not _asks(sentence)
    ]
    return tuple(
        milestone
        for milestone, pattern in _COMPILED.items()
        if any(pattern.search(statement) for statement in statements)
    )


def asks_for_payment(text: str) -> bool:
    """Whether the words bring an invoice to pay or ask for a payment."""
    return _PAYMENT_REQUEST.search(fold(text)) is not None


def _asks(sentence: str) -> bool:
    return "?" in sentence or "¿" in sentence
