"""What makes a mail the same mail: its content, whatever a transport did to it."""

import base64
from datetime import UTC, datetime

import pytest

from mailbot.reading.parse import read_message

HEAD = (
    "From: Rosa <rosa@textiles.example>\nTo: k@agencia.example\nSubject: Canal\nDate: Tue, 3 Mar 2026 18:02:11 -0500\n"
    "Message-ID: <m1@textiles.example>\n"
)
BODY = "¿Ya hay canal?\n\nRosa\n"
SENT = f"{HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{BODY}".encode()


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(SENT.replace(b"\n", b"\r\n"), id="line-ends"),
        pytest.param(
            b"Received: from a by b; Tue, 3 Mar 2026 18:03:00 -0500\nReturn-Path: <rosa@textiles.example>\n" + SENT,
            id="trace",
        ),
        pytest.param(
            b"Delivered-To: x@agencia.example\nX-Spam: no\nAuthentication-Results: mx; dmarc=pass\n" + SENT,
            id="server-headers",
        ),
        pytest.param(SENT + b"\n\n", id="trailing-lines"),
        pytest.param(SENT.replace(b"Subject: Canal", b"Subject:\n Canal"), id="folding"),
        pytest.param(
            f"{HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n".encode()
            + base64.encodebytes(BODY.encode()),
            id="transfer-encoding",
        ),
    ],
)
def test_what_a_transport_changes_does_not_count(copy: bytes) -> None:
    assert read_message(copy).content_digest == read_message(SENT).content_digest
    assert read_message(copy).sha256 != read_message(SENT).sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("canal?", "levante?"),
        ("Subject: Canal", "Subject: Otro"),
        ("<m1@", "<m2@"),
        ("18:02:11", "18:02:12"),
        ("k@agencia", "l@agencia"),
    ],
)
def test_what_a_sender_changes_counts(old: str, new: str) -> None:
    other = SENT.replace(old.encode(), new.encode())
    assert read_message(other).content_digest != read_message(SENT).content_digest


def test_another_file_makes_another_content() -> None:
    def mail(content: bytes) -> bytes:
        part = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(
            content
        )
        return HEAD.encode() + part

    assert read_message(mail(b"uno")).content_digest != read_message(mail(b"dos")).content_digest


def test_a_missing_message_id_is_derived_and_stable() -> None:
    without = SENT.replace(b"Message-ID: <m1@textiles.example>\n", b"")
    first, second = read_message(without), read_message(b"Received: x; Tue, 3 Mar 2026 18:03:00 -0500\n" + without)
    assert first.message_id == second.message_id
    assert first.message_id.startswith("<")
    assert "message-id missing" in first.defects


def test_the_servers_arrival_wins_and_the_senders_date_is_kept() -> None:
    at = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    message = read_message(SENT, received_at=at)
    assert message.received_at == at
    assert message.date == datetime(2026, 3, 3, 23, 2, 11, tzinfo=UTC)


def test_a_naive_arrival_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        read_message(SENT, received_at=datetime(2026, 3, 4, 1, 0))  # noqa: DTZ001
