"""Access tokens for Graph: from Microsoft's own library or from a command. No token is ever logged."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from mailbot.domain.errors import Permanent, Transient
from mailbot.graph.app import GraphApp
from mailbot.login import access_token

# What Microsoft's login answers (AADSTS codes), and what a person does about it.
_ADVICE = {
    7000215: "el secreto no es válido: copie el «valor» del secreto, no su identificador (MAILBOT_GRAPH_CLIENT_SECRET)",
    7000222: "el secreto caducó: cree otro y póngalo en MAILBOT_GRAPH_CLIENT_SECRET",
    700016: "la aplicación no existe en ese inquilino: revise MAILBOT_GRAPH_CLIENT_ID y MAILBOT_GRAPH_TENANT",
    700027: "el certificado no es el registrado en la aplicación: suba su parte pública o revise el archivo",
    700024: "el certificado o el reloj de esta máquina está fuera de fecha",
    90002: "el inquilino no existe: revise MAILBOT_GRAPH_TENANT",
    900023: "el inquilino no es un nombre válido: revise MAILBOT_GRAPH_TENANT",
    7000112: "la aplicación está desactivada en Microsoft Entra: actívela",
    53003: "una directiva de acceso condicional lo impide: hable con el administrador de Microsoft 365",
}


class Tokens(Protocol):
    """Gives an access token; asked before every request, from several threads."""

    def get(self, *, renew: bool = False) -> str:
        """A token that should hold; with `renew` the last one was refused, so another.

        Raises `Permanent` when a person has to act, `Transient` when trying later may help.
        """
        ...


def tokens_for(app: GraphApp) -> Tokens:
    """The way in that the application was given."""
    return CommandTokens(app.token_command) if app.token_command else MsalTokens(app)


class CommandTokens:
    """What a command prints, kept until it is refused."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._token = ""

    def get(self, *, renew: bool = False) -> str:
        """Run the command when there is no token yet or the last one was refused."""
        with self._lock:
            if renew or not self._token:
                self._token = access_token(self._command)
            return self._token


class MsalTokens:
    """Client credentials by msal, which keeps a token until shortly before it ends."""

    def __init__(self, app: GraphApp, *, http_client: Any = None) -> None:
        self._app = app
        self._http_client = http_client
        self._lock = threading.Lock()
        self._client: Any = None

    def get(self, *, renew: bool = False) -> str:
        """The kept token, or a new one."""
        with self._lock:
            try:
                client = self._client = self._client or self._connected()
                if renew:
                    client.remove_tokens_for_client()
                answer = client.acquire_token_for_client(scopes=[self._app.scope])
            except OSError as error:
                # requests' errors are OSErrors: the login server is out of reach.
                raise Transient(f"No se alcanza el inicio de sesión de Microsoft ({type(error).__name__}).") from error
            except ValueError as error:
                raise Permanent(
                    "Microsoft no acepta la aplicación: revise MAILBOT_GRAPH_TENANT y que el certificado sea un PEM "
                    f"con su clave privada ({type(error).__name__})."
                ) from error
        return _checked(answer)

    def _connected(self) -> Any:
        import msal  # type: ignore[import-untyped]

        return msal.ConfidentialClientApplication(
            self._app.client_id,
            authority=self._app.authority,
            client_credential=_credential(self._app),
            # Saves a request to a host that firewalls often close; the authority is fixed above.
            instance_discovery=False,
            http_client=self._http_client,
        )


def _credential(app: GraphApp) -> str | dict[str, str]:
    if app.certificate_file is None:
        return app.client_secret or ""
    pem = _text_of(app.certificate_file)
    # Without a thumbprint msal reckons the SHA-256 one from the certificate.
    return {"private_key": pem, "public_certificate": pem[pem.find("-----BEGIN CERTIFICATE-----") :]}


def _text_of(file: Path) -> str:
    try:
        pem = file.read_text(encoding="ascii")
    except (OSError, UnicodeError) as error:
        raise Permanent(f"No se puede leer «{file}» (MAILBOT_GRAPH_CERTIFICATE_FILE).") from error
    if "PRIVATE KEY-----" not in pem or "-----BEGIN CERTIFICATE-----" not in pem:
        raise Permanent(f"«{file}» (MAILBOT_GRAPH_CERTIFICATE_FILE) debe traer clave privada y certificado (PEM).")
    return pem


def _checked(answer: Mapping[str, Any]) -> str:
    token = answer.get("access_token")
    if isinstance(token, str) and token:
        return token
    if answer.get("error") in {"temporarily_unavailable", "server_error"}:
        raise Transient("El inicio de sesión de Microsoft no está disponible por ahora.")
    codes = [code for code in answer.get("error_codes") or () if isinstance(code, int)]
    advice = next((_ADVICE[code] for code in codes if code in _ADVICE), "revise inquilino, aplicación y secreto")
    known = f"AADSTS{codes[0]}" if codes else str(answer.get("error") or "sin explicación")
    raise Permanent(f"Microsoft no da un token a la aplicación ({known}): {advice}.")
