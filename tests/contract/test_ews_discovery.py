"""Where autodiscover says that EWS is."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mailbot.ews.discovery import discovered
from mailbot.ews.endpoint import EwsAuth, EwsEndpoint
from mailbot.ews.failure import EwsFailure

_TOLD = (
    '<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">'
    '<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Account>'
    "{inner}</Account></Response></Autodiscover>"
)
_URL = "https://correo.broker.example/EWS/Exchange.asmx"
_GOOD = _TOLD.format(inner=f"<Protocol><Type>EXPR</Type><EwsUrl>{_URL}</EwsUrl></Protocol>")


class _Service(HTTPServer):
    status = 200
    answer = _GOOD
    asked = ""

    @property
    def place(self) -> str:
        return f"http://localhost:{self.server_address[1]}/autodiscover/autodiscover.xml"


class _Handler(BaseHTTPRequestHandler):
    server: _Service

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        self.server.asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        content = self.server.answer.encode()
        self.send_response(self.server.status)
        self.send_header("Location", "http://localhost:1/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def service() -> Iterator[_Service]:
    with _Service(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


def _endpoint(service: _Service) -> EwsEndpoint:
    # The first place is one where nobody is.
    places = ("http://localhost:1/autodiscover.xml", service.place)
    return EwsEndpoint(auth=EwsAuth.BASIC, username="servicio", password="clave", discovery=places)


def test_the_first_that_answers_tells_where_ews_is(service: _Service) -> None:
    assert discovered(_endpoint(service), "ana@broker.example").url == _URL
    assert "<EMailAddress>ana@broker.example</EMailAddress>" in service.asked


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (302, _GOOD, "NoDiscovery"),
        (500, _GOOD, "NoDiscovery"),
        (200, "no xml", "NoDiscovery"),
        (200, '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "NoDiscovery"),
        (200, _TOLD.format(inner="<Protocol><EwsUrl>http://plano.example/</EwsUrl></Protocol>"), "NoDiscovery"),
        (200, _TOLD.format(inner="<RedirectAddr>ana@broker.onmicrosoft.example</RedirectAddr>"), "Online"),
    ],
    ids=["redirect", "500", "no xml", "entities", "plain http", "other organisation"],
)
def test_whatever_is_no_good_address_is_refused_and_no_redirect_gets_the_login(
    service: _Service, status: int, answer: str, code: str
) -> None:
    service.status, service.answer = status, answer
    with pytest.raises(EwsFailure) as raised:
        discovered(_endpoint(service), "ana@broker.example")
    assert raised.value.code == code
