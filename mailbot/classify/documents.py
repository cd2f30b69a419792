"""The type of each attachment: by its name, else by its content, else by what the mail says of it."""

import re
from collections.abc import Mapping

from mailbot.classify.document_contents import CONTENT_RULES
from mailbot.classify.document_names import CAMERA_NAME, NAME_RULES, SIGNATURE_IMAGE
from mailbot.classify.words import fold
from mailbot.domain.labels import DocumentType
from mailbot.domain.message import Attachment, Message
from mailbot.domain.verdict import DocumentVerdict

_SEPARATORS = re.compile(r"[^a-z0-9()]+")
# What phones and cameras write; a picture pasted from a screen is a PNG.
_CAMERA_FILES = frozenset({"jpg", "jpeg", "heic"})
_IMAGES = frozenset({"jpg", "jpeg", "png", "heic", "gif", "tif", "tiff", "bmp", "webp"})
_SHEETS = frozenset({"xls", "xlsx", "xlsm", "csv", "ods"})
# Papers that nobody writes as a table: under such a name it is a list about them.
_NEVER_SHEETS = frozenset({DocumentType.OTHER, DocumentType.PAYMENT_VOUCHER})
# How much of a document's beginning is read for its heading.
_HEADING = 2_000
# A name that says less than this is only a guess: what the mail or the content says goes first.
_SURE = 0.9
# The number a file is named for, in words of a plain name; and how far before it a mail names the paper.
_NUMBER = re.compile(
    r"\b(?!(?:rev|v|ver|copy)\d{1,2}\b)[a-z]*\d\w*(?: (?!(?:rev|v|ver|copy)\d{1,2}\b)[a-z]{0,4}\d\w*)*"
)
_FEWEST_DIGITS = 3
_BEFORE_NUMBER = 30
# Where one word of a name ends and the next begins without a blank between them.
_GLUED = re.compile(
    r"(?<=[a-z]{3})(?=[A-Z])|(?<=\d)(?=[A-Za-z]{2})|(?<=[A-Za-z]{2})(?=\d)"
    r"|(?<=BL|PL|CI|CO)(?=(?:draft|final|firmad|signed|original|copia|copy|corr|rev))"
)
# Words about the bill of a service; the papers that come with goods, which such a mail does not bring.
_SERVICE_BILL = re.compile(
    r"\b(?:facturas? locales|(?:su|sus|vuestra|nuestra) factura|factura (?:pendiente|vencida|de (?:la )?agencia)"
    r"|factura (?:por|de|del) (?:almacen\w*|terminal|deposito|linea|flete|transporte|servicios?|espera|demoras?|uso)"
    r"|comprobante electronico|cobranzas?|estado de cuenta|detraccion|almacenaje|sobreestadia|demurrage|detention"
    r"|stand ?by|horas? de espera|espero \d+ horas|cotizacion \d+|your (?:invoice|bill)|handling fee|outstanding)\b"
)
_SHIPPING = frozenset({DocumentType.PACKING_LIST, DocumentType.BILL_OF_LADING, DocumentType.AIR_WAYBILL})
_SPOKEN_PAYMENT = re.compile(
    r"\b(?:voucher|transferencia|deposito|deposite|abono|abone|abonamos|pague|pagamos|pagado|transfer|paid|tasa)\b"
)
# Papers as a mail names them; a photo is only taken for one when the mail speaks of it.
SPOKEN_PAPERS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (DocumentType.COMMERCIAL_INVOICE, r"\b(?:facturas?|invoice)\b"),
        (DocumentType.PACKING_LIST, r"\b(?:packing|lista de empaque|lista)\b"),
        (DocumentType.BILL_OF_LADING, r"\b(?:bl|b/l|hbl|conocimiento)\b"),
        (DocumentType.AIR_WAYBILL, r"\b(?:awb|guias? aereas?|guia)\b"),
        (DocumentType.CERTIFICATE_OF_ORIGIN, r"\b(?:certificado de origen|origen|cuno)\b"),
        (DocumentType.HEALTH_PERMIT, r"\b(?:senasa|digesa|digemid|sanipes|fitosanitario|fito|registro sanitario)\b"),
        (DocumentType.TECHNICAL_SHEET, r"\b(?:ficha|hoja de seguridad|composicion)\b"),
        (DocumentType.INSURANCE_POLICY, r"\b(?:poliza|seguro)\b"),
        (DocumentType.PAYMENT_VOUCHER, r"\b(?:voucher|constancia|deposito|transferencia|abono)\b"),
    )
)


def type_attachments(message: Message, texts: Mapping[str, str] | None = None) -> tuple[DocumentVerdict, ...]:
    """One verdict for each attachment, in order; `texts` holds what could be read, by attachment path."""
    known = texts or {}
    return tuple(type_attachment(file, message, known.get(file.path, "")) for file in message.attachments)


