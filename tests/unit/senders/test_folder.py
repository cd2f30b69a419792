"""What the folder sender leaves in its folder."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.domain.mail import MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.senders.folder import FolderSender
from mailbot.senders.mime import to_bytes

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
MAIL = OutgoingMail(
    key="agenda/ANA",
    purpose=MailPurpose.AGENDA,
    message_id="<agenda.1@broker.example>",
    sender=Address(address="avisos@broker.example"),
    to=(Address(address="Ana@Broker.example"),),
    subject="Su agenda",
    text="Hoy",
    html="<p>Año</p>",
    created_at=MORNING,
    not_before=MORNING,
)


def _names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_a_mail_becomes_two_files_named_by_number_purpose_and_recipient(tmp_path: Path) -> None:
    FolderSender(tmp_path).send(MAIL)
    assert _names(tmp_path) == ["001-agenda-ana@broker.example.eml", "001-agenda-ana@broker.example.html"]
    assert (tmp_path / "001-agenda-ana@broker.example.eml").read_bytes() == to_bytes(MAIL)
    assert (tmp_path / "001-agenda-ana@broker.example.html").read_text("utf-8") == "<p>Año</p>"


def test_the_same_message_id_is_not_written_twice_even_by_another_process(tmp_path: Path) -> None:
    FolderSender(tmp_path).send(MAIL)
    FolderSender(tmp_path).send(replace(MAIL, attempts=1))
    assert len(_names(tmp_path)) == 2


def test_numbers_go_on_where_another_process_left_off(tmp_path: Path) -> None:
    first, second = FolderSender(tmp_path), FolderSender(tmp_path)
    first.send(MAIL)
    second.send(replace(MAIL, message_id="<agenda.2@broker.example>"))
    first.send(replace(MAIL, message_id="<agenda.3@broker.example>"))
    assert [name[:3] for name in _names(tmp_path) if name.endswith(".eml")] == ["001", "002", "003"]


def test_a_mail_a_person_deleted_is_written_again_when_it_is_sent_again(tmp_path: Path) -> None:
    sender = FolderSender(tmp_path)
    sender.send(MAIL)
    for file in tmp_path.iterdir():
        file.unlink()
    sender.send(MAIL)
    assert len(_names(tmp_path)) == 2


@pytest.mark.parametrize("address", ["../../etc/x@broker.example", "a/b@broker.example", "~root@broker.example"])
def test_an_odd_address_makes_no_odd_path(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "salida"
    FolderSender(folder).send(replace(MAIL, to=(Address(address=address),)))
    assert _names(tmp_path) == ["salida"]
    assert all(entry.is_file() for entry in folder.iterdir())
    assert len(_names(folder)) == 2


def test_where_files_cannot_be_linked_they_are_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError("no hard links on this file system")

    monkeypatch.setattr(os, "link", no_links)
    FolderSender(tmp_path).send(MAIL)
    FolderSender(tmp_path).send(replace(MAIL, message_id="<agenda.2@broker.example>"))
    assert [name[:3] for name in _names(tmp_path) if name.endswith(".eml")] == ["001", "002"]


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    FolderSender(tmp_path).send(MAIL)
    assert not [name for name in _names(tmp_path) if name.startswith(".")]
