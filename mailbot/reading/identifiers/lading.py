"""Bills of lading: after their word in any form, and by their shape (carrier's letters, then digits)."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import MARK, TOKEN, Passage

_WORD = (
    r"(?:[HMO]{0,2}B\s?/?\s?Ls?|SWB|sea\s?way\s?bill|conocimiento(?:\s+de\s+embarque)?|bill\s+of\s+lading|"
    r"telex(?:\s+release)?|TLX|express\s+release)"
)
_FILLER = (
    r"(?:\s+(?:endosado|final|draft|borrador|definitivo|original(?:es)?|master|madre|hijo|house|corregido|"
    r"released?|del?|no|the|el))*"
)
_CARRIER = "(?:MAEU|MSCU|MEDU|CMDU|HLCU|COSU|ONEY|EGLV|OOLU|YMLU|HDMU|ZIMU|WHLC|SUDU|APLU|SMLM)"
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9]){_WORD}{_FILLER}(?![A-Za-z]){MARK}-?((?:[A-Z]{{4}}\s(?=\d{{6}})|(?-i:(?!COPY|DATE|BAGS|CTNS|DEL|PARA)[A-Z]{{4}})\s(?=\d{{4}})|{_CARRIER}\s(?=[A-Z]{{3,5}}\d{{6}}))?(?=[A-Za-z./-]*\d)(?:{TOKEN.pattern}))",
    re.IGNORECASE,
)
_SHAPE = re.compile(
    r"(?<![A-Za-z0-9])(?<![A-Za-z0-9][/.-])[A-Z]{4}[A-Z0-9]{0,8}\d{5,10}[A-Z]{0,3}(?![A-Za-z0-9]|[-/]\d)"
)
# The great carriers' own numbers begin with their code (SCAC) and may hold letters between the digits.
_BY_CARRIER = re.compile(
    rf"(?<![A-Za-z0-9]){_CARRIER}-?"
    r"(?=[A-Z]*\d)(?=[A-Z0-9]{5,12}(?![A-Za-z0-9]))[A-Z0-9]+"
)
# "film stretch bl 8807": few digits are enough where nothing follows that they could count.
_SHORT = re.compile(
    rf"(?<![A-Za-z0-9])[HM]?B/?L{MARK}(?!20[12]\d\b)(\d{{4,6}})(?=[ \t]*(?:[),;:.?!]?[ \t]*$|[),;:?!]))(?![.,]\d)",
    re.IGNORECASE | re.MULTILINE,
)
# Names that people and devices give to files.
_FILE_WORDS = re.compile(
    r"(?:ABONO|ACTA|ANEXO|BOOK|CARTA|CERT|COPIA|COTIZ|DATA|DSC|DOC|FACT|FICHA|FILE|FOTO|FORM|GUIA|IMAGE|IMG|INFORME|INV|LIQ|"
    r"LISTA|LOTE|NOTA|ORDEN|PACK|PAGO|PEDIDO|PHOTO|POLIZA|PROF|REPORT|RUC|SCAN|SCREEN|SERIE|STATUS|TICKET|TRANSF|VIDEO|VOUCH)"
)
_OTHER = re.compile(
    r"(?<![A-Za-zÀ-ÿ])(?:booking|bkg|bk|reserva|factura|fact|fra|invoice|inv|CI|PO|OC|pedido|serie|series|serial|s/n|modelo|model|lote|lot|"
    r"placa|SKU|item|c[oó]digo|code|p[oó]liza|policy|seal|precinto|CO|COO|cert\w*|expediente|contenedor|cntr|container|"
    r"contract|contrato|SUCE|ticket|voucher|operaci[oó]n|permiso|registro|cotizaci[oó]n|quotation|chasis|chassis|VIN|motor)"
    r"(?:\s(?:no|nro|n[uú]mero|number))?[\s.:#°ºN/-]{0,6}$",
    re.IGNORECASE,
)

# A forwarder's own: letters, a port's letters, digits, parted by hyphens.
_BY_PORT = re.compile(
    r"(?<![A-Za-z0-9-])(?!\w+-(?:INV|FAC)-)[A-Z]{2,5}-[A-Z]{3}-(?:[A-Z0-9]{2,4}-)?\d{3,8}(?![A-Za-z0-9-])"
)
_SPEAKS_OF_BLS = re.compile(
    r"(?<![A-Za-z0-9])(?:[HMO]?B\s?/?\s?L|conocimiento de embarque)(?![A-Za-z0-9])", re.IGNORECASE
)


_DAY = re.compile(r"20[12]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def find_bls(passage: Passage) -> None:
    """Take every bill of lading."""
    for match in _NAMED.finditer(passage.text):
        if _may_be_bl(match[1], is_name=passage.is_name):
            passage.take(ReferenceKind.BL, match.start(1), match.end(1), weight=3)
    for match in _SHORT.finditer(passage.text):
        passage.take(ReferenceKind.BL, match.start(1), match.end(1), weight=2)
    for match in _BY_CARRIER.finditer(passage.text):
        if not _OTHER.search(passage.before(match.start())):
            passage.take(ReferenceKind.BL, match.start(), match.end(), weight=2)
    for match in _SHAPE.finditer(passage.text):
        is_length = 10 <= len(match[0]) <= 16
        if is_length and not _FILE_WORDS.match(match[0]) and not _OTHER.search(passage.before(match.start())):
            passage.take(ReferenceKind.BL, match.start(), match.end(), weight=2)
    for match in _BY_PORT.finditer(passage.text):
        if passage.speaks_of(_SPEAKS_OF_BLS) and not _OTHER.search(passage.before(match.start())):
            passage.take(ReferenceKind.BL, match.start(), match.end(), weight=1)


def _may_be_bl(token: str, *, is_name: bool) -> bool:
    """In a file's name a number stands alone; in a sentence a short one may count or measure something."""
    digits = sum(char.isdigit() for char in token)
    if token.isdigit():
        return 7 <= digits <= 12 and not _DAY.fullmatch(token)
    if re.match(_CARRIER, token, re.IGNORECASE) and len(token) >= 8:
        return True
    return len(token) >= 6 and digits >= (2 if is_name else 3) and token[0].isalnum()
