"""Commercial invoices of the goods; those of agency, line and depot are none (`LABELS.md`, ruling 11)."""

import re

from mailbot.domain.labels import ReferenceKind
from mailbot.reading.identifiers.passage import MARK, TOKEN, Passage
from mailbot.reading.identifiers.series import take_tokens

_WORD = (
    r"(?:facturas?(?:\s*\+\s*PL)?(?:\s+(?:comercial(?:es)?|corregidas?|final|de\s+exportaci[oó]n|electr[oó]nica|"
    r"n[uú]mero|(?:de\s+|del\s+)?(?:proveedor|exterior|exportador|shipper|supplier|venta|embarque)))*|"
    r"faturas?(?:\s+comercial)?|facts?\.?(?:\s*\+\s*PL)?|fac\.?|fra\.?|FE|FF|FC|FV|fapiao|fp|"
    r"commercial\s+invoices?|invoices?|com\.?\s?inv\.?|inv\.?|"
    r"CI|nota\s+fiscal|NF|Rechnung|fattura|facture)"
)
_PACKED = r"(?:\s*(?:\+|&|y|and|-|/)?\s*(?:PL|packing(?:\s+list)?))?"
# "Invoice TX 90331": letters that stand apart belong to the number, unless they are a word of trade.
_LETTERS = (
    r"(?-i:(?:(?!(?:FOB|CIF|CFR|CIP|CPT|DAP|DDP|EXW|FCA|USD|EUR|PEN|DEL|POR|LOS|LAS|LA|DE|EN|AL|OC|PO|PL|BL|NO|NRO|RUC|QTY|AWB|DAM|DUA|OA|REF|HBL|MBL)\s)"
    r"[A-Z]{2,3}\s(?=\d{4}|\d+[/-]))?)"
)
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9])(?<!pro forma\s)(?<!proforma\s)(?:{_WORD}{_PACKED}|CIPL)(?![A-Za-z0-9]){MARK}"
    rf"(?:(?:es|is)\s+(?:(?:la|el|the)\s+)?)?(20[12]\d\s\d{{3,6}}(?!\d)|{_LETTERS}{TOKEN.pattern})",
    re.IGNORECASE,
)
# A word of a sentence, not the letters of a number.
_PLAIN_WORD = r"(?-i:[A-ZÁÉÍÓÚ]?[a-záéíóúñ]{2,14}|[A-ZÁÉÍÓÚ]{5,14})"
# In a file's name one or two words may part the kind from the number: "Factura reposicion IT-2026-R30".
_NAMED_LOOSELY = re.compile(
    rf"(?<![A-Za-z0-9])(?<!pro forma\s)(?<!proforma\s)(?:{_WORD}(?:[\s-]+{_PLAIN_WORD}){{1,2}}|(?<![A-Za-z0-9]-)FT)"
    rf"[\s-]+({TOKEN.pattern})",
    re.IGNORECASE,
)
_SELF_NAMED = re.compile(
    r"(?<![A-Za-z0-9-])(?:(?:[A-Z0-9]{1,6}-)*INV-?[A-Z0-9-]*\d{2,}|CI-[A-Z0-9-]*\d{3,})(?:-[A-Z0-9]+)*(?![A-Za-z0-9])|"
    r"(?<![A-Za-z0-9-])[Ii]nv-?\d{3,}(?![A-Za-z0-9])"
)
_SERIES = re.compile(r"(?<![A-Za-z0-9-])(?:[FE][A-Z0-9]{1,2}\d{1,2}|FC)-\d{2,8}(?![\dA-Za-z])")
# The series of Peruvian electronic invoices; broker, line and depot bill their services by it too.
_BILLING_SERIES = re.compile(r"[FE][A-Z0-9]\d\d-\d+|FC-\d+")
_OF_GOODS = re.compile(
    r"\b(?:comercial|exportaci[oó]n|embarques?|packing|lista de empaque|proveedor|corregid\w+|mercader[ií]a|"
    r"mercanc[ií]a|B/?L|AWB|incoterm|FOB|CIF|CFR|EXW|QR|bultos|cajas|fardos|consignatari\w+|importador\w*|borrador|"
    r"certificado|SENASA|SANIPES|booking|fito\w*)\b",
    re.IGNORECASE,
)
_OF_SERVICES = re.compile(
    r"\b(?:servicios?|comisi[oó]n|gastos?|liquidaci[oó]n|detracci[oó]n|nota de cr[eé]dito|anul\w+|reemi\w+|emit\w+|"
    r"cobr\w+|factur(?:ar\w*|ad\w+|aron|amos|[oó])|(?:nos|se|les?|me) facturan?|"
    r"cobranzas?|comprobantes?|cancelaci[oó]n|concepto|contabilidad|IGV|rebot\w+|devuel\w+|tarifa|agencia|"
    r"ustedes|(?:su|vuestra) factura|comprobante electr[oó]nico|almacenaje|visto bueno|sobreestad[ií]a|demurrage|"
    r"(?:over)?charg\w+|billing|accounts payable)\b",
    re.IGNORECASE,
)
# A file or a line that says itself that it is a bill for services.
_BILL = re.compile(
    r"\b(?:almac[eé]n|almacenaje|terminal|dep[oó]sito|sobreestad[ií]a|demurrage|detention|storage|recharge|falso flete|"
    r"flete (?:local|interno)|transporte|servicios?|agencia|comisi[oó]n|handling|visto bueno|NC|nota de cr[eé]dito|"
    r"pendiente|vencida|espera|stand\s?by|horas extras?)\b",
    re.IGNORECASE,
)
# "la factura que reemplaza a la anterior (la 8841 queda sin efecto)": the article stands for the invoice.
_BY_ARTICLE = re.compile(
    r"\b[Ff]acturas?\b[^.\n]{0,70}?\b(?:la|las)\s((?=[A-Z0-9-]*\d{3})[A-Z0-9-]{4,20})(?=\s*[,;:.)?!]|\s(?:que|no|ya|queda|tiene|dice|sin|con|es|fue)\b)"
)
# "despachen solo la TS-771; la TS-772 se queda", in a message about invoices.
_SERIAL_BY_ARTICLE = re.compile(r"\bla\s([A-Z]{1,4}-\d{2,8})(?![\w-])")
_SPEAKS_OF_INVOICES_ALONE = re.compile(r"\bfacturas\b", re.IGNORECASE)
_OF_CARRIER = re.compile(r"\b(?:l[ií]nea|naviera|forwarder|agente)\b", re.IGNORECASE)
_OWN_BILL = re.compile(
    r"\b(?:su|sus|vuestra|la de ustedes|your) (?:factura|invoice)|\bde (?:ustedes|la agencia)\b", re.IGNORECASE
)
# In a file's name the word leaves no doubt of a number as short as "77-GB" or "HG-2".
_SHORT_IN_NAME = re.compile(r"[A-Z]{1,5}-\d{1,2}|\d{2}-[A-Z]{1,3}")
# A bank's collection of documents bears a number of the same shape.
_COLLECTION = re.compile(r"\b(?:cobranzas?|collection|carta de cr[eé]dito|L/?C)\b[\w\s.:#°º-]{0,20}$", re.IGNORECASE)
# What only a line or a terminal bills, said just before the number.
_OF_LINE = re.compile(
    r"\b(?:demurrage|detention|sobreestad[ií]a|almacenaje|storage|visto bueno|handling)\b", re.IGNORECASE
)
_JUST_BEFORE = 25
_NEAR = 60
# A shorter number in a file's name counts papers, or tells a month or a year.
_FEWEST_IN_NAME = 4
_FOLLOWED = re.compile(
    rf"({TOKEN.pattern})[\s_-]{{1,3}}(?:(?:comm?ercial\s+)?invoice|factura|fact|inv|CI|Rechnung)\b", re.IGNORECASE
)
_SPEAKS_OF_INVOICES = re.compile(r"\b(?:facturas?|invoices?|CI|documentos|docs|documents|set)\b", re.IGNORECASE)
# A file called by nothing but its number, or with a word that says which state it is in.
_BARE = re.compile(
    r"(?:PL\s+|PKL\s+|packing(?:\s+list)?\s+)?((?=[A-Za-z0-9/-]*\d{3})[A-Z][A-Z0-9]{0,4}(?:-[A-Z0-9]+){1,3}|(?-i:[A-Z]{2,3})\s\d{5,8}|"
    r"(?<=PL\s)\d{4,10})(?:\s+(?:rev\s?\d*|v\d|[A-Za-záéíóúñ]{2,14}|20\d{6})){0,3}",
    re.IGNORECASE,
)
_OTHER_PAPERS = re.compile(
    r"(?<![A-Z])(?:HBL|MBL|BL|AWB|HAWB|CO|COO|CERT|BKG|BK|OC|PO|GR|GRT|EIR|EUR|SDS|MSDS|IMG|DSC|VID|PI|SI|DAM|RUC|NC|OP|"
    r"SUCE|NSO|RD|RS|CS|DS|RMA|LC|TRF|SOP|ISO|DJ|FT|COA|LOTE|REF|PREF|DEM|DET|ZXD|XD|WA|PL|PKL|DIGESA|SENASA|DIGEMID|SANIPES|MTC|VUCE)(?![A-Z])",
    re.IGNORECASE,
)


