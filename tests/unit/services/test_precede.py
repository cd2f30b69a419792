"""Which mails go out follows from the order of what happened, not from when a tick ran."""

import pytest

from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.services.ingest import ingest
from tests.builders import COMPLAINT, ESC, REQUIREMENT, SUPERVISOR, fetched, lima, raw_mail
from tests.unit.services.world import BOX, World

NINE = lima("2026-11-16 09:00")
QUESTION = "<q@textiles.example>"


@pytest.fixture
def world() -> World:
    """A question of nine o'clock, due at eleven."""
    world = World(verdicts={"levante": REQUIREMENT, "reclamo": COMPLAINT})
    world.write("levante", NINE, message_id=QUESTION)
    return world


def _late(world: World, arrived: str, read: str, *, text: str = "El levante salió.", **headers: str) -> None:
    """A mail of the ESC that a service which slept reads some time after it came."""
    at = lima(f"2026-11-{arrived}")
    values = {"sender": ESC, "to": "compras@textiles.example", "In_Reply_To": QUESTION} | headers
    raw = raw_mail(subject="RE: levante", text=text, at=at, **values)
    folder = "INBOX" if values["to"] == "mailbot@agencia.example" else "Sent"
    world.uid += 1
    ingest(world.desk, [fetched(raw, uid=world.uid, at=at, folder=folder)], box=BOX, now=lima(f"2026-11-{read}"))


def _told(world: World, *times: str) -> list[tuple[MailPurpose, str]]:
    sent: list[OutgoingMail] = [mail for time in times for mail in world.tick(lima(f"2026-11-{time}"))]
    return [(mail.purpose, mail.to[0].address) for mail in sent]


def test_an_answer_after_the_limit_that_is_read_first_leaves_the_breach_to_be_told(world: World) -> None:
    _told(world, "16 10:36", "16 10:46", "16 10:58")
    _late(world, "16 11:05", "16 11:07")

    assert _told(world, "16 11:07", "16 11:17") == [(MailPurpose.NOTICE, SUPERVISOR)]


def test_an_answer_before_the_limit_that_is_read_after_it_leaves_nothing_to_tell(world: World) -> None:
    _told(world, "16 10:36", "16 10:46", "16 10:58")
    _late(world, "16 10:59", "16 11:07")

    assert _told(world, "16 11:07", "16 11:17") == []


def test_what_was_missed_and_answered_in_a_long_outage_is_told_to_nobody(world: World) -> None:
    _told(world, "16 10:36", "16 10:46", "16 10:58")
    _late(world, "16 11:05", "16 12:30")

    assert _told(world, "16 12:30", "16 12:40") == []


def test_a_breach_of_the_evening_leaves_at_the_opening_though_the_service_slept_and_it_was_answered_at_night() -> None:
    world = World(verdicts={"levante": REQUIREMENT})
    world.write("levante", lima("2026-11-16 16:00"), message_id=QUESTION)
    _told(world, "16 17:36", "16 17:46", "16 17:55")
    _late(world, "16 19:30", "17 07:00")

    assert _told(world, "17 07:00", "17 09:00", "17 09:10") == [(MailPurpose.NOTICE, SUPERVISOR)]


def test_a_word_of_silence_after_the_limit_takes_nothing_back_that_was_due(world: World) -> None:
    world.tick(lima("2026-11-16 10:36"))
    (reminder,) = world.tick(lima("2026-11-16 10:46"))
    to_us = {"to": "mailbot@agencia.example", "In_Reply_To": reminder.message_id}
    _late(world, "16 11:05", "16 11:07", text="atendido", **to_us)

    assert (MailPurpose.NOTICE, SUPERVISOR) in _told(world, "16 11:07", "16 11:17")
