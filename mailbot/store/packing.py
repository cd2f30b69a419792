"""How the bytes of a mail are kept."""

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

# Most of a big mail is base64 of what is packed already: there is nothing to find again in it, and its
# letters alone are packed four times as fast and no worse. A piece of it tells.
_BIG = 32_768
_PIECE = 4_096
_IS_DENSE = 0.7
_LEVEL = 1


def pack(raw: bytes) -> bytes:
    """Bytes as they are kept."""
    strategy = zlib.Z_HUFFMAN_ONLY if _is_dense(raw) else zlib.Z_DEFAULT_STRATEGY
    packer = zlib.compressobj(_LEVEL, strategy=strategy)
    return packer.compress(raw) + packer.flush()


def _is_dense(raw: bytes) -> bool:
    if len(raw) < _BIG:
        return False
    middle = len(raw) // 2
    return len(zlib.compress(raw[middle : middle + _PIECE], _LEVEL)) > _PIECE * _IS_DENSE


class Packer:
    """Packs on a thread of its own, so that the caller's work goes on: zlib lets other threads run.

    Belongs to one unit of work, as its thread does: a fork in between must find none.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def pack(self, raw: bytes) -> Callable[[], bytes]:
        """Begin to pack; calling the answer waits for it."""
        if len(raw) < _BIG:
            return lambda: pack(raw)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailbot-pack")
        return self._pool.submit(pack, raw).result

    def close(self) -> None:
        """Let the thread go; what was begun and is not wanted any more is dropped."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def unpack(packed: bytes) -> bytes:
    """Bytes as they came."""
    return zlib.decompress(packed)
