"""The sample mails are real mails: the same bytes every time, readable, with real files."""

import io
from collections import Counter

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from mailbot.demo.mails import INBOX, SENT, SampleMail, mailboxes, sample_mails
from mailbot.demo.mails_files import PDF_TYPE, XLSX_TYPE, pdf, workbook
from mailbot.demo.office import sample_office
from mailbot.demo.story import STORY_BEGINS_AT, STORY_ENDS_AT, scene
from mailbot.domain.errors import MessageUnreadable
from mailbot.domain.message import Message
from mailbot.reading.parse import read_message

MAILS = sample_mails()
READABLE = [mail for mail in MAILS if mail.key != "danado"]


def read(mail: SampleMail) -> Message:
    return read_message(mail.raw, received_at=mail.arrives_at)


def one(key: str) -> Message:
    return read(next(mail for mail in MAILS if mail.key == key))


def test_the_bytes_are_the_same_every_time() -> None:
    assert sample_mails() == MAILS


def test_mail_comes_in_and_goes_out_within_the_story() -> None:
    assert Counter(mail.folder for mail in MAILS) == {INBOX: 57, SENT: 42}
    assert all(STORY_BEGINS_AT <= mail.arrives_at <= STORY_ENDS_AT for mail in MAILS)
    assert [mail.arrives_at for mail in MAILS] == sorted(mail.arrives_at for mail in MAILS)


def test_every_mailbox_belongs_to_an_executive() -> None:
    addresses = {person.address for person in sample_office().staff if person.role == "ESC"}

    assert set(mailboxes()) == addresses


@pytest.mark.parametrize("mail", READABLE, ids=lambda mail: f"{mail.key}-{mail.mailbox.partition('@')[0]}")
def test_a_mail_is_read_as_it_was_written(mail: SampleMail) -> None:
    told, message = scene(mail.key), read(mail)

    assert message.defects == ()
    assert message.message_id == mail.message_id
    assert message.kind == (told.expect.kind if told.expect else "person")
    assert [file.name for file in message.attachments if file.name] == [file.name for file in told.files]
    first_line = told.text.splitlines()[0]
    assert first_line in message.text


def test_an_answer_quotes_and_refers_to_what_it_answers() -> None:
    answer, question = one("hora-levante-4512"), one("levante-4512")

    assert question.message_id in answer.references
    assert "¿Y hoy a qué hora" in answer.new_text
    assert "Todavía no" not in answer.new_text
    assert "Todavía no" in answer.quoted


def test_a_copy_in_another_mailbox_has_the_same_content() -> None:
    first, second = (read(mail) for mail in MAILS if mail.key == "eta-4531")

    assert first.content_digest == second.content_digest
    assert first.sha256 != second.sha256


def test_a_correction_may_come_under_the_same_message_id() -> None:
    first, second = one("eta-4531"), one("eta-4531-corregido")

    assert first.message_id == second.message_id
    assert first.content_digest != second.content_digest


def test_the_report_names_the_mail_that_did_not_arrive() -> None:
    bounce = one("rebote-inkapack").bounce

    assert bounce is not None
    assert bounce.recipients == ("halarcon@inkapack.example",)
    assert bounce.status == "5.2.2"
    assert bounce.original_message_id == one("r-instruccion-4544").message_id


def test_the_damaged_mail_cannot_be_read() -> None:
    with pytest.raises(MessageUnreadable):
        read(next(mail for mail in MAILS if mail.key == "danado"))


def test_different_shapes_of_mail_are_among_them() -> None:
    raw = b"".join(mail.raw for mail in MAILS)

    assert {one(key).language for key in ("pickup-4521", "destinatarios-nordwind", "draft-bl-4518")} == {"en"}
    for shape in (b'charset="iso-8859-1"', b"Content-Type: text/html", b"multipart/alternative", b"text/calendar"):
        assert shape in raw


def test_attachments_are_real_files() -> None:
    files = [file for mail in READABLE for file in read(mail).attachments]
    texts = [PdfReader(io.BytesIO(file.read())).pages[0].extract_text() for file in files if file.type == PDF_TYPE]
    books = [load_workbook(io.BytesIO(file.read())) for file in files if file.type == XLSX_TYPE]

    assert len(texts) > 15
    assert all(text.strip() for text in texts)
    assert len(books) > 3
    assert any("HMMU6209317" in text for text in texts)


def test_a_pdf_keeps_brackets_and_accents() -> None:
    page = PdfReader(io.BytesIO(pdf(["Peso (kg) \\ señal", "segunda línea"]))).pages[0]

    assert page.extract_text().splitlines()[:2] == ["Peso (kg) \\ señal", "segunda línea"]


def test_a_workbook_is_the_same_bytes_whenever_it_is_made() -> None:
    rows = [["Bulto", "Peso"], [1, 2.5]]

    assert workbook(rows) == workbook(rows)
    assert [list(row) for row in load_workbook(io.BytesIO(workbook(rows))).worksheets[0].values] == rows
