"""The loopback Graph server refuses what the real service refuses; else the other tests would prove little."""

import base64
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from mailbot.demo.servers.graph import TOKEN, GraphServer, graph_server
from mailbot.demo.servers.graph_mail import Mail
from mailbot.domain.errors import MailboxUnavailable
from mailbot.graph.app import GraphApp
from mailbot.graph.client import GraphClient
from mailbot.mailboxes.graph import GraphAccount, GraphMailSource
from tests.contract.graph_box import StaticTokens
from tests.servers.tls import make_certificates

ADDRESS = "ana@broker.example"
MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
RAW = b"From: a@cliente.example\r\nTo: ana@broker.example\r\nMessage-ID: <1@cliente.example>\r\nSubject: x\r\n\r\nx"
IMMUTABLE = {"Prefer": 'IdType="ImmutableId"'}
NEW = {"subject": "x", "toRecipients": [{"emailAddress": {"address": "a@cliente.example"}}]}


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with graph_server() as running:
        mailbox = running.add_mailbox(ADDRESS, folders=("Archivo",))
        mailbox.add(RAW, at=MORNING, folder=mailbox.folder("inbox"))
        yield running


def _mail(server: GraphServer) -> Mail:
    return next(iter(server.mailboxes[ADDRESS].mails.values()))


def _ask(server: GraphServer, method: str, path: str, **given: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {TOKEN}", **IMMUTABLE, **given.pop("headers", {})}
    return httpx.request(method, f"{server.url}/users/{ADDRESS}/{path}", headers=headers, **given)


def _code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (
            {"flag": {"flagStatus": "flagged", "dueDateTime": {"dateTime": "2026-11-05T14:00:00", "timeZone": "UTC"}}},
            400,
        ),
        ({"flag": {"flagStatus": "quizá"}}, 400),
        ({"subject": "otro"}, 403),
        ({"body": {"content": "otro"}}, 403),
        ({"internetMessageId": "<otro@x.example>"}, 403),
        ({"receivedDateTime": "2026-11-05T14:00:00Z"}, 400),
        ({"singleValueExtendedProperties": [{"id": "mailbot", "value": "x"}]}, 400),
    ],
    ids=["due without start", "unknown status", "subject", "body", "message id", "read-only field", "property id"],
)
def test_a_change_that_no_received_mail_takes_is_refused(
    server: GraphServer, change: dict[str, Any], status: int
) -> None:
    answer = _ask(server, "PATCH", f"messages/{_mail(server).id}", json=change)
    assert (answer.status_code, _mail(server).changes) == (status, 0)


def test_an_old_change_key_changes_nothing(server: GraphServer) -> None:
    path, old = f"messages/{_mail(server).id}", {"If-Match": 'W/"CK0"'}
    assert _ask(server, "PATCH", path, json={"categories": ["Reclamo"]}, headers=old).status_code == 200
    assert _ask(server, "PATCH", path, json={"isRead": True}, headers=old).status_code == 412
    assert (_mail(server).categories, _mail(server).is_read) == (["Reclamo"], False)


def test_a_header_whose_name_does_not_begin_with_x_is_refused(server: GraphServer) -> None:
    for name, status in (("x-mailbot", 201), ("Auto-Submitted", 400), ("In-Reply-To", 400)):
        given = {**NEW, "internetMessageHeaders": [{"name": name, "value": "si"}]}
        assert _ask(server, "POST", "messages", json=given).status_code == status


def test_ids_are_unknown_in_any_other_spelling_and_only_the_immutable_one_outlives_a_move(server: GraphServer) -> None:
    lasting, moving = _mail(server).id, _mail(server).moving_id
    assert _code(_ask(server, "GET", f"messages/{lasting.lower()}")) == "ErrorItemNotFound"
    archive = server.mailboxes[ADDRESS].folders["Archivo"].id
    assert _ask(server, "POST", f"messages/{lasting}/move", json={"destinationId": archive}).status_code == 201
    assert _ask(server, "GET", f"messages/{lasting}").status_code == 200
    assert _ask(server, "GET", f"messages/{quote(moving, safe='')}").status_code == 404


