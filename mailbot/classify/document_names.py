"""What an attachment is, by its name and its content: the tables, most telling first.

Names are matched after folding case and accents and turning separators into blanks. A rule's figure is
how often it is right, measured on the corpus, and becomes the verdict's confidence.
"""

import re
from dataclasses import dataclass

from mailbot.domain.labels import DocumentType


@dataclass(frozen=True, kw_only=True)
class TypeRule:
    """A pattern and the type it speaks for."""

    type: DocumentType
    pattern: re.Pattern[str]
    confidence: float


def _rule(type: DocumentType, pattern: str, confidence: float = 0.95) -> TypeRule:
    return TypeRule(type=type, pattern=re.compile(pattern), confidence=confidence)


_T = DocumentType

# A picture in a signature is no document; mail clients number them.
SIGNATURE_IMAGE = re.compile(
    r"^(?:image|imagen|att|oledata|outlook|logo|firma|banner|facebook|linkedin)\s?\w{0,12}$|\blogo\b|\bfirma correo\b"
)
# Names a phone, a scanner or a messenger gives: they say nothing of the content.
CAMERA_NAME = re.compile(
    r"^(?:img|dsc|dscn|pic|foto|photo|image|imagen|whatsapp image|screenshot|captura|scan|escaneo|doc|skm c\d*|camscanner"
    r"|pxl|mvimg|signal|telegram)?\s?[\d\s]*(?:wa\s?\d+|at [\d\s]+(?:am|pm)?)?(?:\s?\(\d+\))?$"
)

NAME_RULES: tuple[TypeRule, ...] = (
    _rule(_T.OTHER, r"\b(?:notarial|acta|actas|minuta|contrato|adenda|dni|pasaporte|passport|ficha ruc|partida registral|copia literal)\b", 0.93),
    _rule(_T.OTHER, r"\b(?:aviso de llegada|aviso llegada|aviso|arrival notice|an)\b(?!.*factura)", 0.93),
    _rule(_T.OTHER, r"\b(?:booking|bkg|eir|volante|ticket|tickets? balanza|draft survey|carta temperatura|carta protesta|carta correccion|carta rechazo)\b", 0.93),
    _rule(_T.OTHER, r"\b(?:resolucion|notificacion|liquidacion|nota de credito|nc|nota credito|estado de cuenta|status|circular|boletin comex|cargo)\b", 0.9),
    _rule(_T.OTHER, r"\bdj (?!orig)|\bdeclaracion jurada (?!de orig)|\b(?:coas?|certificado de analisis|quality|calidad|certificado de calidad|weight|peso|fumigat\w+|fumigacion|bill of materials)\b(?!.*composicion)", 0.9),
    _rule(_T.AUTHORIZATION_LETTER, r"\b(?:poder|mandato|vigencia|endose|endoso|carta de? ?resp\w*|responsabilidad|carta autoriz\w+|autorizacion|carta compromiso|power of attorney|poa|letter of (?:authori[sz]ation|indemnity)|loi|iqbf|carta poder|endorsement)\b(?!.*\bbl\b)"),
    _rule(_T.PAYMENT_VOUCHER, r"\b(?:voucher\w*|abonos?|constancias? (?:de )?(?:pago|dep\w*|transf\w*|abono|cci|tef|bcx|bn)|transf\w*|trf|tef|swift|detraccion\w*|deposito|comprobante de? ?(?:pago|deposito|transferencia)|pago|pagos|payment|remittance|op \d+|operacion)\b"),
    _rule(_T.PAYMENT_VOUCHER, r"^constancias?\b(?!.*(?:alta|inscrip|no adeudo|trabajo))", 0.85),
    _rule(_T.INSURANCE_POLICY, r"\b(?:poliza\w*|seguro|insurance|aplic|aplicacion|cert tm|policy)\b"),
    _rule(_T.DAM_COPY, r"\b(?:dam|dua|dams|duas)\b|^\d{3} 20\d\d \d\d \d{3,6}\b"),
    _rule(_T.CERTIFICATE_OF_ORIGIN, r"\b(?:cert\w* (?:de )?orig\w*|certificate of origin|certificado origen|origen|origin|origem|eur ?1|atr|form (?:co|e|a)|fta|coo|ace ?58|cptpp|uspta|ustpa|cert (?:oic|ico)|cuno)\b|(?:^|\s)(?:\w* )?co (?!comercial)(?:\w+)|^co\b|\bco$|\bftaco\b|\bkpfta\b"),
    _rule(_T.HEALTH_PERMIT, r"\b(?:senasa|digesa|digemid|sanipes|fito\w*|phyto\w*|zoosan\w*|zoo|sanitari\w+|health|vet|cfe|cso|pfi|pii|nso\w*|pth|bpm|clv|rs|rd|r d|registro [a-z] \d+|reg sanit\w*|sernanp|serfor|cites|libre venta|permiso)\b", 0.93),
    _rule(_T.TECHNICAL_SHEET, r"\b(?:ficha\w*|msds|hds|sds|tds|ft|ftec|datasheet|data sheet|ds|spec|specs|specification\w*|catalog\w*|brochure|desc\w* min\w*|descripcion\w*|dm|composicion|hoja (?:de )?seguridad|hoja tecnica|technical|manual|plano\w*|informe ensayo|test report|coa|ista|analisis)\b", 0.93),
    _rule(_T.PACKING_LIST, r"\b(?:packing\w*|pack|lista (?:de )?empaque|lista empaque|pl|pkl|p l|packliste\w*|colisage|lista cubicacion|romaneio|bultos|lista sacos)\b(?!.*\b(?:fact|inv)\w*)"),
    _rule(_T.PROFORMA, r"\b(?:proforma\w*|pro forma|pi|quotation|cotizacion|quote)\b", 0.93),
    _rule(_T.COMMERCIAL_INVOICE, r"\b(?:factura\w*|facture|fatura|invoice\w*|inv|fact|fac|commercial|ci|cipl|fc|ff|fe|rechnung|fra|comm)\b", 0.93),
    _rule(_T.AIR_WAYBILL, r"\b(?:awb|hawb|mawb|lta|guia aerea|guia|air waybill|airway\w*|draft awb)\b|\b\d{3} \d{8}\b|\b\d{3} \d{4} \d{4}\b"),
    _rule(_T.BILL_OF_LADING, r"\b(?:bl|hbl|mbl|b l|conocimiento|bill of lading|lading|swb|waybill|surrendered|telex|nonneg|non negotiable|obl|bls|crt|cpic)\b", 0.93),
    _rule(_T.BILL_OF_LADING, r"\b(?:maeu|mscu|medu|cmdu|hlcu|cosu|oney|eglv|oolu|ymlu|hdmu|zimu|whlc|sudu|aplu|smlm)\w{6,}\b"),
    _rule(_T.BILL_OF_LADING, r"\bh?bl\w*[a-z]{3}\w*\d{5,}\b", 0.85),
    _rule(_T.COMMERCIAL_INVOICE, r"^(?:\d+ )?(?:f|e|fe|ff|fff|b)\w?\d{1,3} \d{3,8}\b", 0.85),
    _rule(_T.PHOTO, r"\b(?:fotos?|photos?|pictures?|placa|precinto|rotulo|cajas?|piso|puerta|termografo)\s?\d*\b", 0.9),
    _rule(_T.BILL_OF_LADING, r"^[a-z]{4}[a-z]{0,5}\d{6,12}\b", 0.8),
)  # fmt: skip

