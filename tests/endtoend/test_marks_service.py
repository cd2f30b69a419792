"""The service as settings build it shows marks on a real IMAP server and hears what becomes of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.cli.app import State
from mailbot.cli.service import open_shop, service_of
from mailbot.domain.obligation import Obligation, ObligationKind, ObligationState
from mailbot.ports.stored import ObligationFilter
from mailbot.store import open_store
from mailbot.store.service_lock import hold_service_lock
from tests.builders import ESC, office, raw_mail
from tests.endtoend.crash_office import until
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.needs_dovecot


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A working folder whose one mailbox lies on the server."""

    folder: Path
    dovecot: Dovecot
    user: str

    @contextmanager
    def service(self) -> Iterator[None]:
        """What `mailbot run` runs, while the block lasts."""
        url = f"sqlite:///{self.folder / 'mailbot.sqlite'}"
        with open_shop() as shop, hold_service_lock(url) as lock:
            service = service_of(shop, lock)
            thread = threading.Thread(target=service.run)
            thread.start()
            try:
                yield
            finally:
                service.stop()
                thread.join(20)

    def flags(self) -> set[str]:
        with self.dovecot.client(self.user) as client:
            client.select_folder("INBOX", readonly=True)
            found = client.get_flags(client.search())
        return {flag.decode() for flags in found.values() for flag in flags} - {"\\Recent"}

    def reply(self) -> Obligation | None:
        store = open_store(f"sqlite:///{self.folder / 'mailbot.sqlite'}")
        try:
            with store.begin() as uow:
                owed = uow.obligations.list(ObligationFilter(kind=ObligationKind.REPLY))
        finally:
            store.close()
        return next(iter(owed), None)


@pytest.fixture
def desk(dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    user = dovecot.new_user()
    settings = tmp_path / "settings.env"
    settings.write_text(
        f"""MAILBOT_DATABASE_URL=sqlite:///{tmp_path / "mailbot.sqlite"}
MAILBOT_MAILBOX__RQ__ADDRESS={ESC}
MAILBOT_MAILBOX__RQ__USERNAME={user}
MAILBOT_IMAP_HOST=127.0.0.1
MAILBOT_IMAP_PORT={dovecot.imap_port}
MAILBOT_IMAP_SECURITY=plain
MAILBOT_IMAP_PASSWORD={PASSWORD}
MAILBOT_MARKS=categories,flags
MAILBOT_SEND=off
MAILBOT_SECRET=clave-de-prueba-larga
""",
        encoding="utf-8",
    )
    settings.chmod(0o600)
    monkeypatch.setattr(State, "settings_file", settings)
    with open_shop(needs_mailboxes=False) as shop, shop.desk.store.begin() as uow:
        uow.office.save(office())
        uow.office.save_dispatches(office().dispatches)
        uow.commit()
    return Desk(folder=tmp_path, dovecot=dovecot, user=user)


def test_the_service_marks_a_mail_and_hears_its_owner_after_a_restart(desk: Desk) -> None:
    now = datetime.now(UTC)
    asked = raw_mail(subject="Consulta", text="¿Ya tenemos levante de la orden 2026-004512?", at=now)
    with desk.dovecot.client(desk.user) as client:
        client.append("INBOX", asked, msg_time=now)
    with desk.service():
        until(lambda: desk.flags() == {"Requerimiento", "\\Flagged"}, within=60, what=lambda: str(desk.flags()))

    with desk.dovecot.client(desk.user) as client:
        client.select_folder("INBOX")
        client.remove_flags(client.search(), ["\\Flagged"])
    with desk.service():
        until(lambda: (owed := desk.reply()) is not None and not owed.is_open, within=60, what=lambda: "still open")

    ended = desk.reply()
    assert ended is not None
    assert ended.state is ObligationState.MET
    assert "RQ" in ended.evidence
    assert ended.ended_at is not None
    assert ended.ended_at >= now
    assert desk.flags() == {"Requerimiento"}
