"""The bell that ends a wait."""

import select
import threading
import time

from mailbot.mailboxes.wakeup import Wakeup


def _is_readable(bell: Wakeup) -> bool:
    return bool(select.select([bell.socket()], [], [], 0)[0])


def test_a_ring_ends_a_wait() -> None:
    bell = Wakeup()
    timer = threading.Timer(0.1, bell.ring)
    timer.start()
    start = time.monotonic()
    assert bell.wait(10)
    assert time.monotonic() - start < 5
    timer.join()


def test_a_ring_is_taken_once() -> None:
    bell = Wakeup()
    bell.ring()
    bell.ring()
    assert bell.take()
    assert not bell.take()


def test_a_ring_makes_the_socket_readable_until_it_is_taken() -> None:
    bell = Wakeup()
    assert not _is_readable(bell)
    bell.ring()
    assert _is_readable(bell)
    bell.take()
    assert not _is_readable(bell)
    bell.close()


def test_a_ring_before_the_socket_exists_is_not_lost() -> None:
    bell = Wakeup()
    bell.ring()
    assert _is_readable(bell)
    bell.close()


def test_ringing_many_times_blocks_nobody() -> None:
    bell = Wakeup()
    bell.socket()
    for _ in range(20_000):
        bell.ring()
    assert bell.take()
    assert not _is_readable(bell)
    bell.close()


def test_after_close_it_still_rings() -> None:
    bell = Wakeup()
    bell.socket()
    bell.close()
    bell.ring()
    assert _is_readable(bell)
    bell.close()
