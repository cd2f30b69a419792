"""Access tokens for Graph: from Microsoft's own library or from a command. No token is ever logged."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from mailbot.domain.errors import Permanent, Transient
from mailbot.graph.app import GraphApp
from mailbot.login import CommandTokens, Tokens

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
    7000218: "la aplicación no admite el inicio de sesión por código: permita «flujos de cliente público» en ella",
    65001: "falta el consentimiento: el administrador o esa persona tiene que aceptar los permisos de la aplicación",
    53003: "una directiva de acceso condicional lo impide: hable con el administrador de Microsoft 365",
}


def tokens_for(app: GraphApp, *, scope: str = "", username: str = "") -> Tokens:
    """The way in that the application was given: a command, a person's own login, or the application itself.

    `scope` is Graph's own unless another is named; `username` is the person's address.
    """
    if app.token_command:
        return CommandTokens(app.token_command)
    if app.token_file is not None:
        from mailbot.graph.person import PersonTokens

        return PersonTokens(app, file=app.token_file, scope=scope or app.scope, username=username)
    return MsalTokens(app, scope=scope)


class MsalTokens:
    """Client credentials by msal, which keeps a token until shortly before it ends."""

    def __init__(self, app: GraphApp, *, scope: str = "", http_client: Any = None) -> None:
        self._app = app
        self._scope = scope or app.scope
        self._http_client = http_client
        self._lock = threading.Lock()
        self._client: Any = None

    def get(self, *, renew: bool = False) -> str:
        """The kept token, or a new one."""
        with self._lock, asking():
            client = self._client = self._client or self._connected()
            if renew:
                client.remove_tokens_for_client()
            answer = client.acquire_token_for_client(scopes=[self._scope])
        return checked_token(answer)

    def _connected(self) -> Any:
        import msal  # type: ignore[import-untyped]

        return msal.ConfidentialClientApplication(
            self._app.client_id, client_credential=_credential(self._app), **connection_of(self._app, self._http_client)
        )


def connection_of(app: GraphApp, http_client: Any = None) -> dict[str, Any]:
    """How msal reaches the login of the application's tenant."""
    return {
        "authority": app.authority,
        # Saves a request to a host that firewalls often close; the authority is fixed above.
        "instance_discovery": False,
        "http_client": http_client or _session(app),
    }


def _session(app: GraphApp) -> Any:
    """One that gives up in time, and trusts the office's own authority whatever the environment says."""
    import requests

    session: Any = requests.Session()
    verify = str(app.ca_file) if app.ca_file is not None else None
    session.request = partial(session.request, timeout=app.timeout.total_seconds(), verify=verify)
    return session


@contextmanager
def asking() -> Iterator[None]:
    """What msal raises comes out as `Transient` or `Permanent`."""
    try:
        yield
    except OSError as error:
        # requests' errors are OSErrors: the login server is out of reach.
        raise Transient(f"No se alcanza el inicio de sesión de Microsoft ({type(error).__name__}).") from error
    except ValueError as error:
        raise Permanent(
            "Microsoft no acepta la aplicación: revise MAILBOT_GRAPH_TENANT y que el certificado sea un PEM "
            f"con su clave privada ({type(error).__name__})."
        ) from error


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


def checked_token(answer: Mapping[str, Any]) -> str:
    """The token in an answer of Microsoft's; what it means where there is none."""
    token = answer.get("access_token")
    if isinstance(token, str) and token:
        return token
    if answer.get("error") in {"temporarily_unavailable", "server_error"}:
        raise Transient("El inicio de sesión de Microsoft no está disponible por ahora.")
    codes = [code for code in answer.get("error_codes") or () if isinstance(code, int)]
    advice = next((_ADVICE[code] for code in codes if code in _ADVICE), "revise inquilino, aplicación y secreto")
    known = f"AADSTS{codes[0]}" if codes else str(answer.get("error") or "sin explicación")
    raise Permanent(f"Microsoft no da un token a la aplicación ({known}): {advice}.")
