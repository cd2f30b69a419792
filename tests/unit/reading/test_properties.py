"""What holds for every byte sequence: no exception but one, no byte lost, the same reading each time."""

import base64
from email import message_from_bytes, policy
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.message import Message
from mailbot.reading.html.text import html_to_text
from mailbot.reading.limits import ReadingLimits
from mailbot.reading.mime.addresses import parse_addresses
from mailbot.reading.mime.charsets import decode_bytes
from mailbot.reading.mime.dates import parse_date
from mailbot.reading.mime.tree import Scanner
from mailbot.reading.mime.words import decode_header
from mailbot.reading.parse import read_message
from mailbot.reading.replies.split import split_reply

_FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_PIECES = st.sampled_from(
    [
        *(
            b"From: a@x.example\n",
            b"Subject: =?utf-8?q?a=C3?=\n",
            b"To: a, b <c@d>; e:f;\n",
            b"Date: x\n",
            b"\n",
            b"\r\n",
            b"--b\n",
        ),
        *(
            b"--b--\n",
            b"Content-Type: multipart/mixed; boundary=b\n",
            b"Content-Type: message/rfc822\n",
            b"=",
            b"<",
            b"\x00\xff",
        ),
        *(
            b"Content-Transfer-Encoding: base64\n",
            b"QUJD\n",
            b"<p>a<td>",
            b"> x\n",
            b"On 1 Jan 2026 a@b.c wrote:\n",
            b"\xc3\xb1",
        ),
        *(
            b"Content-Type: text/html; charset=utf-7\n",
            b"begin 644 a\n",
            b"`\nend\n",
            b"-- \n",
            b"De: a\nPara: b\nAsunto: c\n",
        ),
    ]
)
_BYTES = st.lists(_PIECES | st.binary(max_size=40), max_size=25).map(b"".join)


@given(_BYTES)
@_FEW
def test_any_bytes_are_read_or_refused_as_unreadable(raw: bytes) -> None:
    try:
        first, second = read_message(raw), read_message(raw)
    except MessageUnreadable:
        return
    assert isinstance(first, Message)
    assert first == second


@given(st.lists(st.tuples(st.text("abñ ", min_size=1, max_size=8), st.binary(min_size=1, max_size=200)), max_size=4))
@_FEW
def test_every_byte_of_every_file_comes_back(files: list[tuple[str, bytes]]) -> None:
    parts = [
        b'--b\nContent-Type: application/x-test\nContent-Disposition: attachment; filename="' + name.encode() + b'"\n'
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)
        for name, content in files
    ]
    raw = b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"".join(parts) + b"--b--\n"
    message = read_message(raw)
    assert [file.read() for file in message.attachments] == [content for _, content in files]
    assert [file.size for file in message.attachments] == [len(content) for _, content in files]


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=80))
@_FEW
def test_a_mail_written_anew_by_the_standard_library_reads_the_same(text: str) -> None:
    raw = f"From: a@x.example\nSubject: s\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()
    again = message_from_bytes(raw, policy=policy.SMTP).as_bytes()
    assert read_message(again).new_text == read_message(raw).new_text
    assert read_message(again).content_digest == read_message(raw).content_digest


@given(_BYTES)
@_FEW
def test_the_leaves_of_a_mail_lie_inside_it_and_in_order(raw: bytes) -> None:
    root = Scanner(ReadingLimits()).read(raw)
    leaves = [part for part in root.walk() if part.buffer is raw and not part.children]
    assert all(0 <= part.start <= part.end <= len(raw) for part in leaves)
    assert all(first.end <= second.start for first, second in pairwise(leaves))


@given(st.binary(max_size=300))
@_FEW
def test_headers_and_addresses_never_fail(value: bytes) -> None:
    assert "\n" not in decode_header(value)
    assert all(address.address or address.name for address in parse_addresses(value))
    parse_date(decode_header(value))


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "utf-16", "utf-7", "gb2312", "iso-2022-jp", "x", "hz", "big5"]),
)
@_FEW
def test_any_bytes_decode_under_any_claim(content: bytes, charset: str) -> None:
    assert isinstance(decode_bytes(content, charset), str)


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<td>", "<table>", "</table>", "a", "<div style='display:none'>", "&", "<!--"]),
        max_size=30,
    )
)
@_FEW
def test_broken_markup_keeps_the_words(pieces: list[str]) -> None:
    assert isinstance(html_to_text("".join(pieces)), str)


@given(st.text(max_size=300))
@_FEW
def test_a_split_invents_no_words(text: str) -> None:
    split = split_reply(text, sender="Rosa <rosa@x.example>")
    words = text.split()
    assert all(word in words or word in text for word in split.new_text.split())


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"   "])
def test_an_empty_mail_is_unreadable(raw: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        read_message(raw)
