"""A small web server on loopback that tells how the service is; off unless a port is set."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog

from mailbot.domain.errors import MailbotError, SettingsError

# Never to be reached from another machine: whoever wants that puts a proxy with a login before it.
_LOOPBACK = "127.0.0.1"
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Page:
    """An answer."""

    text: str
    content_type: str = "application/json"
    status: int = 200


@contextmanager
def status_server(port: int, pages: Mapping[str, Callable[[], Page]]) -> Iterator[int]:
    """Serve the pages by their paths while the block lasts; gives the port, of its own choice for 0.

    Raises `SettingsError` when the port is taken.
    """
    try:
        server = ThreadingHTTPServer((_LOOPBACK, port), type("Answers", (_Answers,), {"pages": pages}))
    except OSError as error:
        raise SettingsError([f"MAILBOT_METRICS_PORT: el puerto {port} no se puede usar ({error.strerror})"]) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="status", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)


class _Answers(BaseHTTPRequestHandler):
    pages: Mapping[str, Callable[[], Page]]
    # A client that says nothing holds its thread no longer.
    timeout = 10

    def do_GET(self) -> None:
        """Answer with a page, or with 404."""
        make = self.pages.get(self.path.partition("?")[0])
        page = Page(text="404\n", content_type="text/plain", status=404) if make is None else _made(make)
        content = page.text.encode()
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """A scrape every few seconds is nothing to tell."""


def _made(make: Callable[[], Page]) -> Page:
    try:
        return make()
    except MailbotError as error:
        _log.warning("status_page_failed", error=type(error).__name__)
        return Page(text='{"problems": ["la base de datos no responde"]}\n', status=503)
