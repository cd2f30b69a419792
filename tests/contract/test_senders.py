"""The contract of `mailbot.ports.sender`, line by line, over every kind of sender."""

import abc
import email
import email.policy
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.demo.servers.ews import ews_server
from mailbot.demo.servers.graph import graph_server
from mailbot.domain.errors import DeliveryDeferred, DeliveryRefused, DeliveryUncertain
from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.ews.client import EwsClient
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.login import Security
from mailbot.ports.sender import MailSender
from mailbot.senders.ews import EwsSender
from mailbot.senders.folder import FolderSender
from mailbot.senders.graph import GraphSender
from mailbot.senders.memory import MemorySender
from mailbot.senders.mime import to_bytes
from mailbot.senders.smtp import SmtpAccount, SmtpSender
from tests.contract.ews_box import endpoint_of
from tests.contract.graph_box import StaticTokens
from tests.servers.smtp import SmtpScript, smtp_sink
from tests.servers.tls import make_certificates

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
BOSS = Address(address="jefa@broker.example", name="Jefa de Servicio")
ESC = Address(address="ana@broker.example")


def _mail(**changes: object) -> OutgoingMail:
    mail = OutgoingMail(
        key="notice/1",
        purpose=MailPurpose.NOTICE,
        message_id="<notice.1@broker.example>",
        sender=Address(address="avisos@broker.example", name="Avisos"),
        to=(BOSS,),
        cc=(ESC,),
        subject="Límite vencido: orden 2026-004512",
        text="La respuesta venció.\n.\nUna línea con un punto solo, arriba.",
        html="<p>La respuesta venció.</p>",
        created_at=MORNING,
        not_before=MORNING,
    )
    return replace(mail, **changes)


class Office(abc.ABC):
    """A sender, and what came out at the other end."""

    sender: MailSender

    @abc.abstractmethod
    def arrived(self) -> list[bytes]:
        """Every mail that was accepted."""

    @abc.abstractmethod
    def break_off(self) -> None:
        """Put the other end out of reach."""


class MemoryOffice(Office):
    def __init__(self) -> None:
        self.sender = self._memory = MemorySender()

    def arrived(self) -> list[bytes]:
        return [to_bytes(mail) for mail in self._memory.sent]

    def break_off(self) -> None:
        self._memory.fail_with(DeliveryDeferred("gone"))


class FolderOffice(Office):
    def __init__(self, path: Path) -> None:
        self._path = path / "salida"
        self.sender = FolderSender(self._path)

    def arrived(self) -> list[bytes]:
        return [file.read_bytes() for file in sorted(self._path.glob("*.eml"))]

    def break_off(self) -> None:
        # A file where the folder should be stops root too.
        self._path.write_text("")


class SmtpOffice(Office):
    def __init__(self, stack: ExitStack, path: Path, security: str) -> None:
        certificates = make_certificates(path)
        self._stack = stack
        self._sink = stack.enter_context(
            smtp_sink(SmtpScript(username="avisos"), certificates=certificates, security=security)
        )
        self.sender = SmtpSender(
            SmtpAccount(
                host="localhost",
                port=self._sink.port,
                security=Security(security),
                username="avisos",
                password="secreta",
                ca_file=certificates.ca_file,
                timeout=timedelta(seconds=5),
            )
        )

    def arrived(self) -> list[bytes]:
        return [taken.content for taken in self._sink.taken]

    def break_off(self) -> None:
        self._stack.close()


class GraphOffice(Office):
    def __init__(self, stack: ExitStack) -> None:
        self._server = stack.enter_context(graph_server())
        self._server.add_mailbox("avisos@broker.example")
        app = GraphApp(url=self._server.url, client_id=str(self._server.port), timeout=timedelta(seconds=5))
        client = GraphClient(app, tokens=StaticTokens())
        stack.callback(client.close)
        self.sender = GraphSender(client, address="avisos@broker.example")

    def arrived(self) -> list[bytes]:
        return [raw for _, raw in self._server.sent]

    def break_off(self) -> None:
        self._server.stop()


class EwsOffice(Office):
    def __init__(self, stack: ExitStack) -> None:
        self._server = stack.enter_context(ews_server())
        self._server.add_mailbox("avisos@broker.example")
        client = EwsClient(endpoint_of(self._server), "avisos@broker.example", sleep=lambda _: None)
        self.sender = EwsSender(client, address="avisos@broker.example")

    def arrived(self) -> list[bytes]:
        return [raw for _, raw in self._server.sent]

    def break_off(self) -> None:
        self._server.stop()


@pytest.fixture(params=["memory", "folder", "smtp-plain", "smtp-starttls", "smtp-tls", "graph", "ews"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        kind, _, security = request.param.partition("-")
        if kind == "memory":
            yield MemoryOffice()
        elif kind == "folder":
            yield FolderOffice(tmp_path)
        elif kind == "graph":
            yield GraphOffice(stack)
        elif kind == "ews":
            yield EwsOffice(stack)
        else:
            yield SmtpOffice(stack, tmp_path, security)


def test_what_arrives_is_the_mail_itself(office: Office) -> None:
    office.sender.send(_mail())
    assert office.arrived() == [to_bytes(_mail())]


def test_the_message_id_is_the_one_fixed_when_it_was_queued(office: Office) -> None:
    office.sender.send(_mail())
    arrived = email.message_from_bytes(office.arrived()[0], policy=email.policy.default)
    assert arrived["Message-ID"] == "<notice.1@broker.example>"


def test_a_line_of_one_dot_arrives_whole(office: Office) -> None:
    office.sender.send(_mail())
    arrived = email.message_from_bytes(office.arrived()[0], policy=email.policy.default)
    assert arrived.get_body(("plain",)).get_content().splitlines() == _mail().text.splitlines()


def test_mails_arrive_in_the_order_they_were_sent(office: Office) -> None:
    for number in range(3):
        office.sender.send(_mail(message_id=f"<notice.{number}@broker.example>"))
    arrived = [email.message_from_bytes(raw)["Message-ID"] for raw in office.arrived()]
    assert arrived == [f"<notice.{number}@broker.example>" for number in range(3)]


def test_out_of_reach_is_deferred(office: Office) -> None:
    office.break_off()
    with pytest.raises(DeliveryDeferred):
        office.sender.send(_mail())


def test_an_address_that_is_none_is_refused_and_nothing_leaves(office: Office) -> None:
    with pytest.raises(DeliveryRefused, match="dirección"):
        office.sender.send(_mail(to=(Address(address="jefa en broker.example"),)))
    assert office.arrived() == []


def test_check_sends_nothing_and_says_something(office: Office) -> None:
    assert all(office.sender.check())
    assert office.arrived() == []


def test_check_out_of_reach_is_deferred(office: Office) -> None:
    office.break_off()
    with pytest.raises(DeliveryDeferred):
        office.sender.check()


@pytest.mark.parametrize(
    "error",
    [DeliveryDeferred("later"), DeliveryRefused("never"), DeliveryUncertain("who knows")],
    ids=lambda error: type(error).__name__,
)
def test_the_memory_sender_raises_what_it_is_told_once(error: Exception) -> None:
    sender = MemorySender()
    sender.fail_with(error)
    with pytest.raises(type(error)):
        sender.send(_mail())
    sender.send(_mail())
    assert len(sender.sent) == 1
