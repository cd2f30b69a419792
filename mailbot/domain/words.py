"""How kinds, steps, labels and states are called by people, in Spanish and in English.

The one place for these names; sentences stand in `templates/`.
"""

from enum import StrEnum

from mailbot.domain.contexts.digest import Wait
from mailbot.domain.contexts.items import QuestionKind
from mailbot.domain.contexts.mails import Answer
from mailbot.domain.drafting import DraftKind
from mailbot.domain.labels import Category, Contingency, DocumentType, Primary, Topic
from mailbot.domain.mail import MailPurpose, MailState
from mailbot.domain.obligation import ObligationKind, ObligationState, Step
from mailbot.domain.office import Language, Modality, Transport
from mailbot.domain.reports import Judgement, Span

Names = dict[str, tuple[str, str]]

KINDS: Names = {
    ObligationKind.REPLY: ("respuesta al cliente", "answer to the client"),
    ObligationKind.DOCUMENT_REVIEW: ("revisión de documentos", "document review"),
    ObligationKind.MANAGEMENT_REPORT: ("reporte a jefatura", "report to management"),
    ObligationKind.PROFORMA: ("proforma", "pro forma"),
    ObligationKind.PAYMENT_REPORT: ("aviso de abono a Administración", "payment report to Administration"),
    ObligationKind.ARCHIVE_OBSERVATION: ("observación de Archivo", "observation of the archive"),
    ObligationKind.ALERT_ACTION: ("acción por Alertas CLI", "action on an internal alert"),
    ObligationKind.WRITTEN_AGREEMENT: ("confirmación por escrito", "written confirmation"),
    ObligationKind.STATUS_PROGRAMMING: ("programación del STATUS", "status programming"),
    ObligationKind.STATUS_UPDATE: ("actualización del status", "status update"),
    ObligationKind.MILESTONE_NOTICE: ("aviso de avance al cliente", "milestone notice to the client"),
    ObligationKind.SYSTEM_ENTRY: ("registro en el sistema", "entry in the system"),
    ObligationKind.PROMISE: ("compromiso con el cliente", "promise to the client"),
    ObligationKind.FUNDS_CHECK: ("verificación de fondos", "check of funds"),
    ObligationKind.REGULARIZATION: ("regularización", "regularisation"),
    ObligationKind.REGIME_EXPIRY: ("vencimiento de régimen", "expiry of a regime"),
}

STATES: Names = {
    ObligationState.OPEN: ("pendiente", "open"),
    ObligationState.WAITING: ("en espera del cliente", "waiting for the client"),
    ObligationState.MET: ("atendida", "done"),
    ObligationState.CANCELLED: ("anulada", "cancelled"),
}

STEPS: Names = {
    Step.OWNER: ("recordatorio", "reminder"),
    Step.SUPERVISOR: ("aviso a Supervisión", "notice to the supervisor"),
    Step.HEAD: ("aviso a Jefatura", "notice to the head of service"),
}

CATEGORIES: Names = {
    Category.REQUIREMENT: ("requerimiento", "request"),
    Category.DOCUMENTS: ("documentos", "documents"),
    Category.COMPLAINT: ("reclamo", "complaint"),
}

PRIMARIES: Names = {**CATEGORIES, Primary.OTHER: ("otro", "other")}

TOPICS: Names = {
    Topic.STATUS_QUERY: ("consulta de estado", "status query"),
    Topic.PROFORMA_REQUEST: ("pedido de proforma", "request for a pro forma"),
    Topic.QUOTATION_REQUEST: ("pedido de cotización", "request for a quotation"),
    Topic.DELIVERY_SCHEDULING: ("programación de entrega", "scheduling of a delivery"),
    Topic.CUSTOMS_ADVICE: ("consulta aduanera", "customs advice"),
    Topic.DOCUMENT_REQUEST: ("pedido de documentos", "request for documents"),
    Topic.CORRECTION_REQUEST: ("pedido de corrección", "request for a correction"),
    Topic.INSTRUCTION: ("instrucción", "instruction"),
    Topic.AGREEMENT: ("acuerdo", "agreement"),
    Topic.PAYMENT_NOTICE: ("aviso de pago", "payment notice"),
    Topic.BILLING_QUERY: ("consulta de facturación", "billing query"),
    Topic.EXTRA_SERVICE: ("servicio extraordinario", "extra service"),
    Topic.REGIME_EXPIRY: ("vencimiento de régimen", "expiry of a regime"),
    Topic.ARCHIVE_OBSERVATION: ("observación de Archivo", "observation of the archive"),
    Topic.INTERNAL_ALERT: ("Alertas CLI", "internal alert"),
    Topic.RECIPIENTS_CHANGE: ("cambio de destinatarios", "change of recipients"),
    Topic.ACKNOWLEDGEMENT: ("acuse de recibo", "acknowledgement"),
    Topic.AUTO_REPLY: ("respuesta automática", "automatic reply"),
    Topic.MARKETING: ("publicidad", "marketing"),
}

