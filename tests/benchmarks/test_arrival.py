"""From arrival to stored at 5 mails a second, and how much memory 200 mailboxes of one process take.

`pytest tests/benchmarks/test_arrival.py -m long -s` shows the figures.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.endtoend.crash_office import CrashOffice, complaint, crash_office, until
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.needs_dovecot, pytest.mark.long]

_ROOT = str(Path(__file__).parents[2])
_RATE = 5.0
_MAILS = 150


def _said(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def _service(office: CrashOffice) -> Iterator["tuple[subprocess.Popen[bytes], Path]"]:
    """`mailbot run` over the office's settings, told to send nothing."""
    settings, log = office.folder / "settings.env", office.folder / "service.log"
    settings.write_text(settings.read_text().replace("SEND=smtp", "SEND=off") + "MAILBOT_SINCE_DAYS=3000\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
    with log.open("wb") as file:
        command = [sys.executable, "-m", "mailbot", "--settings", str(settings), "run"]
        process = subprocess.Popen(command, env=environment | {"PYTHONPATH": _ROOT}, stderr=file)
    try:
        until(lambda: "service_started" in _said(log), within=120, what=lambda: _said(log))
        yield process, log
    finally:
        process.terminate()
        process.wait(30)


def _peak_mb(process: "subprocess.Popen[bytes]") -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def test_a_mail_is_stored_within_a_second_of_its_arrival(dovecot: Dovecot, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    arrived: dict[str, float] = {}
    stored: dict[str, float] = {}
    with crash_office(tmp_path, dovecot, url=url, speed=1.0) as office:
        office.complain(0)
        with _service(office):
            watching = threading.Thread(target=_watch, args=(url, stored))
            watching.start()
            with dovecot.client(office.esc) as client:
                for number in range(1, _MAILS + 1):
                    at = office.now()
                    client.append("INBOX", complaint(number, to=office.esc, at=at), msg_time=at)
                    arrived[f"<reclamo-{number}@textiles.example>"] = time.monotonic()
                    time.sleep(1 / _RATE)
            watching.join(60)
    took = sorted(stored[key] - at for key, at in arrived.items())
    p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
    print(f"\n{_MAILS} mails at {_RATE:.0f}/s: stored after p50 {p50:.2f} s, p95 {p95:.2f} s, at most {took[-1]:.2f} s")
    assert p95 < 1.0


def _watch(url: str, stored: dict[str, float]) -> None:
    """Note when each mail is seen in the database, to 10 ms."""
    engine = create_engine(url)
    end = time.monotonic() + 90
    while len(stored) <= _MAILS and time.monotonic() < end:
        with engine.connect() as connection:
            for (message_id,) in connection.execute(text("SELECT message_id FROM messages")):
                stored.setdefault(message_id, time.monotonic())
        time.sleep(0.01)
    engine.dispose()


def test_two_hundred_mailboxes_fit_into_one_process(dovecot: Dovecot, tmp_path: Path) -> None:
    with crash_office(tmp_path, dovecot, url=f"sqlite:///{tmp_path}/mailbot.sqlite", speed=1.0) as office:
        users = [dovecot.new_user() for _ in range(198)]
        names = [f"MAILBOT_MAILBOX__N{number:03}__ADDRESS={user}\n" for number, user in enumerate(users)]
        settings = office.folder / "settings.env"
        settings.write_text(settings.read_text() + "".join(names))
        office.complain(0)
        with _service(office) as (process, _):
            time.sleep(15)
            peak = _peak_mb(process)
    print(f"\n200 mailboxes: {peak} MB at most")
    assert peak < 1000