_LETTERS_APART = re.compile(r"^[A-Z]{2,3}\s")


def find_invoices(passage: Passage) -> None:
    """Take every invoice that is named or has the shape of one."""
    for match in _NAMED.finditer(passage.text):
        if _take(passage, match, weight=3):
            take_tokens(passage, ReferenceKind.INVOICE, match.end(1), like=match[1])
    for match in _BY_ARTICLE.finditer(passage.text):
        _take(passage, match, weight=1)
    if passage.speaks_of(_SPEAKS_OF_INVOICES_ALONE):
        for match in _SERIAL_BY_ARTICLE.finditer(passage.text):
            _take(passage, match, weight=1)
    for match in _SELF_NAMED.finditer(passage.text):
        if _COLLECTION.search(passage.before(match.start())):
            continue
        passage.take(ReferenceKind.INVOICE, match.start(), match.end(), weight=3)
    if passage.is_name:
        _find_in_name(passage)


def _find_in_name(passage: Passage) -> None:
    for match in _NAMED_LOOSELY.finditer(passage.text):
        is_long = not match[1].isdigit() or len(match[1]) >= _FEWEST_IN_NAME
        if is_long and _take(passage, match, weight=3):
            take_tokens(passage, ReferenceKind.INVOICE, match.end(1), like=match[1])
    for match in _SERIES.finditer(passage.text):
        if not is_bill(passage, match[0], match.start()):
            passage.take(ReferenceKind.INVOICE, match.start(), match.end(), weight=2)
    for match in _FOLLOWED.finditer(passage.text):
        if len(match[1]) >= 5 or not passage.text[: match.start()].strip():
            _take(passage, match, weight=1)


