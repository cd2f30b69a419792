import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.domain.errors import MailboxRefused, MailboxUnavailable, StoreUnavailable
from mailbot.mailboxes.memory import MemoryMailSource
from mailbot.runner import Service, Watcher, backoff, run_job, simulate
from mailbot.services.desk import Box
from mailbot.services.tick import Job
from tests.builders import REQUIREMENT, lima, raw_mail
from tests.unit.services.world import World

NOON = lima("2026-11-16 12:00")
MINUTE = timedelta(minutes=1)


def _watcher(world: World, source: MemoryMailSource) -> Watcher:
    return Watcher(
        desk=world.desk,
        source=source,
        box=Box(name="rq", address="rquispe@agencia.example", sent_folder="Sent"),
        interval=timedelta(seconds=30),
        since=timedelta(days=30),
        clock=lambda: NOON,
        stopping=threading.Event(),
    )


def _running(watcher: Watcher) -> threading.Thread:
    thread = threading.Thread(target=watcher.run, daemon=True)
    thread.start()
    assert watcher.started.wait(5)
    return thread


def _stop(watcher: Watcher, thread: threading.Thread) -> None:
    watcher.stopping.set()
    watcher.source.wake()
    thread.join(5)
    assert not thread.is_alive()


def test_the_pause_after_failures_doubles_up_to_five_minutes() -> None:
    pauses = [backoff(failures, jitter=0).total_seconds() for failures in (1, 2, 3, 8, 9, 50)]

    assert pauses == [2, 4, 8, 256, 300, 300]
    assert backoff(1, jitter=1) == timedelta(seconds=3)


def test_a_watcher_takes_in_what_lies_there_and_stops_at_once() -> None:
    world, source = World(verdicts={"levante": REQUIREMENT}), MemoryMailSource("rq")
    source.add(raw_mail(subject="levante", at=NOON), at=NOON)
    watcher = _watcher(world, source)

    thread = _running(watcher)
    began = time.monotonic()
    _stop(watcher, thread)

    assert time.monotonic() - began < 3
    assert len(world.owed()) == 1


@pytest.mark.parametrize(
    "failure", [MailboxUnavailable("sin red"), MailboxRefused("clave"), StoreUnavailable("ocupada")], ids=str
)
def test_a_mailbox_that_fails_is_waited_out_without_a_busy_loop(failure: Exception) -> None:
    world, source = World(), MemoryMailSource("rq")
    rounds = []
    source.fail_with(failure)  # type: ignore[arg-type]
    watcher = _watcher(world, source)
    original = watcher._round
    watcher._round = lambda failures: (rounds.append(failures), original(failures))[1]  # type: ignore[method-assign]

    thread = _running(watcher)
    time.sleep(0.5)
    _stop(watcher, thread)

    assert rounds == [0]


def test_a_mailbox_that_comes_back_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.runner.watcher._FIRST_PAUSE", timedelta(milliseconds=50))
    world, source = World(verdicts={"levante": REQUIREMENT}), MemoryMailSource("rq")
    source.add(raw_mail(subject="levante", at=NOON), at=NOON)
    source.fail_with(MailboxUnavailable("sin red"))
    watcher = _watcher(world, source)
    thread = _running(watcher)

    source.fail_with(None)
    end = time.monotonic() + 5
    while not world.owed() and time.monotonic() < end:
        time.sleep(0.02)
    _stop(watcher, thread)

    assert len(world.owed()) == 1


def test_a_job_that_fails_does_not_end_the_schedule() -> None:
    def fail(now: datetime) -> None:
        raise RuntimeError("boom")

    run_job(Job(name="broken", every=MINUTE, run=fail), NOON)


def test_simulated_time_runs_every_job_at_its_own_pace() -> None:
    ran: list[tuple[str, datetime]] = []
    jobs = [
        Job(name="often", every=MINUTE, run=lambda now: ran.append(("often", now))),
        Job(name="seldom", every=2 * MINUTE, run=lambda now: ran.append(("seldom", now))),
    ]

    moments = list(simulate(jobs, start=NOON, until=NOON + 3 * MINUTE, before=lambda now: ran.append(("mail", now))))

    assert moments == [NOON + n * MINUTE for n in range(4)]
    assert [name for name, now in ran if now == NOON] == ["mail", "often", "seldom"]
    assert [now for name, now in ran if name == "seldom"] == [NOON, NOON + 2 * MINUTE]


def test_missed_ticks_are_made_up_for_once() -> None:
    ran: list[datetime] = []
    jobs = [Job(name="often", every=MINUTE, run=ran.append)]

    list(simulate(jobs, start=NOON, until=NOON + 20 * MINUTE, before=lambda now: None, step=lambda now: 10 * MINUTE))

    assert ran == [NOON, NOON + 10 * MINUTE, NOON + 20 * MINUTE]


def test_the_live_schedule_runs_the_jobs_with_the_given_clock() -> None:
    told: list[datetime] = []
    stopping = threading.Event()

    def look(now: datetime) -> None:
        told.append(now)
        stopping.set()

    fixed = datetime(2026, 11, 24, 15, tzinfo=UTC)
    service = Service(
        watchers=[],
        jobs=[Job(name="look", every=MINUTE, run=look)],
        clock=lambda: fixed,
        stopping=stopping,
    )

    thread = threading.Thread(target=service.run, daemon=True)
    thread.start()
    thread.join(10)

    assert not thread.is_alive()
    assert told == [fixed]


