"""Sends over SMTP and says exactly how it ended: accepted, not yet, never, or nobody knows.

The one moment that matters is the end of DATA: before it nothing was sent and a retry is safe, after it
only the server's answer tells.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain, Permanent, Transient
from mailbot.domain.mail import OutgoingMail
from mailbot.domain.message import Address
from mailbot.login import Security, access_token, oauthbearer, tls_context, xoauth2
from mailbot.senders.mime import envelope_address, to_bytes
from mailbot.senders.smtp_account import SmtpAccount

__all__ = ["SmtpAccount", "SmtpSender"]

# From this attempt on one recipient's "later" no longer keeps the mail from the others.
PATIENT_ATTEMPTS = 3
_GOODBYE_SECONDS = 3.0
_SECURITY_WORDS = {
    Security.TLS: "con TLS y certificado verificado",
    Security.STARTTLS: "con STARTTLS y certificado verificado",
    Security.PLAIN: "SIN CIFRAR: use «tls» o «starttls» si el servidor no está en esta misma máquina",
}


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What the server said of one recipient."""

    recipient: str
    code: int
    text: str

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.code < 300

    @property
    def is_for_good(self) -> bool:
        return self.code >= 500

    def __str__(self) -> str:
        return f"{self.recipient} ({self.code} {self.text})"


class SmtpSender:
    """The `MailSender` over SMTP; a connection a mail, so it may be used from several threads."""

    def __init__(self, account: SmtpAccount) -> None:
        self._account = account

    def send(self, mail: OutgoingMail) -> None:
        """Hand the mail over; who refused it is named in the error."""
        raw = to_bytes(mail, instance=self._account.instance)
        sender = envelope_address(mail.sender)
        recipients = list(dict.fromkeys(envelope_address(address) for address in mail.to + mail.cc))
        if not recipients:
            raise DeliveryRefused("El correo no tiene destinatario.")
        with _session(self._account) as smtp:
            with _translated(self._account, "anunciar el correo"):
                _check(*smtp.mail(sender), what="no acepta el remitente")
                answers = [_Answer(recipient=to, code=code, text=text) for to, code, text in _asked(smtp, recipients)]
                accepted = _settle_recipients(answers, attempts=mail.attempts)
                # An archive that refuses its copy keeps no mail from anybody: its answer is not looked at.
                list(_asked(smtp, _blind_copies(self._account, recipients)))
            _hand_over(smtp, raw, self._account)
        _report_refused(answers, accepted)

    def check(self) -> Sequence[str]:
        """Connect, secure and log in, then leave."""
        account = self._account
        try:
            with _session(account):
                pass
        except DeliveryDeferred as error:
            # `send` tries again later; here a person waits for the truth.
            if isinstance(error.__cause__, _FOR_A_PERSON):
                raise DeliveryRefused(str(error)) from error.__cause__
            raise
        lines = [f"Conectado a {account.place} {_SECURITY_WORDS[account.security]}."]
        if account.username:
            how = "con un token (OAuth)" if account.token_command else "con contraseña"
            lines.append(f"Sesión iniciada como «{account.username}» {how}.")
        else:
            lines.append("Sin inicio de sesión: el servidor debe aceptar correo de esta máquina.")
        return lines


# Trying again does not help with these until somebody does something.
_FOR_A_PERSON = (
    Permanent,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPNotSupportedError,
    ssl.SSLCertVerificationError,
)


@contextmanager
def _session(account: SmtpAccount) -> Iterator[smtplib.SMTP]:
    """A secured, logged-in session; failing to get one is `DeliveryDeferred`, for nothing was sent."""
    with _translated(account, "conectar"):
        smtp = _connected(account)
    try:
        with _translated(account, "iniciar sesión"):
            _secure(smtp, account)
            _log_in(smtp, account)
        yield smtp
    finally:
        # Whatever happens now, the mail's outcome is known: a server slow to say goodbye is left.
        with suppress(smtplib.SMTPException, OSError):
            if smtp.sock is not None:
                smtp.sock.settimeout(_GOODBYE_SECONDS)
                smtp.quit()
        smtp.close()


def _connected(account: SmtpAccount) -> smtplib.SMTP:
    seconds = account.timeout.total_seconds()
    if account.security is Security.TLS:
        return smtplib.SMTP_SSL(
            account.host,
            account.port,
            local_hostname=account.hello_name,
            timeout=seconds,
            context=tls_context(account.ca_file),
        )
    return smtplib.SMTP(account.host, account.port, local_hostname=account.hello_name, timeout=seconds)


def _secure(smtp: smtplib.SMTP, account: SmtpAccount) -> None:
    smtp.ehlo_or_helo_if_needed()
    if account.security is Security.STARTTLS:
        smtp.starttls(context=tls_context(account.ca_file))
        smtp.ehlo()


