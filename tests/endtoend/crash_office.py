"""An office for the crash tests: Dovecot holds its mailboxes, and what it sends arrives in them."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest

from mailbot.domain.office import Client, Contact, Office, Role
from mailbot.ports.store import Store
from mailbot.store import open_store, upgrade
from tests.builders import CLIENT, RUC, dispatch, lima, raw_mail, staff
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp import SmtpSink, TakenMail, smtp_sink

MORNING = lima("2026-11-17 09:05")
SENDER = "mailbot@broker.example"


@dataclass(kw_only=True)
class CrashOffice:
    """Everything around the services, which outlives them."""

    folder: Path
    url: str
    dovecot: Dovecot
    sink: SmtpSink
    esc: str
    supervisor: str
    head: str
    speed: float
    began: float = field(default_factory=time.time)
    nurseries: list["Nursery"] = field(default_factory=list)

    def now(self) -> datetime:
        """What the clocks of the services show."""
        return MORNING + timedelta(seconds=(time.time() - self.began) * self.speed)

    def complain(self, *numbers: int) -> None:
        """Clients complain, each in a conversation of their own."""
        with self.dovecot.client(self.esc) as client:
            for number in numbers:
                at = self.now()
                client.append("INBOX", complaint(number, to=self.esc, at=at), msg_time=at)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """What the services left."""
        store = open_store(self.url)
        try:
            yield store
        finally:
            store.close()

    def nursery(self, *, is_warm: bool = True, settings: str = "settings.env", inside: Sequence[str] = ()) -> "Nursery":
        """One more machine on which a service can run; a warm one needs a complaint to learn its work on.

        `inside` are words before its command, that put it into a network of its own.
        """
        self.nurseries.append(Nursery(self, is_warm=is_warm, settings=settings, inside=inside))
        return self.nurseries[-1]


class Nursery:
    """Starts and ends services, see `crash_service`."""

    def __init__(self, office: CrashOffice, *, is_warm: bool, settings: str, inside: Sequence[str]) -> None:
        began = [MORNING.isoformat(), str(office.began), str(office.speed), "warm" if is_warm else "cold"]
        service = [sys.executable, "-m", "tests.endtoend.crash_service", str(office.folder / settings)]
        command = [*inside, *service, *began]
        self._log = (office.folder / f"nursery-{len(office.nurseries)}.log").open("w+b")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        assert self._answer() == "ready", self.complaints()

    def say(self, *words: object) -> str:
        """Give a command and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def complaints(self) -> str:
        """What its services wrote on standard error."""
        self._log.flush()
        return Path(self._log.name).read_text(errors="replace")

    def close(self) -> None:
        """End it; a service that still runs is ended first by the test."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def complaint(number: int, *, to: str, at: datetime) -> bytes:
    """A complaint whose number can be found again."""
    return raw_mail(
        subject=f"Reclamo {number}",
        text=f"Presentamos nuestro formal reclamo número {number}: el cobro de sobrestadía de USD 4,500 se debe a la "
        "demora de ustedes con la orden 2026-004512. Exigimos una respuesta hoy mismo. Es inaceptable.",
        sender=CLIENT,
        to=to,
        at=at,
        message_id=f"<reclamo-{number}@textiles.example>",
    )


def message_id_of(content: bytes) -> str:
    """The Message-ID in the bytes of a mail."""
    return str(BytesHeaderParser().parsebytes(content)["Message-ID"]).strip()


@contextmanager
def crash_office(folder: Path, dovecot: Dovecot, *, url: str, speed: float) -> Iterator[CrashOffice]:
    """Set the office up: three mailboxes, two of them watched, and a mail server that delivers to all."""
    esc, supervisor, head = (dovecot.new_user() for _ in range(3))
    with smtp_sink() as sink:
        office = CrashOffice(
            folder=folder,
            url=url,
            dovecot=dovecot,
            sink=sink,
            esc=esc,
            supervisor=supervisor,
            head=head,
            speed=speed,
        )
        _deliver_to(office)
        _furnish(office)
        try:
            yield office
        finally:
            for nursery in office.nurseries:
                nursery.close()


def _deliver_to(office: CrashOffice) -> None:
    """Let what the sink accepts arrive in Dovecot before the sink says so, as a mail server would."""
    keep, turn = office.sink.take, threading.Lock()

    def take(session: object, envelope: object) -> None:
        keep(session, envelope)
        mail: TakenMail = office.sink.taken[-1]
        with turn:
            for recipient in mail.recipients:
                with office.dovecot.client(recipient) as client:
                    client.append("INBOX", mail.content, msg_time=office.now())
        # The answer takes its time: here lies the moment in which a kill leaves doubt.
        time.sleep(0.1)

    office.sink.take = take  # type: ignore[method-assign]


def _furnish(office: CrashOffice) -> None:
    settings = office.folder / "settings.env"
    settings.write_text(
        f"""MAILBOT_DATABASE_URL={office.url}
MAILBOT_MAILBOX__RQ__ADDRESS={office.esc}
MAILBOT_MAILBOX__MF__ADDRESS={office.supervisor}
MAILBOT_IMAP_HOST=127.0.0.1
MAILBOT_IMAP_PORT={office.dovecot.imap_port}
MAILBOT_IMAP_SECURITY=plain
MAILBOT_IMAP_PASSWORD={PASSWORD}
MAILBOT_POLL_SECONDS=5
MAILBOT_SEND=smtp
MAILBOT_SMTP_HOST=127.0.0.1
MAILBOT_SMTP_PORT={office.sink.port}
MAILBOT_SMTP_SECURITY=plain
MAILBOT_SENDER={SENDER}
MAILBOT_SECRET=clave-de-las-pruebas-de-choque
MAILBOT_OFFICE_HOURS=lun-dom 00:00-24:00
""",
        encoding="utf-8",
    )
    settings.chmod(0o600)
    upgrade(office.url)
    with office.store() as store, store.begin() as uow:
        book = _book(office)
        uow.office.save(book)
        uow.office.save_dispatches(book.dispatches)
        uow.commit()


def _book(office: CrashOffice) -> Office:
    return Office(
        staff=(
            staff("RQ", Role.ESC, office.esc, chief="MF"),
            staff("MF", Role.SUPERVISOR, office.supervisor, chief="JS"),
            staff("JS", Role.JEFE, office.head),
        ),
        clients=(Client(ruc=RUC, name="Textiles Andes SAC", domains=("textiles.example",), esc="RQ"),),
        contacts=(Contact(ruc=RUC, name="Milagros Ccopa", address=CLIENT),),
        dispatches=(dispatch(),),
    )


def until(claim: Callable[[], bool], *, within: float, what: Callable[[], str]) -> None:
    """Wait until a claim holds; fail with what is said of it when it does not."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if claim():
            return
        time.sleep(0.25)
    pytest.fail(what())
