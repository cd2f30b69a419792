"""Marks by the settings alone: from `MAILBOT_MARKS` to categories and flags on a Graph server."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.demo.servers.graph import GraphFault
from mailbot.domain.errors import MailboxRefused, MarkRefused
from mailbot.domain.marks import Switch
from mailbot.domain.message import MailKey
from mailbot.mailboxes.graph import GraphAccount, GraphMailSource
from mailbot.mailboxes.graph_marks import GraphMarks
from mailbot.ports.marks import MarkChange, Wanted
from mailbot.services.mark import tend_marks
from mailbot.services.outlook import Outlook
from mailbot.services.poll import poll
from tests.builders import COMPLAINT, ESC, lima, raw_mail
from tests.contract.graph_box import graph_box
from tests.unit.services.world import BOX, World

NINE = lima("2026-11-16 09:00")


def test_a_complaint_in_microsoft_365_bears_its_categories_and_due_date_and_a_click_ends_it() -> None:
    world = World(verdicts={"Reclamo": COMPLAINT})
    with graph_box() as graph:
        mailbox = graph.server.add_mailbox(ESC)
        graph.server.now = NINE
        mail = mailbox.add(raw_mail(subject="Reclamo", at=NINE), at=NINE, folder=mailbox.folder("inbox"))
        box = replace(BOX, switches=frozenset({Switch.CATEGORIES, Switch.FLAGS}), sent_folder=None)
        desk = replace(world.desk, boxes={"rq": box})
        account = GraphAccount(name="rq", address=ESC, app=graph.client.app)
        source = GraphMailSource(account, client=graph.client)
        outlook = Outlook(
            box=box,
            marks=GraphMarks(account, client=graph.client),
        )
        poll(desk, source, box, now=NINE, since=NINE - timedelta(days=1))
        tend_marks(desk, outlook, now=NINE)
        assert set(mail.categories) == {"Reclamo", "Contingencia"}
        assert mail.flag["flagStatus"] == "flagged"
        owed = next(item for item in world.owed(is_open=True) if item.due_at.strftime("%H:%M") in str(mail.flag))
        graph.server.now = NINE + timedelta(minutes=5)
        mailbox.patch(mail, {"flag": {"flagStatus": "complete"}})
        tend_marks(desk, outlook, now=NINE + timedelta(minutes=6))
        with desk.store.begin() as uow:
            ended = uow.obligations.get(owed.id)
        assert ended is not None
        assert ended.evidence.startswith("dado por hecho por RQ")
        assert ended.ended_at == NINE + timedelta(minutes=5)


def test_what_one_mail_does_not_take_is_refused_and_the_rest_of_its_marks_is_set() -> None:
    with graph_box() as graph:
        mail = graph.mailbox.add(raw_mail(subject="Reclamo", at=NINE), at=NINE, folder=graph.mailbox.folder("inbox"))
        account = GraphAccount(name="ana", address=graph.mailbox.address, app=graph.client.app)
        marks = GraphMarks(account, client=graph.client)
        key = MailKey(mailbox="ana", folder="INBOX", validity=1, uid=1)
        found = marks.find(Wanted(message_id=mail.header("Message-ID"), key=key))
        assert found is not None
        graph.server.script.faults = [GraphFault(match="PATCH", status=400, code="ErrorInvalidProperty", times=2)]
        with pytest.raises(MarkRefused):
            marks.set(found, MarkChange(add=("Reclamo",), stamp=("2026-004512",)))
        assert (mail.categories, list(mail.properties.values())) == ([], ["2026-004512"])


def test_what_changed_while_the_last_look_went_on_is_looked_at_once_more() -> None:
    with graph_box() as graph:
        inbox = graph.mailbox.folder("inbox")
        first, second = (graph.mailbox.add(raw_mail(subject=str(n), at=NINE), at=NINE, folder=inbox) for n in range(2))
        graph.server.now = NINE + timedelta(minutes=5)
        graph.mailbox.patch(second, {"categories": ["Documentos"]})
        marks = GraphMarks(
            GraphAccount(name="ana", address=graph.mailbox.address, app=graph.client.app), client=graph.client
        )
        token = marks.look(["INBOX"], named=[], token=NINE.isoformat(), since=NINE).token
        first.categories, first.changed_at = ["Reclamo"], graph.server.now - timedelta(seconds=30)
        look = marks.look(["INBOX"], named=[], token=token, since=NINE)
        assert ("Reclamo",) in [mail.categories for mail in look.mails]


@pytest.mark.parametrize("permission", ["Mail.ReadWrite", "MailboxSettings.ReadWrite"])
def test_the_permission_that_is_missing_is_named_and_no_other(permission: str) -> None:
    with graph_box() as graph:
        account = GraphAccount(name="ana", address="ana@broker.example", app=graph.client.app)
        graph.server.script.lacking = {"ana@broker.example": {permission}}
        with pytest.raises(MailboxRefused, match=rf"«Application {re.escape(permission)}»"):
            GraphMarks(account, client=graph.client).check([Switch.CATEGORIES])
