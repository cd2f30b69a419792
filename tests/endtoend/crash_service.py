"""A nursery of services for the crash tests: everything is loaded once, each service is a fork of it.

It reads commands from standard input, a line each, and answers each with a line:
`kill SECONDS` starts a service and kills it (SIGKILL) so long after it began to work; `start` starts one
that goes on; `start-full` starts one for which the disk is full; `freeze` and `thaw` stop and continue it;
`murder` kills it; `stop` ends it as systemd would (SIGTERM); `shift SECONDS` sets its clock.
Time runs faster in a service than outside, so that leases run out and limits pass while a test watches.
"""

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import RawValue
from pathlib import Path

from mailbot.cli.app import State
from mailbot.cli.service import Shop, open_shop, service_of
from mailbot.domain.mail import MailState
from mailbot.domain.verdict import Verdict
from mailbot.logs import configure
from mailbot.ports.classifier import ClassifierInput
from mailbot.runner import Service
from mailbot.services.caps import Caps, Window
from mailbot.services.desk import Desk
from mailbot.store.service_lock import ServiceLock, hold_service_lock
from tests.builders import COMPLAINT

# Days pass in minutes, and with them the complaints of a year: that is no flood here.
_PLENTY = (Window(most=1_000_000, within=timedelta(hours=24)),)
_NO_CAPS = Caps(per_address=_PLENTY, per_thread=_PLENTY, per_domain=_PLENTY, altogether=_PLENTY)


# By how many seconds the clock of every service was set; they share it with the nursery.
_shift = RawValue("d", 0.0)


def fast_clock(start: datetime, since: float, speed: float) -> Callable[[], datetime]:
    """A clock that showed `start` at `since` and runs `speed` times as fast as ours."""
    return lambda: start + timedelta(seconds=(time.time() - since) * speed + _shift.value)


class EverythingComplains:
    """A verdict without a model, so that a service begins to work at once."""

    def classify(self, inputs: Sequence[ClassifierInput]) -> Sequence[Verdict]:
        """Every mail is a complaint."""
        return [COMPLAINT for _ in inputs]


class Nursery:
    """Forks services that share what was loaded before."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._warm: Desk | None = None

    def warm_up(self) -> None:
        """Let one service live until it has sent a mail: all that it loaded, its children have."""
        with open_shop() as shop, hold_service_lock(shop.settings.database_url) as lock:
            self._warm = shop.desk
            service = self._service(shop, lock)
            threading.Thread(target=stop_when_sent, args=(service, shop.desk), daemon=True).start()
            service.run()

    def fork(self, *, has_room: bool = True) -> int:
        """Start a service and wait until it begins to work; gives its process."""
        reading, writing = os.pipe()
        child = os.fork()
        if child:
            os.close(writing)
            os.read(reading, 1)
            os.close(reading)
            return child
        code = 1
        try:
            self._serve(began=writing, has_room=has_room)
            code = 0
        except BaseException as error:
            print(f"service ended: {error!r}", file=sys.stderr, flush=True)
        # Not `os._exit`: a service that was told to stop finishes the mail in hand.
        sys.exit(code)

    def _serve(self, *, began: int, has_room: bool) -> None:
        with open_shop() as shop, hold_service_lock(shop.settings.database_url) as lock:
            service = self._service(shop, lock)
            if not has_room:
                fill_disk()
            os.write(began, b".")
            os.close(began)
            service.run()

    def _service(self, shop: Shop, lock: ServiceLock) -> Service:
        """`mailbot run` with another clock and shorter intervals."""
        configure("ERROR")
        if self._warm is not None:
            shop = replace(shop, desk=replace(self._warm, store=shop.desk.store))
        post = None if shop.post is None else replace(shop.post, caps=_NO_CAPS)
        shop = replace(shop, desk=replace(shop.desk, classifier=EverythingComplains()), post=post)
        service = service_of(shop, lock, clock=self._clock)
        service.jobs = [replace(job, every=timedelta(seconds=1)) for job in service.jobs]
        return service


def stop_when_sent(service: Service, desk: Desk) -> None:
    """End a service after its first mail."""
    while not service.stopping.wait(0.1):
        with desk.store.begin() as uow:
            if uow.outbox.list(states=[MailState.SENT]):
                service.stop()


def fill_disk() -> None:
    """From now on no file of this process may grow beyond a few pages: to it, that is a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (32_768, resource.RLIM_INFINITY))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)


def end(child: int, how: signal.Signals) -> str:
    """End a service and say how it ended."""
    with suppress(ProcessLookupError):
        os.kill(child, how)
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended {os.waitstatus_to_exitcode(status)}"


def main() -> None:
    """Obey until standard input ends."""
    State.settings_file = Path(sys.argv[1])
    start = datetime.fromisoformat(sys.argv[2]).astimezone(UTC)
    nursery = Nursery(fast_clock(start, float(sys.argv[3]), float(sys.argv[4])))
    if "warm" in sys.argv:
        nursery.warm_up()
    print("ready", flush=True)
    running = 0
    for line in sys.stdin:
        words = line.split()
        answer = "done"
        if words[0] == "kill":
            child = nursery.fork()
            time.sleep(float(words[1]))
            answer = end(child, signal.SIGKILL)
        elif words[0] == "start":
            running = nursery.fork()
        elif words[0] == "start-full":
            running = nursery.fork(has_room=False)
        elif words[0] == "stop":
            answer = end(running, signal.SIGTERM)
        elif words[0] == "murder":
            answer = end(running, signal.SIGKILL)
        elif words[0] == "shift":
            _shift.value += float(words[1])
        elif words[0] in ("freeze", "thaw"):
            os.kill(running, signal.SIGSTOP if words[0] == "freeze" else signal.SIGCONT)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
