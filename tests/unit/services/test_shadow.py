"""What shadow mode shows: each mail that would have been sent, beside what people did without it."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.domain.contexts import ShadowLine
from mailbot.domain.mail import MailPurpose, MailState
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import StatusProgramme
from mailbot.senders.folder import FolderSender
from mailbot.services.climb import climb
from mailbot.services.deliver import withhold
from mailbot.services.digest import queue_digests
from mailbot.services.summary import queue_summaries, summary_for
from tests.builders import CLIENT, COMPLAINT, ESC, REQUIREMENT, RUC, SUPERVISOR, lima, office, raw_mail
from tests.unit.services.world import World

MONDAY_9 = lima("2026-11-16 09:00")
EVENING = lima("2026-11-16 17:30")


@pytest.fixture
def world() -> World:
    daily = StatusProgramme(ruc=RUC, frequency="diario 09:00", recipients=(CLIENT,))
    return World(verdicts={"levante": REQUIREMENT, "reclamo": COMPLAINT}, book=office(programmes=(daily,)))


def _live(world: World, until: str) -> None:
    """The schedule of a day in shadow mode, every minute."""
    now = MONDAY_9
    while now <= lima(f"2026-11-16 {until}"):
        climb(world.desk, now=now)
        queue_digests(world.desk, now=now)
        withhold(world.desk, now=now, worker="off", is_shadow=True)
        now += timedelta(minutes=1)


def _lines(world: World, purpose: MailPurpose) -> list[ShadowLine]:
    context = summary_for(world.desk, "MF", now=EVENING)
    assert context is not None
    return [line for line in context.shadow if line.purpose is purpose]


def test_a_reminder_stands_beside_the_answer_that_came_without_it(world: World) -> None:
    world.write("levante", MONDAY_9)
    _live(world, "10:50")
    world.answer("RE: levante", lima("2026-11-16 10:55"), "Sí, hoy tuvo levante.")

    (line,) = _lines(world, MailPurpose.REMINDER)

    assert line.at == lima("2026-11-16 10:46")
    assert (line.matters, line.done) == (1, 1)
    assert line.first_done_at == lima("2026-11-16 10:55")
    assert line.first_done_by == "Persona RQ"


def test_what_nobody_did_is_said_too(world: World) -> None:
    world.write("levante", MONDAY_9)
    _live(world, "10:50")

    (line,) = _lines(world, MailPurpose.REMINDER)

    assert (line.matters, line.done, line.first_done_at) == (1, 0, None)


def test_an_alert_that_ends_its_obligation_in_shadow_counts_as_nobodys_deed(world: World) -> None:
    world.write("reclamo", MONDAY_9)
    _live(world, "09:05")

    (line, *_) = _lines(world, MailPurpose.NOTICE)

    assert line.done == 0
    report = world.only(ObligationKind.MANAGEMENT_REPORT)
    assert not report.is_open
    assert report.evidence.startswith("modo sombra, no se envió: ")


def test_an_executives_own_report_is_what_was_done_beside_the_alert(world: World) -> None:
    world.write("reclamo", MONDAY_9, message_id="<queja@textiles.example>")
    _live(world, "09:05")
    at = lima("2026-11-16 11:00")
    headers = {"sender": ESC, "to": SUPERVISOR, "In_Reply_To": "<queja@textiles.example>"}
    world.receive(raw_mail(subject="RV: reclamo", text="Te informo del reclamo.", at=at, **headers), at, folder="Sent")

    (line, *_) = _lines(world, MailPurpose.NOTICE)

    assert (line.done, line.first_done_at, line.first_done_by) == (1, at, "Persona RQ")


def test_a_digest_stands_beside_what_was_written_to_its_client(world: World) -> None:
    _live(world, "09:05")
    (nothing,) = _lines(world, MailPurpose.DIGEST)
    world.answer("Status", lima("2026-11-16 11:20"), "La orden 2026-004512 sigue en tránsito.")

    (line,) = _lines(world, MailPurpose.DIGEST)

    assert (nothing.letters, line.letters) == (0, 1)
    assert line.first_letter_at == lima("2026-11-16 11:20")


def test_the_summary_is_written_where_the_office_can_open_it_and_nothing_else_is(world: World, tmp_path: Path) -> None:
    world.write("levante", MONDAY_9)
    _live(world, "11:30")
    queue_summaries(world.desk, now=EVENING)

    withhold(world.desk, now=EVENING, worker="off", is_shadow=True, shows=FolderSender(tmp_path))

    pages = [page.read_text(encoding="utf-8") for page in sorted(tmp_path.glob("*.html"))]
    assert len(pages) == 2
    assert all("mailbot habría enviado" in page and "Sigue sin atender" in page for page in pages)
    with world.desk.store.begin() as uow:
        assert {mail.state for mail in uow.outbox.list()} == {MailState.WITHHELD}


def test_a_day_without_shadow_has_no_such_table(world: World) -> None:
    world.write("levante", MONDAY_9)
    world.tick(lima("2026-11-16 10:46"))

    context = summary_for(world.desk, "MF", now=EVENING)

    assert context is not None
    assert context.shadow == ()
