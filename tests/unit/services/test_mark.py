"""What Outlook shows and what is heard of it, over a mailbox and a store in memory."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from mailbot.domain.labels import Category, Primary
from mailbot.domain.marks import COLOURS, Flag, FlagState, MarkName, Switch
from mailbot.domain.obligation import ObligationKind, ObligationState
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.mailboxes.memory_marks import MemoryDrafts, MemoryMarks
from mailbot.ports.marks import MarkedMail
from mailbot.ports.stored import MessageFilter, StoredMessage
from mailbot.services.hear import HEARD
from mailbot.services.mark import Tended, tend_marks
from mailbot.services.outlook import Outlook
from mailbot.services.poll import poll
from mailbot.services.word import mark_done
from tests.builders import COMPLAINT, ESC, REQUIREMENT, lima, raw_mail, verdict
from tests.unit.services.answering import audit
from tests.unit.services.world import BOX, World

MONDAY_9 = lima("2026-11-16 09:00")
LATER = lima("2026-11-16 09:20")
ALL = frozenset({Switch.CATEGORIES, Switch.FLAGS, Switch.DISPATCH, Switch.STAMP})


@dataclass(kw_only=True)
class Mailbox:
    """Rosa's mailbox as she sees it in Outlook."""

    world: World
    source: MemoryMailSource
    marks: MemoryMarks
    outlook: Outlook

    def write(self, subject: str, at: datetime = MONDAY_9, text: str = "¿Novedades de la orden 2026-004512?") -> str:
        raw = raw_mail(subject=subject, text=text, at=at)
        self.source.add(raw, at=at)
        poll(self.world.desk, self.source, self.outlook.box, now=at, since=at - timedelta(days=1))
        return self.stored(subject).message_id

    def tend(self, now: datetime = LATER) -> Tended:
        return tend_marks(self.world.desk, self.outlook, now=now)

    def seen(self, message_id: str) -> MarkedMail:
        return self.marks.marks_of(message_id)

    def stored(self, subject: str) -> StoredMessage:
        with self.world.desk.store.begin() as uow:
            return next(one for one in uow.messages.list(MessageFilter()) if one.subject == subject)


def mailbox(switches: frozenset[Switch] = ALL) -> Mailbox:
    box = replace(BOX, switches=switches)
    doubtful = verdict(Category.REQUIREMENT, doubts=["complaint"])
    world = World(verdicts={"levante": REQUIREMENT, "reclamo": COMPLAINT, "duda": doubtful})
    world.desk = replace(world.desk, boxes={"rq": box})
    source = MemoryMailSource("rq", folders=("INBOX", "Reclamo", "Sent"))
    marks = MemoryMarks(source)
    outlook = Outlook(box=box, marks=marks, drafts=MemoryDrafts(marks), folders=("INBOX",))
    return Mailbox(world=world, source=source, marks=marks, outlook=outlook)


def test_a_mail_shows_its_labels_its_dispatch_and_what_is_due() -> None:
    rosa = mailbox()
    asked = rosa.write("levante")

    assert rosa.tend() == Tended(heard=0, marked=1)

    mail, reply = rosa.seen(asked), rosa.world.only(ObligationKind.REPLY)
    assert mail.categories == ("Requerimiento", "2026-004512")
    assert mail.flag == Flag(state=FlagState.FLAGGED, starts_at=reply.starts_at, due_at=reply.due_at)
    assert mail.stamp == ("2026-004512",)
    assert rosa.marks.colours == {mark.value: COLOURS[mark] for mark in MarkName}


def test_showing_it_again_changes_nothing_and_hears_nothing() -> None:
    rosa = mailbox()
    rosa.write("levante")
    rosa.tend()
    before = rosa.marks.changes

    assert rosa.tend(LATER + timedelta(minutes=1)) == Tended()
    assert rosa.marks.changes == before
    assert audit(rosa.world, HEARD) == []


def test_a_mailbox_nobody_switched_on_is_left_alone() -> None:
    rosa = mailbox(frozenset())
    asked = rosa.write("levante")

    assert rosa.tend() == Tended()
    assert (rosa.seen(asked).categories, rosa.marks.changes, rosa.marks.colours) == ((), 0, {})