def test_a_delta_link_holds_until_it_expires(server: GraphServer) -> None:
    path = f"mailFolders/{_mail(server).folder}/messages/delta?$select=id"
    link = _ask(server, "GET", path).json()["@odata.deltaLink"]
    again = {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.get(link, headers=again).json()["value"] == []
    server.lose_tokens()
    answer = httpx.get(link, headers=again)
    assert (answer.status_code, _code(answer)) == (410, "SyncStateNotFound")


def test_a_reply_takes_a_comment_or_a_body_and_not_both(server: GraphServer) -> None:
    path = f"messages/{_mail(server).id}/createReply"
    both = {"comment": "Sí.", "message": {"body": {"contentType": "text", "content": "No."}}}
    assert _ask(server, "POST", path, json=both).status_code == 400
    assert _ask(server, "POST", path, json={"comment": "Sí."}).status_code == 201


def test_a_mail_that_left_is_no_draft_any_more(server: GraphServer) -> None:
    draft = _ask(server, "POST", "messages", json=NEW).json()["id"]
    assert _ask(server, "POST", f"messages/{draft}/send").status_code == 202
    assert _ask(server, "POST", f"messages/{draft}/send").status_code == 400
    assert _ask(server, "PATCH", f"messages/{draft}", json={"subject": "otro"}).status_code == 403
    assert len(server.sent) == 1


def test_files_go_up_whole_below_three_megabytes_and_in_pieces_in_order_above(server: GraphServer) -> None:
    draft = f"messages/{_ask(server, 'POST', 'messages', json=NEW).json()['id']}"
    large = base64.b64encode(bytes(3 * 1024 * 1024)).decode()
    given = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": large}
    assert _ask(server, "POST", f"{draft}/attachments", json=given).status_code == 413
    for size, status in ((2_000_000, 400), (4_000_000, 201)):
        item = {"AttachmentItem": {"attachmentType": "file", "name": "a", "size": size}}
        answer = _ask(server, "POST", f"{draft}/attachments/createUploadSession", json=item)
        assert answer.status_code == status
    url, unit = answer.json()["uploadUrl"], 320 * 1024
    for start, length, headers, status in (
        (unit, unit, {}, 416),
        (0, 1000, {}, 400),
        (0, unit, {"Authorization": f"Bearer {TOKEN}"}, 401),
        (0, unit, {}, 200),
    ):
        ranged = {"Content-Range": f"bytes {start}-{start + length - 1}/4000000", **headers}
        assert httpx.put(url, content=bytes(length), headers=ranged).status_code == status


def test_who_has_no_token_or_no_permission_is_refused(server: GraphServer) -> None:
    assert _ask(server, "GET", "messages", headers={"Authorization": "Bearer otro"}).status_code == 401
    server.script.lacking = {ADDRESS: {"Mail.ReadWrite", "Mail.Send", "MailboxSettings.ReadWrite"}}
    assert _ask(server, "GET", "messages").status_code == 200
    for method, path in (
        ("PATCH", f"messages/{_mail(server).id}"),
        ("POST", "messages"),
        ("POST", "sendMail"),
        ("GET", "outlook/masterCategories"),
    ):
        assert _ask(server, method, path, json=NEW).status_code == 403


def test_it_is_reached_over_tls_by_whoever_trusts_its_authority(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    with graph_server(certificates=certificates) as server:
        mailbox = server.add_mailbox(ADDRESS)
        mailbox.add(RAW, at=MORNING, folder=mailbox.folder("inbox"))
        app = GraphApp(url=server.url, client_id=str(server.port), timeout=timedelta(seconds=5))
        for ca_file, is_trusted in ((certificates.ca_file, True), (None, False)):
            account = GraphAccount(name="ana", address=ADDRESS, app=app)
            client = GraphClient(
                GraphApp(url=server.url, client_id="x", ca_file=ca_file), tokens=StaticTokens(), sleep=lambda _: None
            )
            with closing(GraphMailSource(account, client=client)) as source:
                if is_trusted:
                    assert [mail.raw for batch in source.fetch("INBOX", None) for mail in batch] == [RAW]
                else:
                    with pytest.raises(MailboxUnavailable):
                        list(source.fetch("INBOX", None))
