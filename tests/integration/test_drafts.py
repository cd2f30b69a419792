"""Prepared answers from the client's mail to the ESC's drafts, on every kind of server; and by the settings alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mailbot.bootstrap import build_desk, build_watched
from mailbot.cli.app import run
from mailbot.cli.service import Shop, schedule_of
from mailbot.demo.servers import EmbeddedMailServer
from mailbot.domain.drafting import DraftKind
from mailbot.domain.labels import Category
from mailbot.domain.obligation import ObligationKind
from mailbot.domain.office import Client, Language
from mailbot.records.writing import write_office
from mailbot.services.offer import offer_answers
from mailbot.services.poll import poll
from mailbot.services.word import mark_done
from mailbot.settings import load_settings
from mailbot.store import open_store, upgrade
from tests.builders import ESC, RUC, lima, office, raw_mail, verdict
from tests.contract.draft_boxes import DRAFT_BOXES, DraftBox, draft_box
from tests.contract.mark_boxes import MORNING, letter
from tests.unit.services.world import World

CLIENT = Client(ruc=RUC, name="Cliente SAC", domains=("cliente.example",), esc="RQ")


@pytest.fixture(params=DRAFT_BOXES)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DraftBox]:
    with draft_box(request.param, request, tmp_path) as opened:
        yield opened


class _Desk:
    """The service over one mailbox; its client can be made to read another language."""

    def __init__(self, box: DraftBox) -> None:
        self.world = World(verdicts={"Consulta 1": verdict(Category.REQUIREMENT)}, book=office(clients=(CLIENT,)))
        self.desk = replace(self.world.desk, drafts=frozenset(DraftKind))
        self.box, self.now = box, MORNING
        self.world.receive(letter(1), MORNING)

    def offer(self) -> None:
        self.now += timedelta(minutes=1)
        offer_answers(self.desk, {"rq": self.box.drafts}, now=self.now)

    def speak(self, language: Language) -> None:
        with self.desk.store.begin() as uow:
            uow.office.save(office(clients=(replace(CLIENT, language=language),)))
            uow.commit()

    def finish(self) -> None:
        mark_done(self.desk.store, self.world.only(ObligationKind.REPLY).id, who="RQ", why="ya", now=self.now)


def test_an_untouched_draft_changes_in_its_place_and_goes_when_it_is_not_needed(box: DraftBox) -> None:
    service = _Desk(box)
    for _ in range(3):
        service.offer()
    (seen,) = box.seen()
    assert "Recibido, gracias." in seen.text
    assert (seen.to, seen.answers) == (("cliente@cliente.example",), "<1@cliente.example>")

    service.speak(Language.EN)
    service.offer()
    (seen,) = box.seen()
    assert "Received, thank you." in seen.text
    assert "Recibido, gracias." not in seen.text

    service.finish()
    service.offer()
    assert box.seen() == []


def test_what_a_person_wrote_stays_through_all_that_follows(box: DraftBox) -> None:
    service = _Desk(box)
    service.offer()
    box.person_edits("Lo reviso yo.")

    service.speak(Language.EN)
    service.offer()
    service.finish()
    service.offer()

    assert [seen.text for seen in box.seen()] == ["Lo reviso yo."]


def test_a_draft_that_was_deleted_stays_away(box: DraftBox) -> None:
    service = _Desk(box)
    service.offer()
    box.person_deletes()

    service.speak(Language.EN)
    service.offer()
    service.offer()

    assert box.seen() == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import os

    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _settings(folder: Path, server: EmbeddedMailServer, drafts: str) -> None:
    file = folder / "settings.env"
    file.write_text(
        f"MAILBOT_SECRET=clave-de-prueba-larga\nMAILBOT_MAILBOX__RQ__ADDRESS={ESC}\nMAILBOT_DRAFTS={drafts}\n"
        f"MAILBOT_IMAP_HOST=127.0.0.1\nMAILBOT_IMAP_PORT={server.imap_port}\nMAILBOT_IMAP_SECURITY=plain\n"
        "MAILBOT_IMAP_PASSWORD=demo\n",
        encoding="utf-8",
    )
    file.chmod(0o600)


def _drafts_on(server: EmbeddedMailServer) -> list[bytes]:
    with IMAPClient("127.0.0.1", server.imap_port, ssl=False, timeout=10) as client:
        client.plain_login(ESC, "demo")
        client.select_folder("Borradores", readonly=True)
        return [mail[b"BODY[]"] for mail in client.fetch(client.search("UNDELETED"), ["BODY.PEEK[]"]).values()]


@pytest.mark.parametrize(("drafts", "count"), [("status,acknowledgement", 1), ("", 0)], ids=["switched on", "default"])
def test_the_settings_alone_decide_whether_a_draft_is_put(folder: Path, drafts: str, count: int) -> None:
    import threading

    write_office(folder / "oficina.xlsx", office())
    at = lima("2026-11-16 09:00")
    with EmbeddedMailServer([ESC], folders=("Enviados", "Borradores")) as server:
        _settings(folder, server, drafts)
        assert run(["office", "import", "oficina.xlsx"]) == 0
        question = raw_mail(subject="Consulta", text="¿Me confirma por favor cuándo llega la carga?", at=at)
        with IMAPClient("127.0.0.1", server.imap_port, ssl=False, timeout=10) as client:
            client.plain_login(ESC, "demo")
            client.append("INBOX", question, msg_time=at)
        settings = load_settings(folder / "settings.env")
        upgrade(settings.database_url)
        store = open_store(settings.database_url)
        watched = build_watched(settings)
        shop = Shop(settings=settings, desk=build_desk(settings, store, watched=watched), watched=watched, post=None)
        poll(shop.desk, watched[0].source, watched[0].box, now=at, since=at - timedelta(days=1))
        job = next(job for job in schedule_of(shop, threading.Event()) if job.name == "offer")
        job.run(at + timedelta(minutes=5))
        job.run(at + timedelta(minutes=10))
        found = _drafts_on(server)
        for item in watched:
            item.close()
        store.close()

    assert len(found) == count
    assert all(b"X-Mailbot-Draft: " in raw for raw in found)


def test_check_says_where_drafts_go_and_what_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folders, told in (
        (("Enviados", "Borradores"), f"✔ borradores en {ESC}: borradores en «Borradores»."),
        (("Enviados",), f"✘ borradores en {ESC}: Buzón «rq»: no se encontró la carpeta de borradores"),
    ):
        with EmbeddedMailServer([ESC], folders=folders) as server:
            _settings(folder, server, "documents")
            run(["check"])
        assert told in capsys.readouterr().out


def test_an_unknown_word_is_refused_with_the_known_ones(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedMailServer([ESC]) as server:
        _settings(folder, server, "documentos")

    assert run(["check"]) == 3
    assert "MAILBOT_DRAFTS: no existe documentos; hay documents, status, acknowledgement" in capsys.readouterr().err