# Words of the content, where it could be read; headings count, so only the beginning is looked at.
CONTENT_RULES: tuple[TypeRule, ...] = (
    _rule(_T.DAM_COPY, r"declaracion aduanera de mercancias|declaracion unica de aduanas"),
    _rule(_T.CERTIFICATE_OF_ORIGIN, r"certificate of origin|certificado de origen|declaracion de origen|movement certificate|origin criteri\w+|criterio de origen"),
    _rule(_T.AIR_WAYBILL, r"air ?waybill|guia aerea|carta de porte aereo"),
    _rule(_T.BILL_OF_LADING, r"bill of lading|conocimiento de embarque|sea ?waybill|shipped on board"),
    _rule(_T.INSURANCE_POLICY, r"poliza de seguro|certificado de seguro|suma asegurada|insurance (?:policy|certificate)|sum insured|aplicacion de poliza"),
    _rule(_T.HEALTH_PERMIT, r"certificado fitosanitario|phytosanitary|registro sanitario|certificado sanitario|health certificate|notificacion sanitaria|permiso (?:fito|zoo)?sanitario|senasa|digesa|digemid|sanipes"),
    _rule(_T.PAYMENT_VOUCHER, r"constancia de (?:transferencia|deposito|pago|abono|operacion)|numero de operacion|operacion exitosa|transferencia (?:exitosa|realizada|interbancaria)|swift copy|\bmt ?103\b|cuenta (?:de )?(?:cargo|abono|destino)"),
    _rule(_T.AUTHORIZATION_LETTER, r"carta poder|vigencia de poder|mandato|power of attorney|carta de responsabilidad|otorgo poder|autorizo a|\bendos(?:e|o|amos)\b"),
    _rule(_T.TECHNICAL_SHEET, r"ficha tecnica|hoja de (?:datos de )?seguridad|safety data sheet|technical (?:data )?sheet|descripciones minimas|especificaciones tecnicas"),
    _rule(_T.PROFORMA, r"\bpro ?forma\b|cotizacion|quotation"),
    _rule(_T.PACKING_LIST, r"packing list|lista de empaque|(?:gross|net) weight.{0,200}(?:cartons|packages|pallets)"),
    _rule(_T.COMMERCIAL_INVOICE, r"commercial invoice|factura (?:comercial|electronica|de exportacion)?|\binvoice\b"),
    _rule(_T.OTHER, r"aviso de llegada|arrival notice|equipment interchange|certificate of analysis|certificado de analisis|resolucion de"),
)  # fmt: skip
