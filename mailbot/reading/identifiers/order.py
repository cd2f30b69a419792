"""The broker's own order numbers: "OA-2026-004512", "2026-4512", "orden 4512"."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import MARK, Passage
from mailbot.reading.identifiers.series import take_series

_YEAR = r"20[12]\d"
_END = r"(?![\dA-Za-z]|[-.,]\d|/\d{1,2}(?!\d))"
# With the broker's letters before the year.
_PREFIXED = re.compile(
    rf"(?<![A-Za-z0-9])O\.?[ASDIT]?(?:\s?[-./]\s?|\s)?{_YEAR}\s?[-/.]?\s?\d{{3,6}}{_END}", re.IGNORECASE
)
_NAME = (
    r"\b(?:[óo]rdenes|orden|ord|OA(?:['´’]?s)?|O/[ASTD]|O/|OT|files?|despachos?|carpetas?|legajos?|expedientes?|"
    r"(?:n/|s/|su\s|nuestra\s|vuestra\s|your\s|our\s)?ref(?:erencia|erence)?s?)(?!\s*(?:de|del)?\s*(?:compra|pedido|servicio))"
)
_NAMED = re.compile(
    rf"{_NAME}(?![A-Za-z])\.?(?:\s+(?:intern[ao]s?|aduanas?|de\s+(?:aduana|despacho|trabajo)|agencia|la|el|del))*{MARK}"
    rf"(?:O[A-Z][-\s]?)?((?:{_YEAR}|\d\d)\s?[-/]\s?(?!20[12]\d(?!\d))\d{{3,6}}|{_YEAR}\d{{6}}){_END}",
    re.IGNORECASE,
)
# The year at the end, after the word alone: "orden 4512-2026".
_REVERSED = re.compile(
    rf"\b(?:[óo]rdenes|orden|ord|O\.?A|files?|despachos?)(?![A-Za-z])\.?{MARK}((?!20[12]\d\D)\d{{3,6}}[-/]20[12]\d)(?![\d-])",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-/._])(?<!\d,){_YEAR}-(?!20[12]\d(?!\d))\d{{3,6}}{_END}")
_PARTIAL = re.compile(
    r"\b(?:[óo]rdenes|orden|ord|O\.?A(?:['´’]?s)?|files?|O/A?|despachos?|carpeta)(?![A-Za-z])"
    r"(?!\s+(?:de\s+)?(?:compra|pedido|servicio))"
    rf"\.?(?:\s+(?:intern[ao]s?|de\s+(?:aduana|despacho)|la|las|los|el|que|terminad[ao]s?|termina|acabad[ao]|acaba|ending|en|in))*"
    rf"{MARK}(?:…|\.{{2,3}}|\*+|-)?(\d{{3,6}})(?![\dA-Za-z]|[-.,]\d|/\d{{1,2}}(?!\d)|\s?(?:%|°))"
    r"(?!\s+(?:kg|kilos|cajas|bultos|contenedores|d[ií]as|horas|h\b|soles|d[oó]lares|pallets|paletas|toneladas|tm\b|unidades|sacos))",
    re.IGNORECASE,
)
# A year and a number after one of these belong to another paper.
_OTHER = re.compile(
    r"(?<![A-Za-zÀ-ÿ])(?:rechnung|fattura|facture|manif\w*|mfto|man|expediente|exp|resoluci[oó]n|solicitud|requerimiento|proceso|convenio|volantes?|RD|RM|RS|DS|ley|multa|p[oó]liza|cert\w*|permiso|carta|factura|"
    r"invoice|inv|fact?|CI|pedido|PO|OC|O/C|P\.?O\.?|compra|contrato|notificaci[oó]n|oficio|acta|gu[ií]a|volante|lote|"
    r"CO|COO|PFI|fito\w*|SENASA|DIGESA|DIGEMID|SUCE|VUCE|booking|bkg|siniestro|insurance|memor\w*|informe|norma|"
    r"serie|vuelo|NSO|aplicaci[oó]n|ticket|tarifario|presupuesto|ISO|cotizaci[oó]n|quotation|quote|campa[ñn]a|periodo|temporada|"
    r"mandato|cobranzas?|DR|proforma|queja|reclamo|garant[ií]a|fianza|recibo|LC|"
    r"FC|FV|FP|circular|comunicado|constancia|registro|boleta|oferta|offer|letra|cheque|asiento|"
    r"vale|gar|lista|HR|hoja de ruta)"
    r"(?:\s(?:de\s)?(?!(?:para|en|por|con|sin|del?|la|el|los|las|OA|orden|file|ref)\b)[a-záéíóúñ]{2,12})?[\s.:#°ºN-]{0,6}$",
    re.IGNORECASE,
)

# "4 órdenes:" and then one a line, by its number alone.
_SPEAKS_OF_ORDERS = re.compile(r"\b(?:[óo]rdenes|files|despachos|carpetas|expedientes|legajos|orders)\b", re.IGNORECASE)
_SPEAKS_OF_FILES = re.compile(r"\b(?:[óo]rden(?:es)?|files?|despachos?|conciliad\w+|expedientes)\b", re.IGNORECASE)
_SPEAKS_OF_ALL_FILES = re.compile(r"\bfiles?\b|\bexpedientes\b", re.IGNORECASE)
_LISTED = re.compile(
    r"^[ \t]*(?:[-•*·►>]|\d{1,2}[.)])?[ \t]*(\d{4,6})(?=[ \t]*[:\-–(|]|[ \t]+[a-záéíóúñ])", re.MULTILINE
)

# "le falta la mitad: 1402 sin flete, 1411 sin póliza": the numbers of one sentence.
_ENUMERATED = re.compile(
    r"(?:^|[:,;]\s|\by\s)(?:la\s|el\s)?(\d{4})\s"
    r"(?=\([a-záéíóú]{3}|(?:sin|con|falta|le falta|ya|est[aá]|no tiene|tiene|sigue|que)\b)",
    re.MULTILINE,
)
# "no numeren la 2745", "en la 8051 traslado de muestras": the article stands for "orden" where the message is about
# orders, and "el 8812 sigue afuera", "al 4011 le falta" for "file".
_NO_COUNT = (
    r"(?![\dA-Za-z]|[-/.,]\d|\s?(?:%|°)|\s+(?:kg|kilos|TM|tm|toneladas|cajas|bultos|USD|soles|d[oó]lares|hrs?|horas)\b)"
)
_BY_ARTICLE = re.compile(rf"\b[Ll]a\s(\d{{4}}){_NO_COUNT}")
_BY_ARTICLES = re.compile(rf"\b[Ll]as\s(\d{{4}})(?=\s*(?:[,;:.)?!(]|$)|\s(?:y|e)\s){_NO_COUNT}", re.MULTILINE)
_FILE_BY_ARTICLE = re.compile(rf"\b(?:[Ee]l|[Aa]l|[Dd]el)\s(?!19\d\d|20[0-3]\d)(\d{{4}}){_NO_COUNT}")
_SPEAKS_OF_WORK = re.compile(
    r"\b(?:[óo]rden(?:es)?|files?|despachos?|numer(?:ar\w*|en|es?|amos|aron|ad[oa]s?|aci[oó]n)|levante|canal|aforo|glosa|regulariz\w+)\b",
    re.IGNORECASE,
)
_SPEAKS_OF_OTHERS = re.compile(
    r"\b(?:facturas?|invoices?|p[oó]lizas?|gu[ií]as?|nota|cita|placa|cuenta|partida|glosa|resoluci[oó]n|declaraci[oó]n|DAM|DUA|OC|PO)\b",
    re.IGNORECASE,
)


def find_orders(passage: Passage) -> None:
    """Take every order, whole or by its number alone after the word."""
    for match in _PREFIXED.finditer(passage.text):
        _take(passage, match.start(), match.end(), weight=3)
    for match in _NAMED.finditer(passage.text):
        if not re.match(r"expediente(?! intern)", match[0], re.IGNORECASE):
            _take(passage, match.start(1), match.end(1), weight=3)
    for match in _REVERSED.finditer(passage.text):
        _take(passage, match.start(1), match.end(1), weight=3)
    for match in _BARE.finditer(passage.text):
        if not _OTHER.search(passage.before(match.start())):
            _take(passage, match.start(), match.end(), weight=2)
    for match in _PARTIAL.finditer(passage.text):
        if not re.fullmatch(_YEAR, match[1]):
            _take(passage, match.start(1), match.end(1), weight=2)
    _take_listed(passage)
    _take_by_article(passage)


def _take_by_article(passage: Passage) -> None:
    patterns = (
        (_BY_ARTICLE, _SPEAKS_OF_WORK),
        (_BY_ARTICLES, _SPEAKS_OF_WORK),
        (_FILE_BY_ARTICLE, _SPEAKS_OF_ALL_FILES),
    )
    for match, words in ((match, words) for pattern, words in patterns for match in pattern.finditer(passage.text)):
        is_other = re.fullmatch(_YEAR, match[1]) or _SPEAKS_OF_OTHERS.search(passage.before(match.start(), reach=80))
        if not is_other and passage.speaks_of(words):
            _take(passage, match.start(1), match.end(1), weight=1)


def _take_listed(passage: Passage) -> None:
    """Take numbers that begin at least two lines of a message about orders."""
    patterns = ((_LISTED, _SPEAKS_OF_ORDERS), (_ENUMERATED, _SPEAKS_OF_FILES))
    for pattern, words in patterns:
        listed = [match for match in pattern.finditer(passage.text) if not re.fullmatch(_YEAR, match[1])]
        if len(listed) >= 2 and passage.speaks_of(words):
            for match in listed:
                _take(passage, match.start(1), match.end(1), weight=1)


def _take(passage: Passage, start: int, end: int, *, weight: int) -> None:
    if passage.take(ReferenceKind.ORDER, start, end, weight=weight):
        take_series(passage, ReferenceKind.ORDER, end, digits=3)
