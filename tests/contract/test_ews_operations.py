"""Every operation that mail needs, asked of the loopback EWS server by exchangelib's own words."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from exchangelib import FileAttachment, Folder, Message
from exchangelib.errors import ErrorIrresolvableConflict, ErrorItemNotFound, ErrorServerBusy

from mailbot.demo.servers.ews import SERVICE, EwsFault, EwsScript, EwsServer, ews_server
from mailbot.ews.endpoint import EwsRights
from mailbot.ews.properties import register
from mailbot.ews.wire import account_for
from tests.contract.ews_box import ADDRESS, endpoint_of

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
OTHER = "luis@broker.example"


@pytest.fixture
def server() -> Iterator[EwsServer]:
    script = EwsScript(delegates={ADDRESS: {SERVICE}, OTHER: {SERVICE}})
    with ews_server(script) as running:
        running.add_mailbox(ADDRESS)
        running.add_mailbox(OTHER)
        yield running


@pytest.fixture
def account(server: EwsServer) -> Iterator[Any]:
    register()
    opened = account_for(endpoint_of(server), ADDRESS)
    yield opened
    opened.protocol.close()


def _arrives(server: EwsServer, subject: str = "Consulta", *, address: str = ADDRESS) -> None:
    mailbox = server.mailboxes[address]
    raw = (
        f"From: Cliente <a@cliente.example>\r\nTo: {address}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject.lower()}@cliente.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n¿Ya?\r\n'
        '--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="bl.pdf"\r\n\r\n'
        "%PDF\r\n--x--\r\n"
    )
    with server.lock:
        mailbox.add(raw.encode(), at=MORNING, folder=mailbox.known["inbox"])


def _first(account: Any, *fields: str) -> Any:
    return account.inbox.all().only(*fields)[0]


def test_folders_are_counted_found_by_name_made_and_walked(server: EwsServer, account: Any) -> None:
    _arrives(server)
    assert (account.inbox.total_count, account.sent.total_count) == (1, 0)
    made = Folder(parent=account.inbox, name="Clientes").save()
    assert (account.inbox / "Clientes").id == made.id
    assert "Clientes" in [folder.name for folder in account.msg_folder_root.walk()]


def test_a_list_is_filtered_paged_and_fetched(server: EwsServer, account: Any) -> None:
    for number in range(150):
        _arrives(server, f"Orden {number}")
    _arrives(server, "Reclamo")
    assert account.inbox.filter(subject__contains="Orden").count() == 150
    (item,) = account.inbox.filter(subject="Reclamo", datetime_received__gte=MORNING).only("subject", "message_id")
    assert item.message_id == "<reclamo@cliente.example>"
    (whole,) = account.fetch([item], only_fields=["mime_content"])
    assert b"Subject: Reclamo" in whole.mime_content
    item._id.id = item._id.id.swapcase()
    (missing,) = account.fetch([item], only_fields=["mime_content"])
    assert isinstance(missing, ErrorItemNotFound)


def test_a_synchronisation_tells_of_what_came_changed_was_read_and_went(server: EwsServer, account: Any) -> None:
    for subject in ("uno", "dos", "tres"):
        _arrives(server, subject)
    folder = account.inbox
    assert [kind for kind, _ in folder.sync_items(only_fields=["subject"])] == ["create"] * 3
    mailbox = server.mailboxes[ADDRESS]
    first, second, third = mailbox.items.values()
    mailbox.touch(first)
    second.is_read = True
    mailbox.touch(second, what="read")
    mailbox.remove(third)
    told = list(folder.sync_items(sync_state=folder.item_sync_state, only_fields=["subject"]))
    assert [kind for kind, _ in told] == ["update", "read_flag_change", "delete"]


def test_an_attachment_is_fetched(server: EwsServer, account: Any) -> None:
    _arrives(server)
    (attached,) = _first(account, "attachments").attachments
    assert (attached.name, attached.content) == ("bl.pdf", b"%PDF")


def test_marks_are_set_under_the_change_key_and_a_move_gives_another_id(server: EwsServer, account: Any) -> None:
    _arrives(server)
    item, stale = (_first(account, "categories", "is_read", "importance") for _ in range(2))
    item.categories, item.is_read, item.importance = ["Reclamo"], True, "High"
    item.save(update_fields=["categories", "is_read", "importance"], conflict_resolution="NeverOverwrite")
    (lying,) = server.mailboxes[ADDRESS].items.values()
    assert (lying.categories, lying.is_read) == (["Reclamo"], True)
    stale.categories = ["Documentos"]
    with pytest.raises(ErrorIrresolvableConflict):
        stale.save(update_fields=["categories"], conflict_resolution="NeverOverwrite")
    before = item.id
    item.move(account.junk)
    assert item.id == lying.id != before


def test_a_mail_is_sent_kept_and_delivered(server: EwsServer, account: Any) -> None:
    Message(account=account, subject="sin copia", body="Hola", to_recipients=[OTHER]).send(save_copy=False)
    Message(account=account, subject="con copia", body="Hola", to_recipients=[OTHER]).send_and_save()
    assert [item.message["Subject"] for item in server.mailboxes[OTHER].items.values()] == ["sin copia", "con copia"]
    sent = server.mailboxes[ADDRESS].in_folder(server.mailboxes[ADDRESS].known["sentitems"])
    assert [item.message["Subject"] for item in sent] == ["con copia"]


def test_a_draft_gets_a_file_and_leaves(server: EwsServer, account: Any) -> None:
    draft = Message(account=account, folder=account.drafts, subject="Con adjunto", body="Va.", to_recipients=[OTHER])
    draft.save()
    draft.attach(FileAttachment(name="acta.pdf", content=b"%PDF acta"))
    assert server.sent == []
    draft.send()
    (arrived,) = server.mailboxes[OTHER].items.values()
    (file,) = arrived.message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("acta.pdf", b"%PDF acta")
    assert server.mailboxes[ADDRESS].in_folder(server.mailboxes[ADDRESS].known["drafts"]) == []


def test_a_reply_is_drafted_in_the_conversation(server: EwsServer, account: Any) -> None:
    _arrives(server)
    asked = _first(account, "subject", "author", "message_id", "to_recipients", "cc_recipients")
    asked.create_reply(subject="RE: Consulta", body="Sí, ya.").save(account.drafts)
    (draft,) = server.mailboxes[ADDRESS].in_folder(server.mailboxes[ADDRESS].known["drafts"])
    assert draft.message["In-Reply-To"] == "<consulta@cliente.example>"
    assert "Sí, ya." in draft.message.get_body(("html", "plain")).get_content()
    assert server.sent == []


def test_a_mail_is_deleted_softly_and_for_good(server: EwsServer, account: Any) -> None:
    _arrives(server)
    _first(account, "subject").move_to_trash()
    (trashed,) = account.trash.all().only("subject")
    trashed.delete()
    assert server.mailboxes[ADDRESS].items == {}


def test_notifications_stream_until_the_connection_ends(server: EwsServer, account: Any) -> None:
    server.script.minute = 1.0
    with account.inbox.streaming_subscription() as subscription:
        timer = threading.Timer(0.2, _arrives, [server])
        timer.start()
        told = list(account.inbox.get_streaming_events(subscription, connection_timeout=1))
        timer.join()
    kinds = [event.ELEMENT_NAME for notification in told for event in notification.events]
    assert "NewMailEvent" in kinds
    assert server.mailboxes[ADDRESS].subscriptions == {}


def test_each_of_several_mailboxes_is_its_owners(server: EwsServer, account: Any) -> None:
    _arrives(server, "suya", address=OTHER)
    other = account_for(endpoint_of(server, rights=EwsRights.DELEGATE), OTHER)
    assert [item.subject for item in other.inbox.all().only("subject")] == ["suya"]
    assert list(account.inbox.all().only("subject")) == []
    other.protocol.close()


def test_a_busy_server_says_how_long_to_wait(server: EwsServer, account: Any) -> None:
    server.script.faults = [EwsFault(match="FindItem", fault="ErrorServerBusy", back_off=1500)]
    with pytest.raises(ErrorServerBusy) as raised:
        list(account.inbox.all().only("subject"))
    assert raised.value.back_off == timedelta(seconds=1.5).total_seconds()


def test_names_are_resolved_and_settings_of_a_folder_kept(server: EwsServer, account: Any) -> None:
    (found,) = account.protocol.resolve_names(["ana"])
    assert found.email_address == ADDRESS
    account.calendar.create_user_configuration(name="Prueba", xml_data=b"<a/>")
    account.calendar.update_user_configuration(name="Prueba", xml_data=b"<b/>")
    assert account.calendar.get_user_configuration(name="Prueba", properties="XmlData").xml_data == b"<b/>"
