"""What an outgoing mail looks like on the wire."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.errors import DeliveryRefused
from mailbot.domain.mail import MailFile, MailPurpose, OutgoingMail
from mailbot.domain.message import Address
from mailbot.domain.outgoing import message_id_for
from mailbot.senders.mime import envelope_address, to_bytes

MORNING = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
MAIL = OutgoingMail(
    key="digest/20123456789/2026-11-03",
    purpose=MailPurpose.DIGEST,
    message_id="<digest.1@broker.example>",
    sender=Address(address="avisos@broker.example", name="Avisos, Ñandú"),
    to=(Address(address="compras@cliente.example", name='José "Pepe" Pérez'),),
    cc=(Address(address="ana@broker.example"),),
    subject="Estado de sus despachos – año 2026",
    text="Señores:\n\nTres despachos.",
    html="<p>Señores: tres despachos.</p>",
    files=(MailFile(name="estado año.xlsx", type="application/vnd.ms-excel", content=bytes(range(256))),),
    created_at=MORNING,
    not_before=MORNING,
)


def _read(mail: OutgoingMail) -> EmailMessage:
    return email.message_from_bytes(to_bytes(mail), policy=email.policy.default)


def test_the_same_mail_gives_the_same_bytes() -> None:
    assert to_bytes(MAIL) == to_bytes(replace(MAIL))


def test_a_retry_gives_the_same_bytes() -> None:
    assert to_bytes(replace(MAIL, attempts=3, last_error="450")) == to_bytes(MAIL)


def test_the_headers_say_who_what_and_when() -> None:
    read = _read(MAIL)
    assert [(to.display_name, to.addr_spec) for to in read["To"].addresses] == [
        ('José "Pepe" Pérez', "compras@cliente.example")
    ]
    assert read["From"].addresses[0].display_name == "Avisos, Ñandú"
    assert read["Cc"] == "ana@broker.example"
    assert read["Subject"] == MAIL.subject
    assert read["Message-ID"] == MAIL.message_id
    assert read["Date"].datetime == MORNING


def test_the_date_is_the_moment_it_may_leave() -> None:
    later = datetime(2026, 11, 4, 14, 0, tzinfo=UTC)
    assert _read(replace(MAIL, not_before=later))["Date"].datetime == later


def test_text_html_and_files_come_back_as_they_were() -> None:
    read = _read(MAIL)
    assert read.get_body(("plain",)).get_content().splitlines() == MAIL.text.splitlines()
    assert read.get_body(("html",)).get_content().strip() == MAIL.html
    (file,) = read.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("estado año.xlsx", "application/vnd.ms-excel")
    assert file.get_content() == bytes(range(256))


def test_a_picture_lies_beside_the_page_that_shows_it_and_is_no_file() -> None:
    picture = MailFile(name="loads.png", type="image/png", content=b"\x89PNG", content_id="loads.1@mailbot")
    read = _read(replace(MAIL, files=(picture, *MAIL.files)))

    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/vnd.ms-excel",
    ]
    shown = next(part for part in read.walk() if part.get_content_type() == "image/png")
    assert (shown["Content-ID"], shown.get_content_disposition()) == ("<loads.1@mailbot>", "inline")
    assert shown.get_content() == picture.content
    assert [file.get_filename() for file in read.iter_attachments()] == ["estado año.xlsx"]


def test_a_mail_without_html_is_plain_text() -> None:
    read = _read(replace(MAIL, html="", files=()))
    assert read.get_content_type() == "text/plain"


def test_a_machine_is_asked_not_to_answer_but_to_report_what_did_not_arrive() -> None:
    read = _read(MAIL)
    assert read["Auto-Submitted"] == "auto-generated"
    suppressed = read["X-Auto-Response-Suppress"].split(", ")
    assert "OOF" in suppressed
    assert "NDR" not in suppressed


def test_our_own_mail_can_be_told_by_its_instance() -> None:
    read = email.message_from_bytes(to_bytes(MAIL, instance="lima-1"), policy=email.policy.default)
    assert read["X-Mailbot"] == "lima-1"
    assert read["X-Mailbot-Purpose"] == "digest"


def test_a_long_message_id_is_never_folded_into_encoded_words() -> None:
    # Python's own folding did that to ids over 76 characters, and threading broke.
    long_id = f"<{'a' * 90}@mail.prod.outlook.example>"
    raw = to_bytes(replace(MAIL, in_reply_to=long_id, references=(long_id,)))
    assert f"In-Reply-To: {long_id}\r\n".encode() in raw
    assert f"References: {long_id}\r\n".encode() in raw


def test_references_keep_the_first_and_the_latest_within_bounds() -> None:
    ids = tuple(f"<{number:03d}.{'x' * 40}@cliente.example>" for number in range(200))
    kept = _read(replace(MAIL, references=ids))["References"].split()
    assert kept[0] == ids[0]
    assert kept[1:] == list(ids[-len(kept) + 1 :])
    assert len(" ".join(kept)) <= 1000


def test_what_is_no_message_id_does_not_get_into_references() -> None:
    kept = _read(replace(MAIL, references=("nonsense", "<a@b>\r\nBcc: x@y.example", "<ok@cliente.example>")))
    assert kept["References"] == "<ok@cliente.example>"
    assert kept["Bcc"] is None


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"], ids=ascii)
def test_a_line_break_in_a_value_starts_no_header(end: str) -> None:
    hostile = f"Consulta{end}Bcc: malo@otro.example{end}{end}<script>"
    read = _read(
        replace(
            MAIL,
            subject=hostile,
            sender=Address(address="avisos@broker.example", name=hostile),
            to=(Address(address="a@cliente.example", name=hostile),),
            files=(MailFile(name=hostile, type="text/x\r\nBcc: y", content=b"x"),),
        )
    )
    assert read["Bcc"] is None
    assert read["Subject"] == "Consulta Bcc: malo@otro.example <script>"
    assert not [part for part in read.walk() if part["Bcc"]]


@given(st.text(max_size=300), st.text(max_size=80))
def test_any_subject_and_name_make_a_mail_with_our_headers_alone(subject: str, name: str) -> None:
    try:
        raw = to_bytes(replace(MAIL, subject=subject, to=(Address(address="a@cliente.example", name=name),)))
    except UnicodeEncodeError:
        # Lone surrogates are no text; nothing that was read from a mail holds any.
        assert any("\ud800" <= letter <= "\udfff" for letter in subject + name)
        return
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert names[:6] == [b"Date", b"Message-ID", b"From", b"To", b"Cc", b"Subject"]
    assert b"Bcc" not in names
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()


def test_a_subject_that_looks_encoded_is_shown_as_it_is() -> None:
    assert _read(replace(MAIL, subject="=?utf-8?q?oculto?="))["Subject"] == "=?utf-8?q?oculto?="


def test_an_attached_mail_goes_as_a_file() -> None:
    # message/rfc822 may not be base64 (RFC 2046 section 5.2.1), and a mail inside would be taken for ours.
    file = MailFile(name="queja.eml", type="message/rfc822", content=b"Subject: x\r\n\r\ny\r\n")
    (part,) = _read(replace(MAIL, files=(file,))).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_content() == file.content


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("ana@broker.example", "ana@broker.example"),
        (" ana@broker.example ", "ana@broker.example"),
        ("ana@niño.example", "ana@xn--nio-8ma.example"),
    ],
    ids=["plain", "spaces", "accent in the domain"],
)
def test_an_address_as_smtp_takes_it(written: str, sent: str) -> None:
    assert envelope_address(Address(address=written)) == sent


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ana",
        "@broker.example",
        "ana@",
        "a b@broker.example",
        "ana@broker.example\r\nRCPT TO:<x@y>",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "ñandú@broker.example",
        "ana@bro ker.example",
        "ana@-.example-",
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(DeliveryRefused, match="no es una dirección"):
        envelope_address(Address(address=written))


@pytest.mark.parametrize("message_id", ["", "a@b", "<a b@c>", "<a@b>\r\nBcc: x@y", "<ñ@b>"])
def test_what_is_no_message_id_is_refused(message_id: str) -> None:
    with pytest.raises(DeliveryRefused, match="Message-ID"):
        to_bytes(replace(MAIL, message_id=message_id))


def test_the_identifier_stands_at_the_end_of_both_bodies() -> None:
    ours = message_id_for("digest/1", domain="broker.example", secret="clave")
    read = _read(replace(MAIL, message_id=ours, html="<html><body><p>Hola</p></body></html>"))
    plain, page = (read.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert page is not None
    assert plain.get_content().rstrip().endswith(f"Identificador: {ours.strip('<>')}")
    assert f"Identificador: {ours.strip('<>')}</p>" in page.get_content()
