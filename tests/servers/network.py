"""A network of its own for one machine of a test, whose cable can be pulled: namespaces of Linux, for root."""

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

HERE = "10.213.77.1"
_THERE = "10.213.77.2"


@dataclass(frozen=True, kw_only=True)
class Island:
    """A namespace that sees this machine as `HERE`."""

    name: str

    @property
    def inside(self) -> Sequence[str]:
        """The words before a command that is to run there."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """Pull the cable: nothing passes, and nobody is told."""
        _ip("link", "set", f"{self.name}a", "down")

    def mend(self) -> None:
        """Put it back."""
        _ip("link", "set", f"{self.name}a", "up")


@contextmanager
def island(ports: Sequence[int]) -> Iterator[Island]:
    """A namespace that reaches these ports of our loopback; skips the test where that is not allowed."""
    made = Island(name=f"mb{os.getpid()}")
    try:
        _ip("netns", "add", made.name)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no network namespaces here (they need root and iproute2): {error}")
    with contextlib.ExitStack() as stack:
        stack.callback(_ip, "netns", "delete", made.name)
        _connect(made)
        for port in ports:
            stack.enter_context(_forwarded(port))
        yield made


def _connect(made: Island) -> None:
    here, there = f"{made.name}a", f"{made.name}b"
    _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", made.name)
    _ip("address", "add", f"{HERE}/30", "dev", here)
    _ip("link", "set", here, "up")
    _ip("-n", made.name, "address", "add", f"{_THERE}/30", "dev", there)
    _ip("-n", made.name, "link", "set", there, "up")
    _ip("-n", made.name, "link", "set", "lo", "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)


@contextmanager
def _forwarded(port: int) -> Iterator[None]:
    """Let what comes to `HERE` go on to loopback while the block lasts."""
    with socket.create_server((HERE, port)) as server:
        threading.Thread(target=_accept, args=(server, port), daemon=True).start()
        yield
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket, port: int) -> None:
    while True:
        try:
            near, _ = server.accept()
        except OSError:
            return
        far = socket.create_connection(("127.0.0.1", port))
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