def type_attachment(file: Attachment, message: Message, text: str = "") -> DocumentVerdict:
    """What one attachment is taken for."""
    stem, extension = _split(file.name)
    name = plain_name(stem)
    if is_signature_image(file):
        return _verdict(file, DocumentType.OTHER, 0.98)
    found = _surest(_by_name(name), _by_name(parted_name(stem)))
    numbered = _by_number(name, message) if not found or found[1] < _SURE else None
    if found and extension in _SHEETS and found[0] in _NEVER_SHEETS:
        return _verdict(file, DocumentType.SPREADSHEET, 0.85)
    if numbered and extension not in _SHEETS:
        found = numbered
    if found and found[0] is DocumentType.COMMERCIAL_INVOICE and found[1] < _SURE and _is_service_bill(message):
        found = DocumentType.OTHER, 0.75
    if found:
        return _checked(file, *found, text)
    if read := _by_content(text):
        return _verdict(file, *read)
    if _is_nameless(file) and (spoken := _by_mail(file, message)):
        return _verdict(file, *spoken)
    if name.startswith(("captura", "screenshot", "pantallazo")):
        return _verdict(file, DocumentType.OTHER, 0.7)
    if extension in _IMAGES:
        is_photo = extension in _CAMERA_FILES or CAMERA_NAME.match(name)
        return _verdict(file, DocumentType.PHOTO if is_photo else DocumentType.OTHER, 0.7)
    if extension in _SHEETS:
        return _verdict(file, DocumentType.SPREADSHEET, 0.8)
    return _verdict(file, DocumentType.OTHER, 0.6)


def is_signature_image(file: Attachment) -> bool:
    """A picture that belongs to a signature, not to a dispatch."""
    stem, extension = _split(file.name)
    if extension and extension not in _IMAGES:
        return False
    return file.inline or bool(SIGNATURE_IMAGE.search(plain_name(stem)))


def plain_name(stem: str) -> str:
    """A file's name without accents, case and separators, as the tables expect it."""
    return _SEPARATORS.sub(" ", fold(stem)).strip()


def _surest(*found: tuple[DocumentType, float] | None) -> tuple[DocumentType, float] | None:
    """The first of the surest findings."""
    return max((one for one in found if one), key=lambda one: one[1], default=None)


def _is_service_bill(message: Message) -> bool:
    """Whether a mail speaks of the bill of agency, line, terminal or carrier and brings no shipping paper."""
    if not _SERVICE_BILL.search(fold(f"{message.subject}\n{message.new_text}")):
        return False
    names = [plain_name(_split(file.name)[0]) for file in message.attachments]
    return not any(found and found[0] in _SHIPPING and found[1] >= _SURE for found in map(_by_name, names))


def parted_name(stem: str) -> str:
    """A file's name with words and figures that were written together taken apart."""
    return plain_name(_GLUED.sub(" ", stem))


def _by_number(name: str, message: Message) -> tuple[DocumentType, float] | None:
    """What the mail calls the paper whose number the file is named for ("Invoice 2026/0077", `2026-0077_rev1.pdf`)."""
    number = _NUMBER.match(name)
    if number is None or sum(map(str.isdigit, number[0])) < _FEWEST_DIGITS:
        return None
    spelled = re.compile(r"\b" + r"[^a-z0-9\n]{0,2}".join(map(re.escape, number[0].split())) + r"\b")
    said = fold(f"{message.subject}\n{message.new_text}")
    for found in spelled.finditer(said):
        line = said.rfind("\n", 0, found.start()) + 1
        if named := _papers_named(said[max(line, found.start() - _BEFORE_NUMBER) : found.start()]):
            return named[-1], 0.85
    return None


def _by_name(name: str) -> tuple[DocumentType, float] | None:
    if CAMERA_NAME.match(name):
        return None
    return next(((rule.type, rule.confidence) for rule in NAME_RULES if rule.pattern.search(name)), None)


def _by_content(text: str) -> tuple[DocumentType, float] | None:
    heading = fold(text[:_HEADING])
    found = [(match.start(), rule) for rule in CONTENT_RULES if (match := rule.pattern.search(heading))]
    if not found:
        return None
    # The earliest heading names the document; later words only speak of other papers.
    rule = min(found, key=lambda pair: pair[0])[1]
    return rule.type, rule.confidence


def _checked(file: Attachment, type: DocumentType, confidence: float, text: str) -> DocumentVerdict:
    """A content that speaks clearly of another type overrules a weak name."""
    content = _by_content(text)
    if content is not None and confidence < _SURE and content[0] is not type:
        return _verdict(file, *content)
    return _verdict(file, type, 0.99 if content and content[0] is type else confidence)


def _by_mail(file: Attachment, message: Message) -> tuple[DocumentType, float] | None:
    """A picture or scan with a phone's name: what the mail says decides, paper by paper in its order."""
    nameless = [one for one in message.attachments if _is_nameless(one)]
    named = _papers_named(fold(message.new_text))
    if len(named) >= len(nameless) > 0 and named:
        return named[nameless.index(file)], 0.7
    if _SPOKEN_PAYMENT.search(fold(f"{message.subject} {message.new_text}")) and not named:
        return DocumentType.PAYMENT_VOUCHER, 0.75
    return None


def _is_nameless(file: Attachment) -> bool:
    return not is_signature_image(file) and bool(CAMERA_NAME.match(plain_name(_split(file.name)[0])))


def _papers_named(said: str) -> list[DocumentType]:
    """The papers a mail speaks of, in the order in which it names them."""
    found = [(match.start(), kind) for kind, pattern in SPOKEN_PAPERS for match in [pattern.search(said)] if match]
    return [kind for _, kind in sorted(found)]


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    return (stem, extension.lower()) if dot else (name, "")


def _verdict(file: Attachment, type: DocumentType, confidence: float) -> DocumentVerdict:
    return DocumentVerdict(name=file.name, type=type, confidence=confidence)
