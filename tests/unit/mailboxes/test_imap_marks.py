"""What the marks of an IMAP mailbox come to in flags."""

import re

import pytest

from mailbot.domain.marks import MarkName
from mailbot.mailboxes.imap_finding import Lying, lying
from mailbot.mailboxes.imap_marking import MOST_KEYWORDS, Keeping
from mailbot.mailboxes.imap_marks import kept_names

# RFC 3501 section 9: a keyword is an atom, so no blank, control, quote, brackets or letter beyond ASCII.
ATOM = re.compile(r"[^\x00-\x20\x7f-\U0010ffff(){%*\"\\\]]+")
OTHERS = tuple(f"etiqueta{number}" for number in range(MOST_KEYWORDS))


@pytest.mark.parametrize("name", [*(mark.value for mark in MarkName), "2026-004512"])
def test_every_name_of_ours_is_a_keyword_as_it_stands(name: str) -> None:
    assert ATOM.fullmatch(name)


@pytest.mark.parametrize("folder", ["INBOX", "Clientes/Reclamo", "a:b:c", "Año & ñandú"])
def test_an_item_names_a_place_in_any_folder(folder: str) -> None:
    place = Lying(folder=folder, validity=1795523944, uid=7)
    assert lying(str(place)) == place


@pytest.mark.parametrize("item", ["", "AAMkAD=", "x:1:INBOX", "1:INBOX"])
def test_an_item_of_another_adapter_names_none(item: str) -> None:
    assert lying(item) is None


@pytest.mark.parametrize(
    ("permanent", "wanted", "kept"),
    [
        (("\\Flagged", "\\*"), ("Reclamo", "2026-004512", "\\Flagged"), ("Reclamo", "2026-004512", "\\Flagged")),
        (("\\Flagged",), ("Reclamo", "\\Flagged"), ("\\Flagged",)),
        (("reclamo",), ("Reclamo", "Revisar"), ("Reclamo",)),
        (("\\*", *OTHERS), ("Reclamo",), ()),
        (("\\*", *OTHERS[1:]), ("Reclamo", "Revisar"), ("Reclamo",)),
        (("\\*", *OTHERS[5:]), ("2026-004512", "Reclamo"), ("Reclamo",)),
        (("\\*", *OTHERS[6:]), ("2026-004512", "2026-004513"), ("2026-004512",)),
        (("\\*", *OTHERS[1:], "2026-004512"), ("2026-004512",), ("2026-004512",)),
    ],
    ids=[
        "any",
        "no keywords",
        "one it knows in another case",
        "no room",
        "room for one",
        "orders never take the room of our own words",
        "one order fits beside them",
        "an order it knows",
    ],
)
def test_a_folder_keeps_what_it_has_room_for(
    permanent: tuple[str, ...], wanted: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    assert kept_names(Keeping(permanent=permanent, is_writable=True), wanted) == kept