CONTINGENCIES: Names = {
    Contingency.DEMURRAGE: ("sobreestadía", "demurrage"),
    Contingency.STORAGE: ("almacenaje", "storage"),
    Contingency.FINE: ("multa", "fine"),
    Contingency.TRANSPORT_OVERCOST: ("sobrecosto de transporte", "extra transport cost"),
    Contingency.ABANDONMENT: ("abandono legal", "legal abandonment"),
    Contingency.OTHER_COST: ("otro costo", "other cost"),
    Contingency.RELATIONSHIP: ("relación comercial", "business relationship"),
}

DOCUMENTS: Names = {
    DocumentType.COMMERCIAL_INVOICE: ("factura comercial", "commercial invoice"),
    DocumentType.PACKING_LIST: ("lista de empaque", "packing list"),
    DocumentType.BILL_OF_LADING: ("conocimiento de embarque (BL)", "bill of lading"),
    DocumentType.AIR_WAYBILL: ("guía aérea (AWB)", "air waybill"),
    DocumentType.CERTIFICATE_OF_ORIGIN: ("certificado de origen", "certificate of origin"),
    DocumentType.INSURANCE_POLICY: ("póliza de seguro", "insurance policy"),
    DocumentType.HEALTH_PERMIT: ("permiso sanitario", "health permit"),
    DocumentType.TECHNICAL_SHEET: ("ficha técnica", "technical sheet"),
    DocumentType.AUTHORIZATION_LETTER: ("carta de autorización", "letter of authorization"),
    DocumentType.PAYMENT_VOUCHER: ("constancia de pago", "payment voucher"),
    DocumentType.PROFORMA: ("proforma", "pro forma"),
    DocumentType.DAM_COPY: ("copia de la DAM", "copy of the declaration"),
    DocumentType.PHOTO: ("foto", "photo"),
    DocumentType.SPREADSHEET: ("hoja de cálculo", "spreadsheet"),
    DocumentType.OTHER: ("otro documento", "other document"),
}

WAITS: Names = {
    Wait.DOCUMENTS: ("documentos", "documents"),
    Wait.FUNDS: ("fondos", "funds"),
    Wait.APPROVAL: ("su aprobación", "your approval"),
    Wait.ANSWER: ("su respuesta", "your answer"),
}

ANSWERS: Names = {
    Answer.SEEN: ("visto", "seen"),
    Answer.DONE: ("atendido", "done"),
    Answer.NOT_COMPLAINT: ("no es reclamo", "not a complaint"),
    Answer.IS_COMPLAINT: ("es reclamo", "is a complaint"),
    Answer.POSTPONED: ("posponer 4h", "postpone 4h"),
    Answer.REASSIGNED: ("reasignar CODIGO", "reassign CODE"),
    Answer.LINKED: ("orden 2026-004512", "order 2026-004512"),
}

QUESTIONS: Names = {
    QuestionKind.COMPLAINT: ("¿Es un reclamo?", "Is this a complaint?"),
    QuestionKind.DISPATCH: ("¿De qué orden habla?", "Which order is it about?"),
    QuestionKind.CLIENT: ("¿De qué cliente es?", "Which client is it from?"),
    QuestionKind.LABEL: ("¿Qué pide este correo?", "What does this mail ask for?"),
}

PURPOSES: Names = {
    MailPurpose.REMINDER: ("recordatorio", "reminder"),
    MailPurpose.NOTICE: ("aviso", "notice"),
    MailPurpose.AGENDA: ("agenda", "agenda"),
    MailPurpose.DIGEST: ("status", "status"),
    MailPurpose.ASK: ("consulta", "question"),
    MailPurpose.CONFIRMATION: ("confirmación", "confirmation"),
    MailPurpose.SUMMARY: ("resumen", "summary"),
}

MAIL_STATES: Names = {
    MailState.QUEUED: ("en cola", "queued"),
    MailState.SENDING: ("enviándose", "being sent"),
    MailState.SENT: ("enviado", "sent"),
    MailState.UNCERTAIN: ("sin confirmar", "unconfirmed"),
    MailState.DEFERRED: ("aplazado", "deferred"),
    MailState.REFUSED: ("rechazado", "refused"),
    MailState.WITHHELD: ("retenido", "withheld"),
}

JUDGEMENTS: Names = {
    Judgement.MET: ("cumplido", "met"),
    Judgement.MISSED: ("incumplido", "missed"),
    Judgement.EXCUSED: ("excusado", "excused"),
}

SPANS: Names = {
    Span.WEEK: ("semana", "week"),
    Span.MONTH: ("mes", "month"),
}

