"""What a failed request to EWS means for a mail: later, never, or nobody knows."""

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, MailbotError
from mailbot.ews.failure import EwsFailure

_HOW = "; los pasos están en docs/ews.md"
# The mail's own fault: it never will be sent.
_REFUSED = {
    "ErrorInvalidRecipients": "un destinatario no es válido",
    "ErrorMessageSizeExceeded": "pasa del tamaño que el servidor admite",
    "ErrorMimeContentInvalid": "el servidor no entiende su contenido",
    "ErrorMimeContentInvalidBase64String": "el servidor no entiende su contenido",
    "ErrorAttachmentSizeLimitExceeded": "un adjunto pasa del tamaño que el servidor admite",
}
# Not the mail's fault, so it waits until somebody mends it.
_FOR_A_PERSON = {
    "ErrorImpersonateUserDenied": "a la cuenta le falta el rol «ApplicationImpersonation» sobre {address}",
    "ErrorImpersonationDenied": "a la cuenta le falta el rol «ApplicationImpersonation» sobre {address}",
    "ErrorImpersonationFailed": "a la cuenta le falta el rol «ApplicationImpersonation» sobre {address}",
    "ErrorAccessDenied": "la cuenta no tiene acceso total a {address}",
    "ErrorNonExistentMailbox": "no existe ningún buzón {address}: revise MAILBOT_SENDER",
    "ErrorSendAsDenied": "{address} no puede enviar con ese remitente: MAILBOT_SENDER debe ser un buzón propio",
    "ErrorQuotaExceeded": "el buzón {address} está lleno",
    "ErrorInvalidServerVersion": "el servidor no habla esa versión de EWS: MAILBOT_EWS_VERSION",
    "ErrorInvalidSchemaVersionForMailboxVersion": "el servidor no habla esa versión de EWS: MAILBOT_EWS_VERSION",
    "Certificate": "el certificado del servidor no es de confianza: MAILBOT_EWS_CA_FILE",
}
# The item is not as it was: nothing left by this very request.
_UNDONE = frozenset({"ErrorChangeKeyRequired", "ErrorStaleObject", "ErrorSchemaValidation", "ErrorInvalidRequest"})


def advice(failure: EwsFailure, address: str) -> str | None:
    """What a person has to do before anything can be sent from that address; None when it is not that."""
    known = _FOR_A_PERSON.get(failure.code)
    if known is not None:
        return f"Envío por EWS: {known.format(address=address)}{_HOW} ({failure.code})."
    if failure.code in ("Online", "CaFile", "NoToken"):
        return f"Envío por EWS: {failure}"
    if failure.status in (401, 403, 404):
        return f"Envío por EWS: el servidor no lo permite desde {address} (HTTP {failure.status}){_HOW}."
    return None


def before_sending(failure: EwsFailure, address: str) -> MailbotError:
    """A step failed that by itself sends nothing."""
    reason = advice(failure, address)
    if reason is not None:
        return DeliveryDeferred(reason, retry_at=failure.retry_at)
    refused = _REFUSED.get(failure.code)
    if refused is not None or failure.status == 413:
        why = refused or "pasa del tamaño que el servidor admite"
        return DeliveryRefused(f"Exchange no acepta el correo: {why} ({failure.code or 'HTTP 413'}).")
    return DeliveryDeferred(f"Envío por EWS: {failure}.", retry_at=failure.retry_at)


def is_undone(failure: EwsFailure, address: str) -> bool:
    """Whether a `SendItem` that failed so did surely nothing."""
    is_answered = advice(failure, address) is not None or failure.code in _REFUSED or failure.code in _UNDONE
    return failure.is_unsent or failure.is_throttled or is_answered


def uncertain(failure: EwsFailure) -> MailbotError:
    """Nobody knows whether it left."""
    return DeliveryUncertain(f"Exchange no confirmó el envío ({failure}): el correo puede haber salido o no.")
