"""The loopback EWS server refuses what the real service refuses; else the other tests would prove little."""

import base64
from collections.abc import Iterator

import pytest
import requests

from mailbot.demo.servers.ews import PASSWORD, SERVICE, EwsServer, ews_server
from mailbot.demo.servers.ews_mail import Item
from mailbot.demo.servers.ews_schema import MESSAGES, SOAP, TYPES

ADDRESS = "ana@broker.example"


@pytest.fixture
def server() -> Iterator[EwsServer]:
    with ews_server() as running:
        mailbox = running.add_mailbox(ADDRESS)
        mailbox.add(b"Subject: x\r\nMessage-ID: <1@cliente.example>\r\n\r\nx", folder=mailbox.known["inbox"])
        yield running


def _item(server: EwsServer) -> Item:
    return next(iter(server.mailboxes[ADDRESS].items.values()))


def _ask(server: EwsServer, operation: str, *, prolog: str = "") -> str:
    acting = (
        "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>"
        f"{ADDRESS}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>"
    )
    envelope = (
        f'<?xml version="1.0"?>{prolog}<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}">'
        f"<s:Header>{acting}</s:Header><s:Body>{operation}</s:Body></s:Envelope>"
    )
    answer = requests.post(server.url, data=envelope.encode(), auth=(SERVICE, PASSWORD), timeout=5)
    return answer.text


def _update(server: EwsServer, updates: str, *, key: str | None = None, resolution: str = "NeverOverwrite") -> str:
    item = _item(server)
    operation = (
        f'<m:UpdateItem ConflictResolution="{resolution}" MessageDisposition="SaveOnly"><m:ItemChanges><t:ItemChange>'
        f'<t:ItemId Id="{item.id}" ChangeKey="{key or item.change_key}"/><t:Updates>{updates}</t:Updates>'
        "</t:ItemChange></m:ItemChanges></m:UpdateItem>"
    )
    return _ask(server, operation)


def _set(field: str, value: str) -> str:
    return f'<t:SetItemField><t:FieldURI FieldURI="{field}"/><t:Message>{value}</t:Message></t:SetItemField>'


def _flag_property(kind: str, value: str) -> str:
    field = f'<t:ExtendedFieldURI PropertyTag="0x1090" PropertyType="{kind}"/>'
    property_ = f"<t:ExtendedProperty>{field}<t:Value>{value}</t:Value></t:ExtendedProperty>"
    return f"<t:SetItemField>{field}<t:Message>{property_}</t:Message></t:SetItemField>"


_CATEGORY = _set("item:Categories", "<t:Categories><t:String>Reclamo</t:String></t:Categories>")


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (
            '<m:GetItem><m:ItemIds><t:ItemId Id="x"/></m:ItemIds><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>'
            "</m:ItemShape></m:GetItem>",
            "ErrorSchemaValidation",
        ),
        (
            '<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Body BodyType="Text">x</t:Body>'
            "<t:Subject>x</t:Subject></t:Message></m:Items></m:CreateItem>",
            "ErrorSchemaValidation",
        ),
        ("<m:SendItem><m:ItemIds><t:ItemId Id='x'/></m:ItemIds></m:SendItem>", "ErrorSchemaValidation"),
        (
            "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds>"
            '<t:ItemId Id="nobody"/></m:ItemIds></m:GetItem>',
            "ErrorItemNotFound",
        ),
        ("<m:EmptyTheServer/>", "ErrorInvalidRequest"),
    ],
    ids=["order of an operation", "order in a message", "missing attribute", "unknown id", "unknown operation"],
)
def test_a_request_that_the_schema_or_the_mailbox_does_not_know_is_refused(
    server: EwsServer, operation: str, code: str
) -> None:
    assert code in _ask(server, operation)


def test_entities_are_never_expanded(server: EwsServer) -> None:
    assert "ErrorInvalidRequest" in _ask(server, "<m:GetItem/>", prolog='<!DOCTYPE x [<!ENTITY a "b">]>')


def test_an_old_change_key_changes_nothing(server: EwsServer) -> None:
    old = _item(server).change_key
    assert "NoError" in _update(server, _CATEGORY)
    assert "ErrorIrresolvableConflict" in _update(server, _set("message:IsRead", "<t:IsRead>true</t:IsRead>"), key=old)
    assert (_item(server).categories, _item(server).is_read) == (["Reclamo"], False)


def test_a_due_date_without_a_start_date_is_refused(server: EwsServer) -> None:
    flag = "<t:Flag><t:FlagStatus>Flagged</t:FlagStatus>{start}<t:DueDate>2026-11-05T14:00:00Z</t:DueDate></t:Flag>"
    assert "ErrorInvalidArgument" in _update(server, _set("item:Flag", flag.format(start="")))
    start = "<t:StartDate>2026-11-04T14:00:00Z</t:StartDate>"
    assert "NoError" in _update(server, _set("item:Flag", flag.format(start=start)))


def test_an_update_of_which_a_part_is_refused_changes_nothing(server: EwsServer) -> None:
    key = _item(server).change_key
    assert "ErrorInvalidPropertySet" in _update(server, _CATEGORY + _set("item:Size", "<t:Size>1</t:Size>"))
    assert (_item(server).categories, _item(server).change_key) == ([], key)


