"""How listed mails are put into batches, and which folder is taken for Sent."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mailboxes.imap import sent_folder_among
from mailbot.mailboxes.imap_connection import ListedFolder
from mailbot.mailboxes.imap_listing import ListedMail, batches

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)


def _mails(*sizes: int) -> list[ListedMail]:
    return [ListedMail(uid=uid, size=size, received_at=MORNING) for uid, size in enumerate(sizes, start=1)]


def _uids(*sizes: int, count: int = 3, size: int = 100) -> list[list[int]]:
    return [[mail.uid for mail in batch] for batch in batches(_mails(*sizes), count=count, size=size)]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((), []),
        ((10,), [[1]]),
        ((10, 10, 10, 10), [[1, 2, 3], [4]]),
        ((60, 40, 1), [[1, 2], [3]]),
        ((10, 900, 10), [[1], [2], [3]]),
        ((900, 10, 10), [[1], [2, 3]]),
        ((0, 0, 0, 0), [[1, 2, 3], [4]]),
    ],
    ids=["none", "one", "by count", "by size", "big in the middle", "big first", "sizes unknown"],
)
def test_batches_are_bounded_by_count_and_by_size(sizes: tuple[int, ...], expected: list[list[int]]) -> None:
    assert _uids(*sizes) == expected


@given(st.lists(st.integers(min_value=0, max_value=500), max_size=60))
def test_batches_hold_every_mail_once_in_order_and_keep_their_bounds(sizes: list[int]) -> None:
    plan = list(batches(_mails(*sizes), count=7, size=300))
    assert [mail.uid for batch in plan for mail in batch] == list(range(1, len(sizes) + 1))
    assert all(len(batch) <= 7 for batch in plan)
    assert all(len(batch) == 1 or sum(mail.size for mail in batch) <= 300 for batch in plan)


def _folder(name: str, *, is_sent: bool = False, is_selectable: bool = True) -> ListedFolder:
    return ListedFolder(name=name, leaf=name.rpartition("/")[2], is_sent=is_sent, is_selectable=is_selectable)


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ([_folder("INBOX"), _folder("Salida", is_sent=True), _folder("Sent")], "Salida"),
        ([_folder("INBOX"), _folder("Elementos enviados")], "Elementos enviados"),
        ([_folder("INBOX"), _folder("INBOX/Enviados")], "INBOX/Enviados"),
        ([_folder("INBOX"), _folder("ENVIADOS")], "ENVIADOS"),
        ([_folder("Enviados"), _folder("Sent Items")], "Sent Items"),
        ([_folder("Sent", is_selectable=False), _folder("Enviados")], "Enviados"),
        ([_folder("Proyecto/Sent"), _folder("Sent")], "Sent"),
        ([_folder("INBOX"), _folder("Presentados")], None),
        ([], None),
    ],
    ids=[
        "marked",
        "Outlook in Spanish",
        "below the inbox",
        "capitals",
        "likeliest of two",
        "not selectable",
        "nearest to the top",
        "none",
        "empty",
    ],
)
def test_the_sent_folder_is_the_marked_one_or_bears_a_usual_name(
    folders: list[ListedFolder], expected: str | None
) -> None:
    assert sent_folder_among(folders) == expected
