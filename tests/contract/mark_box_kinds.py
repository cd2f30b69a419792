"""Every kind of mailbox that can be marked; a new adapter adds a line to both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.ews_mark_box import EwsMarkBox
from tests.contract.graph_mark_box import GraphMarkBox
from tests.contract.imap_mark_boxes import DovecotMarkBox, EmbeddedMarkBox
from tests.contract.mark_boxes import MarkBox, MemoryMarkBox

MARK_BOXES = [
    pytest.param("memory", id="memory"),
    pytest.param("graph", id="graph"),
    pytest.param("ews", id="ews"),
    pytest.param("embedded", id="imap-embedded"),
    pytest.param("dovecot", id="imap-dovecot", marks=pytest.mark.needs_dovecot),
]


@contextmanager
def mark_box(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[MarkBox]:
    """One while the block lasts."""
    kinds: dict[str, Callable[[], MarkBox]] = {
        "memory": MemoryMarkBox,
        "graph": GraphMarkBox,
        "ews": EwsMarkBox,
        "embedded": EmbeddedMarkBox,
        "dovecot": lambda: DovecotMarkBox(request.getfixturevalue("dovecot")),
    }
    box = kinds[kind]()
    try:
        yield box
    finally:
        box.close()
