"""What the HTTP servers on loopback share: TLS, and connections that can all be cut."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol


class Certificates(Protocol):
    """What a server shows when it speaks TLS."""

    @property
    def cert_file(self) -> Path:
        """The certificate."""
        ...

    @property
    def key_file(self) -> Path:
        """Its private key."""
        ...


class LoopbackHttp(ThreadingHTTPServer):
    """Listens on loopback, a thread a connection, until it is cut off."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler], certificates: Certificates | None) -> None:
        self._open: set[Any] = set()
        super().__init__(("127.0.0.1", port), handler)
        if certificates is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates.cert_file, certificates.key_file)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget it."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours."""

    def cut(self) -> None:
        """Stop listening and cut every connection."""
        self.shutdown()
        self.server_close()
        for request in list(self._open):
            self.shutdown_request(request)


class LoopbackService:
    """A service on loopback that can be stopped and started again, on the same port."""

    def __init__(self, port: int, certificates: Certificates | None) -> None:
        self._port = port
        self._certificates = certificates
        self._http: LoopbackHttp | None = None

    @property
    def port(self) -> int:
        """Where it listens; the same one after a restart."""
        return self._port

    @property
    def is_running(self) -> bool:
        """Whether it listens."""
        return self._http is not None

    def listen(self, handler: type[BaseHTTPRequestHandler]) -> None:
        """Listen, with a handler for each connection."""
        self._http = LoopbackHttp(self._port, handler, self._certificates)
        self._port = self._http.port

    def stop(self) -> None:
        """Stop listening and cut every connection."""
        if self._http is not None:
            self._http.cut()
        self._http = None
