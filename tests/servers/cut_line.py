"""A line to a server that is cut at a chosen command: before it arrives, or once it was carried out."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(kw_only=True)
class CutLine:
    """The line; cut once, at the first command that holds `at`."""

    target: int
    at: bytes = b""
    # The server carries the command out, and nobody hears of it.
    is_after: bool = False
    port: int = 0
    cuts: int = 0

    def cuts_here(self, line: bytes) -> bool:
        """Whether this command is the one; no later one is."""
        if not self.at or self.at not in line.upper():
            return False
        self.at = b""
        self.cuts += 1
        return True


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    line: CutLine

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.line.target)) as server:
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._is_deaf = False
            answers = server.makefile("rb")
            back = threading.Thread(target=self._back, args=(answers,), daemon=True)
            back.start()
            with suppress(OSError):
                while command := self.rfile.readline():
                    if self.line.cuts_here(command):
                        self._cut(server, command, back)
                        return
                    server.sendall(command)

    def _cut(self, server: socket.socket, command: bytes, back: threading.Thread) -> None:
        self._is_deaf = True
        if self.line.is_after:
            # The server says goodbye once it has done all that it was told.
            server.sendall(command + b"Z LOGOUT\r\n")
            back.join(5)
        server.shutdown(socket.SHUT_RDWR)
        self.connection.shutdown(socket.SHUT_RDWR)

    def _back(self, answers: "socket.SocketIO") -> None:
        with suppress(OSError, ValueError):
            while answer := answers.readline():
                if not self._is_deaf:
                    self.wfile.write(answer)
                    self.wfile.flush()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False


@contextmanager
def cut_line(target: int) -> Iterator[CutLine]:
    """Lay it to a port of loopback while the block lasts."""
    line = CutLine(target=target)
    session = type("Session", (_Session,), {"line": line})
    with _Server(("127.0.0.1", 0), session) as server:
        line.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield line
        finally:
            server.shutdown()
            thread.join(5)
