"""Every way a mailbox can fail comes out as one of two errors that say what to do."""

import socket
import ssl
from collections.abc import Callable

import pytest
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, Permanent, Transient
from mailbot.mailboxes.imap_account import ImapAccount
from mailbot.mailboxes.imap_errors import translated

ACCOUNT = ImapAccount(
    name="ana", host="imap.broker.example", username="ana@broker.example", password="s3cr3t0", tokens=None
)


def _tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    return error


def _certificate() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


def _login_cut() -> LoginError:
    error = LoginError("socket error: EOF")
    error.__context__ = IMAPClientAbortError("socket error: EOF")
    return error


@pytest.mark.parametrize(
    ("make", "expected", "words"),
    [
        (_certificate, MailboxRefused, "CA_FILE"),
        (lambda: _tls("WRONG_VERSION_NUMBER"), MailboxRefused, "starttls"),
        (lambda: _tls("SSLV3_ALERT_HANDSHAKE_FAILURE"), MailboxUnavailable, "TLS"),
        (TimeoutError, MailboxUnavailable, "no respondió en 30 s"),
        (lambda: socket.gaierror(-2, "Name not known"), MailboxUnavailable, "revise el nombre"),
        (ConnectionRefusedError, MailboxUnavailable, "revise el puerto"),
        (lambda: ConnectionResetError(104, "reset"), MailboxUnavailable, "se cortó"),
        (lambda: IMAPClientAbortError("socket error: EOF"), MailboxUnavailable, "se cortó"),
        (lambda: LoginError("b'[AUTHENTICATIONFAILED] no'"), MailboxRefused, "usuario y contraseña"),
        (lambda: LoginError("[UNAVAILABLE] later"), MailboxUnavailable, "por ahora"),
        (lambda: LoginError("[ALERT] Too many simultaneous connections. (Failure)"), MailboxUnavailable, "por ahora"),
        (
            lambda: IMAPClientError("LIST command error: BAD [b'User is authenticated but not connected.']"),
            MailboxUnavailable,
            "not connected",
        ),
        (_login_cut, MailboxUnavailable, "se cortó"),
        (lambda: CapabilityError("STARTTLS"), MailboxRefused, "STARTTLS"),
        (lambda: IMAPClientError("search failed: [SERVERBUG] oops"), MailboxUnavailable, "SERVERBUG"),
        (lambda: IMAPClientError("append failed: [OVERQUOTA] full"), MailboxUnavailable, "OVERQUOTA"),
        (lambda: IMAPClientError("search failed: no rights"), MailboxRefused, "no rights"),
        (lambda: ProtocolError("bad tuple"), MailboxUnavailable, "bad tuple"),
        (lambda: ValueError("unexpected message list format"), MailboxUnavailable, "unexpected"),
        (lambda: Permanent("no hay archivo"), MailboxRefused, "no hay archivo"),
        (lambda: Transient("el comando falló"), MailboxUnavailable, "el comando falló"),
    ],
    ids=["certificate", "not tls", "tls alert", "timeout", "no such host", "port closed", "reset", "eof", "password",
         "login later", "gmail full", "exchange away", "cut at login", "capability", "server bug", "over quota",
         "no rights", "no imap", "garbled", "permanent", "transient"],
)  # fmt: skip
def test_what_a_library_raises_is_told_in_our_words(
    make: Callable[[], Exception], expected: type[Exception], words: str
) -> None:
    with pytest.raises(expected, match=words) as told, translated(ACCOUNT, "buscar"):
        raise make()
    assert "«ana»" in str(told.value)
    assert told.value.__cause__ is not None


def test_our_own_errors_pass_untouched() -> None:
    error = MailboxRefused("ya dicho")
    with pytest.raises(MailboxRefused) as told, translated(ACCOUNT, "buscar"):
        raise error
    assert told.value is error


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(KeyError), translated(ACCOUNT, "buscar"):
        raise KeyError("bug")
