"""The scan over the bytes sees the same parts with the same contents as the standard library's parser."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.tree import Part, Scanner

FOLDER = Path(__file__).parents[2] / "mail"
SHAPES = sorted(path.stem for path in FOLDER.glob("*.eml"))
# Where the scan is meant to see more than the standard library does.
BETTER = {
    "body-attached-mail-base64": "an encoded mail is opened",
    "body-no-boundary": "the boundary is guessed",
    "body-wrong-boundary": "the boundary is guessed",
    "body-type-comment": "a comment in Content-Type is skipped",
    "container-smime-opaque": "the signed mail is opened",
    "header-blank-lines-first": "blank lines above the headers are skipped",
    "file-emlx": "Apple Mail puts a length on top",
    "file-utf16": "an editor saved it as UTF-16",
    "header-cr-only": "lone carriage returns end lines",
    "header-space-before-colon": "a blank before the colon is allowed",
    "transfer-base64-garbage": "a list's footer below the encoded lines is dropped",
    "transfer-base64-cut": "what can be decoded of a cut block is",
}


def _reference(message: Message) -> Iterator[tuple[str, bytes]]:
    for part in message.walk():
        if not part.is_multipart() and part.get_content_maintype() != "multipart":
            yield part.get_content_type(), _content(bytes(part.get_payload(decode=True) or b""))


def _scanned(part: Part) -> Iterator[tuple[str, bytes]]:
    for leaf in part.walk():
        if not leaf.children and not leaf.type.startswith("multipart/") and leaf.type != "message/delivery-status":
            yield leaf.type, _content(leaf.content())


def _content(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").strip()


def _is_comparable(shape: str) -> bool:
    """Reports are split into header blocks by the standard library; a multipart without parts is text for the scan."""
    reference = message_from_bytes((FOLDER / f"{shape}.eml").read_bytes())
    if reference.get_content_maintype() == "multipart" and not reference.is_multipart():
        return False
    reports = {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}
    reports.add("message/global-delivery-status")
    return shape not in BETTER and not any(part.get_content_type() in reports for part in reference.walk())


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if _is_comparable(shape)])
def test_the_scan_agrees_with_the_standard_library(shape: str) -> None:
    raw = (FOLDER / f"{shape}.eml").read_bytes()
    reference = message_from_bytes(raw)
    assert list(_scanned(Scanner(ReadingLimits()).read(raw))) == list(_reference(reference))


@pytest.mark.parametrize("shape", BETTER)
def test_where_the_scan_differs_it_is_on_purpose(shape: str) -> None:
    raw = (FOLDER / f"{shape}.eml").read_bytes()
    reference = message_from_bytes(raw)
    assert list(_scanned(Scanner(ReadingLimits()).read(raw))) != list(_reference(reference)) or reference.defects