@pytest.mark.parametrize(
    ("updates", "code"),
    [
        (
            "<t:SetItemField><t:Message><t:Categories/></t:Message>"
            '<t:FieldURI FieldURI="item:Categories"/></t:SetItemField>',
            "ErrorSchemaValidation",
        ),
        (_set("item:Flag", "<t:Flag><t:DueDate>x</t:DueDate></t:Flag>"), "ErrorSchemaValidation"),
        (_set("item:Flag", "<t:Flag><t:FlagStatus>Quizá</t:FlagStatus></t:Flag>"), "ErrorSchemaValidation"),
        (
            _set(
                "item:Flag",
                "<t:Flag><t:FlagStatus>Flagged</t:FlagStatus><t:CompleteDate>2026-11-05T14:00:00Z</t:CompleteDate>"
                "</t:Flag>",
            ),
            "ErrorInvalidArgument",
        ),
        (_set("item:Categories", "<t:Importance>High</t:Importance>"), "ErrorUpdatePropertyMismatch"),
        ('<t:DeleteItemField><t:FieldURI FieldURI="item:Size"/></t:DeleteItemField>', "ErrorInvalidPropertyDelete"),
        (_flag_property("Integer", "dos"), "ErrorInvalidExtendedPropertyValue"),
        (_flag_property("SystemTime", "mañana"), "ErrorInvalidExtendedPropertyValue"),
    ],
    ids=[
        "value before field",
        "flag without status",
        "unknown status",
        "complete date of an open flag",
        "another field's value",
        "a field that cannot go",
        "no number",
        "no instant",
    ],
)
def test_an_update_that_makes_no_sense_is_refused(server: EwsServer, updates: str, code: str) -> None:
    assert code in _update(server, updates)
    assert (_item(server).categories, _item(server).properties) == ([], {})


def test_an_update_without_change_key_or_disposition_is_refused(server: EwsServer) -> None:
    item = _item(server)
    change = f'<m:ItemChanges><t:ItemChange><t:ItemId Id="{item.id}"/><t:Updates>{_CATEGORY}</t:Updates></t:ItemChange>'
    for attributes, code in (
        ('ConflictResolution="NeverOverwrite" MessageDisposition="SaveOnly"', "ErrorChangeKeyRequired"),
        ('ConflictResolution="NeverOverwrite"', "ErrorMessageDispositionRequired"),
        ('MessageDisposition="SaveOnly"', "ErrorSchemaValidation"),
    ):
        assert code in _ask(server, f"<m:UpdateItem {attributes}>{change}</m:ItemChanges></m:UpdateItem>")


def test_the_words_of_a_received_mail_cannot_be_rewritten(server: EwsServer) -> None:
    assert "ErrorInvalidPropertySet" in _update(server, _set("item:Subject", "<t:Subject>otro</t:Subject>"))


def test_a_move_gives_another_id_and_the_old_one_is_unknown(server: EwsServer) -> None:
    item = _item(server)
    old = item.id
    junk = server.mailboxes[ADDRESS].known["junkemail"]
    move = (
        f'<m:MoveItem><m:ToFolderId><t:FolderId Id="{junk}"/></m:ToFolderId><m:ItemIds><t:ItemId Id="{old}"/>'
        "</m:ItemIds></m:MoveItem>"
    )
    assert "NoError" in _ask(server, move)
    assert "ErrorItemNotFound" in _ask(server, move)
    assert _item(server).id != old


def test_only_a_header_whose_name_begins_with_x_leaves_with_the_mail(server: EwsServer) -> None:
    raw = base64.b64encode(f"From: {ADDRESS}\r\nTo: {ADDRESS}\r\nSubject: y\r\n\r\ny".encode()).decode()
    properties = "".join(
        f'<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="InternetHeaders" PropertyName="{name}" '
        f'PropertyType="String"/><t:Value>si</t:Value></t:ExtendedProperty>'
        for name in ("x-mailbot", "mailbot")
    )
    operation = (
        '<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:Message>'
        f"<t:MimeContent>{raw}</t:MimeContent>{properties}</t:Message></m:Items></m:CreateItem>"
    )
    assert "NoError" in _ask(server, operation)
    assert server.sent[0][1].startswith(b"x-mailbot: si\r\nFrom:")
    assert b"\r\nmailbot:" not in server.sent[0][1]


def test_mail_to_nobody_and_from_somebody_else_is_refused(server: EwsServer) -> None:
    for headers, code in (("Subject: x", "ErrorInvalidRecipients"), (f"From: jefa@x.example\r\nTo: {ADDRESS}", "As")):
        raw = base64.b64encode(f"{headers}\r\n\r\ny".encode()).decode()
        operation = (
            f'<m:CreateItem MessageDisposition="SendOnly"><m:Items><t:Message><t:MimeContent>{raw}</t:MimeContent>'
            "</t:Message></m:Items></m:CreateItem>"
        )
        assert code in _ask(server, operation)
    assert server.sent == []
