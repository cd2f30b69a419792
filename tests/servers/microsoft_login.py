"""Microsoft's login on loopback over HTTPS: tokens for an application, and for a person who types a code.

Strict: a request with a wrong secret, an unknown code or a refresh token that was not given out is refused, in
the words of the real service.
"""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from mailbot.demo.servers.loopback import LoopbackHttp
from tests.servers.tls import make_certificates

CLIENT = "11111111-2222-3333-4444-555555555555"
SECRET = "el-secreto-de-la-aplicacion"
TENANT = "agencia.example"


@dataclass(kw_only=True)
class MicrosoftLogin:
    """What the tenant knows, and what was asked of it."""

    ca_file: Path
    port: int = 0
    # Who types the code, and after how many questions whether it was typed.
    person: str = "ana@agencia.example"
    patience: int = 1
    expires: bool = False
    # What the code is for.
    scope: str = ""
    # Whether kept logins are still taken.
    knows_logins: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    # Token to the scopes and the person it is for; the application's own have none.
    given: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Refresh token to the person whose login it keeps.
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"https://127.0.0.1:{self.port}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """What the service says."""
        root = f"{self.url}/{TENANT}"
        if path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            return 200, {
                "issuer": f"{root}/v2.0",
                "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
                "token_endpoint": f"{root}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            }
        self.asked.append(form)
        if form.get("client_id") != CLIENT:
            return _refused("unauthorized_client", 700016)
        if path.endswith("/devicecode"):
            self.scope = form["scope"]
            return 200, {
                "user_code": "ABCD1234",
                "device_code": "the-device-code",
                "verification_uri": "https://microsoft.com/devicelogin",
                "expires_in": 900,
                "interval": 0,
                "message": "To sign in, use a web browser",
            }
        return self._token(form)

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        kind = form.get("grant_type")
        if kind == "client_credentials":
            return (
                self._given(form["scope"], "")
                if form.get("client_secret") == SECRET
                else _refused("invalid_client", 7000215)
            )
        if kind == "refresh_token":
            person = self.kept.get(form.get("refresh_token", "")) if self.knows_logins else None
            return self._given(form["scope"], person) if person else _refused("invalid_grant", 700082)
        if form.get("device_code") != "the-device-code":
            return _refused("invalid_grant", 70000)
        if self.expires:
            return _refused("expired_token", 70020)
        if self.patience:
            self.patience -= 1
            return _refused("authorization_pending", 70016)
        return self._given(self.scope, self.person)

    def _given(self, scope: str, person: str) -> tuple[int, dict[str, Any]]:
        token = f"token-{len(self.given)}"
        scopes = [word for word in scope.split() if word.startswith("https://")]
        self.given[token] = (" ".join(scopes), person)
        told: dict[str, Any] = {"token_type": "Bearer", "expires_in": 3600, "access_token": token}
        if person:
            now = int(time.time())
            claims = {"preferred_username": person, "oid": "o", "tid": "t", "aud": CLIENT, "sub": "s"}
            claims |= {"iss": f"{self.url}/{TENANT}/v2.0", "iat": now, "exp": now + 3600}
            told["scope"] = scope
            told["refresh_token"] = f"refresh-{len(self.given)}"
            self.kept[told["refresh_token"]] = person
            told["client_info"] = _encoded({"uid": person, "utid": "t"})
            told["id_token"] = f"{_encoded({'alg': 'none'})}.{_encoded(claims)}."
        return 200, told


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _refused(error: str, code: int) -> tuple[int, dict[str, Any]]:
    return 400, {"error": error, "error_codes": [code], "error_description": f"AADSTS{code}: as the service says it"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    login: MicrosoftLogin

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._answer({name: values[0] for name, values in parse_qs(body).items()})

    def log_message(self, *_: object) -> None:
        """Silence."""

    def _answer(self, form: dict[str, str]) -> None:
        status, told = self.login.answer(self.path.partition("?")[0], form)
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def microsoft_login(folder: Path) -> Iterator[MicrosoftLogin]:
    """Run it while the block lasts."""
    certificates = make_certificates(folder / "login")
    login = MicrosoftLogin(ca_file=certificates.ca_file)
    handler = type("Handler", (_Handler,), {"login": login})
    server = LoopbackHttp(0, handler, certificates)
    login.port = server.port
    try:
        yield login
    finally:
        server.cut()
