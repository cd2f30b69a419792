"""The page of a replay that begins in the middle counts from there on alone."""

from mailbot.services.chronicle import chronicle
from mailbot.services.replay import PastMail, Span, replay
from mailbot.services.replay_report import sum_up
from tests.builders import REQUIREMENT, lima, raw_mail
from tests.unit.services.world import World


def test_what_was_missed_before_since_is_not_counted_and_what_is_missed_after_it_is() -> None:
    world = World(verdicts={"levante": REQUIREMENT, "retiro": REQUIREMENT})
    mails = [
        PastMail(path=subject, raw=raw_mail(subject=subject, at=lima(at), message_id=f"<{subject}@textiles.example>"))
        for subject, at in (("levante", "2026-11-13 09:00"), ("retiro", "2026-11-17 09:00"))
    ]
    since = lima("2026-11-16 00:00")

    walked = replay(world.desk, mails, span=Span(since=since, until=lima("2026-11-18 18:00")))
    assert walked is not None
    with world.desk.store.begin() as uow:
        events = chronicle(uow, since=since)
    report = sum_up(world.desk, events, walked)

    assert (report.mails, report.missed_count) == (1, 1)
    assert [line.subject for line in report.missed] == ["retiro"]
