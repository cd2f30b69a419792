from datetime import UTC, datetime

import pytest

from mailbot.mailboxes.graph_progress import Progress, read_progress

SINCE = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)


def _long(count: int) -> Progress:
    progress = Progress(link="https://graph.microsoft.com/v1.0/x?$deltatoken=abc", since=SINCE)
    for number in range(count):
        progress = progress.past(f"id-{number}")
    return progress


@pytest.mark.parametrize("progress", [Progress(), Progress(since=SINCE), _long(3)], ids=["new", "dated", "long"])
def test_a_token_tells_the_place_it_was_made_of(progress: Progress) -> None:
    assert read_progress(progress.token) == progress


@pytest.mark.parametrize(
    "token", ["", "{", "[]", "null", '"x"', '{"v": 2, "link": "", "since": "", "seen": ""}', '{"v": 1}'], ids=repr
)
def test_what_is_no_token_of_ours_is_none(token: str) -> None:
    assert read_progress(token) is None


def test_only_mails_not_handed_out_are_unseen() -> None:
    assert _long(3).unseen(["id-0", "id-2", "id-7"]) == {"id-7"}


def test_a_token_stays_small_and_forgets_the_oldest_first() -> None:
    progress = _long(4100)
    assert len(progress.token) < 40_000
    assert progress.unseen(["id-0", "id-4099"]) == {"id-0"}
