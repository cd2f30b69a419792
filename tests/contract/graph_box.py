"""A mailbox on the loopback Graph server, behind the handles of the mailbox contract."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from mailbot.demo.servers.graph import TOKEN, GraphScript, GraphServer
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.mailboxes.graph import GraphAccount, GraphMailSource
from tests.contract.mailbox_boxes import BATCH, EXTRA, Box

ADDRESS = "ana@broker.example"


class StaticTokens:
    """The token that the loopback server takes, or others to begin with."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = [*tokens, TOKEN]
        self.renewals = 0

    def get(self, *, renew: bool = False) -> str:
        """The next token when one was refused."""
        if renew:
            self.renewals += 1
            if len(self._tokens) > 1:
                del self._tokens[0]
        return self._tokens[0]


class GraphBox(Box):
    """In the cloud."""

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self.mailbox = server.add_mailbox(ADDRESS, folders=(EXTRA,))
        self.pauses: list[float] = []
        app = GraphApp(url=server.url, client_id=str(server.port), timeout=timedelta(seconds=5))
        self.tokens = StaticTokens()
        self.client = GraphClient(app, tokens=self.tokens, sleep=self.pauses.append)
        self.source = GraphMailSource(
            GraphAccount(
                name="ana",
                address=ADDRESS,
                app=app,
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
                self.mailbox.add(raw, at=at, folder=self.mailbox.folders["inbox" if folder == "INBOX" else folder])

    def remove_first(self, folder: str = "INBOX") -> None:
        with self.server.lock:
            oldest = self.mailbox.in_folder(self.mailbox.folders["inbox" if folder == "INBOX" else folder])[-1]
            self.mailbox.remove(oldest)

    def renew(self, folder: str) -> None:
        self.server.lose_tokens()

    def break_off(self) -> None:
        self.server.stop()

    def mend(self) -> None:
        self.server.start()


@contextmanager
def graph_box(script: GraphScript | None = None) -> Iterator[GraphBox]:
    """A server with one mailbox while the block lasts."""
    server = GraphServer(script or GraphScript())
    server.start()
    box = GraphBox(server)
    try:
        yield box
    finally:
        box.source.close()
        server.stop()
