"""Turns what EWS answers into the two mailbox errors, once, in words that name what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.domain.errors import MailbotError, MailboxRefused, MailboxUnavailable
from mailbot.ews.failure import EwsFailure
from mailbot.mailboxes.ews_account import EwsAccount

_HOW = "; los pasos están en docs/ews.md"
_VERSION = "el servidor no habla esa versión de EWS: ponga la suya en MAILBOT_EWS_VERSION (2013, 2016, 2019 o se)"
_NO_MAILBOX = "no existe ningún buzón {address} en ese servidor: revise la dirección"
_NO_ROLE = (
    "la cuenta {username} no puede actuar por {address}: le falta el rol «ApplicationImpersonation» con un ámbito que "
    "incluya este buzón (o ponga MAILBOT_EWS_RIGHTS=delegate y dele acceso total)"
)
# By EWS's code; what each asks of a person.
_BY_CODE = {
    "ErrorImpersonateUserDenied": _NO_ROLE,
    "ErrorImpersonationDenied": _NO_ROLE,
    "ErrorImpersonationFailed": _NO_ROLE,
    "ErrorAccessDenied": "la cuenta {username} no tiene acceso a {address}: dele «Full Access» (Add-MailboxPermission)",
    "ErrorNonExistentMailbox": _NO_MAILBOX,
    "ErrorInvalidSmtpAddress": _NO_MAILBOX,
    "ErrorNoDestinationCASDueToVersionMismatch": _VERSION,
    "ErrorInvalidServerVersion": _VERSION,
    "ErrorIncorrectSchemaVersion": _VERSION,
    "ErrorInvalidSchemaVersionForMailboxVersion": _VERSION,
    "ErrorAccountDisabled": "la cuenta {username} está desactivada",
    "ErrorPasswordExpired": "la contraseña de {username} caducó",
    "ErrorPasswordChangeRequired": "la contraseña de {username} tiene que cambiarse",
    "Certificate": "el certificado del servidor no es de confianza: ponga el de su autoridad en MAILBOT_EWS_CA_FILE",
}
# By HTTP status, where the answer was none of EWS's.
_BY_STATUS = {
    401: "el servidor no acepta el usuario o la contraseña de {username}, o no ese modo de entrar (MAILBOT_EWS_AUTH)",
    403: "el servidor no permite EWS a {username} o a {address} (EwsEnabled, EwsApplicationAccessPolicy)",
    404: "ahí no hay EWS: revise MAILBOT_EWS_URL, suele ser https://SERVIDOR/EWS/Exchange.asmx",
    302: "el servidor manda a otra dirección: revise MAILBOT_EWS_URL",
    301: "el servidor manda a otra dirección: revise MAILBOT_EWS_URL",
    400: "el servidor no entiende la petición",
    405: "ahí no hay EWS: revise MAILBOT_EWS_URL, suele ser https://SERVIDOR/EWS/Exchange.asmx",
}
# Of ours, each of which says in its own words what to do.
_SPEAKING = frozenset({"Online", "CaFile", "NoToken"})


@contextmanager
def translated(account: EwsAccount, doing: str) -> Iterator[None]:
    """Anything that goes wrong inside comes out as `MailboxUnavailable` or `MailboxRefused`."""
    try:
        yield
    except EwsFailure as failure:
        raise explained(failure, account, doing) from failure


def explained(failure: EwsFailure, account: EwsAccount, doing: str) -> MailbotError:
    """The mailbox error that says what happened and what to do."""
    start = f"Buzón «{account.name}»: "
    advice = advice_for(failure, username=account.endpoint.username, address=account.address)
    if advice is not None:
        return MailboxRefused(f"{start}{advice}.")
    if failure.is_throttled:
        return MailboxUnavailable(f"{start}Exchange pide esperar para {doing}.", retry_at=failure.retry_at)
    if failure.is_missing:
        return MailboxRefused(f"{start}no se pudo {doing}: {failure}.")
    return MailboxUnavailable(f"{start}no se pudo {doing}: {failure}.", retry_at=failure.retry_at)


def is_the_mails_own(failure: EwsFailure, account: EwsAccount) -> bool:
    """Whether it is this one mail that the server will not change so, and not the mailbox or the server."""
    is_told = failure.status is None and failure.code.startswith("Error") and not failure.may_pass
    advice = advice_for(failure, username=account.endpoint.username, address=account.address)
    return is_told and not failure.is_missing and advice is None


def advice_for(failure: EwsFailure, *, username: str, address: str) -> str | None:
    """What a person has to do before anything works; None when it is not that."""
    if failure.code in _SPEAKING:
        return str(failure) if failure.code != "NoToken" or failure.status == 401 else None
    known = _BY_CODE.get(failure.code) or (_BY_STATUS.get(failure.status) if failure.status else None)
    if known is None:
        return None
    told = failure.code or f"HTTP {failure.status}"
    return f"{known.format(username=username or 'de mailbot', address=address)}{_HOW} ({told})"
