"""The notifications of one mailbox, as they come. A hint that something happened, never what.

While a stream is listened to, nothing may be asked on its connection, so whoever is told only makes a note.
"""

import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from exchangelib.properties import FolderId
from exchangelib.services import GetStreamingEvents, SubscribeToStreaming, Unsubscribe

from mailbot.ews.client import EwsClient
from mailbot.ews.failure import EwsFailure

# What tells that a mail came, went or was marked.
_KINDS = ("NewMailEvent", "CreatedEvent", "MovedEvent", "ModifiedEvent", "DeletedEvent")
# How long a connection is kept before it is made anew; Exchange allows 30 minutes.
_MINUTES = 25
# Exchange says every now and then that it is there; after so long without a word the line is dead.
_SILENCE = 180.0


class EwsStream:
    """Listens for one mailbox; `stop` from another thread ends it."""

    def __init__(self, client: EwsClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._stopped = False
        self._service: Any = None

    def subscribe(self, folders: Sequence[str]) -> str:
        """Ask to be told of these folders; the subscription's id."""

        def ask(account: Any) -> str:
            service = SubscribeToStreaming(account=account)
            return str(service.get(folders=[FolderId(id=folder) for folder in folders], event_types=_KINDS))

        return self._client.read(ask)

    def unsubscribe(self, subscription: str) -> None:
        """Take it back; the server forgets it by itself after half an hour."""
        with suppress(EwsFailure):
            self._client.once(lambda account: Unsubscribe(account=account).get(subscription_id=subscription))

    def listen(self, subscription: str, *, opened: Callable[[], None], heard: Callable[[frozenset[str]], None]) -> None:
        """Until the server closes the connection: `opened` once it stands, `heard` with the folders of each news.

        Raises `EwsFailure` when it breaks.
        """

        def ask(account: Any) -> None:
            service = _Events(account=account)
            service.opened = opened
            notifications = service.call(subscription_ids=[subscription], connection_timeout=_MINUTES)
            service.timeout = min(service.timeout, max(_SILENCE, account.protocol.TIMEOUT))
            with self._lock:
                if self._stopped:
                    return
                self._service = service
            for notification in notifications:
                heard(frozenset(_folders(notification)))

        try:
            self._client.once(ask)
        finally:
            with self._lock:
                self._service = None

    def stop(self) -> None:
        """End a `listen` in another thread at once, and every later one."""
        with self._lock:
            self._stopped = True
            response = getattr(self._service, "_streaming_response", None)
        if response is not None:
            _cut(response)


class _Events(GetStreamingEvents):
    """`GetStreamingEvents` that says when its connection stands."""

    opened: Callable[[], None] | None = None

    def _get_element_container(self, message: Any, name: str | None = None) -> Any:
        got = super()._get_element_container(message, name)
        if self.opened is not None:
            opened, self.opened = self.opened, None
            opened()
        return got


def _folders(notification: Any) -> Sequence[str]:
    """The folders that its events are about, those that a mail left included."""
    found = []
    for event in notification.events or ():
        for name in ("parent_folder_id", "old_parent_folder_id"):
            folder = getattr(event, name, None)
            if folder is not None:
                found.append(str(folder.id))
    return found


def _cut(response: Any) -> None:
    """End the reading of a response in another thread: closing it would wait for that thread."""
    with suppress(AttributeError, OSError):
        response.raw.connection.sock.shutdown(socket.SHUT_RDWR)
