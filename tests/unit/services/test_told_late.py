"""A mail that is written some minutes late says what it would have said in time, whatever came in meanwhile."""

from collections.abc import Callable
from datetime import datetime

import pytest

from mailbot.domain.labels import Category
from mailbot.domain.office import StatusProgramme
from mailbot.services.agenda import queue_agendas
from mailbot.services.desk import Desk
from mailbot.services.digest import queue_digests
from mailbot.services.report import queue_reports
from mailbot.services.summary import queue_summaries
from tests.builders import CLIENT, COMPLAINT, DOCUMENTS, REQUIREMENT, RUC, lima, office, verdict
from tests.unit.services.world import World

QUESTION, PAPERS = "<q@textiles.example>", "<d@textiles.example>"
MINUTES_LATE = 10


def _lived_until(day: str) -> World:
    """An office with an open question and papers under review since the afternoon before that day."""
    programme = StatusProgramme(ruc=RUC, frequency="diario 09:00", recipients=(CLIENT,))
    verdicts = {
        "levante": REQUIREMENT,
        "papeles": DOCUMENTS,
        "nueva": REQUIREMENT,
        "reclamo": COMPLAINT,
        "duda": verdict(Category.REQUIREMENT, doubts=["requirement"]),
    }
    world = World(verdicts=verdicts, book=office(programmes=(programme,)))
    for subject, message_id in (("levante", QUESTION), ("papeles", PAPERS)):
        at = lima(f"2026-11-{day} 15:00")
        world.write(subject, at, "La orden 2026-004512.", message_id=message_id)
    return world


def _meanwhile(world: World, moment: datetime) -> None:
    """What comes in after the planned moment: an answer, a request for a paper, and new matters."""
    at = [moment.replace(minute=moment.minute + minute) for minute in range(1, 7)]
    world.answer("RE: levante", at[0], "El levante salió ayer.", In_Reply_To=QUESTION)
    world.answer("RE: papeles", at[1], "Falta la póliza, por favor envíenla.", In_Reply_To=PAPERS)
    for place, subject in enumerate(("nueva", "duda", "reclamo"), start=2):
        world.write(subject, at[place], "Por favor, la orden 2026-004512.")
    asked = "Adjunto nuestra factura de la orden 2026-004512, sírvanse efectuar el pago."
    world.write("factura", at[5], asked, sender="cobros@naviera.example", Cc=CLIENT)


def _mails(world: World) -> dict[str, tuple[str, str, tuple[bytes, ...]]]:
    with world.desk.store.begin() as uow:
        found = [mail for mail in uow.outbox.list() if not mail.key.startswith("ask:")]
    return {mail.key: (mail.subject, mail.text, tuple(file.content for file in mail.files)) for mail in found}


@pytest.mark.parametrize(
    ("queue", "since", "planned"),
    [
        pytest.param(queue_agendas, "16", "17 08:00", id="agenda"),
        pytest.param(queue_digests, "16", "17 09:00", id="digest"),
        pytest.param(queue_summaries, "17", "17 17:30", id="summary"),
        pytest.param(queue_reports, "20", "23 09:00", id="report"),
    ],
)
def test_what_is_written_late_says_what_it_would_have_said_in_time(
    queue: Callable[..., int], since: str, planned: str
) -> None:
    moment = lima(f"2026-11-{planned}")
    prompt, late = _lived_until(since), _lived_until(since)

    _queued(queue, prompt.desk, moment)
    _meanwhile(late, moment)
    _queued(queue, late.desk, moment.replace(minute=moment.minute + MINUTES_LATE))

    assert _mails(prompt)
    assert _mails(late) == _mails(prompt)


def _queued(queue: Callable[..., int], desk: Desk, now: datetime) -> None:
    assert queue(desk, now=now) > 0
