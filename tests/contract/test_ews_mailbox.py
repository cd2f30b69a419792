"""The contract of `mailbot.ports.mailbox` over EWS, by the real exchangelib."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailbot.ports.mailbox import ListsKeys
from tests.contract import test_mailboxes as contract
from tests.contract.ews_box import EwsBox, ews_box
from tests.contract.mailbox_boxes import Box


@pytest.fixture
def box() -> Iterator[EwsBox]:
    with ews_box() as opened:
        yield opened


class TestEwsFetch(contract.TestFetch):
    def test_after_the_cursor_only_newer_mail_comes(self, box: Box) -> None:
        # Within a round the time of arrival orders the mails, for EWS has no numbers of its own.
        contract._fill(box, 3)
        first = contract._all(box.source)
        box.deliver(contract._mail(3), contract.MORNING + timedelta(hours=1))
        newer = contract._all(box.source, cursor=contract._cursor(first[-1]))
        assert [mail.raw for mail in newer] == [contract._mail(3)]
        newer = contract._all(box.source, cursor=contract._cursor(first[1]))
        assert [mail.raw for mail in newer] == [contract._mail(2), contract._mail(3)]


class TestEwsFind(contract.TestFind):
    pass


class TestEwsWait(contract.TestWait):
    pass


class TestEwsCheck(contract.TestCheck):
    pass


class TestEwsListKeys(contract.TestListKeys):
    def test_a_mail_that_no_round_told_of_is_numbered_next_and_handed_out_next(self, box: EwsBox) -> None:
        contract._fill(box, 2)
        last = contract._all(box.source)[-1]
        box.deliver(contract._mail(7), contract.MORNING + timedelta(hours=1))
        del box.mailbox.log[-1]
        assert contract._all(box.source, cursor=contract._cursor(last)) == []
        assert isinstance(box.source, ListsKeys)
        assert [key.uid for key in box.source.list_keys("INBOX", since=contract.MORNING)] == [1, 2, 3]
        (found,) = contract._all(box.source, cursor=contract._cursor(last))
        assert (found.raw, found.key.uid) == (contract._mail(7), 3)


class TestEwsSent:
    test_the_sent_folder_is_known_and_among_the_folders = (
        contract.TestSent.test_the_sent_folder_is_known_and_among_the_folders
    )
    test_a_copy_of_a_sent_mail_is_filed_at_its_moment = (
        contract.TestSent.test_a_copy_of_a_sent_mail_is_filed_at_its_moment
    )
    test_filing_again_makes_no_second_copy = contract.TestSent.test_filing_again_makes_no_second_copy

    def test_the_copy_is_read_and_no_draft(self, box: EwsBox) -> None:
        box.source.file_sent(contract._mail(1), at=contract.MORNING)
        (item,) = box.mailbox.in_folder(box.mailbox.known["sentitems"])
        assert (item.is_read, item.is_draft) == (True, False)


def test_reading_leaves_no_trace(box: EwsBox) -> None:
    box.deliver_all([(b"Subject: x\r\n\r\n", contract.MORNING)] * 3)
    assert sum(len(batch) for batch in box.source.fetch("INBOX", None)) == 3
    box.source.find("<1@cliente.example>", folder="INBOX")
    box.source.check()
    box.source.wait(timedelta(seconds=0.3))
    assert not any(item.is_read for item in box.mailbox.items.values())
    assert box.server.updates == []
    reading = {"GetFolder", "FindFolder", "SyncFolderItems", "GetItem", "FindItem"}
    hints = {"Subscribe", "Unsubscribe", "GetStreamingEvents"}
    assert set(box.server.requests) <= reading | hints
