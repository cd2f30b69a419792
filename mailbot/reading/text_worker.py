"""The child process that reads PDF, workbooks and Word files; it knows nothing and reaches nothing.

It reads requests from standard input and answers on standard output, each as a length and JSON.
"""

import json
import logging
import math
import signal
import struct
import sys
from typing import IO

from mailbot.reading.text_formats import Extracted, read_ole, read_ooxml, read_pdf
from mailbot.reading.text_limits import TextLimits

_LENGTH = struct.Struct(">I")
_READERS = {"pdf": read_pdf, "ooxml": read_ooxml, "ole": read_ole}


def main() -> None:
    """Answer requests until standard input ends."""
    logging.disable(logging.CRITICAL)
    is_limited = False
    while (head := _block(sys.stdin.buffer)) is not None:
        request = json.loads(head)
        limits = TextLimits(**request["limits"])
        content = _block(sys.stdin.buffer) or b""
        if not is_limited:
            _limit_memory(limits.memory_bytes)
            is_limited = True
        _answer(_extract(str(request["kind"]), content, limits))


def _extract(kind: str, content: bytes, limits: TextLimits) -> Extracted:
    # Should our parent be gone when a file hangs us, nobody else would end this process.
    signal.alarm(math.ceil(2 * limits.seconds))
    try:
        return _READERS[kind](content, limits)
    except MemoryError:
        return Extracted(fault="memoria agotada")
    # Whatever a library trips over in a stranger's file is that file's fault and nobody else's.
    except Exception:
        return Extracted(fault="ilegible")
    finally:
        signal.alarm(0)


def _limit_memory(size: int) -> None:
    """Bound the address space where the system can; a bomb then ends this process alone."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _block(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    return pipe.read(_LENGTH.unpack(head)[0])


def _answer(extracted: Extracted) -> None:
    answer = {"text": extracted.text, "fault": extracted.fault, "is_scan": extracted.is_scan}
    block = json.dumps(answer).encode()
    sys.stdout.buffer.write(_LENGTH.pack(len(block)) + block)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
