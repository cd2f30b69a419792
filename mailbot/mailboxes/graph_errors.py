"""Turns what Graph answers into the two mailbox errors, once, in words that name what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.domain.errors import MailbotError, MailboxRefused, MailboxUnavailable
from mailbot.graph.answers import GraphFailure
from mailbot.mailboxes.graph_account import GraphAccount

_HOW = "; los pasos están en docs/graph.md"
# By Graph's code in small letters; what each asks of a person.
_BY_CODE = {
    "erroraccessdenied": "la aplicación no puede {doing} en {address}: falta el rol «Application {needs}» con un "
    "ámbito que incluya este buzón. Un cambio tarda hasta dos horas en valer",
    "authorization_requestdenied": "falta el consentimiento del administrador para {doing} ({needs})",
    "errorinvaliduser": "no existe ningún buzón {address} en ese inquilino: revise la dirección",
    "request_resourcenotfound": "no existe ningún buzón {address} en ese inquilino: revise la dirección",
    "resourcenotfound": "no existe ningún buzón {address} en ese inquilino: revise la dirección",
    "mailboxnotenabledforrestapi": "{address} no está en Exchange Online (servidor propio o sin licencia): "
    "para ese buzón ponga KIND=ews (docs/ews.md)",
    "mailboxnotsupportedforrestapi": "{address} no es un buzón que Graph pueda leer",
}


@contextmanager
def translated(account: GraphAccount, doing: str, *, needs: str = "Mail.Read") -> Iterator[None]:
    """Anything that goes wrong inside comes out as `MailboxUnavailable` or `MailboxRefused`.

    `needs` is the permission without which it is denied.
    """
    try:
        yield
    except GraphFailure as failure:
        raise explained(failure, account, doing, needs=needs) from failure


def explained(failure: GraphFailure, account: GraphAccount, doing: str, *, needs: str = "Mail.Read") -> MailbotError:
    """The mailbox error that says what happened and what to do."""
    start = f"Buzón «{account.name}»: "
    advice = _BY_CODE.get(failure.code.lower())
    if advice is not None:
        told = advice.format(address=account.address, doing=doing, needs=needs)
        return MailboxRefused(f"{start}{told}{_HOW} ({failure.code}).")
    if failure.code == "NoToken":
        kind = MailboxRefused if failure.status == 401 else MailboxUnavailable
        return kind(f"{start}{failure}")
    if failure.status == 401:
        return MailboxRefused(
            f"{start}Microsoft no acepta el token ({failure.code}): revise inquilino, aplicación y secreto{_HOW}."
        )
    if failure.status == 403:
        return MailboxRefused(f"{start}Microsoft no permite {doing}: falta {needs} ({failure.code}){_HOW}.")
    if failure.status == 429:
        return MailboxUnavailable(f"{start}Microsoft pide esperar para {doing}.", retry_at=failure.retry_at)
    if failure.status in (400, 404):
        return MailboxRefused(f"{start}no se pudo {doing}: {failure}.")
    return MailboxUnavailable(f"{start}no se pudo {doing}: {failure}", retry_at=failure.retry_at)
