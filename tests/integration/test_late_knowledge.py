"""What the office learns late, over a real database: true starts, answers seen first, limits that move and say why."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pytest

from mailbot.domain.message import MailKey
from mailbot.domain.obligation import EventName, Obligation, ObligationEvent, ObligationKind, ObligationState
from mailbot.domain.office import Agreement, Dispatch, Holiday
from mailbot.ports.stored import QuarantinedMail
from mailbot.services.desk import Desk
from mailbot.services.ingest import ingest, quarantine_id, retry_quarantined
from mailbot.services.shelve import open_for_unread
from mailbot.services.waiting import MOVED
from mailbot.services.watch import watch
from mailbot.store import open_store
from tests.builders import CLIENT, DOCUMENTS, ESC, REQUIREMENT, RUC, dispatch, fetched, lima, office, raw_mail
from tests.unit.services.world import BOX, World

QUESTION, PAPERS = "levante", "documentos 2026-004512"
ASKED = "<q@textiles.example>"
MONDAY_9, MONDAY_10, MONDAY_15 = (lima(f"2026-11-16 {at}") for at in ("09:00", "10:00", "15:00"))
DEPUTY = "kvelarde@agencia.example"


class Office(World):
    """The office of the other tests on a database in a file."""

    def __init__(self, url: str) -> None:
        rows = (dispatch(eta=lima("2026-11-30 00:00")),)
        super().__init__(verdicts={QUESTION: REQUIREMENT, PAPERS: DOCUMENTS}, book=office(dispatches=rows))
        self.database = open_store(url)
        with self.database.begin() as uow:
            uow.office.save(self.book)
            uow.office.save_dispatches(self.book.dispatches)
            uow.commit()

    @cached_property
    def desk(self) -> Desk:
        return replace(super().desk, store=self.database)

    def find(self, raw: bytes, *, arrived: datetime, now: datetime, folder: str = "INBOX") -> None:
        """Take in at `now` what lay in the mailbox since `arrived`."""
        self.uid += 1
        ingest(self.desk, [fetched(raw, uid=self.uid, at=arrived, folder=folder)], box=BOX, now=now)

    def learn(self, now: datetime, *, rows: Sequence[Dispatch] = (), **sheets: object) -> None:
        """The office file is imported anew, and the next look follows."""
        with self.database.begin() as uow:
            uow.office.save(replace(uow.office.load(), **sheets))  # type: ignore[arg-type]
            uow.office.save_dispatches(rows)
            uow.commit()
        watch(self.desk, now=now)

    def events(self, owed: Obligation) -> list[ObligationEvent]:
        with self.database.begin() as uow:
            return list(uow.obligations.events(owed.id))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Office]:
    world = Office(f"sqlite:///{tmp_path}/mailbot.sqlite")
    yield world
    world.database.close()


def question(at: datetime = MONDAY_9) -> bytes:
    return raw_mail(subject=QUESTION, at=at, message_id=ASKED)


def answer(at: datetime) -> bytes:
    return raw_mail(
        subject=f"RE: {QUESTION}", text="El levante salió ayer.", sender=ESC, to=CLIENT, at=at, In_Reply_To=ASKED
    )


def shelved(raw: bytes, *, arrived: datetime) -> QuarantinedMail:
    """A mail that an earlier version could not read."""
    key = MailKey(mailbox="rq", folder="INBOX", validity=1, uid=77)
    return QuarantinedMail(
        id=quarantine_id(key), key=key, raw=raw, received_at=arrived, reason="ilegible", quarantined_at=arrived
    )


@pytest.mark.parametrize("folder", ["INBOX", "INBOX/Clientes/Textiles"], ids=["after an outage", "in another folder"])
def test_a_mail_found_late_has_its_true_start_and_its_true_breach(world: Office, folder: str) -> None:
    world.find(question(), arrived=MONDAY_9, now=MONDAY_15, folder=folder)
    world.tick(MONDAY_15)

    reply = world.only(ObligationKind.REPLY)
    assert (reply.received_at, reply.starts_at, reply.due_at) == (MONDAY_9, MONDAY_9, lima("2026-11-16 11:00"))
    assert reply.breached_at == reply.due_at


def test_a_mail_that_lay_in_quarantine_has_its_true_start(world: Office) -> None:
    shelf = shelved(question(), arrived=MONDAY_9)
    with world.database.begin() as uow:
        uow.quarantine.add(shelf)
        open_for_unread(shelf, uow, desk=world.desk, mailbox=ESC)
        uow.commit()
    (unread,) = world.owed()

    retry_quarantined(world.desk, shelf.id, now=MONDAY_15)

    assert unread.starts_at == MONDAY_9
    (reply,) = world.owed(is_open=True)
    assert (reply.client, reply.message_id) == (RUC, ASKED)
    assert (reply.starts_at, reply.due_at) == (MONDAY_9, lima("2026-11-16 11:00"))


@pytest.mark.parametrize(
    ("answered", "breached"),
    [
        pytest.param(MONDAY_10, None, id="in time"),
        pytest.param(lima("2026-11-16 12:00"), lima("2026-11-16 11:00"), id="too late"),
    ],
)
def test_an_answer_seen_before_its_question_meets_it_with_its_own_time(
    world: Office, answered: datetime, breached: datetime | None
) -> None:
    world.find(answer(answered), arrived=answered, now=answered, folder="Sent")
    world.find(question(), arrived=MONDAY_9, now=MONDAY_15)

    reply = world.only(ObligationKind.REPLY)
    assert (reply.state, reply.ended_at, reply.breached_at) == (ObligationState.MET, answered, breached)


def test_an_answer_found_after_the_breach_was_noted_takes_the_breach_back(world: Office) -> None:
    world.find(question(), arrived=MONDAY_9, now=MONDAY_9)
    world.tick(MONDAY_15)
    assert world.only(ObligationKind.REPLY).breached_at is not None

    world.find(answer(MONDAY_10), arrived=MONDAY_10, now=MONDAY_15, folder="Sent")

    reply = world.only(ObligationKind.REPLY)
    assert (reply.state, reply.ended_at, reply.breached_at) == (ObligationState.MET, MONDAY_10, None)


AGREEMENT = Agreement(ruc=RUC, kind="reply", limit="4 h hábiles", since=date(2026, 11, 1), basis="adenda 3")
DECREED = Holiday(day=date(2026, 11, 17), name="decreto")
NEWS = {
    "another ETA": (
        PAPERS,
        MONDAY_9,
        {"rows": [dispatch(eta=lima("2026-11-20 12:00"))]},
        ("2026-11-18 09:00", "2026-11-17 12:00", "ETA"),
    ),
    "a new agreement": (
        QUESTION,
        MONDAY_9,
        {"agreements": (AGREEMENT,)},
        ("2026-11-16 11:00", "2026-11-16 13:00", "nuevo acuerdo"),
    ),
    "a decreed non-working day": (
        QUESTION,
        lima("2026-11-16 17:00"),
        {"holidays": (DECREED,)},
        ("2026-11-17 10:00", "2026-11-18 10:00", "calendario"),
    ),
}


@pytest.mark.parametrize(("subject", "arrived", "news", "told"), NEWS.values(), ids=NEWS.keys())
def test_news_move_what_is_open_and_keep_the_old_deadline_with_the_reason(
    world: Office, subject: str, arrived: datetime, news: dict[str, object], told: tuple[str, str, str]
) -> None:
    old, new, why = lima(told[0]), lima(told[1]), told[2]
    world.find(raw_mail(subject=subject, at=arrived), arrived=arrived, now=arrived)
    (before,) = world.owed()

    world.learn(arrived.replace(minute=20), **news)  # type: ignore[arg-type]

    (after,) = world.owed()
    assert (before.due_at, after.due_at) == (old, new)
    opened, moved = world.events(after)
    assert (opened.name, moved.name) == (EventName.OPENED, EventName.RECKONED_AGAIN)
    assert why in moved.evidence
    assert "antes vencía" in moved.evidence
    with world.database.begin() as uow:
        (kept,) = [line.detail for line in uow.audit_lines(subject=after.id) if line.action == MOVED]
    assert kept == f"{old.isoformat()} → {new.isoformat()}"


@pytest.mark.parametrize(("subject", "arrived", "news", "told"), NEWS.values(), ids=NEWS.keys())
def test_news_never_rewrite_what_has_ended(
    world: Office, subject: str, arrived: datetime, news: dict[str, object], told: tuple[str, str, str]
) -> None:
    world.find(raw_mail(subject=subject, at=arrived, message_id=ASKED), arrived=arrived, now=arrived)
    text = "El levante salió ayer. Documentos conformes, sin observaciones."
    at = arrived.replace(minute=10)
    reply = raw_mail(subject=f"RE: {subject}", text=text, sender=ESC, to=CLIENT, at=at, In_Reply_To=ASKED)
    world.find(reply, arrived=at, now=at, folder="Sent")
    before = world.owed()
    kept = [world.events(owed) for owed in before]

    world.learn(arrived.replace(minute=20), **news)  # type: ignore[arg-type]

    assert [owed.state for owed in before] == [ObligationState.MET]
    assert before[0].due_at == lima(told[0])
    assert world.owed() == before
    assert [world.events(owed) for owed in before] == kept


def test_an_absence_learned_late_brings_the_reminder_to_the_deputy_and_leaves_the_limit(world: Office) -> None:
    world.find(question(), arrived=MONDAY_9, now=MONDAY_9)
    before = world.only(ObligationKind.REPLY)
    away = {"absent_from": date(2026, 11, 16), "absent_until": date(2026, 11, 20)}
    staff = tuple(replace(person, **away) if person.code == "RQ" else person for person in world.book.staff)  # type: ignore[arg-type]

    world.learn(lima("2026-11-16 09:30"), staff=staff)

    told = {mail.to[0].address for at in ("10:36", "10:50") for mail in world.tick(lima(f"2026-11-16 {at}"))}
    assert told >= {ESC, DEPUTY}
    assert world.only(ObligationKind.REPLY).due_at == before.due_at


def test_what_was_learned_survives_a_restart(world: Office, tmp_path: Path) -> None:
    world.find(question(), arrived=MONDAY_9, now=MONDAY_9)
    world.learn(MONDAY_10, agreements=(AGREEMENT,))
    moved = world.only(ObligationKind.REPLY)
    world.database.close()

    again = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite")
    with again.begin() as uow:
        kept, last = uow.obligations.get(moved.id), uow.obligations.events(moved.id)[-1]
    again.close()

    assert kept == moved
    assert last.name is EventName.RECKONED_AGAIN
