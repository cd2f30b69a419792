"""A bell that ends a wait in another thread, also one that sits on a socket."""

import socket
import threading
from contextlib import suppress


class Wakeup:
    """Rung once, it ends the wait in progress or, when there is none, the next one."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._pair: tuple[socket.socket, socket.socket] | None = None

    def ring(self) -> None:
        """End a wait at once; from any thread."""
        with self._lock:
            self._rung.set()
            if self._pair is not None:
                # A full buffer means that it is already ringing.
                with suppress(OSError):
                    self._pair[1].send(b"!")

    def wait(self, seconds: float) -> bool:
        """Sit still; True when the bell rang."""
        return self._rung.wait(max(0.0, seconds))

    def take(self) -> bool:
        """Whether it rang since the last time it was asked; quiet afterwards."""
        with self._lock:
            was_rung = self._rung.is_set()
            self._rung.clear()
            if self._pair is not None:
                with suppress(BlockingIOError):
                    while self._pair[0].recv(64):
                        pass
            return was_rung

    def socket(self) -> socket.socket:
        """A socket that becomes readable when the bell rings, to be waited on beside others."""
        with self._lock:
            if self._pair is None:
                self._pair = socket.socketpair()
                for end in self._pair:
                    end.setblocking(False)
                if self._rung.is_set():
                    self._pair[1].send(b"!")
            return self._pair[0]

    def close(self) -> None:
        """Let the sockets go; the bell still works and opens new ones when needed."""
        with self._lock:
            for end in self._pair or ():
                end.close()
            self._pair = None
