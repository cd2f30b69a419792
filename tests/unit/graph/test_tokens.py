import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from mailbot.domain.errors import Permanent, Transient
from mailbot.graph.app import GraphApp
from mailbot.graph.tokens import MsalTokens, tokens_for
from mailbot.login import CommandTokens

APP = GraphApp(tenant="agencia.example", client_id="11111111-2222", client_secret="un-secreto")
_LOGIN = "https://login.microsoftonline.com/agencia.example"


class _Answer:
    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status_code, self.text, self.headers = status, json.dumps(body), {}

    def raise_for_status(self) -> None:
        assert self.status_code < 400


class _Login:
    """Microsoft's login as msal sees it; `answer` makes what a request for a token brings."""

    def __init__(self, answer: Callable[[int], _Answer]) -> None:
        self._answer = answer
        self.asked: list[dict[str, list[str]]] = []

    def get(self, url: str, **_: object) -> _Answer:
        assert url == f"{_LOGIN}/v2.0/.well-known/openid-configuration"
        return _Answer(
            200,
            {
                "issuer": f"{_LOGIN}/v2.0",
                "authorization_endpoint": f"{_LOGIN}/oauth2/v2.0/authorize",
                "token_endpoint": f"{_LOGIN}/oauth2/v2.0/token",
            },
        )

    def post(self, url: str, *, data: Any = None, **_: object) -> _Answer:
        assert url == f"{_LOGIN}/oauth2/v2.0/token"
        self.asked.append(data if isinstance(data, dict) else parse_qs(data))
        return self._answer(len(self.asked))

    def close(self) -> None:
        pass


def _given(number: int) -> _Answer:
    return _Answer(200, {"access_token": f"token-{number}", "expires_in": 3600, "token_type": "Bearer"})


def _refused(code: int, error: str = "invalid_client") -> Callable[[int], _Answer]:
    words = f"AADSTS{code}: something with un-secreto in it"
    return lambda _: _Answer(401, {"error": error, "error_codes": [code], "error_description": words})


def test_a_token_is_asked_for_once_and_again_when_it_was_refused() -> None:
    login = _Login(_given)
    tokens = MsalTokens(APP, http_client=login)
    assert [tokens.get(), tokens.get(), tokens.get(renew=True), tokens.get()] == ["token-1"] * 2 + ["token-2"] * 2


def test_everything_granted_to_the_application_is_asked_for() -> None:
    login = _Login(_given)
    MsalTokens(APP, http_client=login).get()
    assert "https://graph.microsoft.com/.default" in str(login.asked[0]["scope"])
    assert "client_credentials" in str(login.asked[0]["grant_type"])


def test_a_certificate_signs_instead_of_a_secret(tmp_path: Path) -> None:
    login = _Login(_given)
    app = GraphApp(tenant=APP.tenant, client_id=APP.client_id, certificate_file=_certificate(tmp_path))
    assert MsalTokens(app, http_client=login).get() == "token-1"
    assert "client_assertion" in login.asked[0]
    assert "client_secret" not in login.asked[0]


@pytest.mark.parametrize(
    ("code", "words"),
    [(7000215, "«valor» del secreto"), (7000222, "caducó"), (700016, "CLIENT_ID"), (1, "AADSTS1")],
    ids=str,
)
def test_a_refusal_says_what_to_do_and_quotes_nothing(code: int, words: str) -> None:
    with pytest.raises(Permanent, match=words) as raised:
        MsalTokens(APP, http_client=_Login(_refused(code))).get()
    assert "un-secreto" not in str(raised.value)


def test_a_login_that_is_busy_may_be_tried_again() -> None:
    with pytest.raises(Transient):
        MsalTokens(APP, http_client=_Login(_refused(90033, "temporarily_unavailable"))).get()


def test_a_login_out_of_reach_may_be_tried_again() -> None:
    def fail(_: int) -> _Answer:
        raise ConnectionError("no route")

    with pytest.raises(Transient, match="inicio de sesión"):
        MsalTokens(APP, http_client=_Login(fail)).get()


@pytest.mark.parametrize(
    "content", [None, "no es un PEM", "-----BEGIN CERTIFICATE-----\n"], ids=["none", "junk", "half"]
)
def test_a_file_that_is_no_certificate_with_its_key_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "graph.pem"
    if content is not None:
        file.write_text(content)
    app = GraphApp(tenant=APP.tenant, client_id=APP.client_id, certificate_file=file)
    with pytest.raises(Permanent, match="CERTIFICATE_FILE"):
        MsalTokens(app, http_client=_Login(_given)).get()


def test_a_command_runs_when_there_is_no_token_or_it_was_refused(tmp_path: Path) -> None:
    counter = tmp_path / "count"
    command = f"sh -c 'echo x >> {counter}; echo token-$(wc -l < {counter})'"
    tokens = tokens_for(GraphApp(token_command=command))
    assert isinstance(tokens, CommandTokens)
    assert [tokens.get(), tokens.get(), tokens.get(renew=True)] == ["token-1", "token-1", "token-2"]


def test_no_secret_shows_when_an_application_is_printed() -> None:
    assert "un-secreto" not in repr(APP)


@pytest.mark.parametrize(
    ("url", "authority", "scope"),
    [
        (
            "https://graph.microsoft.com/v1.0",
            "https://login.microsoftonline.com/t",
            "https://graph.microsoft.com/.default",
        ),
        (
            "https://graph.microsoft.us/v1.0",
            "https://login.microsoftonline.us/t",
            "https://graph.microsoft.us/.default",
        ),
    ],
    ids=["world", "us"],
)
def test_each_cloud_has_its_own_login(url: str, authority: str, scope: str) -> None:
    app = GraphApp(tenant="t", url=url)
    assert (app.authority, app.scope) == (authority, scope)


def _certificate(folder: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbot")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "mailbot-graph.pem"
    file.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file