def find_bare_invoices(passage: Passage) -> None:
    """Take the number that a file is called by, where a message with invoices names none otherwise."""
    match = _BARE.fullmatch(passage.text.strip())
    if not match or _OTHER_PAPERS.search(match[1]) or not passage.speaks_of(_SPEAKS_OF_INVOICES):
        return
    start = passage.text.index(match[1])
    if not is_bill(passage, match[1], start):
        passage.take(ReferenceKind.INVOICE, start, start + len(match[1]), weight=1)


def may_be_invoice(token: str) -> bool:
    """Whether letters and digits could be an invoice's number: neither a date, a year nor an amount."""
    digits = sum(char.isdigit() for char in token)
    if digits < 3 or len(token) > 24:
        return False
    return not re.fullmatch(r"20[12]\d(?:[01]\d[0-3]\d)?|[0-3]?\d[/.-][0-3]?\d(?:[/.-]\d+)?|\d+[.,]\d+", token)


def is_bill(passage: Passage, token: str, start: int) -> bool:
    """Whether a number is more likely that of a bill for services than of the goods' invoice."""
    near = _around(passage, token, start)
    if passage.is_name and _OF_CARRIER.search(passage.text):
        return True
    if _OF_LINE.search(passage.before(start, reach=_JUST_BEFORE)):
        return True
    if not _BILLING_SERIES.fullmatch(token):
        return re.fullmatch(r"[A-Z]?[\d-]+", token) is not None and bool(_BILL.search(near))
    if _BILL.search(near) or _OWN_BILL.search(near):
        return True
    services, goods = passage.count(_OF_SERVICES), passage.count(_OF_GOODS)
    # In the text a number of the F series is the broker's own unless something says otherwise.
    is_goods_by_itself = passage.is_name or token.startswith("E")
    return services > goods or (services == goods and (services > 1 or not is_goods_by_itself))


def _around(passage: Passage, token: str, start: int) -> str:
    """The words beside a number, and beside its repetition in what the sender says."""
    near = f"{passage.before(start, reach=_NEAR)} {passage.after(start + len(token), reach=_NEAR)}"
    again = passage.context.find(token)
    return near if again < 0 else f"{near} {passage.context[max(0, again - _NEAR) : again + _NEAR]}"


def _take(passage: Passage, match: re.Match[str], *, weight: int) -> bool:
    may_be = may_be_invoice(match[1]) or (passage.is_name and _SHORT_IN_NAME.fullmatch(match[1]) is not None)
    if not may_be or is_bill(passage, match[1], match.start(1)):
        return False
    # Three digits may be a count: "factura 120 cajas".
    if len(match[1]) == 3 and re.match(r"\s[a-záéíóúñ]{3,}", passage.after(match.end(1))) and not passage.is_name:
        return False
    # In a file's name a blank parts words: "CI KR 7719" has the number 7719.
    apart = _LETTERS_APART.match(match[1]) if passage.is_name else None
    start = match.start(1) + (apart.end() if apart else 0)
    return passage.take(ReferenceKind.INVOICE, start, match.end(1), weight=weight) is not None
