"""What a connection to a mail server needs: a verifying TLS context and an access token.

Mailboxes and senders share it. A secret never appears in an error, and a command's output never does.
"""

import shlex
import ssl
import subprocess
import threading
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from mailbot.domain.errors import Permanent, Transient

TOKEN_TIMEOUT = 60.0


class Security(StrEnum):
    """How a connection is encrypted."""

    # TLS from the first byte (ports 993 and 465).
    TLS = "tls"
    # Plain at first, TLS before anything is said (ports 143 and 587).
    STARTTLS = "starttls"
    # Never encrypted: for servers on the same machine.
    PLAIN = "plain"


class Tokens(Protocol):
    """Gives an access token; asked before every request or login, from several threads."""

    def get(self, *, renew: bool = False) -> str:
        """A token that should hold; with `renew` the last one was refused, so another.

        Raises `Permanent` when a person has to act, `Transient` when trying later may help.
        """
        ...


class CommandTokens:
    """What a command prints, kept until it is refused where it is asked for often."""

    def __init__(self, command: str, *, keeps: bool = True) -> None:
        self._command = command
        self._keeps = keeps
        self._lock = threading.Lock()
        self._token = ""

    def get(self, *, renew: bool = False) -> str:
        """Run the command when there is no token that is kept, or the last one was refused."""
        with self._lock:
            if renew or not (self._keeps and self._token):
                self._token = access_token(self._command)
            return self._token


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """A context that verifies name and chain, against the office's own authority too if given.

    Raises `Permanent` when the file cannot be used.
    """
    try:
        changed_at = ca_file.stat().st_mtime_ns if ca_file is not None else 0
        return _context(ca_file, changed_at)
    except OSError as error:
        # ssl.SSLError is an OSError: a file that holds no certificate ends here too.
        raise Permanent(
            f"No se puede usar el archivo de autoridad «{ca_file}» (CA_FILE): "
            "compruebe que existe, que se puede leer y que es un certificado en formato PEM."
        ) from error


# A context holds every authority of the system, close to a megabyte: mailboxes share one.
@lru_cache(maxsize=8)
def _context(ca_file: Path | None, changed_at: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=str(ca_file))
    return context


def access_token(command: str) -> str:
    """What a token command prints, run without a shell.

    Raises `Permanent` when it cannot be run, `Transient` when it fails or prints no token.
    """
    try:
        done = subprocess.run(  # noqa: S603
            _words(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TOKEN_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        # `from None`: the exception holds the whole command, which may hold a secret.
        raise Transient(
            f"El comando del token (TOKEN_COMMAND) no terminó en {error.timeout:.0f} s: ejecútelo a mano."
        ) from None
    except (OSError, ValueError) as error:
        raise Permanent(
            f"El comando del token (TOKEN_COMMAND) no se puede ejecutar ({type(error).__name__}): "
            "revise la ruta del programa y sus comillas."
        ) from None
    return _checked_token(done)


def _words(command: str) -> list[str]:
    words = shlex.split(command)
    if not words:
        raise ValueError("empty command")
    return words


def _checked_token(done: "subprocess.CompletedProcess[str]") -> str:
    token = done.stdout.strip()
    if done.returncode != 0:
        raise Transient(
            f"El comando del token (TOKEN_COMMAND) terminó con el código {done.returncode}: ejecútelo a mano."
        )
    if not token or len(token.split()) != 1:
        raise Transient("El comando del token (TOKEN_COMMAND) no escribió un token en una sola línea.")
    return token


def xoauth2(username: str, token: str) -> str:
    """The client's answer for XOAUTH2 (Google's and Microsoft's mechanism)."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01"


def oauthbearer(username: str, token: str) -> str:
    """The client's answer for OAUTHBEARER (RFC 7628 section 3.1)."""
    identity = username.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={identity},\x01auth=Bearer {token}\x01\x01"
