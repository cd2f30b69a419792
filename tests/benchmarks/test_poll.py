"""A first poll of a full mailbox, as a ratio to a minimal loop over the same mailbox in the same run.

`pytest tests/benchmarks/test_poll.py -s` shows the figures; `-m long` takes 5,000 mails of 150 kB on average.
"""

import email
import email.policy
import random
import sqlite3
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import event

from mailbot.classify.model import load_classifier
from mailbot.login import Security
from mailbot.mailboxes.imap import ImapAccount, ImapMailSource
from mailbot.ports.stored import MessageFilter
from mailbot.services.desk import Box, Desk
from mailbot.services.poll import poll
from mailbot.shipped import models_folder
from mailbot.store import open_store
from tests.builders import CLIENT, lima
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.unit.services.world import World

pytestmark = pytest.mark.needs_dovecot

NOON = lima("2026-11-16 12:00")
BATCH = 50
AVERAGE = 150_000
TEXTS = (
    "Estimada Rosa, ¿ya tenemos levante de la orden 2026-004512? Quedo atento.",
    "Adjunto factura, packing list y B/L MAEU123456789 para el despacho. Confirmar recepción.",
    "El cobro de sobrestadía es inaceptable, exigimos una respuesta. Contenedor MSKU1234565.",
    "Gracias, quedamos conformes con la liquidación.",
)


@pytest.mark.parametrize("count", [150, pytest.param(5000, marks=pytest.mark.long)])
def test_a_first_poll_keeps_up_with_a_loop_that_only_stores(count: int, dovecot: Dovecot, tmp_path: Path) -> None:
    user = dovecot.new_user()
    _fill(dovecot, user, count)
    with _service(dovecot, user, tmp_path) as (desk, source, statements):
        # What a process loads once is not what a mail costs.
        desk.classifier.classify([])
        _warm_up(desk, dovecot, tmp_path)
        floor = _timed(lambda: _floor(dovecot, user, tmp_path))
        statements.clear()
        first = _timed(lambda: _poll(desk, source))
        per_mail = len(statements) / count
        statements.clear()
        second = min(_timed(lambda: _poll(desk, source)) for _ in range(3))

        print(
            f"\n{count} mails: floor {count / floor:.0f}/s, poll {count / first:.0f}/s, ratio {floor / first:.2f}; "
            f"{per_mail:.1f} statements a mail; a poll with nothing new {second * 1000:.0f} ms"
        )
        with desk.store.begin() as uow:
            assert len(uow.messages.list(MessageFilter())) == count
        assert per_mail <= 4
        # Machines that run tests are slow and shared: the figures are printed, only the order of size is held.
        assert floor / first > 0.2
        assert second < 0.5


@pytest.mark.long
def test_memory_does_not_grow_with_the_number_of_mails(dovecot: Dovecot, tmp_path: Path) -> None:
    peaks = []
    for count in (150, 600):
        user = dovecot.new_user()
        _fill(dovecot, user, count)
        with _service(dovecot, user, tmp_path / str(count)) as (desk, source, _):
            desk.classifier.classify([])
            tracemalloc.start()
            _poll(desk, source)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    print(f"\npeak of Python memory: {[peak // 1_000_000 for peak in peaks]} MB")
    assert peaks[1] < peaks[0] * 1.5
    assert peaks[1] < 150_000_000


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fill(dovecot: Dovecot, user: str, count: int) -> None:
    chance = random.Random(150)  # noqa: S311
    with dovecot.client(user) as client:
        for number in range(count):
            at = NOON - timedelta(minutes=count - number)
            client.append("INBOX", _mail(number, chance, at), msg_time=at)


def _mail(number: int, chance: random.Random, at: datetime) -> bytes:
    """A client's mail as they come: a sentence or two, often a PDF that is most of its size."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Milagros Ccopa <{CLIENT}>", "rquispe@agencia.example"
    mail["Subject"] = f"Orden 2026-{4512 + number % 90:06} consulta {number}"
    mail["Message-ID"] = f"<poll-{number}@textiles.example>"
    mail["Date"] = at
    text = TEXTS[number % len(TEXTS)]
    mail.set_content(f"{text}\n\nSaludos,\nMilagros Ccopa\nTextiles Andes\n")
    mail.add_alternative(f"<html><body><p>{text}</p><p>Saludos,<br>Milagros Ccopa</p></body></html>", subtype="html")
    if number % 3:
        # Bytes that compress no better than a scan does, in base64 a third larger.
        size = int(chance.uniform(0.5, 1.5) * AVERAGE * 3 / 2 * 3 / 4)
        mail.add_attachment(chance.randbytes(size), maintype="image", subtype="jpeg", filename=f"escaneo-{number}.jpg")
    return mail.as_bytes()


@contextmanager
def _service(dovecot: Dovecot, user: str, folder: Path) -> Iterator[tuple[Desk, ImapMailSource, list[str]]]:
    folder.mkdir(exist_ok=True)
    source = _source(dovecot, user)
    with closing(open_store(f"sqlite:///{folder}/mailbot.sqlite")) as store:
        statements: list[str] = []
        event.listen(
            store._engine,  # type: ignore[attr-defined]
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: statements.append(statement),
        )
        world = World()
        with store.begin() as uow:
            uow.office.save(world.book)
            uow.office.save_dispatches(world.book.dispatches)
            uow.commit()
        desk = replace(world.desk, store=store, classifier=load_classifier(models_folder()))
        try:
            yield desk, source, statements
        finally:
            source.close()


def _source(dovecot: Dovecot, user: str) -> ImapMailSource:
    account = ImapAccount(
        name="rq",
        host="127.0.0.1",
        port=dovecot.imap_port,
        security=Security.PLAIN,
        username=user,
        password=PASSWORD,
    )
    return ImapMailSource(account)


def _poll(desk: Desk, source: ImapMailSource) -> None:
    box = Box(name="rq", address="rquispe@agencia.example")
    poll(desk, source, box, now=NOON, since=NOON - timedelta(days=30))


def _warm_up(desk: Desk, dovecot: Dovecot, tmp_path: Path) -> None:
    user = dovecot.new_user()
    _fill(dovecot, user, 40)
    source = _source(dovecot, user)
    with closing(open_store(f"sqlite:///{tmp_path}/warm.sqlite")) as store:
        with store.begin() as uow:
            uow.office.save(World().book)
            uow.commit()
        _poll(replace(desk, store=store), source)
    source.close()


def _floor(dovecot: Dovecot, user: str, folder: Path) -> None:
    """The least that a program which keeps mail does: fetch in batches, parse all parts, store a row."""
    with dovecot.client(user) as client, closing(sqlite3.connect(folder / "floor.sqlite")) as database:
        database.execute("CREATE TABLE mails (uid INTEGER PRIMARY KEY, subject TEXT, raw BLOB, parts INTEGER)")
        client.select_folder("INBOX", readonly=True)
        uids = client.search()
        for start in range(0, len(uids), BATCH):
            answers = client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]", "INTERNALDATE"])
            database.executemany("INSERT INTO mails VALUES (?, ?, ?, ?)", [_row(uid, answers[uid]) for uid in answers])
            database.commit()


def _row(uid: int, answer: dict[bytes, bytes]) -> tuple[int, str, bytes, int]:
    raw = answer[b"BODY[]"]
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return uid, str(message["Subject"]), raw, len(parts)
