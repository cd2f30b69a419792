"""Turns what the IMAP library, sockets and TLS raise into the two mailbox errors, once.

The texts are for people: what happened and what to do. No secret is ever part of them.
"""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mailbot.domain.errors import MailbotError, MailboxRefused, MailboxUnavailable, MarkRefused, Permanent, Transient
from mailbot.mailboxes.imap_account import ImapAccount

# Response codes with which a server says that trying later may help (RFC 5530, RFC 9051 section 7.1).
_TRY_LATER = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CORRUPTION|CONTACTADMIN|THROTTLED|OVERQUOTA)\b"
    # Gmail and Exchange Online say the same in words.
    r"|too many|temporar|try again|exceeded|authenticated but not connected",
    re.IGNORECASE,
)
_NOT_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")


@contextmanager
def translated(account: ImapAccount, doing: str) -> Iterator[None]:
    """Anything that goes wrong inside comes out as `MailboxUnavailable` or `MailboxRefused`."""
    try:
        yield
    except (MailboxUnavailable, MailboxRefused, MarkRefused):
        raise
    except Transient as error:
        raise MailboxUnavailable(f"Buzón «{account.name}»: {error}") from error
    except Permanent as error:
        raise MailboxRefused(f"Buzón «{account.name}»: {error}") from error
    # AttributeError: imaplib after another thread closed its connection.
    except (IMAPClientError, OSError, ValueError, AssertionError, AttributeError) as error:
        raise explained(error, account, doing) from error


def explained(error: Exception, account: ImapAccount, doing: str) -> MailbotError:
    """The mailbox error that says what happened."""
    if isinstance(error, ssl.SSLError):
        return _explain_tls(error, account)
    if isinstance(error, IMAPClientAbortError | ProtocolError) or not isinstance(error, IMAPClientError):
        return _explain_connection(error, account, doing)
    if isinstance(error, LoginError) and isinstance(error.__context__, IMAPClientAbortError):
        # The library takes a connection that broke while logging in for a refused login.
        return _explain_connection(error, account, doing)
    if isinstance(error, LoginError):
        return _explain_login(error, account)
    if isinstance(error, CapabilityError):
        return MailboxRefused(f"Buzón «{account.name}»: {account.place} no sabe {doing}: {said(error)}")
    return _explain_answer(error, account, doing)


def _explain_tls(error: ssl.SSLError, account: ImapAccount) -> MailbotError:
    start = f"Buzón «{account.name}»: "
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailboxRefused(
            f"{start}el certificado de {account.place} no se puede verificar ({error.verify_message}). Si el servidor "
            "usa una autoridad propia, indique su certificado en MAILBOT_IMAP_CA_FILE; si no, revise el nombre."
        )
    if error.reason in _NOT_TLS:
        return MailboxRefused(
            f"{start}{account.place} no habla TLS en ese puerto: use el puerto 993 con seguridad «tls», "
            "o el 143 con «starttls»."
        )
    return MailboxUnavailable(f"{start}la conexión TLS con {account.place} falló ({error.reason}).")


def _explain_connection(error: Exception, account: ImapAccount, doing: str) -> MailbotError:
    start = f"Buzón «{account.name}»: "
    if isinstance(error, TimeoutError):
        seconds = account.timeout.total_seconds()
        return MailboxUnavailable(f"{start}{account.place} no respondió en {seconds:.0f} s al {doing}.")
    if isinstance(error, socket.gaierror):
        return MailboxUnavailable(f"{start}no se encuentra el servidor «{account.host}»: revise el nombre y la red.")
    if isinstance(error, ConnectionRefusedError):
        return MailboxUnavailable(
            f"{start}{account.place} no acepta conexiones: revise el puerto y si el servidor está en marcha."
        )
    return MailboxUnavailable(f"{start}la conexión con {account.place} se cortó al {doing} ({said(error)}).")


def _explain_login(error: Exception, account: ImapAccount) -> MailbotError:
    answer = said(error)
    if _TRY_LATER.search(answer):
        return MailboxUnavailable(f"Buzón «{account.name}»: {account.place} no admite la entrada por ahora ({answer}).")
    what = "el token (TOKEN_COMMAND o MAILBOT_GRAPH_*) y los permisos" if account.tokens else "usuario y contraseña"
    return MailboxRefused(
        f"Buzón «{account.name}»: {account.place} no deja entrar a «{account.username}» ({answer}): revise {what}."
    )


def _explain_answer(error: Exception, account: ImapAccount, doing: str) -> MailbotError:
    answer = said(error)
    kind = MailboxUnavailable if _TRY_LATER.search(answer) else MailboxRefused
    return kind(f"Buzón «{account.name}»: {account.place} se negó a {doing} ({answer}).")


def said(error: Exception) -> str:
    """The server's or system's own words on one short line."""
    text = " ".join(re.sub(r"\bb'|'$", "", str(error)).split())
    return text[:200] or type(error).__name__
