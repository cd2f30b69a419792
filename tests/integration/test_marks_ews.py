"""Marks by the settings alone: from `MAILBOT_MARKS` to categories, flags and folders on an Exchange server."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.bootstrap import Watched, build_watched
from mailbot.demo.servers.ews import PASSWORD, SERVICE, EwsFault, EwsServer, ews_server
from mailbot.demo.servers.ews_changing import put_flag
from mailbot.demo.servers.ews_mail import Item, Mailbox
from mailbot.domain.errors import MailboxUnavailable
from mailbot.services.desk import Desk
from mailbot.services.hear import HEARD
from mailbot.services.mark import tend_marks
from mailbot.services.outlook import Outlook
from mailbot.services.poll import poll
from mailbot.settings import load_settings
from tests.builders import COMPLAINT, ESC, lima, raw_mail
from tests.unit.services.world import World

NINE = lima("2026-11-16 09:00")


@dataclass(frozen=True, kw_only=True)
class Office:
    """A mailbox on the server, and the service that marks it."""

    server: EwsServer
    mailbox: Mailbox
    world: World
    desk: Desk
    watched: Watched

    @property
    def item(self) -> Item:
        """The one mail."""
        return next(iter(self.mailbox.items.values()))

    @property
    def outlook(self) -> Outlook:
        """What shows marks."""
        assert self.watched.outlook is not None
        return self.watched.outlook

    def tend(self, minutes: int = 0) -> None:
        """One round, so many minutes after nine."""
        tend_marks(self.desk, self.outlook, now=NINE + timedelta(minutes=minutes))

    def at(self, minutes: int) -> None:
        """It is so many minutes after nine on the server."""
        self.server.advance(NINE + timedelta(minutes=minutes) - self.server.now)

    def heard(self) -> list[str]:
        """What the audit log says that people did."""
        with self.desk.store.begin() as uow:
            return [line.detail for line in uow.audit_lines() if line.action == HEARD]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    with ews_server() as server:
        server.now = NINE
        mailbox = server.add_mailbox(ESC)
        mailbox.add_folder("Reclamos", parent=mailbox.known["inbox"])
        mailbox.add(raw_mail(subject="Reclamo", at=NINE), at=NINE, folder=mailbox.known["inbox"])
        file = tmp_path / "settings.env"
        lines = (
            "MAILBOT_SECRET=clave-de-prueba-larga",
            f"MAILBOT_MAILBOX__RQ__ADDRESS={ESC}",
            "MAILBOT_MAILBOX__RQ__KIND=ews",
            f"MAILBOT_EWS_URL={server.url}",
            "MAILBOT_EWS_AUTH=basic",
            f"MAILBOT_EWS_USERNAME={SERVICE}",
            f"MAILBOT_EWS_PASSWORD={PASSWORD}",
            "MAILBOT_MARKS=categories,flags,stamp,folders",
        )
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        file.chmod(0o600)
        (watched,) = build_watched(load_settings(file))
        world = World(verdicts={"Reclamo": COMPLAINT})
        desk = replace(world.desk, boxes={watched.box.name: watched.box})
        poll(desk, watched.source, watched.box, now=NINE, since=NINE - timedelta(days=1))
        yield Office(server=server, mailbox=mailbox, world=world, desk=desk, watched=watched)
        watched.source.close()
        if watched.outlook is not None:
            watched.outlook.close()


def test_a_complaint_on_an_exchange_server_bears_its_categories_and_due_date_and_lies_in_its_folder(
    office: Office,
) -> None:
    office.tend()
    assert office.item.categories == ["Reclamo", "Contingencia"]
    due = office.item.properties["00062008-0000-0000-c000-000000000046/0x8517:SystemTime"]
    assert due in {f"{owed.due_at:%Y-%m-%dT%H:%M:00Z}" for owed in office.world.owed(is_open=True)}
    assert office.item.folder == office.mailbox.folder_named("Reclamos").id
    assert b"CategoryList.xsd" in office.mailbox.configurations["calendar/CategoryList"]
    for minute in range(1, 4):
        office.at(minute)
        office.tend(minute)
    assert office.heard() == []
    assert office.server.requests.count("UpdateItem") == office.server.requests.count("MoveItem") == 1


def test_a_click_on_the_flag_ends_what_was_owed_with_who_and_when(office: Office) -> None:
    office.tend()
    due = office.item.properties["00062008-0000-0000-c000-000000000046/0x8517:SystemTime"]
    owed = next(item for item in office.world.owed(is_open=True) if f"{item.due_at:%Y-%m-%dT%H:%M:00Z}" == due)
    office.at(5)
    put_flag(office.item, "1")
    office.mailbox.touch(office.item)
    office.tend(6)
    with office.desk.store.begin() as uow:
        ended = uow.obligations.get(owed.id)
    assert ended is not None
    assert ended.evidence.startswith("dado por hecho por RQ")
    assert ended.ended_at == NINE + timedelta(minutes=5)


def test_a_category_taken_off_and_a_mail_dragged_back_are_heard_once_each(office: Office) -> None:
    office.tend()
    office.at(5)
    office.item.categories = ["Reclamo"]
    office.mailbox.touch(office.item)
    office.tend(6)
    assert [said for said in office.heard() if '"removed": ["Contingencia"]' in said] == office.heard()
    office.mailbox.move(office.item, office.mailbox.add_folder("Documentos").id)
    office.tend(7)
    office.tend(8)
    _, second = office.heard()
    assert '"folder": "Documentos"' in second
    assert office.item.categories == ["Documentos"]


@pytest.mark.parametrize("operation", ["UpdateItem", "MoveItem"])
def test_our_own_change_whose_answer_was_lost_is_not_taken_for_a_persons(office: Office, operation: str) -> None:
    office.server.script.faults.append(EwsFault(match=operation, after=True))
    with suppress(MailboxUnavailable):
        office.tend()
    office.server.script.faults.clear()
    for minute in range(1, 4):
        office.at(minute)
        office.tend(minute)
    assert office.heard() == []
    assert office.item.categories == ["Reclamo", "Contingencia"]
    assert office.item.folder == office.mailbox.folder_named("Reclamos").id
    office.mailbox.move(office.item, office.mailbox.known["inbox"])
    office.tend(5)
    office.tend(6)
    assert office.item.folder == office.mailbox.known["inbox"]
    assert office.server.requests.count("MoveItem") == 1
