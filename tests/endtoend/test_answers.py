"""A reminder goes out over SMTP, its answer comes back over IMAP, and its confirmation reaches who answered."""

import smtplib
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from mailbot.demo.servers import EmbeddedMailServer
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.login import Security
from mailbot.mailboxes.imap import ImapAccount, ImapMailSource
from mailbot.senders.smtp import SmtpAccount, SmtpSender
from mailbot.services.climb import climb
from mailbot.services.deliver import Post, deliver
from mailbot.services.desk import Box
from mailbot.services.poll import poll
from tests.builders import ESC, REQUIREMENT, lima, raw_mail
from tests.unit.services.answering import MAILBOT
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")


class Clock:
    """The moment at which the server takes a mail."""

    now = MONDAY_9

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[EmbeddedMailServer]:
    with EmbeddedMailServer([ESC, MAILBOT], clock=clock) as running:
        yield running


def _poll(server: EmbeddedMailServer, world: World, address: str, now: datetime) -> None:
    account = ImapAccount(
        name=address,
        host="127.0.0.1",
        port=server.imap_port,
        security=Security.PLAIN,
        username=address,
        password=server.password,
    )
    source = ImapMailSource(account)
    try:
        box = Box(name=address, address=address, sent_folder="Sent")
        poll(world.desk, source, box, now=now, since=lima("2026-11-01 00:00"))
    finally:
        source.close()


def _answer(server: EmbeddedMailServer, to: bytes, text: str) -> None:
    """What a mail program does: answer to the sender, with the headers of the thread."""
    asked = message_from_bytes(to, policy=policy.default)
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = ESC, asked["From"], f"RE: {asked['Subject']}"
    answer["Message-ID"], answer["In-Reply-To"] = "<answer@agencia.example>", asked["Message-ID"]
    answer.set_content(text)
    with smtplib.SMTP("127.0.0.1", server.smtp_port) as connection:
        connection.send_message(answer)


def test_an_answer_by_mail_ends_what_it_was_about_and_is_confirmed(server: EmbeddedMailServer, clock: Clock) -> None:
    world = World(verdicts={"levante": REQUIREMENT})
    post = Post(
        sender=SmtpSender(SmtpAccount(host="127.0.0.1", port=server.smtp_port, security=Security.PLAIN)), worker="test"
    )
    server.deliver(raw_mail(subject="levante", at=MONDAY_9), ESC, at=MONDAY_9)
    _poll(server, world, ESC, MONDAY_9)
    for at in ("10:36", "10:46"):
        clock.now = lima(f"2026-11-16 {at}")
        climb(world.desk, now=clock.now)
        deliver(world.desk, post, now=clock.now)
    (reminder,) = server.accepted

    clock.now = lima("2026-11-16 10:50")
    _answer(server, reminder.raw, "Atendido, gracias.\n\nEnviado desde mi iPhone\n")
    _poll(server, world, MAILBOT, clock.now)
    deliver(world.desk, post, now=clock.now)

    reply = world.only(ObligationKind.REPLY)
    assert (reply.state, reply.ended_at) == (ObligationState.MET, clock.now)
    confirmation = message_from_bytes(server.accepted[-1].raw, policy=policy.default)
    assert (confirmation["To"], confirmation["In-Reply-To"]) == (f"Persona RQ <{ESC}>", "<answer@agencia.example>")
    # Our own mails come back with the next look, and are worked by nobody.
    _poll(server, world, ESC, clock.now)
    _poll(server, world, MAILBOT, clock.now)
    deliver(world.desk, post, now=clock.now)
    assert len(server.accepted) == 3