def _log_in(smtp: smtplib.SMTP, account: SmtpAccount) -> None:
    if not account.username:
        return
    if account.token_command is None:
        smtp.login(account.username, account.password or "")
        return
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    mechanism, answer = ("XOAUTH2", xoauth2) if "XOAUTH2" in offered else ("OAUTHBEARER", oauthbearer)
    if mechanism not in offered:
        raise smtplib.SMTPNotSupportedError("el servidor no ofrece XOAUTH2 ni OAUTHBEARER")
    words = answer(account.username, access_token(account.token_command))
    # A refusal comes as a challenge that explains it; it must be answered before the final no.
    smtp.auth(mechanism, lambda challenge=None: words if challenge is None else "\x01")


def _asked(smtp: smtplib.SMTP, recipients: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    for recipient in recipients:
        code, text = smtp.rcpt(recipient)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_line(text))
        yield recipient, code, _line(text)


def _blind_copies(account: SmtpAccount, recipients: Sequence[str]) -> Sequence[str]:
    if account.blind_copy is None:
        return ()
    copy = envelope_address(Address(address=account.blind_copy))
    return () if copy in recipients else (copy,)


def _settle_recipients(answers: Sequence[_Answer], *, attempts: int) -> Sequence[str]:
    """The recipients that were accepted, if the mail is to go out now."""
    accepted = [answer.recipient for answer in answers if answer.is_accepted]
    later = [answer for answer in answers if not answer.is_accepted and not answer.is_for_good]
    if later and (not accepted or attempts < PATIENT_ATTEMPTS):
        # Sending to the others now would send it to them again with every retry.
        raise DeliveryDeferred(f"El servidor pide esperar para {_list(later)}.")
    if not accepted:
        raise DeliveryRefused(
            f"El servidor rechaza a {_list(answers)}.", refused=[answer.recipient for answer in answers]
        )
    return accepted


def _hand_over(smtp: smtplib.SMTP, raw: bytes, account: SmtpAccount) -> None:
    with _translated(account, "entregar el correo"):
        code, text = smtp.docmd("DATA")
        if code != 354:
            _check(code, text, what="no acepta el contenido")
            raise DeliveryDeferred(f"{account.place} contestó algo inesperado a DATA ({code} {_line(text)}).")
        # If this breaks, the final dot did not go over whole: nothing was accepted.
        smtp.send(re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n")
    try:
        code, text = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryUncertain(
            f"{account.place} no confirmó el correo después de recibirlo ({_said(error)}): puede haber salido o no."
        ) from error
    _check(code, text, what="no acepta el correo")


def _report_refused(answers: Sequence[_Answer], accepted: Sequence[str]) -> None:
    refused = [answer for answer in answers if not answer.is_accepted]
    if refused:
        raise DeliveryRefused(
            f"El correo salió para {', '.join(accepted)}, pero el servidor rechazó a {_list(refused)}.",
            refused=[answer.recipient for answer in refused],
            accepted=accepted,
        )


def _check(code: int, text: bytes, *, what: str) -> None:
    if 200 <= code < 300:
        return
    if code < 500:
        if code != 354:
            raise DeliveryDeferred(f"El servidor {what} por ahora ({code} {_line(text)}).")
        return
    raise DeliveryRefused(f"El servidor {what} ({code} {_line(text)}).")


@contextmanager
def _translated(account: SmtpAccount, doing: str) -> Iterator[None]:
    """What goes wrong before the content was handed over is `DeliveryDeferred`: nothing was sent."""
    try:
        yield
    except (DeliveryDeferred, DeliveryRefused):
        raise
    except (Transient, Permanent) as error:
        raise DeliveryDeferred(f"Envío por {account.place}: {error}") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryDeferred(f"Envío por {account.place}: {_explained(error, account, doing)}") from error


def _explained(error: Exception, account: SmtpAccount, doing: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"el certificado no se puede verificar ({error.verify_message}). Si el servidor usa una autoridad propia, "
            "indique su certificado en MAILBOT_SMTP_CA_FILE; si no, revise el nombre del servidor."
        )
    if isinstance(error, ssl.SSLError):
        return f"TLS falló ({error.reason}): use el puerto 465 con seguridad «tls», o el 587 con «starttls»."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        has_token = account.token_command is not None
        what = "el token (tal vez caducó) y MAILBOT_SMTP_TOKEN_COMMAND" if has_token else "usuario y contraseña"
        return f"no deja entrar a «{account.username}» ({error.smtp_code} {_line(error.smtp_error)}): revise {what}."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"el servidor no ofrece lo necesario para {doing} ({_said(error)}): revise la seguridad elegida."
    if isinstance(error, TimeoutError):
        return f"no respondió en {account.timeout.total_seconds():.0f} s al {doing}."
    if isinstance(error, socket.gaierror):
        return "no se encuentra el servidor: revise el nombre y la red."
    if isinstance(error, ConnectionRefusedError):
        return "no acepta conexiones: revise el puerto y si el servidor está en marcha."
    return f"la conexión se cortó al {doing} ({_said(error)})."


def _list(answers: Sequence[_Answer]) -> str:
    return ", ".join(str(answer) for answer in answers)


def _line(text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(words.split())[:200]


def _said(error: Exception) -> str:
    return _line(str(error)) or type(error).__name__
