"""Checking, copying, backing up and restoring a database, and keeping it to one service."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mailbot.domain.errors import StoreRefused
from mailbot.domain.mail import MailState
from mailbot.ports.mailbox import Cursor
from mailbot.ports.store import Store
from mailbot.ports.stored import AuditLine, MessageFilter
from mailbot.store import backup, check_integrity, copy, open_store, restore
from mailbot.store.backups import RESTORED_AT
from tests.contract.test_store_office import OFFICE
from tests.unit.store.samples import HOUR, NOW, event, mail, notice, obligation, sighting, stored
from tests.unit.store.stores import DATABASES, prepared

RAW = b"From: ana@textilesandinos.example\r\n\r\nHola\r\n"


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with prepared(request.param, tmp_path) as empty:
        yield empty


def fill(store: Store, *, messages: int = 3) -> None:
    """Something in every table."""
    sha256 = hashlib.sha256(RAW).hexdigest()
    with store.begin() as unit:
        for number in range(messages):
            name = f"m{number}"
            unit.messages.add(stored(name, sha256=sha256, in_reply_to="<x@x.example>"), raw=RAW)
            unit.messages.see(sighting(number, message=name))
            unit.obligations.add(obligation(f"o{number}", message=name), event(f"o{number}"))
            unit.obligations.add_notice(notice(f"o{number}"))
            unit.audit(AuditLine(at=NOW, who="mailbot", action="stored", subject=name, detail="¿ñ?"))
        unit.outbox.add(mail("k1"))
        unit.outbox.add(mail("k2"))
        unit.outbox.settle("k2", MailState.SENT, at=NOW)
        unit.cursors.set(Cursor(mailbox="esc1", folder="INBOX", validity=7, uid=messages))
        unit.office.save(OFFICE)
        unit.commit()


def filled(url: str) -> str:
    with closing(open_store(url)) as store:
        fill(store)
    return url


def spoil(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.execute(text("DROP TRIGGER audit_is_not_changed"))
            connection.execute(text("DROP TRIGGER audit_is_not_cut"))
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
    engine.dispose()


class TestCheck:
    def test_a_sound_database_has_no_faults(self, url: str) -> None:
        assert list(check_integrity(filled(url))) == []

    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            ("UPDATE audit SET detail = 'otra cosa' WHERE seq = 2", ["audit 2"]),
            ("DELETE FROM audit WHERE seq = 2", ["audit 2: falta la línea"]),
            ("UPDATE raw_mails SET size = 3", ["raw_mails", "debía tener 3"]),
            ("UPDATE raw_mails SET content = CAST('x' AS {blob})", ["raw_mails", "descomprimir"]),
            ("DELETE FROM messages WHERE id = 'm1'", ["sightings", "obligations o1: apunta a messages m1"]),
            ("DELETE FROM obligations WHERE id = 'o1'", ["obligation_events", "notices"]),
            ("UPDATE obligations SET is_open = (1 = 0) WHERE id = 'o2'", ["obligations o2: su estado"]),
        ],
        ids=["changed line", "cut line", "size", "bytes", "message", "obligation", "openness"],
    )
    def test_a_fault_is_told_with_its_place(self, url: str, statement: str, words: list[str]) -> None:
        filled(url)
        spoil(url, statement.format(blob="BYTEA" if "postgresql" in url else "BLOB"))
        faults = "\n".join(check_integrity(url))
        assert all(word in faults for word in words), faults

    def test_many_faults_of_a_sort_are_counted(self, url: str) -> None:
        with closing(open_store(url)) as store:
            fill(store, messages=30)
        spoil(url, "DELETE FROM messages")
        assert any("más de la misma clase" in fault for fault in check_integrity(url))

    def test_an_empty_database_says_what_to_do(self, tmp_path: Path) -> None:
        assert "mailbot db upgrade" in "".join(check_integrity(f"sqlite:///{tmp_path}/empty.db"))


class TestCopy:
    @pytest.mark.needs_postgresql
    def test_an_office_moves_to_postgresql_with_everything_proved(self, tmp_path: Path, postgresql_url: str) -> None:
        source = filled(f"sqlite:///{tmp_path}/mailbot.db")
        there = {table.name: table for table in copy(source, postgresql_url)}
        back = {table.name: table for table in copy(postgresql_url, f"sqlite:///{tmp_path}/back.db")}
        assert there == back
        assert there["messages"].rows == 3
        assert check_integrity(postgresql_url) == ()
        with closing(open_store(postgresql_url)) as store, store.begin() as unit:
            unit.obligations.append(event("o1"))
            unit.audit(AuditLine(at=NOW, who="mailbot", action="moved", subject="office"))
            unit.commit()
        assert check_integrity(postgresql_url) == ()

    def test_a_target_that_holds_something_is_refused(self, url: str, tmp_path: Path) -> None:
        source = filled(f"sqlite:///{tmp_path}/source.db")
        filled(url)
        with pytest.raises(StoreRefused, match="no está vacía"):
            copy(source, url)

    def test_an_empty_source_is_refused(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(StoreRefused, match="vacía"):
            copy(f"sqlite:///{tmp_path}/nothing.db", url)


class TestBackup:
    def test_a_backup_made_while_others_write_is_whole(self, url: str, tmp_path: Path) -> None:
        stop = threading.Event()
        with closing(open_store(url)) as store:
            writer = threading.Thread(target=write_pairs, args=(store, stop))
            writer.start()
            try:
                for number in range(2):
                    time.sleep(0.1)
                    backup(url, tmp_path / "copies" / f"{number}.db")
            finally:
                stop.set()
                writer.join()
        for number in range(2):
            assert check_integrity(f"sqlite:///{tmp_path}/copies/{number}.db") == ()
            with closing(open_store(f"sqlite:///{tmp_path}/copies/{number}.db")) as copied, copied.begin() as unit:
                assert unit.facts.get("left") == unit.facts.get("right") is not None

    def test_a_backup_never_takes_the_place_of_a_file(self, url: str, tmp_path: Path) -> None:
        target = tmp_path / "copy.db"
        target.write_text("precious")
        with pytest.raises(StoreRefused, match="ya existe"):
            backup(filled(url), target)
        assert target.read_text() == "precious"

    def test_a_backup_that_cannot_be_written_leaves_nothing(self, url: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(StoreRefused, match="no se puede escribir"):
            backup(filled(url), tmp_path / "file" / "copy.db")

    def test_a_restored_database_goes_on_and_doubts_what_waited(self, url: str, tmp_path: Path) -> None:
        source = filled(f"sqlite:///{tmp_path}/source.db")
        backup(source, tmp_path / "copy.db")
        make_way(url)
        restore(tmp_path / "copy.db", url, at=NOW + HOUR)
        with closing(open_store(url)) as store, store.begin() as unit:
            assert len(unit.messages.list(MessageFilter())) == 3
            assert [m.key for m in unit.outbox.list(states=[MailState.UNCERTAIN])] == ["k1"]
            assert [m.key for m in unit.outbox.list(states=[MailState.SENT])] == ["k2"]
            assert unit.facts.get(RESTORED_AT) == (NOW + HOUR).isoformat()
            assert not unit.obligations.add_notice(notice("o1"))
            assert unit.office.load().staff == OFFICE.staff
        assert check_integrity(url) == ()

    def test_a_restore_makes_the_folder(self, tmp_path: Path) -> None:
        backup(filled(f"sqlite:///{tmp_path}/source.db"), tmp_path / "copy.db")
        url = f"sqlite:///{tmp_path}/new folder/mailbot.db"
        restore(tmp_path / "copy.db", url, at=NOW)
        assert check_integrity(url) == ()

    def test_a_restore_never_takes_the_place_of_a_database(self, url: str, tmp_path: Path) -> None:
        backup(filled(f"sqlite:///{tmp_path}/source.db"), tmp_path / "copy.db")
        filled(url)
        with pytest.raises(StoreRefused, match=r"ya existe|no está vacía"):
            restore(tmp_path / "copy.db", url, at=NOW)

    def test_a_backup_that_is_not_there_is_refused(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(StoreRefused, match="no hay ninguna copia"):
            restore(tmp_path / "copy.db", url, at=NOW)


def make_way(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).unlink()


def write_pairs(store: Store, stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        with store.begin() as unit:
            unit.facts.set("left", str(number))
            unit.audit(AuditLine(at=NOW, who="mailbot", action="set", subject=str(number)))
            unit.facts.set("right", str(number))
            unit.commit()
