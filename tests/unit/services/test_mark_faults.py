"""Whatever breaks while mails are marked, mailbot's own changes are never taken for a person's."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.domain.errors import MailboxUnavailable
from mailbot.domain.marks import Colour, FlagState, Switch
from mailbot.domain.obligation import ObligationKind
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.mailboxes.memory_marks import MemoryMarks
from mailbot.ports.marks import Ability, Look, MarkChange, MarkedMail, Wanted
from mailbot.services.hear import HEARD
from mailbot.services.mark import tend_marks
from mailbot.services.outlook import Outlook
from mailbot.services.word import mark_done
from tests.builders import COMPLAINT, REQUIREMENT, lima
from tests.unit.services.outlook_world import OutlookWorld

NINE = lima("2026-11-16 09:00")
MINUTE = timedelta(minutes=1)
ALL = (Switch.CATEGORIES, Switch.FLAGS, Switch.DISPATCH, Switch.STAMP, Switch.FOLDERS)
# Where its owner collects complaints: below another folder, and named for several of them.
NAMED = "Clientes/Reclamos"
TABLE = {"Reclamo": COMPLAINT, "Estado": REQUIREMENT}
# Of one call: it goes well, it never reaches the server, or its answer gets lost.
GOOD, LOST, UNANSWERED = "good", "lost", "unanswered"
# Few calls break, so that every call is reached.
FATES = st.dictionaries(st.integers(0, 15), st.sampled_from([LOST, UNANSWERED]), max_size=4).map(
    lambda broken: [broken.get(number, GOOD) for number in range(max(broken, default=-1) + 1)]
)


class ShakyMarks:
    """The marks of a mailbox over a line that breaks as it is told, call by call, and then no more."""

    def __init__(self, marks: MemoryMarks, fates: list[str]) -> None:
        self._marks, self._fates = marks, fates

    @property
    def name(self) -> str:
        return self._marks.name

    def abilities(self) -> frozenset[Ability]:
        return self._marks.abilities()

    def prepare(self, colours: Mapping[str, Colour]) -> None:
        fate = self._fate()
        self._marks.prepare(colours)
        self._answer(fate)

    def find(self, wanted: Wanted) -> MarkedMail | None:
        fate = self._fate()
        found = self._marks.find(wanted)
        self._answer(fate)
        return found

    def set(self, mail: MarkedMail, change: MarkChange) -> MarkedMail | None:
        fate = self._fate()
        changed = self._marks.set(mail, change)
        self._answer(fate)
        return changed

    def move(self, mail: MarkedMail, folder: str) -> MarkedMail | None:
        fate = self._fate()
        moved = self._marks.move(mail, folder)
        self._answer(fate)
        return moved

    def look(self, folders: Collection[str], *, named: Collection[str], token: str, since: datetime) -> Look:
        fate = self._fate()
        seen = self._marks.look(folders, named=named, token=token, since=since)
        self._answer(fate)
        return seen

    def check(self, switches: Collection[Switch]) -> list[str]:
        return self._marks.check(switches)

    def close(self) -> None:
        self._marks.close()

    def _fate(self) -> str:
        fate = self._fates.pop(0) if self._fates else GOOD
        if fate == LOST:
            raise MailboxUnavailable("the line broke")
        return fate

    def _answer(self, fate: str) -> None:
        if fate == UNANSWERED:
            raise MailboxUnavailable("the answer got lost")


class _Office:
    """A mailbox with one mail, tended over a shaky line."""

    def __init__(self, subject: str, fates: list[str]) -> None:
        source = MemoryMailSource("rq", folders=("INBOX", NAMED, "Sent"))
        self.world = OutlookWorld(verdicts=TABLE, switches=ALL, source=source)
        self.mail = self.world.come(subject, NINE)
        self.fates = fates
        self.minute = 0

    def tend(self, rounds: int = 1) -> None:
        marks = ShakyMarks(self.world.marks, self.fates)
        outlook = Outlook(box=self.world.desk.box("rq"), marks=marks)
        for _ in range(rounds):
            self.minute += 1
            try:
                tend_marks(self.world.desk, outlook, now=NINE + self.minute * MINUTE)
            except MailboxUnavailable:
                continue

    def settle(self) -> None:
        """Let every fault pass, and the rest be done."""
        while self.fates:
            self.tend()
        self.tend(3)


@settings(max_examples=100, deadline=None)
@given(fates=FATES)
def test_what_mailbot_did_itself_is_never_heard_and_is_there_in_the_end(fates: list[str]) -> None:
    office = _Office("Reclamo", fates)
    office.settle()
    shown = office.world.mail(office.mail)
    assert set(shown.categories) == {"Reclamo", "Contingencia", "2026-004512"}
    assert (shown.folder, shown.flag.state) == (NAMED, FlagState.FLAGGED)
    assert office.world.said(HEARD) == []


@settings(max_examples=40, deadline=None)
@given(before=FATES, after=FATES)
def test_what_a_person_took_off_is_heard_once_and_stays_off(before: list[str], after: list[str]) -> None:
    office = _Office("Reclamo", before)
    office.settle()
    office.fates.extend(after)
    office.world.marks.person_sets(office.mail, categories=("Reclamo",))
    office.settle()
    assert [who for who, _ in office.world.said(HEARD)] == ["RQ"]
    assert office.world.mail(office.mail).categories == ("Reclamo",)


@settings(max_examples=40, deadline=None)
@given(before=FATES, after=FATES)
def test_a_flag_that_completes_because_its_obligation_was_met_is_no_word_of_a_persons(
    before: list[str], after: list[str]
) -> None:
    office = _Office("Estado", before)
    office.settle()
    office.fates.extend(after)
    owed = office.world.only(ObligationKind.REPLY)
    mark_done(office.world.desk.store, owed.id, who="MF", why="", now=NINE + office.minute * MINUTE)
    office.settle()
    assert office.world.mail(office.mail).flag.state is FlagState.COMPLETE
    assert office.world.said(HEARD) == []
