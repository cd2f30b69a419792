"""Whatever people and the server do between two rounds, every mail in the inbox is handed out over EWS."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.demo.servers.ews import EwsFault, EwsServer, ews_server
from mailbot.domain.errors import MailboxUnavailable
from mailbot.ews.client import EwsClient
from mailbot.mailboxes.ews import EwsAccount, EwsMailSource
from mailbot.ports.mailbox import Cursor
from tests.contract.ews_box import endpoint_of

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
_OTHER = "Otra"
_ACTS = (
    "deliver",
    "deliver three",
    "move out",
    "move back",
    "mark",
    "read",
    "delete",
    "poll",
    "poll half",
    "throttle",
    "restart",
)


@pytest.fixture(scope="module")
def server() -> Iterator[EwsServer]:
    with ews_server() as running:
        yield running


class _Office:
    """A new mailbox, its owner, and what mailbot took of it."""

    def __init__(self, server: EwsServer) -> None:
        self.server = server
        self.address = f"ana{len(server.mailboxes)}@broker.example"
        self.mailbox = server.add_mailbox(self.address, folders=(_OTHER,))
        self.inbox, self.other = self.mailbox.known["inbox"], self.mailbox.folder_named(_OTHER).id
        self.cursor: Cursor | None = None
        self.taken: list[bytes] = []
        self.count = 0
        self.restart()

    def restart(self) -> None:
        endpoint = endpoint_of(self.server, patience=timedelta(0))
        self.client = EwsClient(endpoint, self.address, sleep=lambda _: None)
        account = EwsAccount(name="ana", address=self.address, endpoint=endpoint, batch_count=2)
        self.source = EwsMailSource(account, client=self.client)

    def poll(self, batches: int = 10_000) -> None:
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
        here, there = self.mailbox.in_folder(self.inbox), self.mailbox.in_folder(self.other)
        if what.startswith("deliver"):
            for _ in range(3 if what == "deliver three" else 1):
                self.count += 1
                raw = f"Subject: {self.count}\r\n\r\n".encode()
                self.mailbox.add(raw, at=MORNING + timedelta(minutes=which), folder=self.inbox)
        elif what == "move out" and here:
            self.mailbox.move(here[which % len(here)], self.other)
        elif what == "move back" and there:
            self.mailbox.move(there[which % len(there)], self.inbox)
        elif what in ("mark", "read") and here:
            self.mailbox.touch(here[which % len(here)], what="update" if what == "mark" else "read")
        elif what == "delete" and here:
            self.mailbox.remove(here[which % len(here)])
        elif what.startswith("poll"):
            self.poll(batches=1 if what == "poll half" else 10_000)
        elif what == "throttle":
            self.server.script.faults = [EwsFault(match=r"SyncFolderItems|GetItem", status=503, retry_after=99)]
        elif what == "restart":
            self.restart()

    def lying_there(self) -> set[bytes]:
        return {item.raw for item in self.mailbox.in_folder(self.inbox)}


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(_ACTS), st.integers(0, 20)), min_size=8, max_size=30))
def test_every_mail_is_handed_out_and_once_unless_it_was_moved(server: EwsServer, acts: list[tuple[str, int]]) -> None:
    office = _Office(server)
    for what, which in acts:
        office.act(what, which)
    server.script.faults = []
    office.poll()
    office.client.close()
    assert office.lying_there() <= set(office.taken)
    # A mail that was moved has another id: it comes again, and the store knows it by its content.
    if not any(what == "move back" for what, _ in acts):
        assert len(office.taken) == len(set(office.taken))


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from((*_ACTS, "lose")), st.integers(0, 20)), min_size=8, max_size=30))
def test_every_mail_is_handed_out_also_when_sync_states_are_lost(
    server: EwsServer, acts: list[tuple[str, int]]
) -> None:
    office = _Office(server)
    for what, which in acts:
        if what == "lose":
            office.mailbox.forget_history()
        else:
            office.act(what, which)
    server.script.faults = []
    office.poll()
    office.client.close()
    assert office.lying_there() <= set(office.taken)
