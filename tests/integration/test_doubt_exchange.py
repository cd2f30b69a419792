"""A mail that Exchange may have sent is settled by what lies in the sender's own mailbox, whoever it went to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from mailbot.bootstrap import build_post
from mailbot.demo.servers.ews import ews_server
from mailbot.demo.servers.graph import graph_server
from mailbot.domain.mail import MailPurpose, MailState, OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.outgoing import message_id_for
from mailbot.ews.client import EwsClient
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.ports.sender import MailSender
from mailbot.senders.ews import EwsSender
from mailbot.senders.graph import GraphSender
from mailbot.services.deliver import LEASE, Post, deliver, doubt_stale
from mailbot.services.doubt import UNDERWAY, settle_uncertain
from mailbot.settings import SendMode
from tests.builders import lima
from tests.contract.ews_box import endpoint_of
from tests.contract.graph_box import StaticTokens
from tests.unit.services.world import World

NOON = lima("2026-11-16 12:00")
OURS = "mailbot@agencia.example"
KEY = "digest:20100000001:2026-11-16T12:00"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A server that mailbot sends by, and how many mails left it."""

    send: SendMode
    sender: MailSender
    left: Callable[[], int]

    @property
    def post(self) -> Post:
        """As the service builds it, with no mailbox watched."""
        post = build_post(self.sender, (), looks_first=self.send.looks_first)
        assert post is not None
        return post


@pytest.fixture(params=["graph", "ews"])
def exchange(request: pytest.FixtureRequest) -> Iterator[Exchange]:
    yield from _graph() if request.param == "graph" else _ews()


def _graph() -> Iterator[Exchange]:
    with graph_server() as server:
        server.add_mailbox(OURS)
        app = GraphApp(url=server.url, client_id=str(server.port), timeout=timedelta(seconds=5))
        sender = GraphSender(GraphClient(app, tokens=StaticTokens(), sleep=lambda _: None), address=OURS)
        yield Exchange(send=SendMode.GRAPH, sender=sender, left=lambda: len(server.sent))


def _ews() -> Iterator[Exchange]:
    with ews_server() as server:
        server.add_mailbox(OURS)
        sender = EwsSender(EwsClient(endpoint_of(server), OURS, sleep=lambda _: None), address=OURS)
        yield Exchange(send=SendMode.EWS, sender=sender, left=lambda: len(server.sent))


def _queued(world: World) -> OutgoingMail:
    mail = OutgoingMail(
        key=KEY,
        purpose=MailPurpose.DIGEST,
        message_id=message_id_for(KEY, domain="agencia.example", secret=world.desk.secret),
        sender=Address(address=OURS),
        to=(Address(address="compras@textiles.example"),),
        subject="Status",
        text="Texto",
        html="<p>Texto</p>",
        created_at=NOON,
        not_before=NOON,
    )
    with world.desk.store.begin() as uow:
        uow.outbox.add(mail)
        (claimed,) = uow.outbox.claim(NOON, worker="one that dies", lease=LEASE)
        uow.commit()
    return claimed


@pytest.mark.parametrize("has_left", [True, False], ids=["it had left", "it had not left"])
def test_a_mail_to_a_client_that_a_dead_process_held_leaves_once(exchange: Exchange, *, has_left: bool) -> None:
    world = World()
    mail = _queued(world)
    if has_left:
        exchange.sender.send(mail)
    doubted_at = NOON + LEASE + timedelta(minutes=1)
    assert doubt_stale(world.desk, now=doubted_at) == 1

    assert settle_uncertain(world.desk, exchange.post, now=doubted_at).uncertain == 1
    assert settle_uncertain(world.desk, exchange.post, now=doubted_at + UNDERWAY).deferred == 1
    assert deliver(world.desk, exchange.post, now=doubted_at + UNDERWAY).sent == 1

    assert exchange.left() == 1
    with world.desk.store.begin() as uow:
        settled = uow.outbox.get(KEY)
    assert settled is not None
    assert settled.state is MailState.SENT


def test_over_smtp_nobody_looks_first() -> None:
    assert [mode for mode in SendMode if mode.looks_first] == [SendMode.GRAPH, SendMode.EWS]
