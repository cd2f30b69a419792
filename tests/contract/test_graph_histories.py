"""Whatever people and servers do between and within rounds, every mail of the inbox is handed out, and once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.demo.servers.graph import GraphFault, GraphServer, graph_server
from mailbot.demo.servers.graph_mail import Mailbox
from mailbot.domain.errors import MailboxUnavailable
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.mailboxes.graph import GraphAccount, GraphMailSource
from mailbot.ports.mailbox import Cursor
from tests.contract.graph_box import ADDRESS, StaticTokens

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
_OTHER = "Clientes"
_ACTS = (
    *("deliver three", "deliver three", "deliver", "move out", "move out", "move back", "move back"),
    *("mark", "delete", "poll", "poll half", "poll half", "throttle", "restart"),
)


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with graph_server() as running:
        yield running


class _Office:
    """The mailbox's people, and a mailbot that keeps a cursor as the store does."""

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self.mailbox: Mailbox = server.add_mailbox(ADDRESS, folders=(_OTHER,))
        self.server.script.faults = []
        self.cursor: Cursor | None = None
        self.taken: list[bytes] = []
        self.count = 0
        app = GraphApp(url=server.url, client_id=str(server.port))
        self.client = GraphClient(app, tokens=StaticTokens(), sleep=lambda _: None)
        self.restart()

    def restart(self) -> None:
        account = GraphAccount(name="ana", address=ADDRESS, app=self.client.app, batch_count=2)
        self.source = GraphMailSource(account, client=self.client)

    def poll(self, *, batches: int = 10_000) -> None:
        try:
            for number, batch in enumerate(self.source.fetch("INBOX", self.cursor, since=MORNING), start=1):
                self.taken += [mail.raw or b"" for mail in batch]
                last = batch[-1]
                self.cursor = Cursor(
                    mailbox="ana", folder="INBOX", validity=last.key.validity, uid=last.key.uid, token=last.token
                )
                if number == batches:
                    break
        except MailboxUnavailable:
            pass

    def act(self, what: str, which: int) -> None:
        inbox, other = self.mailbox.folders["inbox"], self.mailbox.folders[_OTHER]
        here, there = self.mailbox.in_folder(inbox), self.mailbox.in_folder(other)
        if what.startswith("deliver"):
            for _ in range(3 if what == "deliver three" else 1):
                self.count += 1
                raw = f"Subject: {self.count}\r\n\r\n".encode()
                self.mailbox.add(raw, at=MORNING + timedelta(minutes=which), folder=inbox)
        elif what == "move out" and here:
            self.mailbox.move(here[which % len(here)], other)
        elif what == "move back" and there:
            self.mailbox.move(there[which % len(there)], inbox)
        elif what == "mark" and here:
            self.mailbox.patch(here[which % len(here)], {"isRead": True})
        elif what == "delete" and here:
            self.mailbox.remove(here[which % len(here)])
        elif what.startswith("poll"):
            self.poll(batches=1 if what == "poll half" else 10_000)
        elif what == "throttle":
            self.server.script.faults = [GraphFault(match=r"delta|value", status=503, retry_after=99)]
        elif what == "restart":
            self.restart()

    def inbox(self) -> set[bytes]:
        return {mail.raw for mail in self.mailbox.in_folder(self.mailbox.folders["inbox"])}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(_ACTS), st.integers(0, 20)), min_size=8, max_size=30))
def test_every_mail_is_handed_out_and_once(server: GraphServer, acts: list[tuple[str, int]]) -> None:
    office = _Office(server)
    for what, which in acts:
        office.act(what, which)
    server.script.faults = []
    office.poll()
    office.client.close()
    assert office.inbox() <= set(office.taken)
    assert len(office.taken) == len(set(office.taken))


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from((*_ACTS, "lose")), st.integers(0, 20)), min_size=8, max_size=30))
def test_every_mail_is_handed_out_also_when_tokens_are_lost(server: GraphServer, acts: list[tuple[str, int]]) -> None:
    office = _Office(server)
    for what, which in acts:
        if what == "lose":
            server.lose_tokens()
        else:
            office.act(what, which)
    server.script.faults = []
    office.poll()
    office.client.close()
    assert office.inbox() <= set(office.taken)
