"""A mailbox on the loopback EWS server, behind the handles of the mailbox contract."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.demo.servers.ews import PASSWORD, SERVICE, EwsScript, EwsServer
from mailbot.ews.client import EwsClient
from mailbot.ews.endpoint import EwsAuth, EwsEndpoint
from mailbot.mailboxes.ews import EwsAccount, EwsMailSource
from tests.contract.mailbox_boxes import BATCH, EXTRA, Box

ADDRESS = "ana@broker.example"


def endpoint_of(server: EwsServer, **changes: object) -> EwsEndpoint:
    """How the service account of the office reaches the loopback server."""
    endpoint = EwsEndpoint(
        url=server.url, auth=EwsAuth.BASIC, username=SERVICE, password=PASSWORD, timeout=timedelta(seconds=5)
    )
    return replace(endpoint, **changes)


class EwsBox(Box):
    """On the office's own Exchange server."""

    def __init__(self, server: EwsServer, **changes: object) -> None:
        self.server = server
        self.mailbox = server.add_mailbox(ADDRESS, folders=(EXTRA,))
        self.pauses: list[float] = []
        endpoint = endpoint_of(server, **changes)
        self.client = EwsClient(endpoint, ADDRESS, sleep=self.pauses.append)
        self.source = EwsMailSource(
            EwsAccount(
                name="ana",
                address=ADDRESS,
                endpoint=endpoint,
                folders=("INBOX", EXTRA),
                poll_interval=timedelta(seconds=0.2),
                batch_count=BATCH,
                max_bytes=10_000_000,
            ),
            client=self.client,
        )

    def deliver_all(self, mails: Sequence[tuple[bytes, datetime]], folder: str = "INBOX") -> None:
        with self.server.lock:
            for raw, at in mails:
                self.mailbox.add(raw, at=at, folder=self.mailbox.folder_named(folder).id)

    def remove_first(self, folder: str = "INBOX") -> None:
        with self.server.lock:
            self.mailbox.remove(self.mailbox.in_folder(self.mailbox.folder_named(folder).id)[-1])

    def renew(self, folder: str) -> None:
        self.mailbox.forget_history()

    def break_off(self) -> None:
        self.server.stop()

    def mend(self) -> None:
        self.server.start()


@contextmanager
def ews_box(script: EwsScript | None = None, **changes: object) -> Iterator[EwsBox]:
    """A server with one mailbox while the block lasts."""
    server = EwsServer(script or EwsScript())
    server.start()
    box = EwsBox(server, **changes)
    try:
        yield box
    finally:
        box.source.close()
        server.stop()
