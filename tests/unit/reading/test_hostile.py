"""Mails made to be slow cost no more than two seconds of processor time for ten megabytes."""

import base64
import io
import time
import zipfile
from collections.abc import Callable

import pytest

from mailbot.reading.parse import read_message

HEAD = b"From: a@x.example\nTo: b@y.example\nSubject: s\nDate: Tue, 3 Mar 2026 18:02:11 -0500\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
HTML = HEAD + b"Content-Type: text/html\n\n"


def _with(head: bytes, piece: bytes, tail: bytes = b"") -> Callable[[int], bytes]:
    return lambda size: head + piece * (size // len(piece)) + tail


def _in_header(name: bytes, piece: bytes) -> Callable[[int], bytes]:
    return lambda size: HEAD + name + b": " + piece * (size // len(piece)) + b"\n\nx"


def _nested(size: int) -> bytes:
    level = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n'
    return HEAD + b"".join(level % (number, number) for number in range(size // 60))


def _bomb(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}.bin", bytes(size * 3))
    head = b"Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
    return HEAD + head + base64.encodebytes(out.getvalue())


CASES: dict[str, Callable[[int], bytes]] = {
    "nested multiparts": _nested,
    "nested mails": _with(HEAD, b"Content-Type: message/rfc822\n\n"),
    "100,000 parts": _with(MIXED, b"--b\nContent-Type: text/plain\n\nx\n"),
    "100,000 files": _with(MIXED, b"--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n"),
    "delimiters alone": _with(MIXED, b"--b\n"),
    "the same boundary at every level": _with(MIXED, b"--b\nContent-Type: multipart/mixed; boundary=b\n\n"),
    "a header without end": _in_header(b"X-A", b"a "),
    "a folded header without end": _in_header(b"X-A", b"\n a"),
    "header lines without end": _with(HEAD, b"X-A: b\n", b"\nx"),
    "encoded words without end": _in_header(b"Reply-To", b"=?utf-8?q?a"),
    "commas": _in_header(b"Cc", b","),
    "brackets": _in_header(b"Cc", b"("),
    "one long name": _in_header(b"Cc", b"a"),
    "a subject without end": lambda size: (
        HEAD.replace(b"Subject: s", b"Subject: " + b"re vacaciones " * (size // 14)) + b"\nx"
    ),
    "answers in a line of blanks": lambda size: (
        HEAD + b"\nRespondo abajo\n\nDe: a\nEnviado: b\nPara: c\n\n" + b" " * size + b"x"
    ),
    "parameters": _in_header(b"Content-Type", b'text/plain; a*1="'),
    "references": _in_header(b"References", b"<"),
    "quoted lines": _with(HEAD + b"\n", b"> a\n"),
    "attributions": _with(HEAD + b"\n", b"On a@b wrote:\n"),
    "header labels in the text": _with(HEAD + b"\n", b"De: a\nPara: b\n"),
    "addresses in one line": _with(HEAD + b"\n", b"a@"),
    "blanks": _with(HEAD + b"\n", b" \t\n"),
    "uuencode beginnings": _with(HEAD + b"\n", b"begin 644 a\n"),
    "absences": _with(HEAD + b"\n", b"estoy fuera de la oficina "),
    "open elements": _with(HTML, b"<div>"),
    "tables in tables": _with(HTML, b"<table><tr><td>"),
    "attributes without end": _with(HTML, b"<a b=\"c'"),
    "hidden elements": _with(HTML, b"<div style='display:none'>"),
    "heads": _with(HTML, b"<head>"),
    "comments without end": _with(HTML, b"<!--"),
    "soft lines": _with(HEAD + b"Content-Type: text/plain; format=flowed\n\n", b"a \n"),
    "bad base64": _with(HEAD + b"Content-Transfer-Encoding: base64\n\n", b"A!=\n"),
    "high bytes": _with(HEAD + b"\n", bytes(range(128, 256))),
    "reported recipients": _with(
        HEAD + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        b"Content-Type: message/delivery-status\n\n",
        b"Final-Recipient: rfc822; a@b.c\n\n",
    ),
    "an archive that grows": _bomb,
}


def _cost(raw: bytes) -> float:
    begin = time.process_time()
    read_message(raw)
    return time.process_time() - begin


@pytest.mark.parametrize("name", CASES)
def test_half_a_megabyte_of_malice_is_cheap(name: str) -> None:
    assert _cost(CASES[name](500_000)) < 1.5


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_ten_megabytes_of_malice_cost_under_two_seconds(name: str) -> None:
    assert _cost(CASES[name](10_000_000)) < 2