@pytest.mark.parametrize(
    ("switch", "categories", "is_flagged"),
    [
        (Switch.CATEGORIES, ("Requerimiento",), False),
        (Switch.DISPATCH, ("2026-004512",), False),
        (Switch.FLAGS, (), True),
    ],
)
def test_only_what_is_switched_on_is_shown(switch: Switch, categories: tuple[str, ...], is_flagged: bool) -> None:
    rosa = mailbox(frozenset({switch}))
    asked = rosa.write("levante")
    rosa.tend()

    assert rosa.seen(asked).categories == categories
    assert (rosa.seen(asked).flag.state is FlagState.FLAGGED) is is_flagged


def test_the_flag_is_complete_when_the_obligation_is_met() -> None:
    rosa = mailbox()
    asked = rosa.write("levante")
    rosa.tend()
    mark_done(rosa.world.desk.store, rosa.world.only(ObligationKind.REPLY).id, who="RQ", why="por teléfono", now=LATER)

    rosa.tend(LATER + timedelta(minutes=1))

    assert rosa.seen(asked).flag.state is FlagState.COMPLETE


def test_a_flag_marked_complete_is_a_persons_done() -> None:
    rosa = mailbox()
    asked = rosa.write("levante")
    rosa.tend()
    rosa.marks.person_sets(asked, flag=Flag(state=FlagState.COMPLETE))

    assert rosa.tend(LATER + timedelta(minutes=5)).heard == 1

    reply = rosa.world.only(ObligationKind.REPLY)
    assert reply.state is ObligationState.MET
    assert [(line.who, line.subject) for line in audit(rosa.world, HEARD)] == [("RQ", rosa.stored("levante").id)]
    assert rosa.outlook.box.address == ESC


def test_a_category_taken_off_is_a_correction_and_does_not_come_back() -> None:
    rosa = mailbox()
    asked = rosa.write("reclamo")
    rosa.tend()
    left = tuple(name for name in rosa.seen(asked).categories if name != "Reclamo")
    rosa.marks.person_sets(asked, categories=left)

    rosa.tend(LATER + timedelta(minutes=5))
    rosa.tend(LATER + timedelta(minutes=6))

    settled = rosa.stored("reclamo").verdict
    assert settled is not None
    assert Category.COMPLAINT not in settled.categories
    assert "Reclamo" not in rosa.seen(asked).categories


def test_a_mail_dragged_to_a_folder_named_for_a_category_is_a_correction() -> None:
    rosa = mailbox()
    asked = rosa.write("levante")
    rosa.tend()
    rosa.marks.person_moves(asked, "Reclamo")

    assert rosa.tend(LATER + timedelta(minutes=5)).heard == 1

    settled = rosa.stored("levante").verdict
    assert settled is not None
    assert settled.primary is Primary.COMPLAINT
    assert "Reclamo" in rosa.seen(asked).categories
    assert rosa.seen(asked).folder == "Reclamo"


def test_taking_off_the_mark_for_review_settles_the_doubt() -> None:
    rosa = mailbox()
    asked = rosa.write("duda")
    rosa.tend()
    assert "Revisar" in rosa.seen(asked).categories
    rosa.marks.person_sets(asked, categories=("Requerimiento",))

    rosa.tend(LATER + timedelta(minutes=5))

    settled = rosa.stored("duda").verdict
    assert settled is not None
    assert settled.doubts == ()


def test_categories_of_people_stay() -> None:
    rosa = mailbox()
    asked = rosa.write("levante")
    rosa.marks.person_sets(asked, categories=("Viaje",))

    rosa.tend()

    assert set(rosa.seen(asked).categories) == {"Viaje", "Requerimiento", "2026-004512"}


def test_a_mail_its_owner_deleted_is_let_go() -> None:
    rosa = mailbox()
    rosa.marks.person_deletes(rosa.write("levante"))

    assert rosa.tend() == Tended()
    assert rosa.tend(LATER + timedelta(minutes=1)) == Tended()
