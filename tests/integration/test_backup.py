"""A backup is made while the service works, and life goes on from it without telling anybody twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot.cli.app import run
from mailbot.domain.mail import MailState, OutgoingMail
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.ports.sender import MailSender
from mailbot.ports.stored import ObligationFilter
from mailbot.senders.memory import MemorySender
from mailbot.senders.mime import to_bytes
from mailbot.services.climb import climb
from mailbot.services.deliver import Post, deliver
from mailbot.services.desk import Box, Desk
from mailbot.services.doubt import UNDERWAY, settle_uncertain
from mailbot.services.poll import poll
from mailbot.store import backup, check_integrity, open_store, restore
from tests.builders import COMPLAINT, ESC, SUPERVISOR, lima, raw_mail
from tests.unit.services.world import World

NOON = lima("2026-11-16 12:00")
MINUTE = timedelta(minutes=1)
ESC_BOX, CHIEF_BOX = Box(name="rq", address=ESC), Box(name="mf", address=SUPERVISOR)


class Office:
    """The mailboxes and what was sent: they outlive every database."""

    def __init__(self) -> None:
        self.world = World(verdicts={"uno": COMPLAINT, "dos": COMPLAINT, "tres": COMPLAINT})
        self.esc, self.chief = MemoryMailSource("rq"), MemoryMailSource("mf")
        self.sent = MemorySender()

    def complain(self, subject: str, at: datetime) -> None:
        self.esc.add(raw_mail(subject=subject, at=at), at=at)

    @contextmanager
    def life(self, url: str) -> Iterator["Life"]:
        with closing(open_store(url)) as store:
            yield Life(self, replace(self.world.desk, store=store))


class Life:
    """One database at work among the mailboxes."""

    def __init__(self, office: Office, desk: Desk) -> None:
        self.office, self.desk = office, desk
        watched = ((ESC_BOX, office.esc), (CHIEF_BOX, office.chief))
        self.post = Post(sender=Arriving(office), worker="test", watched=watched)

    def tick(self, now: datetime) -> None:
        for box, source in self.post.watched:
            poll(self.desk, source, box, now=now, since=NOON - timedelta(days=1))
        climb(self.desk, now=now)
        deliver(self.desk, self.post, now=now)
        settle_uncertain(self.desk, self.post, now=now)


class Arriving(MailSender):
    """What is sent lies in the chief's mailbox at once."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def send(self, mail: OutgoingMail) -> None:
        self._office.sent.send(mail)
        self._office.chief.add(to_bytes(mail), at=NOON)

    def check(self) -> tuple[str, ...]:
        return ()


def _furnish(office: Office, url: str) -> None:
    with closing(open_store(url)) as store, store.begin() as uow:
        uow.office.save(office.world.book)
        uow.office.save_dispatches(office.world.book.dispatches)
        uow.commit()


def test_life_goes_on_from_a_backup_without_telling_anybody_twice(tmp_path: Path) -> None:
    office = Office()
    first, second = f"sqlite:///{tmp_path}/first.sqlite", f"sqlite:///{tmp_path}/second.sqlite"
    _furnish(office, first)
    with office.life(first) as life:
        office.complain("uno", NOON)
        life.tick(NOON)
        office.complain("dos", NOON + MINUTE)
        # The second complaint is known and its notice queued, not sent, when the copy is made.
        poll(life.desk, office.esc, ESC_BOX, now=NOON + MINUTE, since=NOON - timedelta(days=1))
        climb(life.desk, now=NOON + MINUTE)
        backup(first, tmp_path / "copy.sqlite")
        life.tick(NOON + 2 * MINUTE)
        # The third comes and is told after the copy: the copy has never heard of it.
        office.complain("tres", NOON + 3 * MINUTE)
        life.tick(NOON + 3 * MINUTE)
    assert len(office.sent.sent) == 3

    restore(tmp_path / "copy.sqlite", second, at=NOON + 5 * MINUTE)
    with office.life(second) as life:
        for minutes in range(5, 40):
            life.tick(NOON + minutes * MINUTE)
        with life.desk.store.begin() as uow:
            states = Counter(mail.state for mail in uow.outbox.list())
            complaints = len(uow.obligations.list(ObligationFilter()))

    assert Counter(mail.message_id for mail in office.sent.sent) == dict.fromkeys(
        (mail.message_id for mail in office.sent.sent), 1
    )
    assert len(office.sent.sent) == 3
    assert states == {MailState.SENT: 3}
    assert complaints == 6
    assert check_integrity(second) == ()


def test_what_the_lost_life_never_sent_is_sent_after_a_restore(tmp_path: Path) -> None:
    office = Office()
    first, second = f"sqlite:///{tmp_path}/first.sqlite", f"sqlite:///{tmp_path}/second.sqlite"
    _furnish(office, first)
    with office.life(first) as life:
        office.complain("uno", NOON)
        poll(life.desk, office.esc, ESC_BOX, now=NOON, since=NOON - timedelta(days=1))
        climb(life.desk, now=NOON)
        backup(first, tmp_path / "copy.sqlite")

    restore(tmp_path / "copy.sqlite", second, at=NOON + MINUTE)
    with office.life(second) as life:
        life.tick(NOON + 2 * MINUTE)
        assert office.sent.sent == ()
        life.tick(NOON + MINUTE + UNDERWAY)
        life.tick(NOON + 2 * MINUTE + UNDERWAY)

    assert len(office.sent.sent) == 1


def test_the_commands_make_check_restore_and_move_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAILBOT_DATABASE_URL", f"sqlite:///{tmp_path}/mailbot.sqlite")
    _furnish(Office(), f"sqlite:///{tmp_path}/mailbot.sqlite")

    assert run(["db", "check"]) == 0
    assert run(["db", "backup", "copy.sqlite"]) == 0
    assert run(["db", "copy", f"sqlite:///{tmp_path}/moved.sqlite"]) == 0
    assert "staff" in capsys.readouterr().out
    assert run(["db", "restore", "copy.sqlite"]) == 4
    (tmp_path / "mailbot.sqlite").rename(tmp_path / "lost.sqlite")
    assert run(["db", "restore", "copy.sqlite"]) == 0
    assert run(["db", "check"]) == 0