def test_a_stop_waits_for_the_job_in_hand_and_begins_no_other() -> None:
    ran: list[str] = []
    stopping = threading.Event()

    def work(now: datetime) -> None:
        stopping.set()
        time.sleep(0.8)
        ran.append("first")

    jobs = [
        Job(name="first", every=MINUTE, run=work),
        Job(name="second", every=MINUTE, run=lambda now: ran.append("second")),
    ]
    Service(watchers=[], jobs=jobs, clock=lambda: NOON, stopping=stopping).run()

    assert ran == ["first"]
    until = time.monotonic() + 5
    while any("ThreadPool" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < until, "a thread of the schedule was left behind"
        time.sleep(0.02)


def test_a_service_that_starts_does_first_what_one_that_ended_left() -> None:
    ran: list[str] = []
    stopping = threading.Event()

    def last(now: datetime) -> None:
        ran.append("heavy")
        stopping.set()

    jobs = [
        Job(name="queue", every=MINUTE, run=lambda now: ran.append("queue"), goes_first=True),
        Job(name="send", every=MINUTE, run=lambda now: ran.append("send"), goes_first=True),
        Job(name="heavy", every=MINUTE, run=last),
    ]
    Service(watchers=[], jobs=jobs, clock=lambda: NOON, stopping=stopping).run()

    assert ran == ["send", "queue", "queue", "send", "heavy"]


def test_what_people_see_of_a_mail_follows_it_at_once() -> None:
    world, source = World(verdicts={"levante": REQUIREMENT}), MemoryMailSource("rq")
    stopping = threading.Event()
    shown: list[int] = []

    def show(now: datetime) -> None:
        shown.append(len(world.owed()))
        if shown[-1]:
            service.stop()
        elif len(shown) == 1:
            source.add(raw_mail(subject="levante", at=NOON), at=NOON)

    seldom: list[datetime] = []
    jobs = [
        Job(name="show", every=60 * MINUTE, run=show, follows_mail=True),
        Job(name="seldom", every=60 * MINUTE, run=seldom.append),
    ]
    service = Service(watchers=[_watcher(world, source)], jobs=jobs, clock=lambda: NOON, stopping=stopping)
    at_the_latest = threading.Timer(15, service.stop)
    at_the_latest.start()
    service.run()
    at_the_latest.cancel()

    assert shown[-1] == 1
    assert seldom == [NOON]


def test_a_service_that_does_not_lead_runs_no_job() -> None:
    ran: list[datetime] = []
    stopping = threading.Event()
    service = Service(
        watchers=[],
        jobs=[Job(name="look", every=MINUTE, run=ran.append)],
        clock=lambda: NOON,
        stopping=stopping,
        is_leading=lambda: False,
    )
    threading.Timer(0.7, service.stop).start()
    service.run()

    assert ran == []


def test_a_mailbox_that_another_service_reads_is_left_alone() -> None:
    world, source = World(verdicts={"levante": REQUIREMENT}), MemoryMailSource("rq")
    source.add(raw_mail(subject="levante", at=NOON), at=NOON)
    watcher = _watcher(world, source)
    watcher.is_ours = lambda: False

    thread = _running(watcher)
    _stop(watcher, thread)

    assert world.owed() == []


class _Asleep(MemoryMailSource):
    """A mailbox whose connection was lost in the sleep: it tells no news, and reads when it is woken."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.woken = threading.Event()

    def wait(self, timeout: timedelta) -> bool:
        self.woken.wait(timeout.total_seconds())
        self.woken.clear()
        return True

    def wake(self) -> None:
        self.woken.set()


def _owed_at_two_looks(*, apart: timedelta, failure: MailboxUnavailable | None = None) -> list[int]:
    """How much was owed when the schedule looked, and when it looked again after mail had come in."""
    world, source, looks = World(verdicts={"levante": REQUIREMENT}), _Asleep("rq"), []
    times = [NOON, NOON, NOON + apart, NOON + apart]
    watcher = _watcher(world, source)
    look = Job(name="look", every=MINUTE, run=lambda now: looks.append(len(world.owed())))
    service = Service(watchers=[], jobs=[], clock=lambda: times.pop(0), stopping=threading.Event())
    service.adopt([watcher], [look])
    assert watcher.is_fresh.wait(5)
    service._take_turn(threading.Lock(), "look")
    source.add(raw_mail(subject="levante", at=NOON), at=NOON)
    source.fail_with(failure)
    service._take_turn(threading.Lock(), "look")
    _stop(watcher, service._threads[id(watcher)])
    return looks


def test_after_a_sleep_of_the_machine_mail_is_read_before_anything_is_judged() -> None:
    assert _owed_at_two_looks(apart=timedelta(hours=8)) == [0, 1]


def test_without_a_sleep_the_schedule_waits_for_no_mailbox() -> None:
    assert _owed_at_two_looks(apart=MINUTE) == [0, 0]


def test_a_mailbox_out_of_reach_keeps_the_schedule_waiting_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.runner.service._READ_WITHIN", timedelta(milliseconds=300))

    assert _owed_at_two_looks(apart=timedelta(hours=8), failure=MailboxUnavailable("sin red")) == [0, 0]
