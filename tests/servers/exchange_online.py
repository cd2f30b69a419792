"""Exchange Online over IMAP on loopback: tokens alone, and none of CONDSTORE, keywords, SPECIAL-USE.

The mails lie on the demo's server; this door before it knows XOAUTH2 and says what Exchange Online says.
"""

import base64
import binascii
import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from mailbot.demo.servers import EmbeddedMailServer

_CAPABILITIES = "IMAP4 IMAP4rev1 AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"


@dataclass(kw_only=True)
class ExchangeOnline:
    """The door: whom it lets in, and what was said to it."""

    server: EmbeddedMailServer
    # Whether a token opens the mailbox of a user.
    opens: Callable[[str, str], bool]
    port: int = 0
    commands: list[str] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    door: ExchangeOnline

    def handle(self) -> None:
        self._say("* OK The Microsoft Exchange IMAP4 service is ready.")
        user = self._admitted()
        if user is None:
            return
        with socket.create_connection(("127.0.0.1", self.door.server.imap_port)) as inside:
            inside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answers = inside.makefile("rb")
            answers.readline()
            inside.sendall(f'door LOGIN "{user}" "{self.door.server.password}"\r\n'.encode())
            while not answers.readline().startswith(b"door "):
                continue
            self._say(f"{self._tag} OK AUTHENTICATE completed.")
            threading.Thread(target=self._out, args=(answers,), daemon=True).start()
            self._in(inside)

    def _admitted(self) -> str | None:
        while line := self.rfile.readline().decode().strip():
            self._tag, command, *words = line.split(" ")
            self.door.commands.append(command.upper())
            if command.upper() == "AUTHENTICATE":
                user = self._authenticated(words)
                if user is not None:
                    return user
                self._say(f"{self._tag} NO AUTHENTICATE failed.")
            elif command.upper() == "CAPABILITY":
                self._capability(self._tag)
            elif command.upper() == "LOGIN":
                # Passwords ended in 2022.
                self._say(f"{self._tag} NO LOGIN failed.")
            elif command.upper() == "LOGOUT":
                self._say(f"* BYE signing off\r\n{self._tag} OK LOGOUT completed.")
                return None
            else:
                self._say(f"{self._tag} BAD Command received in Invalid state.")
        return None

    def _authenticated(self, words: list[str]) -> str | None:
        if words[0].upper() != "XOAUTH2":
            return None
        if len(words) < 2:
            self._say("+ ")
            words.append(self.rfile.readline().decode().strip())
        with suppress(binascii.Error, UnicodeDecodeError):
            told = base64.b64decode(words[1]).decode()
            match = re.fullmatch("user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01", told)
            if match and self.door.opens(match[1], match[2]):
                return match[1]
        self._say("+ " + base64.b64encode(b'{"status":"401"}').decode())
        self.rfile.readline()
        return None

    def _capability(self, tag: str) -> None:
        self._say(f"* CAPABILITY {_CAPABILITIES}\r\n{tag} OK CAPABILITY completed.")

    def _in(self, inside: socket.socket) -> None:
        with suppress(OSError):
            while line := self.rfile.readline():
                words = line.split()
                if len(words) > 1:
                    self.door.commands.append(line.partition(b" ")[2].decode("utf-8", "replace").strip())
                if len(words) == 2 and words[1].upper() == b"CAPABILITY":
                    self._capability(words[0].decode())
                    continue
                inside.sendall(line)

    def _out(self, answers: "socket.SocketIO") -> None:
        with suppress(OSError, ValueError):
            while line := answers.readline():
                self.wfile.write(line)
                self.wfile.flush()

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False


@contextmanager
def exchange_online(server: EmbeddedMailServer, opens: Callable[[str, str], bool]) -> Iterator[ExchangeOnline]:
    """Open the door to a running server while the block lasts."""
    door = ExchangeOnline(server=server, opens=opens)
    session = type("Session", (_Session,), {"door": door})
    with _Server(("127.0.0.1", 0), session) as listening:
        door.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield door
        finally:
            listening.shutdown()
            thread.join(5)
