"""The log of a whole story, faults included, holds ids and counts: no address, subject or word of a mail."""

import json
import os
import re
import subprocess
import sys
import time
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest

from mailbot.domain.mail import MailState
from tests.builders import CLIENT
from tests.endtoend.crash_office import SENDER, CrashOffice, complaint, crash_office, until
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.needs_dovecot

_ROOT = str(Path(__file__).parents[2])
_WORD = re.compile(r"[^\W\d_]{5,}")
# Words of the trade that a log may use of itself.
_OWN_WORDS = frozenset({"orden", "mailbot", "correo"})


def _words_of_mails(office: CrashOffice) -> set[str]:
    """Every longer word of what came in and of what went out."""
    raws = [complaint(number, to=office.esc, at=office.now()) for number in range(3)]
    mails = [BytesParser(policy=default).parsebytes(raw) for raw in (*raws, *(m.content for m in office.sink.taken))]
    words: set[str] = set()
    for mail in mails:
        body = mail.get_body(("plain",))
        text = f"{mail['Subject']} {body.get_content() if body else ''}"
        words |= {word.casefold() for word in _WORD.findall(text)}
    return words - _OWN_WORDS


def _is_told(office: CrashOffice) -> bool:
    with office.store() as store, store.begin() as uow:
        return any(mail.state is MailState.SENT for mail in uow.outbox.list())


def test_a_whole_story_leaves_no_word_of_a_mail_in_the_log(dovecot: Dovecot, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    with crash_office(tmp_path, dovecot, url=url, speed=1.0) as office:
        settings, log = tmp_path / "settings.env", tmp_path / "service.log"
        settings.write_text(settings.read_text() + "MAILBOT_SINCE_DAYS=3000\nMAILBOT_LOG_LEVEL=DEBUG\n")
        office.complain(0, 1)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "mailbot", "--settings", str(settings), "run"],
                env=environment | {"PYTHONPATH": _ROOT},
                stderr=file,
            )
        try:
            until(lambda: _is_told(office), within=60, what=log.read_text)
            office.dovecot.stop()
            time.sleep(1)
            office.dovecot.start()
            office.complain(2)
            until(lambda: log.read_text().count("mailbox_read") >= 2, within=30, what=log.read_text)
        finally:
            process.terminate()
            process.wait(20)
        lines = log.read_text(encoding="utf-8").splitlines()
        words, people = _words_of_mails(office), (office.esc, office.supervisor, office.head, CLIENT, SENDER, PASSWORD)

    assert all(json.loads(line)["event"] for line in lines)
    text = "\n".join(lines).casefold()
    assert [person for person in people if person in text] == []
    assert {"reclamo", "sobrestadía"} <= words
    assert words & {word.casefold() for word in _WORD.findall(text)} == set()
