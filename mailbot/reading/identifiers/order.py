"""The broker's own order numbers: "OA-2026-004512", "2026-4512", "orden 4512"."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import MARK, Passage
from mailbot.reading.identifiers.series import take_series

_YEAR = r"20[12]\d"
_END = r"(?![\dA-Za-z]|[-/.,]\d)"
# With the broker's letters before the year.
_PREFIXED = re.compile(rf"(?<![A-Za-z0-9])O[A-Z]?(?:\s?[-./]\s?|\s)?{_YEAR}\s?[-/.]?\s?\d{{3,6}}{_END}", re.IGNORECASE)
_NAME = (
    r"\b(?:[óo]rdenes|orden|ord|OA|O/[ASTD]|O/|OT|files?|despachos?|carpetas?|legajos?|expedientes?|"
    r"(?:n/|s/|su\s|nuestra\s|vuestra\s|your\s|our\s)?ref(?:erencia|erence)?s?)(?!\s*(?:de|del)?\s*(?:compra|pedido|servicio))"
)
_NAMED = re.compile(
    rf"{_NAME}(?![A-Za-z])\.?(?:\s+(?:interna|aduanas?|de\s+(?:aduana|despacho|trabajo)|agencia|la|el|del))*{MARK}"
    rf"(?:O[A-Z][-\s]?)?((?:{_YEAR}|\d\d)\s?[-/]\s?\d{{3,6}}){_END}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-/._])(?<!\d,){_YEAR}-(?!20[12]\d(?!\d))\d{{3,6}}{_END}")
_PARTIAL = re.compile(
    r"\b(?:[óo]rdenes|orden|OA|files?|O/A?|despachos?|expediente|carpeta)(?![A-Za-z])"
    r"(?!\s+(?:de\s+)?(?:compra|pedido|servicio))"
    rf"\.?(?:\s+(?:interna|de\s+(?:aduana|despacho)|la|las|los|el))*{MARK}(\d{{3,6}})(?![\dA-Za-z]|[-/.,]\d|\s?(?:%|°))"
    r"(?!\s+(?:kg|kilos|cajas|bultos|contenedores|d[ií]as|horas|h\b|soles|d[oó]lares|pallets|paletas|toneladas|tm\b|unidades|sacos))",
    re.IGNORECASE,
)
# A year and a number after one of these belong to another paper.
_OTHER = re.compile(
    r"(?:manif\w*|mfto|man|expediente|exp|resoluci[oó]n|RD|RM|RS|DS|ley|multa|p[oó]liza|cert\w*|permiso|carta|factura|"
    r"invoice|inv|fact?|CI|pedido|PO|OC|O/C|P\.?O\.?|compra|contrato|notificaci[oó]n|oficio|acta|gu[ií]a|volante|lote|"
    r"CO|COO|PFI|fito\w*|SENASA|DIGESA|DIGEMID|SUCE|VUCE|booking|bkg|siniestro|insurance|memor\w*|informe|norma|"
    r"serie|vuelo|NSO|ISO|cotizaci[oó]n|quotation|quote|campa[ñn]a|periodo|temporada|mandato|cobranza)"
    r"(?:\s[a-záéíóúñ]{2,10})?[\s.:#°ºN-]{0,6}$",
    re.IGNORECASE,
)


def find_orders(passage: Passage) -> None:
    """Take every order, whole or by its number alone after the word."""
    for match in _PREFIXED.finditer(passage.text):
        _take(passage, match.start(), match.end(), weight=3)
    for match in _NAMED.finditer(passage.text):
        if not match[0].lower().startswith("expediente"):
            _take(passage, match.start(1), match.end(1), weight=3)
    for match in _BARE.finditer(passage.text):
        if not _OTHER.search(passage.before(match.start())):
            _take(passage, match.start(), match.end(), weight=2)
    for match in _PARTIAL.finditer(passage.text):
        if not re.fullmatch(_YEAR, match[1]):
            _take(passage, match.start(1), match.end(1), weight=2)


def _take(passage: Passage, start: int, end: int, *, weight: int) -> None:
    if passage.take(ReferenceKind.ORDER, start, end, weight=weight):
        take_series(passage, ReferenceKind.ORDER, end, digits=3)