MODALITIES: Names = {
    Modality.ANTICIPADO: ("Anticipado (SADA)", "Advance"),
    Modality.DIFERIDO: ("Diferido", "Deferred"),
    Modality.URGENTE: ("Urgente", "Urgent"),
}

TRANSPORTS: Names = {
    Transport.MARITIMA: ("Marítima", "Sea"),
    Transport.AEREA: ("Aérea", "Air"),
    Transport.TERRESTRE: ("Terrestre", "Road"),
}

DRAFTS: Names = {
    DraftKind.DOCUMENTS: ("documentos", "documents"),
    DraftKind.STATUS: ("status", "status"),
    DraftKind.ACKNOWLEDGEMENT: ("acuse de recibo", "acknowledgement"),
}

# The same value can mean different things in two enumerations, so names are kept by type.
NAMES: dict[type[StrEnum], Names] = {
    ObligationKind: KINDS,
    ObligationState: STATES,
    Step: STEPS,
    Category: CATEGORIES,
    Primary: PRIMARIES,
    Topic: TOPICS,
    Contingency: CONTINGENCIES,
    DocumentType: DOCUMENTS,
    Wait: WAITS,
    Answer: ANSWERS,
    QuestionKind: QUESTIONS,
    MailPurpose: PURPOSES,
    MailState: MAIL_STATES,
    Judgement: JUDGEMENTS,
    Span: SPANS,
    Modality: MODALITIES,
    Transport: TRANSPORTS,
    DraftKind: DRAFTS,
}

# The states of `domain.md` 1.4 for clients who are written to in English; matched by their start.
STATUS_IN_ENGLISH: tuple[tuple[str, str], ...] = (
    ("orden abierta", "Order opened"),
    ("documentos recibidos", "Documents received"),
    ("documentos incompletos", "Documents incomplete"),
    ("documentos revisados: conforme", "Documents reviewed: in order"),
    ("documentos revisados: observado", "Documents reviewed: to be corrected"),
    ("en espera de permiso", "Waiting for a permit"),
    ("proforma enviada", "Pro forma sent"),
    ("fondos recibidos", "Funds received"),
    ("garantía aceptada", "Guarantee accepted"),
    ("en tránsito", "In transit"),
    ("eta confirmada", "ETA confirmed"),
    ("arribo", "Arrived"),
    ("término de la descarga", "Discharge ended"),
    ("ingresado a almacén", "In warehouse"),
    ("dam numerada", "Declaration numbered"),
    ("canal asignado", "Channel assigned"),
    ("tributos pagados", "Duties paid"),
    ("tributos garantizados", "Duties guaranteed"),
    ("aforo programado", "Inspection scheduled"),
    ("aforo notificado", "Inspection notified"),
    ("aforo observado", "Inspection with observations"),
    ("levante autorizado", "Released"),
    ("retiro", "Withdrawn"),
    ("entrega al cliente", "Delivered"),
    ("embarque", "Loading"),
    ("término del embarque", "Loading ended"),
    ("vacío devuelto", "Empty returned"),
    ("régimen vigente", "Regime in force"),
    ("régimen concluido", "Regime concluded"),
    ("regularizada", "Regularised"),
    ("documentos conciliados", "Documents reconciled"),
    ("enviado a liquidación", "Being settled"),
    ("enviado a facturación", "Being invoiced"),
    ("facturado", "Invoiced"),
    ("file en archivo: observado", "File under observation"),
    ("file en archivo: cerrado", "File closed"),
    ("anulado", "Cancelled"),
    ("legajado", "Declaration withdrawn"),
    ("cancelado", "Cancelled"),
)
CHANNELS_IN_ENGLISH = {"verde": "Green", "naranja": "Orange", "rojo": "Red"}


def word(value: StrEnum, language: Language = Language.ES) -> str:
    """The name of an enumeration's member in the reader's language."""
    spanish, english = NAMES[type(value)][value]
    return english if language is Language.EN else spanish


def label_words(label: str, language: Language = Language.ES) -> str:
    """The name of a label given as text; one that is not known stays as it is."""
    for names in (CATEGORIES, CONTINGENCIES, TOPICS):
        if label in names:
            return names[label][1 if language is Language.EN else 0]
    return label


def status_words(status: str, language: Language = Language.ES) -> str:
    """A dispatch's state as the client reads it; a state that is not known stays as it is."""
    if language is Language.ES:
        return status
    key = status.strip().casefold()
    return next((english for spanish, english in STATUS_IN_ENGLISH if key.startswith(spanish)), status)


def channel_words(channel: str, language: Language = Language.ES) -> str:
    """A customs channel as the client reads it."""
    if language is Language.ES:
        return channel.capitalize()
    return CHANNELS_IN_ENGLISH.get(channel.strip().casefold(), channel)
