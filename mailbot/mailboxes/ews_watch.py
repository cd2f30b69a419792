"""Waits for a hint of new mail: a thread listens to the server's notifications and only makes a note of them.

Events between two connections get lost (exchangelib issue 1153), so after each the folders are looked at.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from mailbot.ews.client import EwsClient
from mailbot.ews.failure import EwsFailure
from mailbot.ews.stream import EwsStream

# The server does not grant notifications to this mailbox (now): it is looked at instead.
_NOT_GRANTED = frozenset(
    {
        "ErrorExceededSubscriptionCount",
        "ErrorSubscriptionAccessDenied",
        "ErrorSubscriptionDelegateAccessNotSupported",
        "ErrorInvalidSubscription",
        "ErrorInvalidSubscriptionRequest",
        "ErrorServerBusy",
    }
)
# A connection that ends sooner than this is not made again at once.
_SHORT = 5.0
_LONGEST_PAUSE = 60.0


class EwsWatch:
    """The hints of one mailbox; `wait` is used by one thread, everything else by any."""

    def __init__(self, client: EwsClient, *, poll_interval: timedelta) -> None:
        self._client = client
        self._interval = poll_interval.total_seconds()
        self._told = threading.Condition()
        self._news: set[str] = set()
        self._is_woken = False
        self._is_to_look = False
        self._failure: EwsFailure | None = None
        self._stream: EwsStream | None = None
        self._thread: threading.Thread | None = None

    def wait(self, timeout: timedelta, folders: Callable[[], Sequence[str]], has_news: Callable[[], bool]) -> bool:
        """True as soon as something is heard or seen in the folders; `EwsFailure` when the server is away."""
        until = time.monotonic() + timeout.total_seconds()
        is_listening = self._listening(folders)
        while True:
            left = until - time.monotonic()
            with self._told:
                self._told.wait_for(self._has_word, max(0.0, left if is_listening else min(left, self._interval)))
                if self._taken_wake():
                    return False
                is_to_look = self._is_to_look or not is_listening
                self._is_to_look = False
                self._raise_failure()
                if self._news:
                    return True
            if is_to_look and has_news():
                return True
            is_listening = self._is_alive()
            if until - time.monotonic() <= 0:
                return False

    def wake(self) -> None:
        """End a wait in another thread, or the next one."""
        with self._told:
            self._is_woken = True
            self._told.notify_all()

    def forget(self, folder: str) -> None:
        """The folder is looked at now: what was heard of it before is no news any more."""
        with self._told:
            self._news.discard(folder)

    def try_subscribing(self, folders: Sequence[str]) -> None:
        """Ask for notifications and take them back; `EwsFailure` when the server grants none."""
        stream = EwsStream(self._client)
        stream.unsubscribe(stream.subscribe(folders))

    def close(self) -> None:
        """Stop listening."""
        with self._told:
            stream, thread = self._stream, self._thread
            self._stream = self._thread = None
            self._news.clear()
            self._failure = None
            self._told.notify_all()
        if stream is not None:
            stream.stop()
        if thread is not None:
            thread.join(2.0)

    def _has_word(self) -> bool:
        return bool(self._is_woken or self._is_to_look or self._failure or self._news)

    def _taken_wake(self) -> bool:
        was_woken, self._is_woken = self._is_woken, False
        return was_woken

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None and failure.code not in _NOT_GRANTED:
            raise failure

    def _is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _listening(self, folders: Callable[[], Sequence[str]]) -> bool:
        if not self._is_alive():
            ids = folders()
            stream = EwsStream(self._client)
            thread = threading.Thread(target=self._listen, args=(stream, ids), name="ews-stream", daemon=True)
            with self._told:
                self._stream, self._thread = stream, thread
                self._failure = None
            thread.start()
        return True

    def _listen(self, stream: EwsStream, folders: Sequence[str]) -> None:
        """The listener's thread: connect, listen, and again, until it is stopped or the server is away."""
        pause = 0.0
        while self._stream is stream:
            start = time.monotonic()
            failure = self._listen_once(stream, folders)
            if failure is not None and (failure.code != "Broken" or time.monotonic() - start < _SHORT):
                self._tell_failure(stream, failure)
                return
            pause = min(_LONGEST_PAUSE, pause * 2 + 1) if time.monotonic() - start < _SHORT else 0.0
            with self._told:
                self._told.wait_for(lambda: self._stream is not stream, pause)

    def _listen_once(self, stream: EwsStream, folders: Sequence[str]) -> EwsFailure | None:
        try:
            subscription = stream.subscribe(folders)
            stream.listen(subscription, opened=self._opened, heard=self._heard)
            stream.unsubscribe(subscription)
        except EwsFailure as failure:
            # A subscription that the server forgot is made again.
            return None if failure.code == "ErrorSubscriptionNotFound" else failure
        return None

    def _tell_failure(self, stream: EwsStream, failure: EwsFailure) -> None:
        with self._told:
            if self._stream is stream:
                self._failure = failure
                self._told.notify_all()

    def _opened(self) -> None:
        with self._told:
            self._is_to_look = True
            self._told.notify_all()

    def _heard(self, folders: frozenset[str]) -> None:
        with self._told:
            self._news |= folders
            self._told.notify_all()
