"""What a failed request to Graph means for a mail: later, never, or nobody knows."""

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, MailbotError
from mailbot.graph.answers import GraphFailure

# Refusals of a moment: not found (yet), timed out, locked, a piece that came twice, too many requests.
_PASSING = frozenset({404, 408, 409, 416, 423, 429})
_HOW = "; los pasos están en docs/graph.md"
# By Graph's code in small letters: not the mail's fault, so it waits until somebody mends it.
_FOR_A_PERSON = {
    "erroraccessdenied": "la aplicación no tiene permiso para enviar desde {address}: falta el rol "
    "«Application {needs}» con un ámbito que incluya ese buzón (un cambio tarda hasta dos horas en valer)",
    "authorization_requestdenied": "falta el consentimiento del administrador para enviar ({needs})",
    "errorsendasdenied": "{address} no puede enviar con ese remitente: MAILBOT_SENDER debe ser un buzón propio",
    "errorinvaliduser": "no existe ningún buzón {address} en ese inquilino: revise MAILBOT_SENDER",
    "request_resourcenotfound": "no existe ningún buzón {address} en ese inquilino: revise MAILBOT_SENDER",
    "resourcenotfound": "no existe ningún buzón {address} en ese inquilino: revise MAILBOT_SENDER",
    "mailboxnotenabledforrestapi": "{address} no está en Exchange Online: envíe por SMTP",
    "erroraccountsuspend": "Microsoft suspendió el envío desde {address}: hable con el administrador",
    "errormessagesubmissionblocked": "Microsoft bloqueó el envío desde {address}: hable con el administrador",
}


def advice(failure: GraphFailure, address: str, *, needs: str = "Mail.ReadWrite") -> str | None:
    """What a person has to do before anything can be sent from that address; None when it is not that."""
    known = _FOR_A_PERSON.get(failure.code.lower())
    if known is not None:
        return f"Envío por Graph: {known.format(address=address, needs=needs)}{_HOW} ({failure.code})."
    if failure.code == "NoToken":
        return f"Envío por Graph: {failure}"
    if failure.status in (401, 403):
        return f"Envío por Graph: Microsoft no lo permite desde {address} ({failure}){_HOW}."
    return None


def before_sending(failure: GraphFailure, address: str, *, needs: str = "Mail.ReadWrite") -> MailbotError:
    """A step failed that by itself sends nothing."""
    reason = advice(failure, address, needs=needs)
    if reason is not None:
        return DeliveryDeferred(reason, retry_at=failure.retry_at)
    if failure.status is not None and 400 <= failure.status < 500 and failure.status not in _PASSING:
        return DeliveryRefused(f"Microsoft no acepta el correo: {failure}.")
    return DeliveryDeferred(f"Envío por Graph: {failure}", retry_at=failure.retry_at)


def while_sending(failure: GraphFailure, address: str) -> MailbotError:
    """The request that sends failed: an answer of the server's fault may come after the mail went out."""
    is_throttled = failure.status == 429 or (failure.status == 503 and failure.retry_after is not None)
    is_answered = failure.status is not None and failure.status < 500
    if failure.is_unsent or is_throttled or is_answered:
        return before_sending(failure, address, needs="Mail.Send")
    return DeliveryUncertain(f"Graph no confirmó el correo después de recibirlo ({failure}): puede haber salido o no.")
