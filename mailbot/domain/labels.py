"""The label names of `models/corpus/LABELS.md`, which is the law on what each of them means."""

from enum import StrEnum


class Category(StrEnum):
    """What a sender does in a message; several may hold, none means it asks nothing."""

    # The sender asks for something or instructs.
    REQUIREMENT = "requirement"
    # The message brings documents of a dispatch to review.
    DOCUMENTS = "documents"
    # The sender is dissatisfied, blames the broker, or threatens to leave.
    COMPLAINT = "complaint"


class Primary(StrEnum):
    """The one word for a message: complaint before requirement before documents before other."""

    COMPLAINT = "complaint"
    REQUIREMENT = "requirement"
    DOCUMENTS = "documents"
    # None of the three categories holds.
    OTHER = "other"


class Topic(StrEnum):
    """What a message is about; any number may hold."""

    STATUS_QUERY = "status_query"
    PROFORMA_REQUEST = "proforma_request"
    QUOTATION_REQUEST = "quotation_request"
    DELIVERY_SCHEDULING = "delivery_scheduling"
    CUSTOMS_ADVICE = "customs_advice"
    DOCUMENT_REQUEST = "document_request"
    CORRECTION_REQUEST = "correction_request"
    INSTRUCTION = "instruction"
    AGREEMENT = "agreement"
    PAYMENT_NOTICE = "payment_notice"
    BILLING_QUERY = "billing_query"
    EXTRA_SERVICE = "extra_service"
    REGIME_EXPIRY = "regime_expiry"
    ARCHIVE_OBSERVATION = "archive_observation"
    INTERNAL_ALERT = "internal_alert"
    RECIPIENTS_CHANGE = "recipients_change"
    ACKNOWLEDGEMENT = "acknowledgement"
    AUTO_REPLY = "auto_reply"
    MARKETING = "marketing"


class Contingency(StrEnum):
    """A cost or risk that must reach the head of service within 24 working hours."""

    DEMURRAGE = "demurrage"
    STORAGE = "storage"
    FINE = "fine"
    TRANSPORT_OVERCOST = "transport_overcost"
    ABANDONMENT = "abandonment"
    OTHER_COST = "other_cost"
    RELATIONSHIP = "relationship"


# A doubt about whether there is any contingency at all, whatever its kind.
ANY_CONTINGENCY = "contingency"


class DocumentType(StrEnum):
    """What an attachment is."""

    COMMERCIAL_INVOICE = "commercial_invoice"
    PACKING_LIST = "packing_list"
    BILL_OF_LADING = "bill_of_lading"
    AIR_WAYBILL = "air_waybill"
    CERTIFICATE_OF_ORIGIN = "certificate_of_origin"
    INSURANCE_POLICY = "insurance_policy"
    HEALTH_PERMIT = "health_permit"
    TECHNICAL_SHEET = "technical_sheet"
    AUTHORIZATION_LETTER = "authorization_letter"
    PAYMENT_VOUCHER = "payment_voucher"
    PROFORMA = "proforma"
    DAM_COPY = "dam_copy"
    PHOTO = "photo"
    SPREADSHEET = "spreadsheet"
    OTHER = "other"


class ReferenceKind(StrEnum):
    """Which business identifier a reference is."""

    DAM = "dam"
    ORDER = "order"
    BL = "bl"
    AWB = "awb"
    CONTAINER = "container"
    INVOICE = "invoice"
    PO = "po"
    RUC = "ruc"
    VESSEL = "vessel"


class ReferencePlace(StrEnum):
    """Where in a message a reference stands, in the order in which the places count."""

    TEXT = "text"
    ATTACHMENT_NAME = "attachment_name"
    SUBJECT = "subject"
    # Inside a PDF, a workbook or an attached mail.
    ATTACHMENT = "attachment"
    QUOTED = "quoted"
    SIGNATURE = "signature"
