"""Every kind of mailbox that can be marked; a new adapter adds a line to both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.mark_boxes import MarkBox, MemoryMarkBox

MARK_BOXES = [pytest.param("memory", id="memory")]


@contextmanager
def mark_box(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[MarkBox]:
    """One while the block lasts."""
    box = {"memory": MemoryMarkBox}[kind]()
    try:
        yield box
    finally:
        box.close()
