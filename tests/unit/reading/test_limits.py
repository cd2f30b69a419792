"""Every limit is a setting, and beyond it the reading goes on with less and says so."""

import base64
import io
import tracemalloc
import zipfile

import pytest

from mailbot.reading.limits import ReadingLimits
from mailbot.reading.parse import read_message

HEAD = b"From: a@x.example\nTo: b@y.example\nSubject: s\nDate: Tue, 3 Mar 2026 18:02:11 -0500\n"


def _multipart(*parts: bytes) -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"".join(b"--b\n" + part + b"\n" for part in parts)
        + b"--b--\n"
    )


def _file(name: str, content: bytes, kind: str = "application/pdf") -> bytes:
    head = f'Content-Type: {kind}\nContent-Disposition: attachment; filename="{name}"\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_beyond_the_size_headers_and_structure_are_still_read() -> None:
    raw = _multipart(b"Content-Type: text/plain\n\nhola", _file("a.pdf", b"x" * 2000))
    message = read_message(raw, limits=ReadingLimits(message_bytes=1000))
    assert message.subject == "s"
    assert [(file.name, file.sha256) for file in message.attachments] == [("a.pdf", "")]
    assert any("larger" in defect for defect in message.defects)


def test_deeper_nesting_stays_closed() -> None:
    raw = HEAD
    for level in range(10):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    message = read_message(raw + b"Content-Type: text/plain\n\nhondo", limits=ReadingLimits(nesting=5))
    assert any("nesting deeper than 5" in defect for defect in message.defects)


def test_more_parts_than_the_limit_are_left_out() -> None:
    raw = _multipart(*(_file(f"{number}.pdf", b"x") for number in range(30)))
    message = read_message(raw, limits=ReadingLimits(parts=11))
    assert len(message.attachments) == 10
    assert any("more than 11 parts" in defect for defect in message.defects)


def test_a_longer_header_is_cut() -> None:
    message = read_message(
        HEAD.replace(b"Subject: s", b"Subject: " + b"a" * 500) + b"\nx", limits=ReadingLimits(header_bytes=100)
    )
    assert message.subject == "a" * 100


def test_more_header_lines_than_the_limit_are_left_out() -> None:
    message = read_message(HEAD + b"X-A: 1\n" * 100 + b"\nhola", limits=ReadingLimits(headers=20))
    assert message.text == "hola"
    assert any("more than 20 header lines" in defect for defect in message.defects)


def test_longer_text_is_cut() -> None:
    message = read_message(HEAD + b"\n" + b"hola " * 100, limits=ReadingLimits(text_chars=50))
    assert len(message.text) <= 50
    assert any("text longer than 50" in defect for defect in message.defects)


def test_ten_thousand_recipients_are_all_read() -> None:
    people = b", ".join(b'"Persona %d" <p%d@x.example>' % (number, number) for number in range(10_000))
    assert len(read_message(HEAD.replace(b"b@y.example", people) + b"\nx").to) == 10_000


def test_more_files_in_an_archive_than_the_limit_are_left_out() -> None:
    raw = _multipart(_file("a.zip", _zip({f"{number}.txt": b"x" for number in range(20)}), "application/zip"))
    message = read_message(raw, limits=ReadingLimits(container_entries=5))
    assert len(message.attachments) == 1 + 5
    assert any("more files inside containers" in defect for defect in message.defects)


@pytest.mark.parametrize(
    "limits",
    [ReadingLimits(container_ratio=10), ReadingLimits(container_bytes=100_000)],
    ids=["ratio", "bytes"],
)
def test_an_archive_that_grows_too_much_is_listed_and_not_unpacked(limits: ReadingLimits) -> None:
    raw = _multipart(_file("a.zip", _zip({"cero.bin": b"\x00" * 1_000_000}), "application/zip"))
    message = read_message(raw, limits=limits)
    assert [(file.name, file.size, file.sha256 == "") for file in message.attachments[1:]] == [
        ("cero.bin", 1_000_000, True)
    ]
    assert message.defects


def test_containers_inside_containers_end_somewhere() -> None:
    content = b"fin"
    for level in range(8):
        content = _zip({f"{level}.zip": content})
    message = read_message(
        _multipart(_file("a.zip", content, "application/zip")), limits=ReadingLimits(container_nesting=2)
    )
    assert len(message.attachments) == 1 + 2
    assert any("too deep" in defect for defect in message.defects)


def test_a_large_mail_costs_less_than_four_times_its_size() -> None:
    raw = _multipart(b"Content-Type: text/plain\n\nhola", _file("a.bin", bytes(8_000_000)))
    tracemalloc.start()
    try:
        message = read_message(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert message.attachments[0].size == 8_000_000
    # The mail itself was there before the measurement began.
    assert peak + len(raw) < 4 * len(raw)
