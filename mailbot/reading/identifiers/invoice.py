"""Commercial invoices of the goods; those of agency, line and depot are none (`LABELS.md`, ruling 11)."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import MARK, TOKEN, Passage

_WORD = (
    r"(?:facturas?(?:\s*\+\s*PL)?(?:\s+(?:comercial(?:es)?|corregidas?|final|de\s+exportaci[oó]n|electr[oó]nica|n[uú]mero))*|"
    r"faturas?(?:\s+comercial)?|facts?\.?(?:\s*\+\s*PL)?|fac|fra|FE|FF|commercial\s+invoices?|invoices?|com\.?\s?inv|inv|CI)"
)
_NAMED = re.compile(rf"(?<![A-Za-z0-9]){_WORD}(?![A-Za-z]){MARK}({TOKEN.pattern})", re.IGNORECASE)
_SELF_NAMED = re.compile(
    r"(?<![A-Za-z0-9-])(?:(?:[A-Z0-9]{1,6}-)*INV-?[A-Z0-9-]*\d{2,}|CI-[A-Z0-9-]*\d{3,})(?:-[A-Z0-9]+)*(?![A-Za-z0-9])"
)
_SERIES = re.compile(r"(?<![A-Za-z0-9-])(?:[FE][A-Z0-9]{1,2}\d{1,2}|FC)-\d{2,8}(?![\dA-Za-z])")
# The issuer's series of Peruvian electronic invoices starts with F; clients quote the broker's own by it.
_BILLING_SERIES = re.compile(r"F[A-Z0-9]\d\d-\d+|FC-\d+")
_OF_GOODS = re.compile(
    r"\b(?:comercial|exportaci[oó]n|embarques?|packing|lista de empaque|proveedor|corregid\w+|mercader[ií]a|"
    r"mercanc[ií]a|B/?L|AWB|incoterm|FOB|CIF|CFR|EXW|QR|bultos|cajas|fardos|consignatari\w+|importador\w*|borrador)\b",
    re.IGNORECASE,
)
_OF_SERVICES = re.compile(
    r"\b(?:servicios?|comisi[oó]n|gastos?|liquidaci[oó]n|detracci[oó]n|nota de cr[eé]dito|anul\w+|reemi\w+|emit\w+|"
    r"cobr\w+|facturar\w*|facturad\w+|facturaron|concepto|contabilidad|IGV|rebot\w+|devuel\w+|tarifa|agencia|"
    r"ustedes|su factura)\b",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(
    rf"({TOKEN.pattern})[\s_-]{{1,3}}(?:(?:comm?ercial\s+)?invoice|factura|fact|inv|CI)\b", re.IGNORECASE
)


def find_invoices(passage: Passage) -> None:
    """Take every invoice that is named or has the shape of one."""
    for match in _NAMED.finditer(passage.text):
        if may_be_invoice(match[1]) and not _is_billing(passage, match[1]):
            passage.take(ReferenceKind.INVOICE, match.start(1), match.end(1), weight=3)
    for match in _SELF_NAMED.finditer(passage.text):
        passage.take(ReferenceKind.INVOICE, match.start(), match.end(), weight=3)
    if not passage.is_name:
        return
    for match in _SERIES.finditer(passage.text):
        passage.take(ReferenceKind.INVOICE, match.start(), match.end(), weight=2)
    for match in _FOLLOWED.finditer(passage.text):
        if may_be_invoice(match[1]):
            passage.take(ReferenceKind.INVOICE, match.start(1), match.end(1), weight=1)


def may_be_invoice(token: str) -> bool:
    """Whether letters and digits could be an invoice's number: neither a date, a year nor an amount."""
    digits = sum(char.isdigit() for char in token)
    if digits < 3 or len(token) > 24:
        return False
    return not re.fullmatch(r"20[12]\d|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d+)?|\d+[.,]\d+|\d{1,3}", token)


def _is_billing(passage: Passage, token: str) -> bool:
    """Whether a number of the electronic series is more likely a bill for services than the goods' invoice."""
    if passage.is_name or not _BILLING_SERIES.fullmatch(token):
        return False
    return not _OF_GOODS.search(passage.text) or bool(_OF_SERVICES.search(passage.text))
