"""The contract of `mailbot.ports.mailbox` over Microsoft Graph."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailbot.ports.mailbox import ListsKeys
from tests.contract import test_mailboxes as contract
from tests.contract.graph_box import GraphBox, graph_box
from tests.contract.mailbox_boxes import EXTRA, Box


@pytest.fixture
def box() -> Iterator[GraphBox]:
    with graph_box() as opened:
        yield opened


class TestGraphFetch(contract.TestFetch):
    def test_after_the_cursor_only_newer_mail_comes(self, box: Box) -> None:
        # Within a round the time of arrival orders the mails, for Graph has no numbers of its own.
        contract._fill(box, 3)
        first = contract._all(box.source)
        box.deliver(contract._mail(3), contract.MORNING + timedelta(hours=1))
        newer = contract._all(box.source, cursor=contract._cursor(first[-1]))
        assert [mail.raw for mail in newer] == [contract._mail(3)]
        newer = contract._all(box.source, cursor=contract._cursor(first[1]))
        assert [mail.raw for mail in newer] == [contract._mail(2), contract._mail(3)]


class TestGraphFind(contract.TestFind):
    pass


class TestGraphWait(contract.TestWait):
    pass


class TestGraphCheck(contract.TestCheck):
    pass


class TestGraphListKeys(contract.TestListKeys):
    def test_a_mail_that_no_round_told_of_is_numbered_next_and_handed_out_next(self, box: GraphBox) -> None:
        contract._fill(box, 2)
        last = contract._all(box.source)[-1]
        box.deliver(contract._mail(7), contract.MORNING + timedelta(hours=1))
        del box.mailbox.folders["inbox"].history[-1]
        assert contract._all(box.source, cursor=contract._cursor(last)) == []
        assert isinstance(box.source, ListsKeys)
        assert [key.uid for key in box.source.list_keys("INBOX", since=contract.MORNING)] == [1, 2, 3]
        (found,) = contract._all(box.source, cursor=contract._cursor(last))
        assert (found.raw, found.key.uid) == (contract._mail(7), 3)

    def test_a_service_that_has_read_nothing_yet_misses_nothing(self, box: GraphBox) -> None:
        contract._fill(box, 2)
        assert isinstance(box.source, ListsKeys)
        assert box.source.list_keys("INBOX", since=contract.MORNING) == ()


class TestGraphSent:
    """Exchange files what is sent from the mailbox, and Graph lets nobody file another's copy."""

    def test_the_sent_folder_is_known_and_among_the_folders(self, box: GraphBox) -> None:
        assert box.source.sent_folder == "Enviados"
        assert list(box.source.folders) == ["INBOX", EXTRA, "Enviados"]

    def test_filing_a_copy_does_nothing(self, box: GraphBox) -> None:
        box.source.file_sent(b"Message-ID: <1@cliente.example>\r\n\r\n", at=contract.MORNING)
        assert box.mailbox.mails == {}
        assert box.server.requests == []


def test_reading_leaves_no_trace(box: GraphBox) -> None:
    box.deliver_all([(b"Subject: x\r\n\r\n", contract.MORNING)] * 3)
    assert sum(len(batch) for batch in box.source.fetch("INBOX", None)) == 3
    box.source.find("<1@cliente.example>", folder="INBOX")
    box.source.check()
    box.source.wait(timedelta(seconds=0.1))
    assert not any(mail.is_read for mail in box.mailbox.mails.values())
    assert {line.split()[0] for line in box.server.requests} == {"GET"}
