"""The process in which hostile formats are read: started when first needed, used again, killed when stuck."""

import atexit
import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO

from mailbot.reading.text_limits import TextLimits

Outcome = tuple[str, str | None, bool]

OUT_OF_TIME: Outcome = ("", "tiempo agotado", False)
OUT_OF_MEMORY: Outcome = ("", "memoria agotada", False)
_LENGTH = struct.Struct(">I")


class TextProcess:
    """One reading process; `read` may be called from several threads, one file at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, kind: str, content: bytes, *, limits: TextLimits) -> Outcome:
        """Text, fault and whether it is a scan. A file that breaks or hangs the process is a fault."""
        header = {"kind": kind, "limits": asdict(limits)}
        with self._lock:
            try:
                return self._ask(header, content, until=time.monotonic() + limits.seconds)
            except TimeoutError:
                self._stop()
                return OUT_OF_TIME
            # The process died over the file: its memory limit, or a crash in a library.
            except (OSError, EOFError, ValueError):
                self._stop()
                return OUT_OF_MEMORY

    @property
    def pid(self) -> int | None:
        """The id of the running process, if there is one."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process; the next file starts a new one."""
        with self._lock:
            self._stop()

    def _ask(self, header: Mapping[str, object], content: bytes, *, until: float) -> Outcome:
        process = self._running()
        stdin, stdout = _pipes(process)
        head = json.dumps(header).encode()
        # Written from a thread of its own: a process that hangs while it is written to must not hang us.
        block = _LENGTH.pack(len(head)) + head + _LENGTH.pack(len(content)) + content
        writer = threading.Thread(target=_write, args=(stdin, block), daemon=True)
        writer.start()
        (length,) = _LENGTH.unpack(_receive(stdout, _LENGTH.size, until=until))
        answer = json.loads(_receive(stdout, length, until=until))
        writer.join(timeout=1.0)
        return str(answer["text"]), answer["fault"], bool(answer["is_scan"])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = _start()
        return self._process

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in _pipes(self._process):
            with contextlib.suppress(OSError, ValueError):
                pipe.close()
        self._process = None


def _start() -> subprocess.Popen[bytes]:
    """The worker as a plain child without our environment: it needs no secret to read a file."""
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "mailbot.reading.text_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"},
        close_fds=True,
    )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise EOFError("the reading process has no pipes")
    return process.stdin, process.stdout


def _write(pipe: IO[bytes], block: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):
        pipe.write(block)
        pipe.flush()


def _receive(pipe: IO[bytes], size: int, *, until: float) -> bytes:
    """Exactly `size` bytes, or `TimeoutError`, or `EOFError` when the process ended."""
    got = bytearray()
    while len(got) < size:
        left = until - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise TimeoutError
        piece = os.read(pipe.fileno(), min(size - len(got), 1 << 20))
        if not piece:
            raise EOFError
        got += piece
    return bytes(got)


_SHARED = TextProcess()
atexit.register(_SHARED.close)


def read_apart(kind: str, content: bytes, *, limits: TextLimits) -> Outcome:
    """Read one file in the process that all of mailbot shares."""
    return _SHARED.read(kind, content, limits=limits)
