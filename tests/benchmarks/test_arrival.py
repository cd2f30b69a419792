"""From arrival to stored and flagged at 5 mails a second, and how much memory 200 mailboxes of one process take.

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


def test_a_mail_is_stored_and_flagged_soon_after_its_arrival(dovecot: Dovecot, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    arrived: dict[str, float] = {}
    stored: dict[str, float] = {}
    flagged: dict[str, float] = {}
    with crash_office(tmp_path, dovecot, url=url, speed=1.0) as office:
        settings = office.folder / "settings.env"
        settings.write_text(settings.read_text() + "MAILBOT_MARKS=categories,flags\n")
        office.complain(0)
        with _service(office):
            watching = [
                threading.Thread(target=_watch, args=(url, stored)),
                threading.Thread(target=_watch_flags, args=(office, flagged)),
            ]
            for thread in watching:
                thread.start()
            with dovecot.client(office.esc) as client:
                for number in range(1, _MAILS + 1):
                    at = office.now()
                    client.append("INBOX", complaint(number, to=office.esc, at=at), msg_time=at)
                    arrived[f"<reclamo-{number}@textiles.example>"] = time.monotonic()
                    time.sleep(1 / _RATE)
            for thread in watching:
                thread.join(120)
    print(f"\n{_MAILS} mails at {_RATE:.0f}/s, from arrival to stored: {_told(arrived, stored)}")
    print(f"from arrival to flagged: {_told(arrived, flagged)}")
    assert arrived.keys() <= stored.keys()
    assert arrived.keys() <= flagged.keys()


def _told(arrived: dict[str, float], done: dict[str, float]) -> str:
    took = sorted(done[key] - at for key, at in arrived.items() if key in done)
    return f"p50 {took[len(took) // 2]:.2f} s, p95 {took[int(len(took) * 0.95)]:.2f} s, at most {took[-1]:.2f} s"


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


def _watch_flags(office: CrashOffice, flagged: dict[str, float]) -> None:
    """Note when each mail bears its flag, as a colleague's mail program sees it, to 50 ms."""
    end = time.monotonic() + 90
    known: set[int] = set()
    with office.dovecot.client(office.esc) as client:
        client.select_folder("INBOX", readonly=True)
        while len(flagged) <= _MAILS and time.monotonic() < end:
            new = set(client.search(["FLAGGED"])) - known
            for answer in client.fetch(new, ["ENVELOPE"]).values() if new else ():
                flagged.setdefault(answer[b"ENVELOPE"].message_id.decode(), time.monotonic())
            known |= new
            time.sleep(0.05)


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
