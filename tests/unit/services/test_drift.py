from dataclasses import replace
from datetime import date

from mailbot.domain.message import Direction, MessageKind
from mailbot.domain.verdict import Verdict
from mailbot.ports.stored import AuditLine
from mailbot.services.drift import DriftWeek, drift_report
from mailbot.services.word_labels import CORRECTION
from mailbot.store.memory import MemoryStore
from tests.builders import lima
from tests.unit.store.samples import stored

MONDAY, FRIDAY, NEXT = lima("2026-11-16 09:00"), lima("2026-11-20 18:30"), lima("2026-11-23 09:00")
DOUBTFUL, SURE = Verdict(needs_review=True), Verdict()


def store() -> MemoryStore:
    kept = MemoryStore()
    rows = [("a", MONDAY, DOUBTFUL), ("b", FRIDAY, SURE), ("c", NEXT, SURE)]
    with kept.begin() as uow:
        for name, at, verdict in rows:
            uow.messages.add(stored(name, received_at=at, verdict=verdict), raw=name.encode())
        robot = stored("d", received_at=NEXT, verdict=DOUBTFUL, kind=MessageKind.AUTO_REPLY)
        own = stored("e", received_at=NEXT, verdict=DOUBTFUL, direction=Direction.OUTGOING)
        for one in (robot, own):
            uow.messages.add(one, raw=one.id.encode())
        uow.audit(AuditLine(at=NEXT, who="RQ", action=CORRECTION, subject="b", detail="{}"))
        uow.commit()
    return kept


def test_doubts_and_corrections_are_counted_by_lima_week() -> None:
    first, second = drift_report(store())
    assert first == DriftWeek(starts_on=date(2026, 11, 16), messages=2, doubtful=1, corrected=1)
    assert second == DriftWeek(starts_on=date(2026, 11, 23), messages=1, doubtful=0, corrected=0)


def test_shares_are_of_the_weeks_mail() -> None:
    first = drift_report(store())[0]
    assert (first.doubtful_share, first.corrected_share) == (0.5, 0.5)
    assert replace(first, messages=0).doubtful_share == 0.0


def test_an_empty_store_has_no_weeks() -> None:
    assert drift_report(MemoryStore()) == ()
